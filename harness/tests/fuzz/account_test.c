#include <criterion/criterion.h>
#include <string.h>

#include "fuzz/oracle/account.h"
#include "support/cut.h"
#include "support/heap.h"

/* What a listener makes of the bytes, as text; and the first breach. */
struct heard {
    const char *hex_name; /* for messages of this test */
    struct bytes wire;
    enum case_role role;
    bool compressed;
    const char *account;
    enum ws_rule broken;
    uint64_t at;
};

#define WIRE(s) BYTES_LIT(s)

static const struct heard table[] = {
    { "a text", WIRE("\x81\x02Hi"), ROLE_SERVER, false, "text 2", WS_RULE_NONE, 0 },
    { "fragments around a pong", WIRE("\x02\x01H\x8a\x01p\x80\x01i"), ROLE_SERVER, false,
      "pong 1, binary 2", WS_RULE_NONE, 0 },
    { "a client's text", WIRE("\x81\x82\x01\x02\x03\x04IK"), ROLE_CLIENT, false, "text 2",
      WS_RULE_NONE, 0 },
    { "Close with a code", WIRE("\x88\x02\x03\xe8"), ROLE_SERVER, false, "close 1000", WS_RULE_NONE,
      0 },
    { "an empty Close and a pong behind it", WIRE("\x88\x00\x8a\x00"), ROLE_SERVER, false,
      "close, pong 0", WS_RULE_AFTER_CLOSE_FRAME, 2 },
    { "a MUST weighs more", WIRE("\x88\x00\x8a\x00\x81\x00"), ROLE_SERVER, false,
      "close, pong 0, text 0", WS_RULE_AFTER_CLOSE_DATA, 4 },
    { "a masked frame from a server", WIRE("\x89\x80\0\0\0\0"), ROLE_SERVER, false, "ping 0",
      WS_RULE_MASK_PRESENT, 0 },
    { "no mask from a client", WIRE("\x89\x00"), ROLE_CLIENT, false, "ping 0", WS_RULE_MASK_MISSING,
      0 },
    { "bad text", WIRE("\x81\x03Hi\xff"), ROLE_SERVER, false, "text 3", WS_RULE_TEXT_NOT_UTF8, 2 },
    { "a length that is not short", WIRE("\x82\x7e\x00\x01x"), ROLE_SERVER, false, "binary 1",
      WS_RULE_LEN_NOT_SHORT, 0 },
    { "a code that never appears", WIRE("\x88\x02\x03\xed"), ROLE_SERVER, false, "close 1005",
      WS_RULE_CLOSE_CODE_NEVER, 2 },
    { "compressed", WIRE("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"), ROLE_SERVER, true, "text 5",
      WS_RULE_NONE, 0 },
    { "compressed without an agreement", WIRE("\xc2\x01\x00"), ROLE_SERVER, false, "binary 1",
      WS_RULE_RSV1_SET, 0 },
    { "what does not inflate", WIRE("\xc1\x01\x07\x81\x01x"), ROLE_SERVER, true, "text 1",
      WS_RULE_INFLATE_BROKEN, 0 },
    { "half a frame", WIRE("\x81\x05Hi"), ROLE_SERVER, false, "nothing", WS_RULE_NONE, 0 },
    { "a reserved opcode", WIRE("\x83\x00"), ROLE_SERVER, false, "nothing", WS_RULE_OPCODE_RESERVED,
      0 },
};

static void expect_heard(const struct heard *row, const struct fuzz_account *a)
{
    struct buf text;

    buf_init(&text, 4096);
    cr_assert(fuzz_account_print(a, &text) && buf_push(&text, '\0'));
    cr_expect_str_eq((const char *)text.ptr, row->account, "%s: %s", row->hex_name, text.ptr);
    cr_expect_eq(a->broken.rule, row->broken, "%s: %s", row->hex_name,
                 ws_rule_row(a->broken.rule)->name);
    if (row->broken != WS_RULE_TEXT_NOT_UTF8)
        cr_expect_eq(a->broken.at, row->at, "%s: at %llu", row->hex_name,
                     (unsigned long long)a->broken.at);
    buf_free(&text);
}

Test(fuzz_account, a_listener_hears_the_same_in_every_cut)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        FOR_EACH_CUT(table[i].wire.len, cut)
        {
            struct fuzz_account a = { .open = true };
            struct fuzz_listener *l = fuzz_listener_new(table[i].role, table[i].compressed, true);
            cr_assert(l);
            for (size_t at = 0, n; (n = cut_next(&cut, at)) > 0; at += n)
                cr_assert(fuzz_listener_feed(l, bytes_take(bytes_skip(table[i].wire, at), n), &a));
            expect_heard(&table[i], &a);
            fuzz_listener_free(l);
            fuzz_account_free(&a);
        }
}

Test(fuzz_account, without_echoes_messages_are_told_by_others)
{
    struct fuzz_account a = { .open = true };
    struct fuzz_listener *l = fuzz_listener_new(ROLE_SERVER, false, false);

    cr_assert(l && fuzz_listener_feed(l, WIRE("\x81\x02Hi\x8a\x00"), &a));
    cr_assert_eq(a.count, 1);
    cr_assert_eq(a.heard[0].kind, FUZZ_HEARD_PONG);
    fuzz_listener_free(l);
    fuzz_account_free(&a);
}

Test(fuzz_account, behind_the_end_nothing_is_taken)
{
    struct fuzz_account a = { .open = true };

    cr_assert(fuzz_account_message(&a, 1, WIRE("Hi")) && fuzz_account_end(&a));
    cr_assert(fuzz_account_message(&a, 1, WIRE("Ho")) && fuzz_account_end(&a));
    cr_assert_eq(a.count, 2);
    cr_assert(fuzz_account_ended(&a));
    fuzz_account_clear(&a);
    cr_assert_eq(a.count, 0);
    cr_assert_not(fuzz_account_ended(&a));
    fuzz_account_free(&a);
}

Test(fuzz_account, of_a_flood_the_beginning_and_the_end_are_kept)
{
    struct fuzz_account a = { .open = true };

    for (size_t i = 0; i < FUZZ_HEARD_MAX + 10; i++)
        cr_assert(fuzz_account_control(&a, FUZZ_HEARD_PONG, WIRE("p")));
    cr_assert(fuzz_account_is_full(&a));
    cr_assert(fuzz_account_end(&a));
    cr_assert_eq(a.count, FUZZ_HEARD_MAX + 1);
    cr_assert(fuzz_account_ended(&a));
    fuzz_account_free(&a);
}

static bool hear_all(void *ctx)
{
    struct fuzz_account a = { .open = true };
    struct fuzz_listener *l = fuzz_listener_new(ROLE_SERVER, true, true);
    bool ok = l && fuzz_listener_feed(l, WIRE("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\x8a\x01p"), &a);

    (void)ctx;
    cr_assert(!ok || a.count == 2);
    fuzz_listener_free(l);
    fuzz_account_free(&a);
    return ok;
}

Test(fuzz_account, a_heap_that_gives_nothing_is_told)
{
    cr_assert_gt(heap_fail_each(hear_all, NULL), 3);
}
