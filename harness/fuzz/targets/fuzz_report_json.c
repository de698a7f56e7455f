#include "report/json.h"

#include "fuzz/targets/target.h"

/* results.json and its journal: what is read is written, and read and written again the same; an
 * error tells what is wrong. */
#define TEXT_MAX (8u << 20)

static struct buf once, twice;

static void forget(struct run_report *r)
{
    for (size_t i = 0; i < r->n_results; i++)
        result_free(&r->results[i]);
}

/* The journal of a run is the same run, unfinished. */
static void check_journal(struct run_report *r)
{
    struct arena arena = { 0 };
    struct run_report again;
    struct err err = { 0 };

    buf_clear(&once);
    buf_clear(&twice);
    bool ok = report_journal_run(r, &once);
    for (size_t i = 0; ok && i < r->n_results; i++)
        ok = report_journal_result(&r->results[i], &once);
    if (!ok)
        return;
    MUST(report_read(&arena, buf_bytes(&once), &again, &err), "%s in\n%.*s", err.text,
         BYTES_ARG(buf_bytes(&once)));
    MUST(again.unfinished && again.n_results == r->n_results, "%zu results", again.n_results);
    forget(&again);
    arena_free(&arena);
}

static void check(struct run_report *r)
{
    struct arena arena = { 0 };
    struct run_report again;
    struct err err = { 0 };

    if (!report_json(r, &once))
        return;
    MUST(report_read(&arena, buf_bytes(&once), &again, &err), "%s in\n%.*s", err.text,
         BYTES_ARG(buf_bytes(&once)));
    MUST(report_json(&again, &twice), "written anew");
    MUST_PRINT_THE_SAME(&once, &twice);
    forget(&again);
    arena_free(&arena);
    check_journal(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct run_report report;
    struct err err = { 0 };

    buf_init(&once, TEXT_MAX);
    buf_init(&twice, TEXT_MAX);
    if (report_read(&arena, bytes_of(data, size), &report, &err)) {
        check(&report);
        forget(&report);
    } else {
        MUST(err.code != ERR_NONE && err.text[0], "refused without a word");
    }
    arena_free(&arena);
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
