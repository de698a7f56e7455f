#include "script/print_parts.h"

#include "base/text.h"
#include "ws/utf8.h"

#include <inttypes.h>

static bool put_char(uint8_t c, bool utf8, struct buf *out)
{
    switch (c) {
    case '\n': return buf_print(out, "\\n");
    case '\r': return buf_print(out, "\\r");
    case '\t': return buf_print(out, "\\t");
    case '"': return buf_print(out, "\\\"");
    case '\\': return buf_print(out, "\\\\");
    default: break;
    }
    if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8))
        return buf_print(out, "\\x%02x", c);
    return buf_push(out, c);
}

static bool byte_at(struct bytes text, size_t at, uint8_t c)
{
    return at < text.len && text.ptr[at] == c;
}

/* A dollar that stands for itself: `skip` says that it was written twice. */
static bool put_dollar(struct bytes text, size_t *at, bool skip, struct buf *out)
{
    *at += skip ? 2 : 1;
    return byte_at(text, *at, '{') ? buf_print(out, "\\$") : buf_push(out, '$');
}

bool script_put_string(struct bytes text, bool places, struct buf *out)
{
    bool utf8 = ws_utf8_valid(text), ok = buf_push(out, '"');

    for (size_t i = 0; ok && i < text.len;) {
        bool dollar = text.ptr[i] == '$', twice = places && dollar && byte_at(text, i + 1, '$');
        if (twice || (dollar && !places))
            ok = put_dollar(text, &i, twice, out);
        else
            ok = put_char(text.ptr[i++], utf8, out);
    }
    return ok && buf_push(out, '"');
}

bool script_put_size(uint64_t n, struct buf *out)
{
    static const char units[] = { 'G', 'M', 'K' };

    for (unsigned i = 0; i < 3; i++) {
        uint64_t unit = UINT64_C(1) << (10 * (3 - i));
        if (n >= unit && n % unit == 0)
            return buf_print(out, "%" PRIu64 "%c", n / unit, units[i]);
    }
    return buf_print(out, "%" PRIu64, n);
}

bool script_put_duration(uint64_t ms, struct buf *out)
{
    if (ms > 0 && ms % 60000 == 0)
        return buf_print(out, "%" PRIu64 "m", ms / 60000);
    if (ms > 0 && ms % 1000 == 0)
        return buf_print(out, "%" PRIu64 "s", ms / 1000);
    return buf_print(out, "%" PRIu64 "ms", ms);
}

static bool put_bytes(const struct payload *p, struct buf *out)
{
    switch (p->spelling) {
    case SPELLED_TEXT: return script_put_string(p->bytes, false, out);
    case SPELLED_HEX: return buf_print(out, "x\"") && text_hex(p->bytes, out) && buf_push(out, '"');
    case SPELLED_FILE:
        return buf_print(out, "file ") && script_put_string(bytes_str(p->file), false, out);
    }
    return false;
}

/* A size, or ${limit+1}. */
static bool put_count(const struct payload *p, struct buf *out)
{
    if (p->limits == 0)
        return script_put_size(p->count, out);
    if (!buf_print(out, "${limit"))
        return false;
    for (uint64_t i = 1; i < p->limits; i++)
        if (!buf_print(out, "+limit"))
            return false;
    return (p->count == 0 || (buf_push(out, '+') && script_put_size(p->count, out))) &&
           buf_push(out, '}');
}

static bool put_made_up(const char *word, const struct payload *p, struct buf *out)
{
    return buf_print(out, "%s ", word) && put_count(p, out);
}

static bool put_next(const struct payload *p, struct buf *out)
{
    return put_made_up("next", p, out) && buf_print(out, " of ") && script_put_payload(p->a, out);
}

/* `next` takes all that comes behind its `of`. */
static bool is_loose(const struct payload *p)
{
    return p->kind == PAYLOAD_JOIN || p->kind == PAYLOAD_NEXT;
}

/* What binds no tighter than what is around it goes into brackets. */
static bool put_inner(const struct payload *p, bool bracket, struct buf *out)
{
    if (!bracket || p->name)
        return script_put_payload(p, out);
    return buf_push(out, '(') && script_put_payload(p, out) && buf_push(out, ')');
}

static bool put_in_place(const struct payload *p, struct buf *out)
{
    switch (p->kind) {
    case PAYLOAD_BYTES: return put_bytes(p, out);
    case PAYLOAD_TEMPLATE: return script_put_string(p->bytes, true, out);
    case PAYLOAD_REPEAT:
        return put_inner(p->a, is_loose(p->a), out) && buf_print(out, " * ") && put_count(p, out);
    case PAYLOAD_JOIN:
        return put_inner(p->a, p->a->kind == PAYLOAD_NEXT, out) && buf_print(out, " + ") &&
               put_inner(p->b, is_loose(p->b), out);
    case PAYLOAD_RANDOM: return put_made_up("random", p, out);
    case PAYLOAD_WORDS: return put_made_up("words", p, out);
    case PAYLOAD_SAMPLE:
        return buf_print(out, "sample ") && put_made_up(sample_word(p->sample), p, out);
    case PAYLOAD_NEXT: return put_next(p, out);
    case PAYLOAD_BLOCKS: return script_put_blocks(p->blocks, out);
    }
    return false;
}

bool script_put_payload(const struct payload *p, struct buf *out)
{
    return p->name ? buf_print(out, "%s", p->name) : put_in_place(p, out);
}

bool script_put_let(const struct let *let, struct buf *out)
{
    return buf_print(out, "let %s = ", let->name) && put_in_place(let->payload, out);
}
