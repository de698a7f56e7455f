#include <stdlib.h>

#include "report/page.h"

/* What was measured: how long echoes took, and what compression saved. */

#define METRICS_MAX 64 /* of one case that are looked at */

static int by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The median of what a case measured, in microseconds; 0: nothing, or it did not pass, and then the
 * time may be that of a failure. */
static uint64_t measured(const struct result *r)
{
    uint64_t all[METRICS_MAX];
    size_t n = 0;

    if (!r || r->verdict.result != VERDICT_PASS)
        return 0;
    for (size_t i = 0; i < r->transcript.count && n < METRICS_MAX; i++)
        if (r->transcript.entries[i].kind == ENTRY_METRIC)
            all[n++] = r->transcript.entries[i].len;
    if (n == 0)
        return 0;
    qsort(all, n, sizeof *all, by_size);
    return all[n / 2] > 0 ? all[n / 2] : 1;
}

/* The binary logarithm, straight between the powers of two: good enough for a picture. */
static double magnitude(uint64_t n)
{
    unsigned e = 0;

    while (n >> (e + 1))
        e++;
    return e + (double)(n - (UINT64_C(1) << e)) / (double)(UINT64_C(1) << e);
}

/* Measured times: a row a case, a column a run. */
struct times {
    const struct page_case **cases;
    uint64_t *us; /* [row * n_runs + run]; 0: not measured */
    size_t n;
    uint64_t least, most;
};

static bool gather_times(struct page *p, struct times *t)
{
    size_t runs = p->book->n_runs, cap = 0, room = 0;

    for (size_t i = 0; i < p->n_cases; i++) {
        bool any = false;
        if (!arena_grow(&p->arena, (void **)&t->us, &cap, (t->n + 1) * runs, sizeof *t->us) ||
            !arena_grow(&p->arena, (void **)&t->cases, &room, t->n + 1, sizeof *t->cases))
            return false;
        for (size_t k = 0; k < runs; k++) {
            uint64_t us = measured(p->cases[i].of[k]);
            t->us[t->n * runs + k] = us;
            if (us > 0 && (us < t->least || t->least == 0))
                t->least = us;
            if (us > t->most)
                t->most = us;
            any = any || us > 0;
        }
        t->cases[t->n] = &p->cases[i];
        t->n += any;
    }
    return true;
}

/* A point a target on a scale that all rows share, each with its name. */
static void points(struct page *p, const struct times *t, size_t row)
{
    struct markup *m = &p->m;
    double low = magnitude(t->least), span = magnitude(t->most) - low;

    markup_put(m, "<svg class=\"points\" viewBox=\"0 0 420 14\" aria-hidden=\"true\">"
                  "<path d=\"M10 7H410\"/>");
    for (size_t k = 0; k < p->book->n_runs; k++) {
        uint64_t us = t->us[row * p->book->n_runs + k];
        if (us == 0)
            continue;
        double x = 10 + (span > 0 ? 400 * (magnitude(us) - low) / span : 0);
        m->ok = m->ok && buf_print(m->buf, "<circle cx=\"%.0f\" cy=\"7\" r=\"4\"><title>", x);
        markup_text(m, page_name(p, k));
        markup_put(m, ": ");
        page_duration(p, us);
        markup_put(m, "</title></circle>");
    }
    markup_put(m, "</svg>");
}

static void extreme(struct page *p, const struct times *t, size_t row, bool slowest)
{
    const uint64_t *us = t->us + row * p->book->n_runs;
    size_t at = p->book->n_runs;

    for (size_t k = 0; k < p->book->n_runs; k++)
        if (us[k] > 0 && (at == p->book->n_runs || (slowest ? us[k] > us[at] : us[k] < us[at])))
            at = k;
    markup_put(&p->m, "<td class=\"extreme\">");
    page_duration(p, us[at]);
    if (p->book->n_runs > 1) {
        markup_put(&p->m, " <span class=\"who\">");
        markup_text(&p->m, page_name(p, at));
        markup_put(&p->m, "</span>");
    }
    markup_put(&p->m, "</td>");
}

static void times_row(struct page *p, const struct times *t, size_t row)
{
    markup_put(&p->m, "<tr><th scope=\"row\"><a href=\"#");
    markup_text(&p->m, t->cases[row]->anchor);
    markup_put(&p->m, "\">");
    markup_text(&p->m, t->cases[row]->example->title);
    markup_put(&p->m, "</a></th><td class=\"chart\">");
    points(p, t, row);
    markup_put(&p->m, "</td>");
    extreme(p, t, row, false);
    if (p->book->n_runs > 1)
        extreme(p, t, row, true);
    markup_put(&p->m, "</tr>\n");
}

