#include "fuzz/live/replies.h"

#include <criterion/criterion.h>
#include <string.h>

/* How many counters differ between two accounts that end alike. */
static size_t differ(const struct fuzz_account *a, const struct fuzz_account *b)
{
    static uint8_t of_a[REPLIES_SIZE], of_b[REPLIES_SIZE];
    struct lane_word word = { .end = LANE_ENDED };
    size_t n = 0;

    memset(of_a, 0, sizeof of_a);
    memset(of_b, 0, sizeof of_b);
    replies_count(a, &word, of_a);
    replies_count(b, &word, of_b);
    for (size_t i = 0; i < REPLIES_SIZE; i++)
        n += of_a[i] != of_b[i];
    return n;
}

static struct fuzz_account of(struct fuzz_heard *heard, size_t count)
{
    return (struct fuzz_account){ .heard = heard, .count = count, .open = true, .status = 101 };
}

static struct fuzz_heard message(uint8_t opcode, uint64_t len)
{
    return (struct fuzz_heard){ .kind = FUZZ_HEARD_MESSAGE, .opcode = opcode, .len = len };
}

Test(fuzz_replies, even_nothing_sets_a_counter)
{
    static uint8_t counters[REPLIES_SIZE];
    struct fuzz_account none = { 0 };
    struct lane_word word = { 0 };
    size_t set = 0;

    replies_count(&none, &word, counters);
    for (size_t i = 0; i < REPLIES_SIZE; i++)
        set += counters[i] > 0;
    cr_expect_gt(set, 0);
}

Test(fuzz_replies, content_is_no_news_but_kind_length_code_and_order_are)
{
    struct fuzz_heard text[] = { message(1, 5), message(2, 5) };
    struct fuzz_heard other[] = { message(1, 5), message(2, 5) };
    struct fuzz_account a = of(text, 2), b = of(other, 2);

    other[0].hash = 17;
    cr_expect_eq(differ(&a, &b), 0);
    other[0].len = 70000;
    cr_expect_gt(differ(&a, &b), 0);
    other[0] = message(2, 5), other[1] = message(1, 5);
    cr_expect_gt(differ(&a, &b), 0, "order");
    other[0] = text[0], other[1] = text[1];
    b.status = 400;
    cr_expect_gt(differ(&a, &b), 0, "status");
    b.status = 101;
    b.broken.rule = WS_RULE_MASK_MISSING;
    cr_expect_gt(differ(&a, &b), 0, "breach");
}

Test(fuzz_replies, each_close_code_counts)
{
    struct fuzz_heard one = { .kind = FUZZ_HEARD_CLOSE, .close = { true, 1002, { 0 } } };
    struct fuzz_heard two = { .kind = FUZZ_HEARD_CLOSE, .close = { true, 1007, { 0 } } };
    struct fuzz_heard none = { .kind = FUZZ_HEARD_CLOSE };
    struct fuzz_account a = of(&one, 1), b = of(&two, 1), c = of(&none, 1);

    cr_expect_gt(differ(&a, &b), 0);
    cr_expect_gt(differ(&a, &c), 0);
}

Test(fuzz_replies, a_counter_stops_at_its_top)
{
    static struct fuzz_heard many[600];
    static uint8_t counters[REPLIES_SIZE];
    struct lane_word word = { 0 };
    struct fuzz_account a = of(many, 600);
    unsigned top = 0;

    for (size_t i = 0; i < 600; i++)
        many[i] = message(1, 5);
    replies_count(&a, &word, counters);
    for (size_t i = 0; i < REPLIES_SIZE; i++)
        top = counters[i] > top ? counters[i] : top;
    cr_expect_eq(top, 255);
}
