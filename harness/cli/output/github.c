#include "cli/output/github.h"

#include <stdio.h>
#include <stdlib.h>

#include "io/clock.h"
#include "io/file.h"
#include "report/writers.h"

#define TEXT_MAX (1u << 20) /* what GitHub takes of a summary */

void github_begin(struct github *g)
{
    snprintf(g->word, sizeof g->word, "wsproof-%016llx%016llx", (unsigned long long)io_entropy(),
             (unsigned long long)io_entropy());
    printf("::stop-commands::%s\n", g->word);
    fflush(stdout);
}

static bool annotate(const struct run_report *r, enum severity fail_on, struct buf *text,
                     struct err *err)
{
    if (!report_github(r, fail_on, text))
        return err_memory(err, "the annotations");
    fwrite(text->ptr, 1, text->len, stdout);
    fflush(stdout);
    buf_clear(text);
    return true;
}

static bool summarise(const struct run_report *r, struct buf *text, struct err *err)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");

    if (!path || !*path)
        return true;
    return report_markdown(r, text) ? io_file_append(path, buf_bytes(text), err)
                                    : err_memory(err, "the summary");
}

bool github_end(const struct github *g, const struct run_report *r, enum severity fail_on,
                struct err *err)
{
    struct buf text;

    fflush(stderr);
    printf("\n::%s::\n", g->word); /* whatever line is under way ends first */
    buf_init(&text, TEXT_MAX);
    bool ok = annotate(r, fail_on, &text, err) && summarise(r, &text, err);
    buf_free(&text);
    return ok;
}
