#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/arena.h"
#include "report/markup.h"
#include "report/result.h"

/* The page in the making: what its parts share. */
struct page {
    struct markup m; /* escapes for HTML */
    const struct run_report *run;
    const struct requirements *requirements;
    struct run_counts counts;
    struct arena arena;
    const char **anchors; /* of each result, unique in the page */
    size_t *groups;       /* of each result: the index of its group */
    size_t n_groups;      /* results next to each other with one title are a group */
};

/* Fails first, then what else asks for attention. */
extern const enum verdict_kind page_order[VERDICT_KINDS];

/* "Fails", "Errors", …: headings and filters; "fail": classes and data. */
const char *page_kind_title(enum verdict_kind kind);

/* <tag class="…">text</tag>; nothing when `text` is NULL. */
void page_element(struct page *p, const char *tag, const char *class, const char *text);
void page_badge(struct page *p, enum verdict_kind kind);
void page_clause_link(struct page *p, const struct requirement *q); /* to the RFC's section */
void page_duration(struct page *p, uint64_t us);                    /* "1.2 ms" */

/* The parts, each in a file of its own. */
void page_headline(struct page *p);
void page_summary(struct page *p);
void page_matrix(struct page *p);
void page_requirements(struct page *p);
void page_verdict_filters(struct page *p); /* a button for each verdict that is there */
void page_group_filters(struct page *p);   /* an <option> for each group */
void page_cases(struct page *p);
void page_log(struct page *p, const struct result *r);

#endif
