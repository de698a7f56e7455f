#include <criterion/criterion.h>

#include "run/pattern.h"
#include "tests/support/conversations.h"
#include "tests/support/verdict_log.h"

/* The verdict of what the runner has recorded, and that the two took the same branches. */

static struct play play;

static void judge(const struct play *p, struct arena *a, struct verdict *out, struct buf *log)
{
    struct verdict_options options = { .role = p->role };

    cr_assert(verdict_judge(p->one.c, &p->t, &options, a, out));
    buf_init(log, 1 << 16);
    verdict_log(out, log);
}

Test(verdict_conversation, each_gets_its_verdict_and_gets_it_again)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *c = &conversations[i];
        struct arena a = { 0 };
        struct verdict v, again;
        struct buf log, second;
        conversation_init(&play, c);
        cr_assert(play_run(&play));
        judge(&play, &a, &v, &log);
        judge(&play, &a, &again, &second);
        if (!bytes_eq_str(buf_bytes(&log), c->verdict)) {
            fprintf(stderr, "=== %s\n%.*s\n", c->name, BYTES_ARG(buf_bytes(&log)));
            wrong++;
        }
        cr_assert(bytes_eq(buf_bytes(&log), buf_bytes(&second)));
        buf_free(&log);
        buf_free(&second);
        arena_free(&a);
        play_free(&play);
    }
    cr_assert_eq(wrong, 0, "%u conversations were judged otherwise", wrong);
}

/* Where the runner saw a mismatch the verdict must see one too, and the other way round. */
Test(verdict_conversation, the_runner_and_the_verdict_agree)
{
    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *c = &conversations[i];
        struct arena a = { 0 };
        struct verdict v;
        struct buf log;
        conversation_init(&play, c);
        cr_assert(play_run(&play));
        judge(&play, &a, &v, &log);
        if (!play.run.trouble) {
            cr_expect_neq(v.result, VERDICT_ERROR, "%s: %s", c->name, v.reason);
            cr_expect_eq(play.run.mismatched, v.expected != NULL && v.line > 0, "%s", c->name);
        }
        buf_free(&log);
        arena_free(&a);
        play_free(&play);
    }
}
