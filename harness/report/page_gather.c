#include <stdlib.h>
#include <string.h>

#include "report/page.h"

/* A result on its way into its case. `again`: it is not the first of its id in its run. */
struct item {
    const struct result *result;
    size_t run, place, again;
};

static int by_id(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = strcmp(x->result->id, y->result->id);

    if (order == 0)
        order = (x->again > y->again) - (x->again < y->again);
    if (order == 0)
        order = (x->run > y->run) - (x->run < y->run);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b)
{
    const struct page_case *x = a, *y = b;
    int order = (x->place > y->place) - (x->place < y->place);

    return order ? order : strcmp(x->anchor, y->anchor);
}

static size_t all_results(const struct report_book *book)
{
    size_t n = 0;

    for (size_t i = 0; i < book->n_runs; i++)
        n += book->runs[i].n_results;
    return n;
}

static struct item *list_items(struct page *p, size_t n)
{
    struct item *items = arena_array(&p->arena, n, sizeof *items);
    struct item *at = items;

    for (size_t run = 0; items && run < p->book->n_runs; run++)
        for (size_t i = 0; i < p->book->runs[run].n_results; i++)
            *at++ = (struct item){ &p->book->runs[run].results[i], run, i, 0 };
    if (!items)
        return NULL;
    qsort(items, n, sizeof *items, by_id);
    for (size_t i = 1; i < n; i++)
        if (items[i].run == items[i - 1].run &&
            strcmp(items[i].result->id, items[i - 1].result->id) == 0)
            items[i].again = items[i - 1].again + 1;
    qsort(items, n, sizeof *items, by_id);
    return items;
}

/* A character that may stand in an id and in a link to it without any escape. */
static char anchor_char(char c)
{
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '.' || c == '_' || c == '/';
    return fine ? c : '_';
}

static char *anchor_of(struct page *p, const char *id)
{
    char *text = arena_print(&p->arena, "%s", id);

    for (char *c = text; c && *c; c++)
        *c = anchor_char(*c);
    return text;
}

bool page_blames(enum verdict_kind kind)
{
    return kind == VERDICT_FAIL || kind == VERDICT_ERROR;
}

int page_worse(enum verdict_kind a, enum verdict_kind b)
{
    static const int weights[VERDICT_KINDS] = {
        [VERDICT_SKIP] = 0, [VERDICT_PASS] = 1,  [VERDICT_INFO] = 2,
        [VERDICT_WARN] = 3, [VERDICT_ERROR] = 4, [VERDICT_FAIL] = 5,
    };
    return weights[b] - weights[a];
}

static void weigh(struct page_case *c, const struct result *r)
{
    int worse = page_worse(c->worst, r->verdict.result);

    if (worse > 0 || (worse == 0 && r->verdict.severity > c->severity))
        c->severity = r->verdict.severity;
    if (worse > 0)
        c->worst = r->verdict.result;
}

static bool begin_case(struct page *p, struct page_case *c, const struct item *item)
{
    *c = (struct page_case){
        .anchor = anchor_of(p, item->result->id),
        .of = arena_array(&p->arena, p->book->n_runs, sizeof *c->of),
        .kinds = arena_array(&p->arena, p->book->n_runs, sizeof *c->kinds),
        .example = item->result,
        .place = item->place,
        .worst = item->result->verdict.result,
        .severity = item->result->verdict.severity,
    };
    for (size_t i = 0; c->kinds && i < p->book->n_runs; i++)
        c->kinds[i] = VERDICT_KINDS;
    return c->anchor && c->of && c->kinds;
}

static bool is_same_case(const struct item *a, const struct item *b)
{
    return a->again == b->again && strcmp(a->result->id, b->result->id) == 0;
}

static bool make_cases(struct page *p)
{
    size_t n = all_results(p->book);
    struct item *items = list_items(p, n);

    p->cases = arena_array(&p->arena, n, sizeof *p->cases);
    if (!items || !p->cases)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct page_case *c;
        if (i == 0 || !is_same_case(&items[i - 1], &items[i])) {
            if (!begin_case(p, &p->cases[p->n_cases], &items[i]))
                return false;
            p->n_cases++;
        }
        c = &p->cases[p->n_cases - 1];
        c->of[items[i].run] = items[i].result;
        c->kinds[items[i].run] = items[i].result->verdict.result;
        weigh(c, items[i].result);
    }
    qsort(p->cases, p->n_cases, sizeof *p->cases, by_place);
    return true;
}

struct anchor {
    const char **text;
    size_t index;
};

static int by_text(const void *a, const void *b)
{
    const struct anchor *x = a, *y = b;
    int order = strcmp(*x->text, *y->text);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* The case's id; what comes again under it has its number behind, after a sign that no id has. */
static bool tell_anchors_apart(struct page *p)
{
    struct anchor *list = arena_array(&p->arena, p->n_cases, sizeof *list);
    const char *last = "";

    for (size_t i = 0; list && i < p->n_cases; i++)
        list[i] = (struct anchor){ &p->cases[i].anchor, i };
    if (!list)
        return false;
    qsort(list, p->n_cases, sizeof *list, by_text);
    for (size_t i = 0; i < p->n_cases; i++) {
        if (i == 0 || strcmp(*list[i].text, last) != 0) {
            last = *list[i].text;
            continue;
        }
        *list[i].text = arena_print(&p->arena, "%s~%zu", last, list[i].index);
        if (!*list[i].text)
            return false;
    }
    return true;
}

struct titled {
    const char *title;
    size_t index;
};

static int by_title(const void *a, const void *b)
{
    const struct titled *x = a, *y = b;
    int order = strcmp(x->title, y->title);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Groups are numbered as they first come. */
static bool make_groups(struct page *p)
{
    struct titled *list = arena_array(&p->arena, p->n_cases, sizeof *list);
    size_t *first = arena_array(&p->arena, p->n_cases, sizeof *first);

    p->groups = arena_array(&p->arena, p->n_cases, sizeof *p->groups);
    if (!list || !first || !p->groups)
        return false;
    for (size_t i = 0; i < p->n_cases; i++)
        list[i] = (struct titled){ p->cases[i].example->group, i };
    qsort(list, p->n_cases, sizeof *list, by_title);
    for (size_t i = 0; i < p->n_cases; i++) {
        bool again = i > 0 && strcmp(list[i].title, list[i - 1].title) == 0;
        first[list[i].index] = again ? first[list[i - 1].index] : list[i].index;
    }
    for (size_t i = 0; i < p->n_cases; i++) {
        struct page_case *c = &p->cases[i];
        c->group = first[i] == i ? p->n_groups : p->cases[first[i]].group;
        if (first[i] == i)
            p->groups[p->n_groups++] = c->example->group;
    }
    return true;
}

bool page_gather(struct page *p)
{
    p->counts = arena_array(&p->arena, p->book->n_runs, sizeof *p->counts);
    if (!p->counts || !make_cases(p) || !tell_anchors_apart(p) || !make_groups(p))
        return false;
    for (size_t i = 0; i < p->book->n_runs; i++)
        run_report_count(&p->book->runs[i], &p->counts[i]);
    for (size_t i = 0; i < p->n_cases; i++)
        p->by_worst[p->cases[i].worst]++;
    return true;
}
