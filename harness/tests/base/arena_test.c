#include "base/arena.h"

#include <criterion/criterion.h>
#include <string.h>

#include "support/heap.h"

Test(arena, gives_zeroed_aligned_pieces_that_do_not_overlap)
{
    struct arena a = { 0 };
    uint8_t *pieces[200];

    for (size_t i = 0; i < 200; i++) {
        const size_t size = i * 7 % 300;
        pieces[i] = arena_new(&a, size);
        cr_assert_not_null(pieces[i]);
        cr_assert_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            cr_assert_eq(pieces[i][k], 0);
        memset(pieces[i], (int)i, size);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i * 7 % 300; k++)
            cr_assert_eq(pieces[i][k], i);
    arena_free(&a);
    cr_assert(a.blocks == NULL && a.total == 0);
    arena_free(&a);
}

Test(arena, holds_pieces_larger_than_a_block_and_goes_on_with_the_last)
{
    struct arena a = { 0 };
    char *before = arena_new(&a, 10), *large = arena_new(&a, 100000), *after = arena_new(&a, 10);

    cr_assert(before && large && after);
    memset(large, 1, 100000);
    cr_assert(after > before && after - before < 100, "the rest of the small block stays in use");
    cr_assert_geq(a.total, 100020);
    arena_free(&a);
}

Test(arena, refuses_sizes_that_wrap)
{
    struct arena a = { 0 };
    const struct bytes absurd = { (const uint8_t *)"", SIZE_MAX };

    cr_assert_null(arena_new(&a, SIZE_MAX));
    cr_assert_null(arena_new(&a, SIZE_MAX - sizeof(max_align_t)));
    cr_assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    cr_assert_null(arena_copy(&a, absurd).ptr);
    cr_assert_null(a.blocks);
}

Test(arena, copies_text_with_a_nul_behind_it)
{
    struct arena a = { 0 };
    const struct bytes copy = arena_copy(&a, BYTES_LIT("a\0b"));

    cr_assert(bytes_eq(copy, BYTES_LIT("a\0b")) && copy.ptr[3] == '\0');
    cr_assert(arena_copy(&a, BYTES_LIT("")).ptr[0] == '\0');
    cr_assert_str_eq(arena_str(&a, BYTES_LIT("text")), "text");
    cr_assert_str_eq(arena_print(&a, "%d-%s", 12, "x"), "12-x");
    arena_free(&a);
}

Test(arena, grows_arrays)
{
    struct arena a = { 0 };
    void *items = NULL;
    size_t cap = 0;

    for (size_t n = 1; n <= 1000; n++) {
        cr_assert(arena_grow(&a, &items, &cap, n, sizeof(size_t)));
        cr_assert_geq(cap, n);
        ((size_t *)items)[n - 1] = n;
    }
    for (size_t n = 1; n <= 1000; n++)
        cr_assert_eq(((size_t *)items)[n - 1], n);
    cr_assert_not(arena_grow(&a, &items, &cap, SIZE_MAX, 1));
    cr_assert_eq(cap, 1024);
    arena_free(&a);
}

/* What was there stays, byte for byte; what came since is given out again. */
Test(arena, goes_back_to_a_mark_and_keeps_what_was_before)
{
    static const size_t sizes[] = { 1, 100, 16000, 40000, 16384, 3, 70000, 9000, 9000 };
    enum { SIZES = sizeof sizes / sizeof *sizes };

    for (size_t before = 0; before <= SIZES; before++) {
        struct arena a = { 0 };
        uint8_t *kept[SIZES];
        for (size_t i = 0; i < before; i++) {
            kept[i] = arena_new(&a, sizes[i]);
            cr_assert_not_null(kept[i]);
            memset(kept[i], (int)i + 1, sizes[i]);
        }
        const struct arena_mark mark = arena_mark(&a);
        for (int again = 0; again < 3; again++) {
            for (size_t i = 0; i < SIZES; i++) {
                uint8_t *more = arena_new(&a, sizes[i]);
                cr_assert(more && more[0] == 0 && more[sizes[i] - 1] == 0);
                memset(more, 0xee, sizes[i]);
            }
            arena_rewind(&a, &mark);
            cr_assert_eq(a.total, mark.total);
            cr_assert(a.blocks == mark.first);
        }
        for (size_t i = 0; i < before; i++)
            for (size_t k = 0; k < sizes[i]; k++)
                cr_assert_eq(kept[i][k], i + 1, "%zu of %zu", i, before);
        arena_free(&a);
    }
}

Test(arena, a_mark_may_be_passed_by_another_and_gone_back_to)
{
    struct arena a = { 0 };
    const struct arena_mark empty = arena_mark(&a);
    char *first = arena_str(&a, BYTES_LIT("first"));
    const struct arena_mark mark = arena_mark(&a);

    cr_assert(first && arena_new(&a, 50000));
    const struct arena_mark later = arena_mark(&a);
    cr_assert_not_null(arena_new(&a, 50000));
    arena_rewind(&a, &later);
    arena_rewind(&a, &later);
    cr_assert_not_null(arena_new(&a, 20000));
    arena_rewind(&a, &mark);
    cr_assert_str_eq(first, "first");
    arena_rewind(&a, &empty);
    cr_assert(a.blocks == NULL && a.total == 0);
}

static bool use(void *unused)
{
    struct arena a = { 0 };
    void *items = NULL;
    size_t cap = 0;

    (void)unused;
    const bool ok = arena_new(&a, 100) && arena_new(&a, 20000) &&
                    arena_copy(&a, bytes_of((char[17000]){ 0 }, 17000)).ptr &&
                    arena_print(&a, "%17000d", 1) && arena_grow(&a, &items, &cap, 5000, 8);
    arena_free(&a);
    return ok;
}

Test(arena, says_when_the_heap_is_empty)
{
    cr_assert_eq(heap_fail_each(use, NULL), 5);
}
