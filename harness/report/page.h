#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/arena.h"
#include "report/markup.h"
#include "report/writers.h"

/* A case with what it gave in each run. */
struct page_case {
    const char *anchor;           /* unique in the page */
    const struct result **of;     /* by run; NULL: that run has not got it */
    enum verdict_kind *kinds;     /* by run; VERDICT_KINDS: that run has not got it */
    const struct result *example; /* the first of them: what is the same in all runs */
    size_t place;                 /* in the suite's order */
    size_t group;
    enum verdict_kind worst; /* over the runs; a skip only when there is nothing else */
    enum severity severity;  /* of the worst */
};

/* The page in the making: what its parts share. */
struct page {
    struct markup m; /* escapes for HTML */
    const struct report_book *book;
    const struct requirements *requirements;
    struct arena arena;
    struct run_counts *counts; /* of each run */
    struct page_case *cases;   /* in the suite's order */
    size_t n_cases;
    const char **groups; /* titles; page_case.group is an index */
    size_t n_groups;
    size_t by_worst[VERDICT_KINDS]; /* cases */
};

/* Fails first, then what else asks for attention. */
extern const enum verdict_kind page_order[VERDICT_KINDS];

/* A fail or an error: whoever looks for the cause wants all there is. */
bool page_blames(enum verdict_kind kind);

/* How much `b` outweighs `a` when runs differ: below, zero or above. */
int page_worse(enum verdict_kind a, enum verdict_kind b);

/* "Fails", "Errors", …: headings and filters; "fail": classes and data. */
const char *page_kind_title(enum verdict_kind kind);
char page_kind_letter(enum verdict_kind kind); /* 'f' in data; of no result '-' */

/* Fills `cases`, `groups`, `counts` and `by_worst` from the book; false: no memory. */
NODISCARD bool page_gather(struct page *p);

/* Runs whose result of a case is alike share one account of it: the same verdict with the same
 * words, and conversations with the same frames each way (times, masking keys, what is inside of
 * payloads, the HTTP heads apart from their first line, and what it wrote to stderr beside a
 * verdict that blames nobody do not count). class_of[i] is the first run that run i is like, or the
 * number of runs when it has not got the case. */
void page_alike(const struct page_case *c, size_t n_runs, size_t *class_of);

/* <tag class="…">text</tag>; nothing when `text` is NULL. */
void page_element(struct page *p, const char *tag, const char *class, const char *text);
void page_badge(struct page *p, enum verdict_kind kind);
void page_clause_link(struct page *p, const struct requirement *q); /* to the RFC's section */
void page_duration(struct page *p, uint64_t us);                    /* "1.2 ms" */

/* Verdicts by run: one sign a target in the order of the table of targets, and "3 fail, 17 pass",
 * which says it to those who cannot see the signs. */
void page_cells(struct page *p, const enum verdict_kind *kinds);
void page_tally(struct page *p, const enum verdict_kind *kinds);
void page_bar(struct page *p, const struct run_counts *counts); /* one line, a colour a kind */
const char *page_name(const struct page *p, size_t run);        /* of a target; never NULL */

/* Whether `text` says more than the reason of a verdict; and the sentence of the rule that was
 * broken, where it does, else NULL. */
bool page_is_news(const struct verdict *v, const char *text);
const char *page_rule(const struct verdict *v);

/* The parts, each in a file of its own. */
void page_headline(struct page *p);
void page_summary(struct page *p);
void page_targets(struct page *p); /* of several runs: a row each; else nothing */
void page_history(struct page *p);
void page_matrix(struct page *p);
void page_charts(struct page *p);
void page_requirements(struct page *p);
void page_verdict_filters(struct page *p); /* a button for each verdict that is there */
void page_group_filters(struct page *p);   /* an <option> for each group */
void page_target_filters(struct page *p);  /* what only a page of several runs can do */
void page_cases(struct page *p);
void page_result(struct page *p, const struct result *r); /* of a page of one run */
void page_account(struct page *p, const struct page_case *c, const size_t *class_of); /* of many */
void page_log(struct page *p, const struct result *r);  /* a conversation under its heading */
void page_talk(struct page *p, const struct result *r); /* its lines alone */

#endif
