#include "drive/quarantine.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct quarantine q;

static void begin(void)
{
    cr_assert(quarantine_init(&q, &arena));
}

static void end(void)
{
    quarantine_free(&q);
    arena_free(&arena);
}

static void add(size_t index, uint64_t now_us)
{
    quarantine_add(&q, &(struct outcome){ .index = index }, now_us);
}

/* Its index; -1: none. */
static int released(uint64_t now_us)
{
    struct outcome o;

    return quarantine_release(&q, now_us, &o) ? (int)o.index : -1;
}

Test(drive_quarantine, time_alone_acquits_nobody)
{
    begin();
    add(1, 1000);
    cr_expect(quarantine_wants_life(&q));
    cr_expect_eq(released(1000 + QUARANTINE_US), -1);
    quarantine_alive(&q, 999); /* who came before it was over */
    cr_expect_eq(released(1000 + QUARANTINE_US), -1);
    quarantine_alive(&q, 1001);
    cr_expect_not(quarantine_wants_life(&q));
    cr_expect_eq(quarantine_due_us(&q), 1000 + QUARANTINE_US);
    cr_expect_eq(released(1000 + QUARANTINE_US), 1);
    end();
}

Test(drive_quarantine, nor_does_life_alone)
{
    begin();
    add(1, 1000);
    quarantine_alive(&q, 1001);
    cr_expect_eq(released(1000 + QUARANTINE_US - 1), -1);
    end();
}

Test(drive_quarantine, life_counts_for_who_ended_before)
{
    begin();
    add(1, 1000);
    add(2, 3000);
    quarantine_alive(&q, 2000);
    cr_expect(quarantine_wants_life(&q));
    cr_expect_eq(released(3000 + QUARANTINE_US), 1);
    cr_expect_eq(released(3000 + QUARANTINE_US), -1);
    end();
}

Test(drive_quarantine, who_answers_nobody_and_does_not_die_is_believed_at_last)
{
    begin();
    add(1, 1000);
    cr_expect_eq(quarantine_due_us(&q), 1000 + QUARANTINE_PATIENCE_US);
    cr_expect_eq(released(1000 + QUARANTINE_PATIENCE_US - 1), -1);
    cr_expect_eq(released(1000 + QUARANTINE_PATIENCE_US), 1);
    cr_expect_eq(quarantine_due_us(&q), UINT64_MAX);
    end();
}

/* What is not acquitted when the server dies is suspect, and what has just ended in any case. */
Test(drive_quarantine, suspects_are_those_since_the_last_sign_of_life)
{
    begin();
    quarantine_alive(&q, 5000);
    cr_expect_eq(quarantine_since_us(&q, 5000 + 3 * QUARANTINE_US), 5000);
    quarantine_alive(&q, 5000 + 3 * QUARANTINE_US);
    cr_expect_eq(quarantine_since_us(&q, 5000 + 3 * QUARANTINE_US), 5000 + 2 * QUARANTINE_US);
    end();
}
