#ifndef SCRIPT_LINT_H
#define SCRIPT_LINT_H

#include "script/parse.h"

/* Mistakes of a file that parses but cannot be meant: a requirement that nobody knows, a title
 * missing or used twice, a let that is not used, steps that are never reached or that no connection
 * is left for, `expect nothing` while a frame is held, a branch that anything would match.
 *
 *   requirements  requirements.tsv, to check ids against; empty: they are not checked
 *   diags         cleared, then filled in the order of the file's cases
 *
 * False when there was a mistake, or no memory (then `diags` says so). */
NODISCARD bool script_lint(const struct script_file *file, struct bytes requirements,
                           struct diagnostics *diags);

/* No two cases of a suite may carry one number of another suite (`also autobahn 3.2`): it has one
 * grade there. False at the first that does, with both cases told in `err`; or no memory. */
NODISCARD bool script_lint_numbers(const struct script_case *const *cases, size_t count,
                                   struct err *err);

#endif
