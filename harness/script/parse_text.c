#include "script/parser.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Strings: escapes, values of for and each, and places that only a connection can fill. */

static const char *const places[] = { "path", "host",   "port",   "key",     "accept",
                                      "base", "origin", "served", "guarded", "credentials" };
#define N_PLACES (sizeof places / sizeof places[0])

bool parse_is_place(struct bytes name)
{
    for (size_t i = 0; i < N_PLACES; i++)
        if (bytes_eq_str(name, places[i]))
            return true;
    return false;
}

static const char *bound_to(const struct parser *p, struct bytes name)
{
    for (size_t i = p->n_bindings; i-- > 0;)
        if (bytes_eq_str(name, p->bindings[i].name))
            return p->bindings[i].text;
    return NULL;
}

/* Part of a token, so that the caret points at it. */
static struct token part_of(const struct token *t, struct bytes part)
{
    struct token at = *t;

    at.at += (size_t)(part.ptr - t->source.ptr);
    at.source = at.text = part;
    return at;
}

static bool fail_part(struct parser *p, const struct token *t, struct bytes part, const char *what)
{
    struct token at = part_of(t, part);
    return parse_fail(p, &at, "%s", what);
}

static bool unknown_name(struct parser *p, const struct token *t, struct bytes name)
{
    struct token at = part_of(t, name);
    char word[64];
    const char *nearest = parse_nearest("", NULL, 0);
    unsigned best = 3;

    snprintf(word, sizeof word, "%.*s", BYTES_ARG(name));
    for (size_t i = 0; i < N_PLACES + p->n_bindings; i++) {
        const char *known = i < N_PLACES ? places[i] : p->bindings[i - N_PLACES].name;
        unsigned distance = text_distance(word, known, best);
        if (distance < best) {
            best = distance;
            nearest = known;
        }
    }
    if (nearest)
        return parse_fail(p, &at, "nothing is called \"%s\": did you mean \"%s\"?", word, nearest);
    return parse_fail(p, &at, "nothing is called \"%s\" here", word);
}

static bool is_operator(uint8_t c)
{
    return c == '+' || c == '-';
}

/* One term of ${size+1}: a name bound to a size, or a size. */
static bool term_value(struct parser *p, const struct token *t, struct bytes term, uint64_t *out)
{
    const char *value = bound_to(p, term);

    if (parse_sum(value ? bytes_str(value) : term, UINT64_MAX, out))
        return true;
    if (value)
        return fail_part(p, t, term, "this is no number, so nothing can be added to it");
    return unknown_name(p, t, term);
}

static bool sum_value(struct parser *p, const struct token *t, struct bytes expr, uint64_t *out)
{
    uint64_t sum = 0, value;
    uint8_t sign = '+';
    struct bytes rest = expr;

    for (;;) {
        size_t n = 0;
        while (n < rest.len && !is_operator(rest.ptr[n]))
            n++;
        if (!term_value(p, t, bytes_trim(bytes_take(rest, n)), &value))
            return false;
        if (sign == '+' ? value > UINT64_MAX - sum : value > sum)
            return fail_part(p, t, expr, "this sum is below zero or past 64 bits");
        sum = sign == '+' ? sum + value : sum - value;
        if (n == rest.len)
            break;
        sign = rest.ptr[n];
        rest = bytes_skip(rest, n + 1);
    }
    *out = sum;
    return true;
}

/* What ${expr} stands for, into the scratch buffer. */
static bool fill_expr(struct parser *p, const struct token *t, struct bytes expr)
{
    const char *value = bound_to(p, expr);
    uint64_t sum = 0;
    bool is_sum = false;

    for (size_t i = 0; i < expr.len; i++)
        is_sum = is_sum || is_operator(expr.ptr[i]);
    if (value)
        return buf_append(&p->scratch, bytes_str(value)) || parse_memory(p);
    if (!is_sum)
        return unknown_name(p, t, expr);
    return sum_value(p, t, expr, &sum) &&
           (buf_print(&p->scratch, "%" PRIu64, sum) || parse_memory(p));
}

/* The text between ${ and }; `at` is moved behind it. False: no closing brace. */
static bool take_expr(struct bytes text, size_t *at, struct bytes *expr)
{
    size_t end = bytes_index(text, *at, '}');

    if (end == text.len)
        return false;
    *expr = bytes_take(bytes_skip(text, *at + 2), end - *at - 2);
    *at = end + 1;
    return true;
}

