#include "faulty/sha1.h"

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/text.h"

static void expect_digest(struct bytes in, const char *hex)
{
    uint8_t digest[SHA1_SIZE];
    struct buf text;

    buf_init(&text, 100);
    sha1(in, digest);
    cr_assert(text_hex(bytes_of(digest, sizeof digest), &text));
    cr_expect(bytes_eq_str(buf_bytes(&text), hex), "%.*s", BYTES_ARG(buf_bytes(&text)));
    buf_free(&text);
}

/* FIPS 180-4's examples: nothing, one block, and a text whose padding takes a second one. */
Test(faulty_sha1, gives_the_digests_of_the_standard)
{
    expect_digest((struct bytes){ 0 },
                  "da 39 a3 ee 5e 6b 4b 0d 32 55 bf ef 95 60 18 90 af d8 07 09");
    expect_digest(BYTES_LIT("abc"), "a9 99 3e 36 47 06 81 6a ba 3e 25 71 78 50 c2 6c 9c d0 d8 9d");
    expect_digest(BYTES_LIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                  "84 98 3e 44 1c 3b d2 6e ba ae 4a a1 f9 51 29 e5 e5 46 70 f1");
}
