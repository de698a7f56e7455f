#include "fuzz/mutate_parts.h"

#include <string.h>

#include "ws/handshake.h"

/* Heads: the lines of a session's handshake, and any bytes that are to be a head. Nobody tells who
 * is under test: lines for the other role are lines that it does not know. */

static const char *const names[] = {
    "Upgrade",
    "Connection",
    "Host",
    WS_FIELD_KEY,
    WS_FIELD_VERSION,
    WS_FIELD_ACCEPT,
    WS_FIELD_PROTOCOL,
    WS_FIELD_EXTENSIONS,
    "Origin",
    "Content-Length",
    "Transfer-Encoding",
    "Cookie",
    "Authorization",
    "User-Agent",
    "X-Forwarded-For",
    "Location",
    "Expect",
    "sec-websocket-key",
    "SEC-WEBSOCKET-VERSION",
    "X",
};

static const char *const values[] = {
    "websocket",
    "WebSocket",
    "h2c, websocket",
    "websocket/13",
    "Upgrade",
    "upgrade",
    "keep-alive, Upgrade",
    "close",
    "Upgrade, close",
    "13",
    "8",
    "0",
    "12",
    "14",
    "255",
    "013",
    "13, 8",
    "-13",
    "${key}",
    "${accept}",
    "${accept} ",
    "x${accept}",
    "dGhlIHNhbXBsZSBub25jZQ==",
    "dGhlIHNhbXBsZSBub25jZQ=",
    "dGhlIHNhbXBsZSBub25j",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "${host}",
    "localhost:99999",
    "",
    " ",
    ",",
    ", ,",
    "chat",
    "chat, superchat",
    "chat, chat",
    "chat\tchat",
    "\"chat\"",
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; client_max_window_bits=8",
    "permessage-deflate; client_max_window_bits=16",
    "permessage-deflate; client_max_window_bits=\"10\"",
    "permessage-deflate; client_max_window_bits; client_max_window_bits",
    "permessage-deflate; unknown=1",
    "permessage-deflate, permessage-deflate; client_no_context_takeover",
    "permessage-deflate;",
    "x-webkit-deflate-frame",
    "x; a=\"b\\\"c\", permessage-deflate",
    "null",
    "http://example.com",
    "100",
    "-1",
    "chunked",
    "100-continue",
};

/* Start lines of both directions. */
static const char *const lines[] = {
    "GET ${path} HTTP/1.1",
    "GET ${path} HTTP/1.0",
    "GET ${path} HTTP/1.2",
    "GET ${path} HTTP/2.0",
    "GET ${path} HTTP/0.9",
    "GET ${path}",
    "get ${path} HTTP/1.1",
    "POST ${path} HTTP/1.1",
    "HEAD ${path} HTTP/1.1",
    "CONNECT ${host} HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET  ${path}  HTTP/1.1",
    "GET ws://${host}${path} HTTP/1.1",
    "GET http://${host}${path} HTTP/1.1",
    "GET ${path}?a=b&c HTTP/1.1",
    "GET ${path}#x HTTP/1.1",
    "GET ${path}%00%zz HTTP/1.1",
    "GET ${path}/../.. HTTP/1.1",
    "GET \\ HTTP/1.1",
    "GET ${path} HTTP/1.1 ",
    "HTTP/1.1 101 Switching Protocols",
    "HTTP/1.1 101",
    "HTTP/1.1 101 ",
    "HTTP/1.1 101 Web Socket Protocol Handshake",
    "HTTP/1.0 101 Switching Protocols",
    "HTTP/1.2 101 Switching Protocols",
    "HTTP/2 101 Switching Protocols",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 302 Found",
    "HTTP/1.1 400 Bad Request",
    "HTTP/1.1 401 Unauthorized",
    "HTTP/1.1 426 Upgrade Required",
    "HTTP/1.1 503 Service Unavailable",
    "HTTP/1.1 1010 Switching Protocols",
    "HTTP/1.1 10 Switching Protocols",
    "HTTP/1.1  101 Switching Protocols",
    "HTTP/1.1 +101 Switching Protocols",
    "ICY 200 OK",
};

/* Lines of no usual form: folded, without a colon, with blanks where none are allowed. */
static const char *const raw_lines[] = {
    "X-Folded: a\r\n b",
    "Upgrade:\r\n websocket",
    "Upgrade : websocket",
    " Upgrade: websocket",
    "Connection:Upgrade",
    "Connection:\tUpgrade\t",
    "no colon at all",
    ": no name",
    "",
    "X: \x01\x7f",
    "X: \xff\xfe",
    "X: a\nY: b",
    "X: a\rY: b",
    "Content-Length: 5",
    "Transfer-Encoding: chunked",
};

static struct bytes pick_text(struct mutator *m, const char *const *list, size_t count)
{
    return bytes_str(list[fuzz_pick(m, count)]);
}

/* ---- edits ---- */

