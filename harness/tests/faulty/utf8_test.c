#include "faulty/utf8.h"

#include <criterion/criterion.h>

Test(faulty_utf8, the_clean_peer_takes_text_and_nothing_else)
{
    static const struct {
        struct bytes text;
        bool is_valid;
    } rows[] = {
        { BYTES_LIT(""), true },
        { BYTES_LIT("plain"), true },
        { BYTES_LIT("\xce\xba\xe1\xbd\xb9"), true },
        { BYTES_LIT("\xef\xbf\xbf\xef\xbf\xbe\xef\xbb\xbf"), true }, /* noncharacters, BOM */
        { BYTES_LIT("\xf4\x8f\xbf\xbf\xf0\x90\x80\x80"), true },
        { BYTES_LIT("\xed\x9f\xbf\xee\x80\x80"), true },
        { BYTES_LIT("\x80"), false },
        { BYTES_LIT("\xc0\x80"), false },
        { BYTES_LIT("\xc1\xbf"), false },
        { BYTES_LIT("\xe0\x9f\xbf"), false },
        { BYTES_LIT("\xf0\x8f\xbf\xbf"), false },
        { BYTES_LIT("\xed\xa0\x80"), false },
        { BYTES_LIT("\xf4\x90\x80\x80"), false },
        { BYTES_LIT("\xf5\x80\x80\x80"), false },
        { BYTES_LIT("\xff"), false },
        { BYTES_LIT("\xce"), false },
        { BYTES_LIT("\xf0\x90\x80"), false },
        { BYTES_LIT("\xe1\xbd"
                    "a"),
          false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct utf8 cut = { 0 };
        bool fine = true;
        for (size_t k = 0; fine && k < rows[i].text.len; k++)
            fine = utf8_take(&cut, bytes_of(rows[i].text.ptr + k, 1));
        cr_expect_eq(utf8_is_valid(rows[i].text), rows[i].is_valid, "row %zu", i);
        cr_expect_eq(fine && utf8_may_end(&cut), rows[i].is_valid, "row %zu, byte by byte", i);
    }
}
