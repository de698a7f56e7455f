#include <criterion/criterion.h>
#include <string.h>

#include "io/outbox.h"

/* What goes in comes out once and in order, however much is taken at a time. */
Test(io_outbox, gives_each_byte_once_and_in_order)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyz";

    for (size_t n = 1; n < 9; n++) {
        struct outbox o;
        char seen[sizeof text + 8] = "";
        size_t put = 0, got = 0;
        outbox_init(&o);
        while (got < strlen(text)) {
            size_t more = put + 5 <= strlen(text) ? 5 : strlen(text) - put;
            cr_assert(outbox_add(&o, bytes_of((const uint8_t *)text + put, more)));
            put += more;
            struct bytes left = bytes_take(outbox_left(&o), n);
            memcpy(seen + got, left.ptr, left.len);
            got += left.len;
            outbox_sent(&o, left.len);
            cr_assert_eq(outbox_left(&o).len, put - got);
        }
        cr_assert_str_eq(seen, text, "%zu at a time", n);
        outbox_free(&o);
    }
}

/* A peer that is slow for ever does not make it grow for ever. */
Test(io_outbox, forgets_what_is_out)
{
    static const uint8_t piece[1024] = { 0 };
    struct outbox o;

    outbox_init(&o);
    cr_assert(outbox_add(&o, bytes_of(piece, sizeof piece)));
    for (int i = 0; i < 1000; i++) {
        cr_assert(outbox_add(&o, bytes_of(piece, sizeof piece)));
        outbox_sent(&o, sizeof piece);
    }
    cr_assert_eq(outbox_left(&o).len, sizeof piece);
    cr_assert_leq(o.all.cap, 16 * sizeof piece);
    outbox_free(&o);
}

Test(io_outbox, gives_a_large_pile_s_memory_back_and_takes_more)
{
    static const uint8_t pile[1u << 20] = { 0 };
    struct outbox o;

    outbox_init(&o);
    for (int i = 0; i < 64; i++)
        cr_assert(outbox_add(&o, bytes_of(pile, sizeof pile)));
    cr_expect_not(outbox_add(&o, bytes_of(pile, 1)), "more than 64 MiB");
    cr_expect_eq(outbox_left(&o).len, 64u << 20, "as it was");
    outbox_sent(&o, 64u << 20);
    cr_expect_eq(o.all.cap, 0);
    cr_expect(outbox_add(&o, bytes_of(pile, 1)));
    outbox_free(&o);
    cr_expect_not(outbox_add(&o, bytes_of(pile, 1)), "freed, it takes nothing");
}
