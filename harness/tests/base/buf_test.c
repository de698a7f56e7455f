#include "base/buf.h"

#include <criterion/criterion.h>

#include "support/heap.h"

Test(buf, refuses_to_grow_when_zeroed)
{
    struct buf b = { 0 };

    cr_assert_not(buf_push(&b, 'x'));
    cr_assert(buf_append(&b, BYTES_LIT("")));
    cr_assert_eq(buf_bytes(&b).len, 0);
    buf_free(&b);
}

Test(buf, grows_up_to_its_ceiling_and_no_further)
{
    struct buf b;

    buf_init(&b, 100);
    for (int i = 0; i < 100; i++)
        cr_assert(buf_push(&b, (uint8_t)i));
    cr_assert_not(buf_push(&b, 0));
    cr_assert(b.len == 100 && b.cap == 100);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(b.ptr[i], i);
    buf_clear(&b);
    cr_assert(b.len == 0 && b.cap == 100);
    cr_assert_not(buf_reserve(&b, 101));
    cr_assert_not(buf_reserve(&b, SIZE_MAX));
    cr_assert(buf_reserve(&b, 100));
    buf_free(&b);
    cr_assert(b.ptr == NULL && b.max == 0);
}

Test(buf, is_as_it_was_when_it_cannot_grow)
{
    struct buf b;

    buf_init(&b, 8);
    cr_assert(buf_append(&b, BYTES_LIT("12345")));
    cr_assert_not(buf_append(&b, BYTES_LIT("6789")));
    cr_assert_not(buf_print(&b, "%d", 6789));
    cr_assert(bytes_eq_str(buf_bytes(&b), "12345"));
    cr_assert(buf_append(&b, BYTES_LIT("678")));
    buf_free(&b);
}

Test(buf, prints)
{
    struct buf b;

    buf_init(&b, 1000);
    cr_assert(buf_print(&b, "%s=%d", "a", 1) && buf_print(&b, ";%200s", ""));
    cr_assert_eq(b.len, 204);
    cr_assert(bytes_starts(buf_bytes(&b), BYTES_LIT("a=1; ")));
    buf_free(&b);
}

Test(buf, drops_from_the_front)
{
    struct buf b;

    buf_init(&b, 100);
    buf_drop(&b, 0);
    cr_assert(buf_append(&b, BYTES_LIT("hello")));
    buf_drop(&b, 0);
    buf_drop(&b, 2);
    cr_assert(bytes_eq_str(buf_bytes(&b), "llo"));
    buf_drop(&b, 3);
    cr_assert_eq(b.len, 0);
    buf_free(&b);
}

static bool fill(void *unused)
{
    struct buf b;
    bool ok = true;

    (void)unused;
    buf_init(&b, 4096);
    for (int i = 0; ok && i < 1000; i++)
        ok = buf_push(&b, 'x');
    cr_assert_leq(b.len, b.cap);
    buf_free(&b);
    return ok;
}

Test(buf, says_when_the_heap_is_empty)
{
    cr_assert_eq(heap_fail_each(fill, NULL), 5); /* 64, 128, 256, 512, 1024 */
}
