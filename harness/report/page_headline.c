#include "report/page.h"
#include "report/page_known.h"

/* How it went, at one glance. */

/* Those that no baseline expects. */
static size_t new_fails(const struct run_counts *counts)
{
    return counts->by_kind[VERDICT_FAIL] - counts->expected_fails;
}

/* One sentence that says how it went. */
static void glance_at_one(struct page *p)
{
    const size_t *by_kind = p->counts->by_kind;
    size_t fails = new_fails(p->counts);
    size_t ran = p->counts->total - by_kind[VERDICT_SKIP];
    bool bad = fails > 0 || by_kind[VERDICT_ERROR] > 0 || p->book->runs->trouble ||
               page_known_is_bad(p->book->runs);

    markup_put(&p->m, bad ? "<p class=\"glance bad\">" : "<p class=\"glance good\">");
    if (ran == 0) {
        markup_put(&p->m, "No case ran.</p>");
        return;
    }
    if (fails > 0) {
        markup_number(&p->m, fails);
        markup_put(&p->m, fails == 1 ? " case of " : " cases of ");
        markup_number(&p->m, ran);
        markup_put(&p->m, fails == 1 ? " fails" : " fail");
    } else {
        markup_put(&p->m, "No case of ");
        markup_number(&p->m, ran);
        markup_put(&p->m, " fails");
    }
    if (p->counts->expected_fails > 0) {
        markup_put(&p->m, fails > 0 ? ", and " : ", but for ");
        markup_number(&p->m, p->counts->expected_fails);
        markup_put(&p->m, " that were known");
    }
    if (by_kind[VERDICT_ERROR] > 0) {
        markup_put(&p->m, ", ");
        markup_number(&p->m, by_kind[VERDICT_ERROR]);
        markup_put(&p->m, by_kind[VERDICT_ERROR] == 1 ? " ends in an error" : " end in an error");
    }
    markup_put(&p->m, ".</p>");
}

static void numbers(struct page *p)
{
    markup_put(&p->m, "<ul class=\"numbers\">");
    for (size_t i = 0; i < VERDICT_KINDS; i++) {
        enum verdict_kind kind = page_order[i];
        markup_put(&p->m, "<li class=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\" data-count=\"");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "\"><b>");
        markup_number(&p->m, p->counts->by_kind[kind]);
        markup_put(&p->m, "</b> ");
        markup_put(&p->m, verdict_name(kind));
        markup_put(&p->m, "</li>");
    }
    markup_put(&p->m, "</ul>");
}

static void severities(struct page *p)
{
    bool first = true;

    if (p->counts->by_kind[VERDICT_FAIL] == 0)
        return;
    markup_put(&p->m, "<p class=\"severities\">Fails by what they cost: ");
    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_PEDANTIC; s--) {
        if (p->counts->fails_by_severity[s] == 0)
            continue;
        markup_put(&p->m, first ? "" : ", ");
        markup_put(&p->m, "<b>");
        markup_number(&p->m, p->counts->fails_by_severity[s]);
        markup_put(&p->m, "</b> ");
        markup_put(&p->m, script_severity_name((enum severity)s));
        first = false;
    }
    markup_put(&p->m, ".</p>");
}

static void warning(struct page *p, const char *before, const char *text)
{
    markup_put(&p->m, "<p class=\"alarm\" role=\"alert\">");
    markup_put(&p->m, before);
    markup_text(&p->m, text);
    markup_put(&p->m, "</p>");
}

static void headline_of_one(struct page *p)
{
    const struct run_report *r = p->book->runs;

    markup_put(&p->m, "<p class=\"kicker\">WebSocket conformance of a ");
    markup_text(&p->m, r->role);
    markup_put(&p->m, "</p>");
    page_element(p, "h1", NULL, page_name(p, 0));
    page_element(p, "p", "server", r->server_header);
    glance_at_one(p);
    page_known_alarms(&p->m, r);
    if (r->trouble)
        warning(p, "", r->trouble);
    if (r->unfinished)
        warning(p, "The run was cut short: cases are missing.", NULL);
    page_bar(p, p->counts);
    numbers(p);
    severities(p);
}

/* Runs without a fail that is not known, an error, a surprise or trouble. */
static size_t good_runs(const struct page *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->book->n_runs; i++) {
        const size_t *by_kind = p->counts[i].by_kind;
        n += new_fails(&p->counts[i]) == 0 && by_kind[VERDICT_ERROR] == 0 &&
             p->counts[i].total > by_kind[VERDICT_SKIP] && !p->book->runs[i].trouble &&
             !page_known_is_bad(&p->book->runs[i]);
    }
    return n;
}

/* Where some are held against baselines, a good run is one that went as known. */
static bool has_baseline(const struct page *p)
{
    for (size_t i = 0; i < p->book->n_runs; i++)
        if (p->book->runs[i].baseline || p->counts[i].expected_fails > 0)
            return true;
    return false;
}

static void headline_of_many(struct page *p)
{
    size_t good = good_runs(p), all = p->book->n_runs;
    bool known = has_baseline(p);

    markup_put(&p->m, "<p class=\"kicker\">WebSocket conformance, side by side</p><h1>");
    markup_number(&p->m, all);
    markup_put(&p->m, " targets, ");
    markup_number(&p->m, p->n_cases);
    markup_put(&p->m, " cases</h1>");
    markup_put(&p->m, good == all ? "<p class=\"glance good\">" : "<p class=\"glance bad\">");
    if (good == 0) {
        markup_put(&p->m, known ? "No target went as its baseline has it.</p>"
                                : "Every target fails a case.</p>");
        return;
    }
    markup_number(&p->m, good);
    markup_put(&p->m, " of ");
    markup_number(&p->m, all);
    markup_put(&p->m, good == 1 ? " targets fails no case" : " targets fail no case");
    markup_put(&p->m, known ? " but known ones.</p>" : ".</p>");
}

void page_headline(struct page *p)
{
    if (p->book->n_runs > 1)
        headline_of_many(p);
    else
        headline_of_one(p);
}