static bool opens_expr(struct bytes text, size_t at)
{
    return text.ptr[at] == '$' && at + 1 < text.len && text.ptr[at + 1] == '{';
}

/* ${limit} and sums that begin with it: a size that the target's set-up tells. */
static bool is_limit(const struct parser *p, struct bytes expr)
{
    size_t n = 0;

    while (n < expr.len && !is_operator(expr.ptr[n]))
        n++;
    return bytes_eq_str(bytes_take(expr, n), "limit") && !bound_to(p, bytes_take(expr, n));
}

/* A place stays in a word: who wants one looks for it, and nobody else takes a word with a $. */
static bool fill_word_expr(struct parser *p, const struct token *t, struct bytes expr)
{
    if (bound_to(p, expr) || !(parse_is_place(expr) || is_limit(p, expr)))
        return fill_expr(p, t, expr);
    return buf_print(&p->scratch, "${%.*s}", BYTES_ARG(expr)) || parse_memory(p);
}

bool parse_fill_word(struct parser *p, struct token *t)
{
    struct bytes in = t->source, expr;

    if (bytes_index(in, 0, '$') == in.len)
        return true;
    buf_clear(&p->scratch);
    for (size_t i = 0; i < in.len;) {
        if (!opens_expr(in, i)) {
            if (!buf_push(&p->scratch, in.ptr[i++]))
                return parse_memory(p);
        } else if (!take_expr(in, &i, &expr) || !fill_word_expr(p, t, expr)) {
            return false;
        }
    }
    t->text = arena_copy(p->arena, buf_bytes(&p->scratch));
    return t->text.ptr || parse_memory(p);
}

static bool put_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80)
        return buf_push(out, (uint8_t)c);
    if (c < 0x800)
        return buf_push(out, (uint8_t)(0xC0 | c >> 6)) && buf_push(out, (uint8_t)(0x80 | (c & 63)));
    if (c < 0x10000)
        return buf_push(out, (uint8_t)(0xE0 | c >> 12)) &&
               buf_push(out, (uint8_t)(0x80 | (c >> 6 & 63))) &&
               buf_push(out, (uint8_t)(0x80 | (c & 63)));
    return buf_push(out, (uint8_t)(0xF0 | c >> 18)) &&
           buf_push(out, (uint8_t)(0x80 | (c >> 12 & 63))) &&
           buf_push(out, (uint8_t)(0x80 | (c >> 6 & 63))) &&
           buf_push(out, (uint8_t)(0x80 | (c & 63)));
}

/* \u{3ba}: `at` is at the backslash, afterwards behind the brace. */
static bool decode_unicode(struct parser *p, const struct token *t, struct bytes in, size_t *at)
{
    size_t end = bytes_index(in, *at, '}');
    struct bytes whole = bytes_take(bytes_skip(in, *at), end - *at + 1);
    uint32_t c = 0;
    size_t i = *at + 3;

    if (end == in.len || in.ptr[*at + 2] != '{' || end == i || end - i > 6)
        return fail_part(p, t, bytes_take(whole, 2), "expected \\u{…} with one to six hex digits");
    for (; i < end; i++) {
        int digit = text_hex_digit(in.ptr[i]);
        if (digit < 0)
            return fail_part(p, t, whole, "expected \\u{…} with one to six hex digits");
        c = c << 4 | (uint32_t)digit;
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return fail_part(p, t, whole, "no character has this number: write the bytes as x\"…\"");
    *at = end + 1;
    return put_utf8(&p->scratch, c) || parse_memory(p);
}

/* The byte that \c stands for; -1: not one of these. */
static int simple_escape(uint8_t c)
{
    switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '0': return '\0';
    case '\\':
    case '"':
    case '$': return c;
    default: return -1;
    }
}

static bool put(struct parser *p, enum text_use use, uint8_t c)
{
    bool twice = c == '$' && use == TEXT_PLACES;

    return (buf_push(&p->scratch, c) && (!twice || buf_push(&p->scratch, c))) || parse_memory(p);
}

static bool decode_escape(struct parser *p, const struct token *t, struct bytes in, size_t *at,
                          enum text_use use)
{
    struct bytes escape = bytes_take(bytes_skip(in, *at), 2);
    uint8_t c = escape.len > 1 ? escape.ptr[1] : 0;
    int simple = simple_escape(c);

