#include "fuzz/mutate/mutate_parts.h"

#include <string.h>

/* The lines of a session's handshake. Nobody tells who is under test: lines for the other role are
 * lines that it does not know. */

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

bool fuzz_add_edit(struct mutator *m, struct fuzz_edit edit)
{
    if (m->s->n_edits == FUZZ_EDITS_MAX)
        return false;
    m->s->edits[m->s->n_edits++] = edit;
    return true;
}

static bool add_header(struct mutator *m)
{
    enum edit_kind kind = fuzz_one_in(m, 2) ? EDIT_HEADER : EDIT_ADD;

    return fuzz_add_edit(
        m, (struct fuzz_edit){ kind, fuzz_pick_name(m->rand), fuzz_pick_value(m->rand) });
}

/* What nobody minds: lines that a head may always have. */
static bool add_harmless(struct mutator *m)
{
    static const char *const harmless[] = { "User-Agent", "Cookie", "X-Forwarded-For", "X",
                                            "Pragma",     "Server", "Accept-Encoding", "Date" };
    struct bytes name = pick_text(m, harmless, FUZZ_COUNT(harmless));

    return fuzz_add_edit(m, (struct fuzz_edit){ EDIT_ADD, name, fuzz_pick_word(m) });
}

static bool add_omit(struct mutator *m)
{
    return fuzz_add_edit(m,
                         (struct fuzz_edit){ .kind = EDIT_OMIT, .name = fuzz_pick_name(m->rand) });
}

static bool add_line(struct mutator *m)
{
    return fuzz_add_edit(m, (struct fuzz_edit){ .kind = EDIT_LINE,
                                                .value = pick_text(m, lines, FUZZ_COUNT(lines)) });
}

static bool add_raw_line(struct mutator *m)
{
    struct bytes line = pick_text(m, raw_lines, FUZZ_COUNT(raw_lines));

    return fuzz_add_edit(m, (struct fuzz_edit){ .kind = EDIT_RAWLINE, .value = line });
}

static bool add_body(struct mutator *m)
{
    return fuzz_add_edit(m, (struct fuzz_edit){ .kind = EDIT_BODY, .value = fuzz_pick_word(m) });
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
    return m->s->n_edits > 0 && fuzz_add_edit(m, m->s->edits[fuzz_pick(m, m->s->n_edits)]);
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

/* Past what servers keep of a value, a line or a head: 64 bytes to 16 KiB, and a few more. */
static bool lengthen_edit(struct mutator *m)
{
    if (m->s->n_edits == 0 && !add_harmless(m))
        return false;
    struct fuzz_edit *edit = &m->s->edits[fuzz_pick(m, m->s->n_edits)];
    size_t len = ((size_t)64 << fuzz_pick(m, 9)) + fuzz_pick(m, 3);
    uint8_t *made = arena_new(m->arena, len);
    if (!made)
        return false;
    memset(made, 'a', len);
    return fuzz_splice(m, &edit->value, edit->value.len, 0, bytes_of(made, len));
}

static const struct mutation edits[] = {
    { 8, add_header },    { 2, fuzz_add_key }, { 6, fuzz_change_line }, { 4, add_harmless },
    { 3, add_omit },      { 5, add_line },     { 3, add_raw_line },     { 1, add_body },
    { 4, drop_edit },     { 2, copy_edit },    { 2, swap_edits },       { 6, change_edit },
    { 3, lengthen_edit },
};

bool fuzz_mutate_edits(struct mutator *m)
{
    return fuzz_mutate_by(m, edits, FUZZ_COUNT(edits));
}