static bool add_edit(struct mutator *m, struct fuzz_edit edit)
{
    if (m->s->n_edits == FUZZ_EDITS_MAX)
        return false;
    m->s->edits[m->s->n_edits++] = edit;
    return true;
}

static struct bytes pick_name(struct mutator *m)
{
    return pick_text(m, names, FUZZ_COUNT(names));
}

static struct bytes pick_value(struct mutator *m)
{
    return pick_text(m, values, FUZZ_COUNT(values));
}

static bool add_header(struct mutator *m)
{
    enum edit_kind kind = fuzz_one_in(m, 2) ? EDIT_HEADER : EDIT_ADD;

    return add_edit(m, (struct fuzz_edit){ kind, pick_name(m), pick_value(m) });
}

/* What nobody minds: lines that a head may always have. */
static bool add_harmless(struct mutator *m)
{
    static const char *const harmless[] = { "User-Agent", "Cookie", "X-Forwarded-For", "X",
                                            "Pragma",     "Server", "Accept-Encoding", "Date" };
    struct bytes name = pick_text(m, harmless, FUZZ_COUNT(harmless));

    return add_edit(m, (struct fuzz_edit){ EDIT_ADD, name, fuzz_pick_word(m) });
}

static bool add_omit(struct mutator *m)
{
    return add_edit(m, (struct fuzz_edit){ .kind = EDIT_OMIT, .name = pick_name(m) });
}

static bool add_line(struct mutator *m)
{
    return add_edit(m, (struct fuzz_edit){ .kind = EDIT_LINE,
                                           .value = pick_text(m, lines, FUZZ_COUNT(lines)) });
}

static bool add_raw_line(struct mutator *m)
{
    struct bytes line = pick_text(m, raw_lines, FUZZ_COUNT(raw_lines));

    return add_edit(m, (struct fuzz_edit){ .kind = EDIT_RAWLINE, .value = line });
}

static bool add_body(struct mutator *m)
{
    return add_edit(m, (struct fuzz_edit){ .kind = EDIT_BODY, .value = fuzz_pick_word(m) });
}

static bool drop_edit(struct mutator *m)
{
    if (m->s->n_edits == 0)
        return false;
    size_t at = fuzz_pick(m, m->s->n_edits);
    m->s->n_edits--;
    memmove(m->s->edits + at, m->s->edits + at + 1, (m->s->n_edits - at) * sizeof m->s->edits[0]);
    return true;
}

static bool copy_edit(struct mutator *m)
{
    return m->s->n_edits > 0 && add_edit(m, m->s->edits[fuzz_pick(m, m->s->n_edits)]);
}

static bool swap_edits(struct mutator *m)
{
    if (m->s->n_edits < 2)
        return false;
    size_t at = fuzz_pick(m, m->s->n_edits - 1);
    struct fuzz_edit kept = m->s->edits[at];
    m->s->edits[at] = m->s->edits[at + 1];
    m->s->edits[at + 1] = kept;
    return true;
}

/* A value, or seldom a name, in the way that any head is changed. */
static bool change_edit(struct mutator *m)
{
    const size_t room = 256;

    if (m->s->n_edits == 0)
        return false;
    struct fuzz_edit *edit = &m->s->edits[fuzz_pick(m, m->s->n_edits)];
    struct bytes *part = fuzz_one_in(m, 6) ? &edit->name : &edit->value;
    uint8_t *made = arena_new(m->arena, part->len + room);
    if (!made)
        return false;
    if (part->len > 0)
        memcpy(made, part->ptr, part->len);
    *part = bytes_of(made, fuzz_mutate_head(made, part->len, part->len + room, m->rand));
    return true;
}

/* Past what servers keep of a line or a head: 1 KiB to 16 KiB. */
static bool lengthen_edit(struct mutator *m)
{
    if (m->s->n_edits == 0)
        return false;
    struct fuzz_edit *edit = &m->s->edits[fuzz_pick(m, m->s->n_edits)];
    size_t len = (size_t)1024 << fuzz_pick(m, 5);
    uint8_t *made = arena_new(m->arena, len);
    if (!made)
        return false;
    memset(made, 'a', len);
    return fuzz_splice(m, &edit->value, edit->value.len, 0, bytes_of(made, len));
}

static const struct mutation edits[] = {
    { 8, add_header },   { 4, add_harmless }, { 3, add_omit },      { 3, add_line },
    { 3, add_raw_line }, { 1, add_body },     { 4, drop_edit },     { 2, copy_edit },
    { 2, swap_edits },   { 6, change_edit },  { 1, lengthen_edit },
};

bool fuzz_mutate_edits(struct mutator *m)
{
    return fuzz_mutate_by(m, edits, FUZZ_COUNT(edits));
}

/* ---- any bytes of a head ---- */

struct head {
    uint8_t *bytes;
    size_t size, cap;
    struct rand *rand;
};

