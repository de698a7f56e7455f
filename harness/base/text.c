#include "base/text.h"

#include <string.h>

bool text_number(struct bytes in, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;

    if (in.len == 0)
        return false;
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.ptr[i];
        if (c < '0' || c > '9')
            return false;
        uint64_t digit = (uint64_t)(c - '0');
        if (value > (max - digit) / 10 || digit > max)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

/* A number times what its last character stands for. */
static bool scaled(struct bytes digits, uint64_t unit, uint64_t max, uint64_t *out)
{
    uint64_t n;

    if (!text_number(digits, max / unit, &n))
        return false;
    *out = n * unit;
    return true;
}

bool text_size(struct bytes in, uint64_t max, uint64_t *out)
{
    static const char units[] = "KMG";

    if (in.len > 1) {
        const char *unit = strchr(units, in.ptr[in.len - 1]);
        if (unit && *unit)
            return scaled(bytes_take(in, in.len - 1), UINT64_C(1024) << (10 * (unit - units)), max,
                          out);
    }
    return text_number(in, max, out);
}

bool text_duration_ms(struct bytes in, uint64_t max, uint64_t *out)
{
    size_t digits = 0;

    while (digits < in.len && in.ptr[digits] >= '0' && in.ptr[digits] <= '9')
        digits++;
    struct bytes number = bytes_take(in, digits);
    struct bytes unit = bytes_skip(in, digits);
    if (bytes_eq_str(unit, "ms"))
        return scaled(number, 1, max, out);
    if (bytes_eq_str(unit, "s"))
        return scaled(number, 1000, max, out);
    if (bytes_eq_str(unit, "m"))
        return scaled(number, 60000, max, out);
    return false;
}

int text_hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool text_unhex(struct bytes in, struct buf *out, size_t *bad_at)
{
    size_t i = 0;

    while (i < in.len) {
        if (in.ptr[i] == ' ' || in.ptr[i] == '\t') {
            i++;
            continue;
        }
        int high = text_hex_digit(in.ptr[i]);
        int low = i + 1 < in.len ? text_hex_digit(in.ptr[i + 1]) : -1;
        *bad_at = high < 0 || i + 1 >= in.len ? i : i + 1;
        if (high < 0 || low < 0 || !buf_push(out, (uint8_t)(high << 4 | low)))
            return false;
        i += 2;
    }
    return true;
}

bool text_hex(struct bytes in, struct buf *out)
{
    for (size_t i = 0; i < in.len; i++)
        if (!buf_print(out, i ? " %02x" : "%02x", in.ptr[i]))
            return false;
    return true;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool text_base64(struct bytes in, struct buf *out)
{
    for (; in.len > 0; in = bytes_skip(in, 3)) {
        uint32_t v = (uint32_t)in.ptr[0] << 16;
        if (in.len > 1)
            v |= (uint32_t)in.ptr[1] << 8;
        if (in.len > 2)
            v |= in.ptr[2];
        char quad[4] = { base64_digits[v >> 18], base64_digits[v >> 12 & 63],
                         in.len > 1 ? base64_digits[v >> 6 & 63] : '=',
                         in.len > 2 ? base64_digits[v & 63] : '=' };
        if (!buf_append(out, bytes_of(quad, 4)))
            return false;
    }
    return true;
}

static int base64_digit(uint8_t c)
{
    const char *hit = c ? strchr(base64_digits, c) : NULL;
    return hit ? (int)(hit - base64_digits) : -1;
}

/* One group of four characters, of which the last `pads` are '='. */
static bool unbase64_quad(const uint8_t *quad, size_t pads, struct buf *out, bool *odd_pad)
{
    uint32_t v = 0;

    for (size_t i = 0; i < 4; i++) {
        int digit = i < 4 - pads ? base64_digit(quad[i]) : 0;
        if (digit < 0)
            return false;
        v = v << 6 | (uint32_t)digit;
    }
    uint8_t raw[3] = { (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
    for (size_t i = 3 - pads; i < 3; i++)
        if (raw[i] != 0 && odd_pad)
            *odd_pad = true;
    return buf_append(out, bytes_of(raw, 3 - pads));
}

bool text_unbase64(struct bytes in, struct buf *out, bool *odd_pad)
{
    if (odd_pad)
        *odd_pad = false;
    if (in.len % 4 != 0)
        return false;
    for (size_t i = 0; i < in.len; i += 4) {
        size_t pads = 0;
        if (i + 4 == in.len)
            pads = in.ptr[i + 3] != '=' ? 0 : in.ptr[i + 2] != '=' ? 1 : 2;
        if (!unbase64_quad(in.ptr + i, pads, out, odd_pad))
            return false;
    }
    return true;
}

static bool quote_byte(uint8_t c, struct buf *out)
{
    switch (c) {
    case '\n': return buf_print(out, "\\n");
    case '\r': return buf_print(out, "\\r");
    case '\t': return buf_print(out, "\\t");
    case '"': return buf_print(out, "\\\"");
    case '\\': return buf_print(out, "\\\\");
    default: return c >= 0x20 && c < 0x7F ? buf_push(out, c) : buf_print(out, "\\x%02x", c);
    }
}

bool text_quote(struct bytes in, size_t limit, struct buf *out)
{
    struct bytes shown = bytes_take(in, limit);

    for (size_t i = 0; i < shown.len; i++)
        if (!quote_byte(shown.ptr[i], out))
            return false;
    return shown.len == in.len || buf_print(out, "…");
}

static bool is_shell_plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("-_./:=,+@%", c));
}

bool text_shell_word(struct bytes word, struct buf *out)
{
    bool plain = word.len > 0, ok;

    for (size_t i = 0; i < word.len; i++)
        plain &= is_shell_plain(word.ptr[i]);
    if (plain)
        return buf_append(out, word);
    ok = buf_push(out, '\'');
    for (size_t i = 0; ok && i < word.len; i++)
        ok = word.ptr[i] == '\'' ? buf_append(out, BYTES_LIT("'\\''")) : buf_push(out, word.ptr[i]);
    return ok && buf_push(out, '\'');
}

bool text_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

#define DISTANCE_WORD_MAX 63 /* options and operation names are far shorter */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* A table of the distances between what the words begin with, of which three rows are needed. */
unsigned text_distance(const char *a, const char *b, unsigned cap)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    unsigned rows[3][DISTANCE_WORD_MAX + 1];

    if (a_len > DISTANCE_WORD_MAX || b_len > DISTANCE_WORD_MAX)
        return cap;
    for (size_t k = 0; k <= b_len; k++)
        rows[0][k] = (unsigned)k;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= b_len; k++) {
            row[k] = least(least(above[k], row[k - 1]) + 1, above[k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                row[k] = least(row[k], two_above[k - 2] + 1);
        }
    }
    return least(rows[a_len % 3][b_len], cap);
}
