#include "fuzz/mutate/mutate_parts.h"

#include <string.h>

#include "ws/handshake.h"

/* The words of a handshake, and any bytes that are to be a head. */

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
    ",,",
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

struct bytes fuzz_pick_name(struct rand *rand)
{
    return bytes_str(names[rand_below(rand, FUZZ_COUNT(names))]);
}

struct bytes fuzz_pick_value(struct rand *rand)
{
    return bytes_str(values[rand_below(rand, FUZZ_COUNT(values))]);
}

/* ---- bytes ---- */

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
    struct bytes name = fuzz_pick_name(h->rand);
    struct bytes value = fuzz_pick_value(h->rand);
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