static size_t pick(struct head *h, size_t count)
{
    return (size_t)rand_below(h->rand, count);
}

/* `text` in the place of `drop` bytes; false when it does not fit. */
static bool put(struct head *h, size_t at, size_t drop, struct bytes text)
{
    size_t tail = h->size - at - drop;

    if (at + text.len + tail > h->cap)
        return false;
    if (tail > 0)
        memmove(h->bytes + at + text.len, h->bytes + at + drop, tail);
    if (text.len > 0)
        memcpy(h->bytes + at, text.ptr, text.len);
    h->size = at + text.len + tail;
    return true;
}

/* The line around some byte, with its line feed. */
static struct bytes pick_line(struct head *h)
{
    struct bytes all = bytes_of(h->bytes, h->size);
    size_t from = pick(h, h->size), to = bytes_index(all, from, '\n');

    while (from > 0 && h->bytes[from - 1] != '\n')
        from--;
    to += to < h->size;
    return bytes_take(bytes_skip(all, from), to - from);
}

static size_t place_of(const struct head *h, struct bytes line)
{
    return (size_t)(line.ptr - h->bytes);
}

static bool drop_line(struct head *h)
{
    if (h->size == 0)
        return false;
    struct bytes line = pick_line(h);
    return put(h, place_of(h, line), line.len, (struct bytes){ 0 });
}

static bool double_line(struct head *h)
{
    if (h->size == 0)
        return false;
    struct bytes line = pick_line(h);
    size_t at = place_of(h, line);
    if (h->size + line.len > h->cap)
        return false;
    memmove(h->bytes + at + line.len, h->bytes + at, h->size - at);
    h->size += line.len;
    return true;
}

static void reverse(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len / 2; i++) {
        uint8_t kept = bytes[i];
        bytes[i] = bytes[len - 1 - i];
        bytes[len - 1 - i] = kept;
    }
}

/* A line and the one behind it: both are turned around, then the two together. */
static bool swap_lines(struct head *h)
{
    if (h->size == 0)
        return false;
    struct bytes line = pick_line(h);
    size_t at = place_of(h, line), next = at + line.len;
    size_t end = bytes_index(bytes_of(h->bytes, h->size), next, '\n');
    if (end == h->size)
        return false;
    reverse(h->bytes + at, line.len);
    reverse(h->bytes + next, end + 1 - next);
    reverse(h->bytes + at, end + 1 - at);
    return true;
}

/* A header that a handshake has, in front of some line. */
static bool put_header(struct head *h)
{
    struct bytes name = bytes_str(names[pick(h, FUZZ_COUNT(names))]);
    struct bytes value = bytes_str(values[pick(h, FUZZ_COUNT(values))]);
    size_t at = h->size > 0 ? place_of(h, pick_line(h)) : 0;
    size_t len = name.len + value.len + 4;

    if (h->size + len > h->cap)
        return false;
    return put(h, at, 0, BYTES_LIT("\r\n")) && put(h, at, 0, value) &&
           put(h, at, 0, BYTES_LIT(": ")) && put(h, at, 0, name);
}

static bool put_token(struct head *h)
{
    static const char *const tokens[] = {
        " ",
        "\t",
        ",",
        ";",
        "=",
        "\"",
        "\\",
        ":",
        "\r\n ",
        "\r\n",
        "\n",
        "\r",
        "--",
        "q=0",
        "%00",
        "13",
        "101",
        "Upgrade",
        "websocket",
        "permessage-deflate",
        "chat",
        "\x01",
        "\x7f",
        "\x80",
        "client_max_window_bits",
        "server_no_context_takeover",
    };

    return put(h, pick(h, h->size + 1), 0, bytes_str(tokens[pick(h, FUZZ_COUNT(tokens))]));
}

static bool change_byte(struct head *h)
{
    if (h->size == 0)
        return false;
    size_t at = pick(h, h->size);
    uint8_t byte = h->bytes[at];
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    h->bytes[at] = letter && pick(h, 2) == 0 ? (uint8_t)(byte ^ 0x20) : (uint8_t)rand_next(h->rand);
    return true;
}

static bool erase(struct head *h)
{
    if (h->size == 0)
        return false;
    size_t at = pick(h, h->size), most = h->size - at < 8 ? h->size - at : 8;
    return put(h, at, 1 + pick(h, most), (struct bytes){ 0 });
}

static bool (*const head_changes[])(struct head *) = {
    drop_line, double_line, swap_lines,  put_header, put_token,
    put_token, change_byte, change_byte, erase,
};

size_t fuzz_mutate_head(uint8_t *head, size_t size, size_t cap, struct rand *rand)
{
    const unsigned tries = 8;
    struct head h = { head, size, cap, rand };

    for (unsigned i = 0; i < tries; i++)
        if (head_changes[pick(&h, FUZZ_COUNT(head_changes))](&h))
            break;
    return h.size;
}
