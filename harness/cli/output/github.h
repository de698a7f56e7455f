#ifndef CLI_OUTPUT_GITHUB_H
#define CLI_OUTPUT_GITHUB_H

#include "base/err.h"
#include "report/result.h"

/* What --github prints for the runner of GitHub Actions. A runner obeys each line of ours that
 * looks like a command ("::add-mask::", and "##[" anywhere), and a target puts what it likes into
 * them: from github_begin on it shall not, until a word comes that no target can guess. */
struct github {
    char word[48];
};

void github_begin(struct github *g);

/* The runner listens again, gets its annotations, and the summary goes to the end of
 * $GITHUB_STEP_SUMMARY, where there is one. */
NODISCARD bool github_end(const struct github *g, const struct run_report *r, enum severity fail_on,
                          struct err *err);

#endif