static void times_table(struct page *p, const struct times *t)
{
    markup_put(&p->m, "<details class=\"law\"><summary><b>Time</b> <span>");
    markup_number(&p->m, t->n);
    markup_put(&p->m,
               " cases that pass measure how long an answer takes</span></summary>"
               "<p class=\"hint\">One scale for all rows, each step to the right a multiple. "
               "Taken while other cases ran: compare within a row, not with a benchmark.</p>"
               "<div class=\"matrix\" tabindex=\"0\" role=\"region\" aria-label=\"Time\"><table>"
               "<thead><tr><th scope=\"col\">case</th><th scope=\"col\">");
    page_duration(p, t->least);
    markup_put(&p->m, " to ");
    page_duration(p, t->most);
    markup_put(&p->m, p->book->n_runs > 1
                          ? "</th><th scope=\"col\">fastest</th><th scope=\"col\">slowest</th>"
                          : "</th><th scope=\"col\">median</th>");
    markup_put(&p->m, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < t->n; i++)
        times_row(p, t, i);
    markup_put(&p->m, "</tbody></table></div></details>\n");
}

/* What a target's compressed messages came to. */
struct packed {
    uint64_t messages, plain, wire;
};

static bool is_data(uint8_t opcode)
{
    return opcode < WS_CLOSE;
}

/* Of the first connection alone: a message's frames come one after the other there. */
static void add_packed(const struct transcript *t, struct packed *sum)
{
    uint64_t wire = 0;
    bool packed = false;

    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->connection > 0)
            continue;
        if (e->kind == ENTRY_FRAME_IN && is_data(e->head.opcode)) {
            packed = packed || (e->head.rsv & WS_RSV1);
            wire += e->head.payload_len;
        } else if (e->kind == ENTRY_MESSAGE_IN) {
            sum->messages += packed;
            sum->plain += packed ? e->len : 0;
            sum->wire += packed ? wire : 0;
            packed = false;
            wire = 0;
        }
    }
}

static struct packed packed_of(const struct run_report *r)
{
    struct packed sum = { 0 };

    for (size_t i = 0; i < r->n_results; i++)
        if (r->results[i].verdict.result == VERDICT_PASS)
            add_packed(&r->results[i].transcript, &sum);
    return sum;
}

static void packed_row(struct page *p, size_t run, const struct packed *sum)
{
    double share = sum->plain > 0 ? (double)sum->wire / (double)sum->plain : 0;
    struct markup *m = &p->m;

    markup_put(m, "<tr><th scope=\"row\">");
    markup_text(m, page_name(p, run));
    markup_put(m, "</th><td>");
    markup_number(m, sum->messages);
    markup_put(m, "</td><td>");
    markup_number(m, sum->plain);
    markup_put(m, "</td><td>");
    markup_number(m, sum->wire);
    m->ok =
        m->ok &&
        buf_print(
            m->buf,
            "</td><td>%.1f %%</td><td class=\"chart\"><svg class=\"share\" viewBox=\"0 0 100 "
            "6\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"100\" "
            "height=\"6\"/><rect class=\"info\" width=\"%.1f\" height=\"6\"/></svg></td></tr>\n",
            100 * share, share > 1 ? 100.0 : 100 * share);
}

static void packed_table(struct page *p)
{
    bool open = false;

    for (size_t i = 0; i < p->book->n_runs; i++) {
        struct packed sum = packed_of(&p->book->runs[i]);
        if (sum.messages == 0)
            continue;
        if (!open)
            markup_put(&p->m,
                       "<details class=\"law\"><summary><b>Compression</b> <span>what the target's "
                       "compressed messages came to, in cases that pass</span></summary><div "
                       "class=\"matrix\" tabindex=\"0\" role=\"region\" aria-label=\"Compression\">"
                       "<table><thead><tr><th scope=\"col\">target</th><th scope=\"col\">messages"
                       "</th><th scope=\"col\">bytes</th><th scope=\"col\">on the wire</th>"
                       "<th scope=\"col\">share</th><th scope=\"col\" class=\"chart\"></th></tr>"
                       "</thead><tbody>\n");
        open = true;
        packed_row(p, i, &sum);
    }
    markup_put(&p->m, open ? "</tbody></table></div></details>\n" : "");
}

void page_charts(struct page *p)
{
    struct times t = { 0 };

    p->m.ok = p->m.ok && gather_times(p, &t);
    if (p->m.ok && t.n > 0)
        times_table(p, &t);
    packed_table(p);
}
