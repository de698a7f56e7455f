#include "faulty/greet.h"

#include <criterion/criterion.h>

/* RFC 6455 1.3. */
Test(faulty_greet, answers_the_key_of_the_rfc)
{
    char accept[GREET_ACCEPT_TEXT + 1];

    greet_accept(BYTES_LIT("dGhlIHNhbXBsZSBub25jZQ=="), accept);
    cr_expect_str_eq(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
