#include "run/run.h"

#include <criterion/criterion.h>

#include "tests/support/conversations.h"
#include "tests/support/heap.h"

static struct play play;

/* What has happened, and what was done beside writing. */
static void log_of(const struct play *p, struct buf *out)
{
    buf_init(out, 1 << 20);
    talk_log(&p->t, out);
    if (p->run.trouble)
        cr_assert(buf_print(out, "trouble: %s\n", p->run.trouble));
    cr_assert(buf_print(out, "did: %s\n", p->did));
}

Test(run_run, conversations_go_as_written, .timeout = 60)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *c = &conversations[i];
        struct buf log;
        conversation_init(&play, c);
        cr_assert(play_run(&play));
        log_of(&play, &log);
        if (!bytes_eq_str(buf_bytes(&log), c->log)) {
            fprintf(stderr, "=== %s\n%.*s", c->name, BYTES_ARG(buf_bytes(&log)));
            wrong++;
        }
        buf_free(&log);
        play_free(&play);
    }
    cr_assert_eq(wrong, 0, "%u conversations went otherwise", wrong);
}
