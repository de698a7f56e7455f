#ifndef TESTS_WS_BIT_TEXT_H
#define TESTS_WS_BIT_TEXT_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* DEFLATE written by hand, bit for bit:
 *
 *     0110        these bits in this order, as codes are
 *     5:12        the number 12 in 5 bits, the lowest first, as all else is
 *     3:0*13      the same 13 times
 *     |           zeros up to the next byte
 *     x48656c     whole bytes, behind a `|` where it needs one
 */
struct bit_text {
    struct buf out;
    unsigned used; /* bits of the last byte */
};

static inline void bit_text_put(struct bit_text *t, unsigned long value, unsigned count)
{
    for (; count > 0; count--, value >>= 1) {
        if (t->used == 0)
            cr_assert(buf_push(&t->out, 0));
        t->out.ptr[t->out.len - 1] |= (uint8_t)((value & 1) << t->used);
        t->used = (t->used + 1) % 8;
    }
}

static inline void bit_text_hex(struct bit_text *t, const char *digits, const char *end)
{
    cr_assert(t->used == 0 && (end - digits) % 2 == 0);
    for (; digits < end; digits += 2) {
        const char pair[3] = { digits[0], digits[1], 0 };
        bit_text_put(t, strtoul(pair, NULL, 16), 8);
    }
}

static inline void bit_text_number(struct bit_text *t, const char *word)
{
    char *at;
    const unsigned long count = strtoul(word, &at, 10);
    cr_assert(*at == ':' && count <= 32, "%s", word);
    const unsigned long value = strtoul(at + 1, &at, 10);
    const unsigned long times = *at == '*' ? strtoul(at + 1, NULL, 10) : 1;
    for (unsigned long i = 0; i < times; i++)
        bit_text_put(t, value, (unsigned)count);
}

static inline void bit_text_word(struct bit_text *t, const char *word, size_t len)
{
    if (*word == '|')
        t->used = 0;
    else if (*word == 'x')
        bit_text_hex(t, word + 1, word + len);
    else if (memchr(word, ':', len))
        bit_text_number(t, word);
    else
        for (size_t i = 0; i < len; i++)
            bit_text_put(t, word[i] == '1', 1);
}

/* The caller frees it. */
static inline struct buf bit_text(const char *text)
{
    struct bit_text t = { .used = 0 };

    buf_init(&t.out, 1 << 20);
    for (const char *word = text; *word; word += strspn(word, " ")) {
        const size_t len = strcspn(word, " ");
        bit_text_word(&t, word, len);
        word += len;
    }
    return t.out;
}

#endif