    if (c == 'u')
        return decode_unicode(p, t, in, at);
    if (c == 'x') {
        int high = *at + 2 < in.len ? text_hex_digit(in.ptr[*at + 2]) : -1;
        int low = *at + 3 < in.len ? text_hex_digit(in.ptr[*at + 3]) : -1;
        if (high < 0 || low < 0)
            return fail_part(p, t, escape, "expected two hex digits behind \\x");
        *at += 4;
        return put(p, use, (uint8_t)(high << 4 | low));
    }
    if (simple < 0)
        return fail_part(p, t, escape,
                         "unknown escape: \\n \\r \\t \\0 \\\\ \\\" \\$ \\xHH \\u{…} are known");
    *at += 2;
    return put(p, use, (uint8_t)simple);
}

/* A value of for or each goes in as plain text: a $ in it opens no place. */
static bool fill_text(struct parser *p, const struct token *t, struct bytes expr, enum text_use use)
{
    size_t from = p->scratch.len;

    if (!fill_expr(p, t, expr))
        return false;
    for (size_t i = from; use == TEXT_PLACES && i < p->scratch.len; i++) {
        if (p->scratch.ptr[i] != '$')
            continue;
        if (!buf_push(&p->scratch, 0))
            return parse_memory(p);
        memmove(p->scratch.ptr + i + 1, p->scratch.ptr + i, p->scratch.len - i - 1);
        i++;
    }
    return true;
}

static bool decode_place(struct parser *p, const struct token *t, struct bytes in, size_t *at,
                         enum text_use use)
{
    struct bytes expr;

    if (!take_expr(in, at, &expr))
        return fail_part(p, t, bytes_take(bytes_skip(in, *at), 2),
                         "this ${ has no closing brace: write \\$ for a dollar sign");
    if (bound_to(p, expr) || !parse_is_place(expr))
        return fill_text(p, t, expr, use);
    if (use == TEXT_PLAIN)
        return fail_part(p, t, expr, "only a connection can fill this, and here is none");
    return buf_print(&p->scratch, "${%.*s}", BYTES_ARG(expr)) || parse_memory(p);
}

static struct bytes inside_quotes(struct bytes source)
{
    return bytes_take(bytes_skip(source, 1), source.len - 2);
}

bool parse_text(struct parser *p, const char *what, enum text_use use, struct bytes *out)
{
    if (!parse_here(p, TOKEN_STRING))
        return parse_expected(p, what);
    struct token t = p->tok;
    struct bytes in = inside_quotes(t.source);
    buf_clear(&p->scratch);
    for (size_t i = 0; i < in.len;) {
        bool ok = in.ptr[i] == '\\'   ? decode_escape(p, &t, in, &i, use)
                  : opens_expr(in, i) ? decode_place(p, &t, in, &i, use)
                                      : put(p, use, in.ptr[i++]);
        if (!ok)
            return false;
    }
    *out = arena_copy(p->arena, buf_bytes(&p->scratch));
    if (!out->ptr)
        return parse_memory(p);
    parse_next(p);
    return true;
}

bool parse_string(struct parser *p, const char *what, const char **out)
{
    struct token t = p->tok;
    struct bytes text;

    if (!parse_text(p, what, TEXT_PLAIN, &text))
        return false;
    if (bytes_index(text, 0, 0) < text.len)
        return parse_fail(p, &t, "no zero byte can stand here");
    *out = (const char *)text.ptr;
    return true;
}

bool parse_hex(struct parser *p, struct bytes *out)
{
    struct bytes in = inside_quotes(bytes_skip(p->tok.source, 1));
    size_t bad_at = 0;

    buf_clear(&p->scratch);
    if (!buf_reserve(&p->scratch, in.len))
        return parse_memory(p);
    if (!text_unhex(in, &p->scratch, &bad_at)) {
        struct bytes bad = bytes_take(bytes_skip(in, bad_at), 1);
        return fail_part(p, &p->tok, bad, "expected two hex digits a byte");
    }
    *out = arena_copy(p->arena, buf_bytes(&p->scratch));
    if (!out->ptr)
        return parse_memory(p);
    parse_next(p);
    return true;
}

/* Does this string hold ${path} or one of its kind, not hidden by an escape or a value of that
 * name? */
bool parse_has_places(struct parser *p, const struct token *t)
{
    struct bytes in = inside_quotes(t->source), expr;

    for (size_t i = 0; i < in.len;) {
        if (in.ptr[i] == '\\') {
            i += 2;
        } else if (opens_expr(in, i)) {
            if (!take_expr(in, &i, &expr))
                return false;
            if (parse_is_place(expr) && !bound_to(p, expr))
                return true;
        } else {
            i++;
        }
    }
    return false;
}
