#ifndef SCRIPT_PARSE_H
#define SCRIPT_PARSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"
#include "script/case.h"

#define SCRIPT_ERRORS_MAX 10
#define SCRIPT_FILE_MAX (16u << 20) /* bytes of a case file: the largest session of the fuzzer */
#define SCRIPT_CASES_MAX 100000     /* instances of a file: a `for` within bounds of memory */

/* A mistake in a case file, ready to be shown with its line and a caret. */
struct diagnostic {
    unsigned line, col, len; /* from 1; len: characters to mark, at least 1 */
    char text[256];          /* "expected a number or a range, found \"{\"" */
};

struct diagnostics {
    struct diagnostic list[SCRIPT_ERRORS_MAX];
    size_t count; /* all that were found; the first ten are kept */
};

struct script_file {
    const char *path; /* "rfc6455/5.2-reserved-bits.case" */
    struct bytes text;
    const char *group;
    struct script_case *cases;
    size_t n_cases;
    const struct let *lets; /* the last one first */
};

/* Parse one case file. `text` must outlive the arena's contents (views look into it).
 *
 *   data   files that `file "name"` may name; ends with a NULL path; NULL: none
 *
 * False when there was a mistake (out->cases then holds the cases that were fine) or no memory
 * (then `diags` says so too). */
NODISCARD bool script_parse(struct arena *a, const char *path, struct bytes text,
                            const struct embedded *data, struct script_file *out,
                            struct diagnostics *diags);

/* The steps of one round of `each`, with its names bound to row `round` (from 0) of its values:
 * parsed anew into `a`. */
NODISCARD bool script_parse_round(struct arena *a, const struct script_case *c,
                                  const struct step *each, size_t round,
                                  const struct embedded *data, struct step **steps, size_t *n_steps,
                                  struct diagnostics *diags);

/* "path:line:col: error: text", the line itself, and the caret below it. */
NODISCARD bool script_diag_print(const char *path, struct bytes text, const struct diagnostic *d,
                                 struct buf *out);

#endif
