#include "script/parser.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* Terms of a sum: where the next + or - is, behind the first byte. */
static size_t term_len(struct bytes text)
{
    size_t n = 0;

    while (n < text.len && text.ptr[n] != '+' && text.ptr[n] != '-')
        n++;
    return n;
}

/* 64K, 64K+1, 126-1. */
bool parse_sum(struct bytes text, uint64_t max, uint64_t *out)
{
    uint64_t sum = 0;
    uint8_t sign = '+';

    for (;;) {
        size_t n = term_len(text);
        uint64_t term;
        if (!text_size(bytes_take(text, n), UINT64_MAX, &term))
            return false;
        if (sign == '+' ? term > UINT64_MAX - sum : term > sum)
            return false;
        sum = sign == '+' ? sum + term : sum - term;
        if (n == text.len)
            break;
        sign = text.ptr[n];
        text = bytes_skip(text, n + 1);
    }
    *out = sum;
    return sum <= max;
}

bool parse_is_number(struct bytes text)
{
    return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

/* A number that is right as such, only larger than `max`. */
static bool is_too_large(struct bytes text, uint64_t max)
{
    const size_t digits_max = 19; /* more of them pass 64 bits */
    uint64_t value;

    return parse_is_number(text) &&
           (parse_sum(text, UINT64_MAX, &value) ? value > max : text.len > digits_max);
}

bool parse_number(struct parser *p, const char *what, uint64_t max, uint64_t *out)
{
    if (!parse_here(p, TOKEN_WORD))
        return parse_expected(p, what);
    if (!parse_sum(p->tok.text, max, out)) {
        if (is_too_large(p->tok.text, max))
            return parse_fail(p, &p->tok, "expected %s, and %.*s is more than %" PRIu64, what,
                              BYTES_ARG(p->tok.text), max);
        return parse_expected(p, what);
    }
    parse_next(p);
    return true;
}

/* ${limit+limit+1}, of which only the first term has to be `limit`. */
static bool read_limits(struct parser *p, struct bytes sum, uint64_t *out, uint64_t *limits)
{
    for (;;) {
        size_t n = bytes_index(sum, 0, '+');
        struct bytes term = bytes_take(sum, n);
        uint64_t value = 0;
        if (bytes_eq_str(term, "limit"))
            ++*limits;
        else if (!text_size(term, SCRIPT_PAYLOAD_MAX, &value) || *limits == 0)
            return parse_fail(p, &p->tok, "expected ${limit}, and only + behind it: ${limit+1}");
        *out += value;
        if (*limits > SCRIPT_LIMITS_MAX || *out > SCRIPT_PAYLOAD_MAX)
            return parse_fail(p, &p->tok, "expected at most %d times the limit and 1G",
                              SCRIPT_LIMITS_MAX);
        if (n == sum.len)
            return true;
        sum = bytes_skip(sum, n + 1);
    }
}

bool parse_size(struct parser *p, const char *what, uint64_t *out, uint64_t *limits)
{
    struct bytes text = p->tok.text;

    *out = *limits = 0;
    if (!parse_here(p, TOKEN_WORD) || !bytes_starts(text, BYTES_LIT("${limit")) ||
        bytes_index(text, 0, '}') != text.len - 1)
        return parse_number(p, what, SCRIPT_PAYLOAD_MAX, out);
    if (!read_limits(p, bytes_skip(bytes_take(text, text.len - 1), 2), out, limits))
        return false;
    parse_next(p);
    return true;
}

bool parse_code(struct parser *p, const char *what, uint16_t *out)
{
    uint64_t code;

    if (!parse_number(p, what, UINT16_MAX, &code))
        return false;
    *out = (uint16_t)code;
    return true;
}

bool parse_duration(struct parser *p, uint64_t *ms)
{
    const uint64_t hour = UINT64_C(3600) * 1000; /* longer is a slip of the pen */

    if (!parse_here(p, TOKEN_WORD) || !text_duration_ms(p->tok.text, hour, ms))
        return parse_expected(p, "a time of at most an hour, as 100ms or 2s");
    parse_next(p);
    return true;
}

bool parse_word(struct parser *p, const char *what, const char **out)
{
    if (!parse_here(p, TOKEN_WORD) || bytes_index(p->tok.text, 0, '$') < p->tok.text.len)
        return parse_expected(p, what);
    *out = arena_str(p->arena, p->tok.text);
    if (!*out)
        return parse_memory(p);
    parse_next(p);
    return true;
}

bool parse_choice(struct parser *p, const char *what, const char *const *words, size_t count,
                  size_t *out)
{
    if (!parse_here(p, TOKEN_WORD))
        return parse_expected(p, what);
    for (size_t i = 0; i < count; i++) {
        if (parse_is(p, words[i])) {
            *out = i;
            parse_next(p);
            return true;
        }
    }
    char *word = arena_str(p->arena, p->tok.text);
    if (!word)
        return parse_memory(p);
    const char *nearest = parse_nearest(word, words, count);
    if (!nearest)
        return parse_expected(p, what);
    return parse_fail(p, &p->tok, "expected %s, found \"%s\": did you mean \"%s\"?", what, word,
                      nearest);
}
