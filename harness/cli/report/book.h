#ifndef CLI_REPORT_BOOK_H
#define CLI_REPORT_BOOK_H

#include "cli/report/runs.h"
#include "report/writers.h"

/* The runs that one page is about, and earlier ones for their history. A zeroed book is empty;
 * book_free ends it. Texts live in the arena that each call is given. */
struct book {
    struct runs runs;
    struct report_past *past;
    size_t n_past, past_cap;
};

/* `what` is as runs_add has it: [NAME=]PATH. */
NODISCARD bool book_add(struct book *b, const char *what, struct arena *a, struct err *err);
/* Earlier runs, of which only the counts are kept. */
NODISCARD bool book_add_past(struct book *b, const char *what, struct arena *a, struct err *err);

/* When all are in; see runs_close. */
NODISCARD bool book_close(struct book *b, struct arena *a, struct err *err);

/* DIR/index.html of all that is in it. */
NODISCARD bool book_write(const struct book *b, const char *dir,
                          const struct requirements *requirements, struct arena *a,
                          struct err *err);
void book_print(const struct book *b); /* a line a target, on standard output */
void book_free(struct book *b);

#endif
