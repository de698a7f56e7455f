#ifndef TESTS_WS_DEFLATED_H
#define TESTS_WS_DEFLATED_H

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/rand.h"

/* What the tests of compression compress, and how they look at what comes out. */
#define DEFLATED_MAX ((size_t)1 << 22)

/* The examples of RFC 7692 7.2.3; each is "Hello". */
#define HELLO_FIXED "\xf2\x48\xcd\xc9\xc9\x07\x00"
#define HELLO_AGAIN "\xf2\x00\x11\x00\x00" /* refers to the message before it */
#define HELLO_STORED "\x00\x05\x00\xfa\xffHello\x00"
#define HELLO_FINAL "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"
#define HELLO_TWO_BLOCKS "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"

enum deflated_kind { ALL_ALIKE, PERIOD_300, WORDS, RANDOM, DEFLATED_KINDS };

static inline void deflated_fill(enum deflated_kind kind, size_t len, struct buf *out)
{
    static const char *const words[] = { "alpha ", "beta ",  "gamma ", "delta ",
                                         "omega ", "sigma ", "tau ",   "upsilon " };
    struct rand rand;

    rand_init(&rand, kind + len);
    buf_clear(out);
    while (out->len < len) {
        uint8_t random;
        rand_fill(&rand, &random, 1);
        switch (kind) {
        case ALL_ALIKE: cr_assert(buf_push(out, 'a')); break;
        case PERIOD_300:
            cr_assert(buf_push(out, (uint8_t)(out->len % 300 * 7 + out->len % 300 / 37)));
            break;
        case WORDS: cr_assert(buf_append(out, bytes_str(words[random % 8]))); break;
        case RANDOM:
        case DEFLATED_KINDS: cr_assert(buf_push(out, random)); break;
        }
    }
    out->len = len;
}

#endif
