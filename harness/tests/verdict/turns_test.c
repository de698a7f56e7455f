#include <criterion/criterion.h>

#include "tests/support/turning.h"
#include "tests/support/verdict_log.h"

/* Folding leaves out what nobody can find fault with: the verdict is that of the whole. */

static struct play play;

/* In one line; the number of the entry that decided is another when turns were folded. */
static void judge(const struct turning *t, bool folds, struct buf *out)
{
    struct verdict_options options = { .role = t->role ? t->role : ROLE_SERVER };
    struct arena a = { 0 };
    struct verdict v;

    turning_init(&play, t, folds);
    cr_assert(play_run(&play));
    cr_assert_null(play.run.trouble, "%s", t->name);
    cr_assert_eq(turning_folded(&play.t), folds ? t->folded : 0, "%s", t->name);
    cr_assert(verdict_judge(play.one.c, &play.t, &options, &a, &v));
    cr_expect_neq(v.result, VERDICT_ERROR, "%s: %s", t->name, v.reason);
    cr_expect_eq(play.run.mismatched, v.expected != NULL && v.line > 0, "%s", t->name);
    v.entry = ENTRY_NO_STEP;
    buf_init(out, 1 << 16);
    verdict_log(&v, out);
    arena_free(&a);
    play_free(&play);
}

Test(verdict_turns, the_verdict_is_the_same_with_and_without_folding)
{
    for (size_t i = 0; i < TURNINGS; i++) {
        struct buf folded, whole;
        judge(&turnings[i], true, &folded);
        judge(&turnings[i], false, &whole);
        cr_expect(bytes_eq(buf_bytes(&folded), buf_bytes(&whole)), "%s\nfolded %.*s\nwhole  %.*s",
                  turnings[i].name, BYTES_ARG(buf_bytes(&folded)), BYTES_ARG(buf_bytes(&whole)));
        buf_free(&folded);
        buf_free(&whole);
    }
}

/* So that the test above cannot pass on passes alone. */
Test(verdict_turns, what_is_odd_decides_as_it_should)
{
    static const struct {
        const char *name, *says;
    } rows[] = {
        { "all the same", "pass" },
        { "a branch of less worth", "warn: two" },
        { "the other branch of a choice", "warn: two" },
        { "RSV2", "fail RSV2_SET: RSV2 is set without an extension that gives it a meaning" },
        { "one key for nineteen", "pass" },
        { "one key for twenty",
          "fail MASK_KEY_CONSTANT: the same masking key stands on many frames in a row" },
        { "one key up to the end",
          "fail MASK_KEY_CONSTANT: the same masking key stands on many frames in a row" },
        { "two keys by turns", "pass" },
        { "echoes that come late", "pass" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < TURNINGS; k++) {
            struct buf said;
            if (strcmp(turnings[k].name, rows[i].name) != 0)
                continue;
            judge(&turnings[k], true, &said);
            cr_expect(bytes_eq_str(buf_bytes(&said), rows[i].says), "%s: %.*s", rows[i].name,
                      BYTES_ARG(buf_bytes(&said)));
            buf_free(&said);
        }
}
