#include "fuzz/session/spelling.h"

#include "base/text.h"
#include "ws/utf8.h"

/* ---- what is text ---- */

static bool is_printable(struct bytes in)
{
    if (!ws_utf8_valid(in))
        return false;
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.ptr[i];
        bool line = c == '\t' || c == '\n' || c == '\r';
        if ((c < 0x20 && !line) || c == 0x7f || c == 0xc2 || c == 0xef)
            return false; /* also the controls of U+0080, and marks of order that nobody sees */
    }
    return true;
}

static bool put_char(uint8_t c, bool utf8, struct buf *out)
{
    switch (c) {
    case '\n': return buf_print(out, "\\n");
    case '\r': return buf_print(out, "\\r");
    case '\t': return buf_print(out, "\\t");
    case '"':
    case '\\':
    case '$': return buf_push(out, '\\') && buf_push(out, c);
    default: break;
    }
    if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
        return buf_print(out, "\\x%02x", c);
    return buf_push(out, c);
}

/* Quotes are the caller's. */
static bool put_chars(struct bytes in, bool utf8, struct buf *out)
{
    bool ok = true;

    for (size_t i = 0; ok && i < in.len; i++)
        ok = put_char(in.ptr[i], utf8, out);
    return ok;
}

static bool put_part(struct bytes in, struct buf *out)
{
    if (is_printable(in))
        return buf_push(out, '"') && put_chars(in, true, out) && buf_push(out, '"');
    return buf_print(out, "x\"") && text_hex(in, out) && buf_push(out, '"');
}

/* ---- payloads ---- */

/* How a payload is taken apart: few enough parts for the parser, short enough lines for people. */
struct parts {
    struct bytes left;
    size_t run_min;  /* equal bytes from this number on are written as one times a number */
    size_t part_max; /* bytes of a part that is no run */
};

#define RUN_MIN 24
#define PART_MAX 48
#define RUNS_MAX 100 /* with as many parts between them, and PARTS_MAX more */
#define PARTS_MAX 200

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static struct parts parts_of(struct bytes payload)
{
    return (struct parts){ payload, larger(RUN_MIN, payload.len / RUNS_MAX),
                           larger(PART_MAX, payload.len / PARTS_MAX) };
}

static size_t run_len(struct bytes in, size_t at)
{
    size_t n = at;

    while (n < in.len && in.ptr[n] == in.ptr[at])
        n++;
    return n - at;
}

static bool is_tail(uint8_t c)
{
    return (c & 0xc0) == 0x80;
}

/* The next part: up to a run, or not too long; a character stays whole. */
static struct bytes next_part(struct parts *p)
{
    size_t n = 0;

    while (n < p->left.len && n < p->part_max) {
        size_t run = run_len(p->left, n);
        if (run >= p->run_min)
            break;
        n += run;
    }
    if (n == 0)
        n = run_len(p->left, 0);
    for (unsigned i = 0; i < 3 && n < p->left.len && is_tail(p->left.ptr[n]); i++)
        n++;
    struct bytes part = bytes_take(p->left, n);
    p->left = bytes_skip(p->left, n);
    return part;
}

static bool put_next(struct parts *p, struct buf *out)
{
    struct bytes part = next_part(p);

    if (part.len < p->run_min || run_len(part, 0) < part.len)
        return put_part(part, out);
    return put_part(bytes_take(part, 1), out) && buf_print(out, " * %zu", part.len);
}

bool fuzz_spell_payload(struct bytes payload, uint32_t times, struct buf *out)
{
    struct parts p = parts_of(payload), first = p;
    bool ok = true;

    (void)next_part(&first);
    bool bracket = times > 1 && first.left.len > 0;
    if (bracket)
        ok = buf_push(out, '(');
    ok = ok && put_next(&p, out);
    while (ok && p.left.len > 0)
        ok = buf_print(out, " +\n") && put_next(&p, out);
    ok = ok && (!bracket || buf_push(out, ')'));
    return ok && (times <= 1 || buf_print(out, " * %u", times));
}

/* ---- values and titles ---- */

static const char *const places[] = { "${path}", "${host}", "${key}", "${accept}" };

/* The place that begins there; empty: none does. */
static struct bytes place_at(struct bytes in, size_t at)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (bytes_starts(bytes_skip(in, at), bytes_str(places[i])))
            return bytes_str(places[i]);
    return (struct bytes){ 0 };
}

bool fuzz_spell_value(struct bytes value, struct buf *out)
{
    bool utf8 = is_printable(value), ok = buf_push(out, '"');

    for (size_t i = 0; ok && i < value.len;) {
        struct bytes place = place_at(value, i);
        bool twice = bytes_starts(bytes_skip(value, i), BYTES_LIT("$$")); /* which means one */
        if (place.len > 0)
            ok = buf_append(out, place);
        else
            ok = put_char(value.ptr[i], utf8, out);
        i += place.len > 0 ? place.len : twice ? 2 : 1;
    }
    return ok && buf_push(out, '"');
}

bool fuzz_spell_title(struct bytes text, struct buf *out)
{
    bool utf8 = ws_utf8_valid(text), ok = buf_push(out, '"');

    for (size_t i = 0; ok && i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool bad = c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8);
        ok = put_char(bad ? '?' : c, true, out);
    }
    return ok && buf_push(out, '"');
}
