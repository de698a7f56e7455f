#include <criterion/criterion.h>

#include "report/json.h"
#include "tests/support/conversations.h"
#include "tests/support/turning.h"
#include "tests/support/verdict_log.h"

/* What was saved of a run is judged as the run itself was: nothing that a verdict reads gets lost
 * on the way through the file. */

static struct play play;

static void judge(const struct script_case *c, const struct transcript *t, enum case_role role,
                  struct buf *out)
{
    struct verdict_options options = { .role = role };
    struct arena a = { 0 };
    struct verdict v;

    cr_assert(verdict_judge(c, t, &options, &a, &v));
    buf_init(out, 1 << 16);
    verdict_log(&v, out);
    arena_free(&a);
}

/* The conversation that was just played, written and read back. */
static void check(const char *name)
{
    struct result result = { .id = "a/b", .title = "t", .transcript = play.t };
    struct run_report run = { .version = "1", .target = "t", .role = "server" }, back;
    struct buf file, before, after;
    struct arena a = { 0 };
    struct err err = { 0 };

    run.results = &result;
    run.n_results = 1;
    buf_init(&file, 8u << 20);
    cr_assert(report_json(&run, &file));
    cr_assert(report_read(&a, buf_bytes(&file), &back, &err), "%s: %s", name, err.text);
    judge(play.one.c, &play.t, play.role, &before);
    judge(play.one.c, &back.results[0].transcript, play.role, &after);
    cr_expect(bytes_eq(buf_bytes(&before), buf_bytes(&after)), "%s: was %.*s, is %.*s", name,
              BYTES_ARG(buf_bytes(&before)), BYTES_ARG(buf_bytes(&after)));
    buf_free(&before);
    buf_free(&after);
    buf_free(&file);
    result_free(&back.results[0]);
    arena_free(&a);
}

Test(report_replay, a_saved_conversation_is_judged_the_same)
{
    for (size_t i = 0; i < CONVERSATIONS; i++) {
        conversation_init(&play, &conversations[i]);
        cr_assert(play_run(&play));
        check(conversations[i].name);
        play_free(&play);
    }
    for (size_t i = 0; i < TURNINGS; i++) {
        turning_init(&play, &turnings[i], true);
        cr_assert(play_run(&play));
        check(turnings[i].name);
        play_free(&play);
    }
}

/* ci/browser holds whole files to the schema; here no kind of entry is missing from it. */
Test(report_replay, the_schema_knows_each_kind_of_entry)
{
    static char text[64 * 1024];
    FILE *file = fopen("reports/schema/results.schema.json", "r");

    cr_assert_not_null(file, "run from the project's root");
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    for (int kind = 0; kind < ENTRY_KINDS; kind++) {
        char quoted[40];
        snprintf(quoted, sizeof quoted, "\"%s\"", transcript_kind_name((enum entry_kind)kind));
        cr_expect_lt(bytes_find(bytes_of(text, len), bytes_str(quoted)), len, "%s", quoted);
    }
}
