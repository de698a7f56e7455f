#include "report/page_known.h"

static void element(struct markup *m, const char *before, const char *text, const char *behind)
{
    markup_put(m, before);
    markup_text(m, text);
    markup_put(m, behind);
}

void page_known_mark(struct markup *m, const struct result *r)
{
    if (r->known.as != KNOWN_NOT)
        element(m, "<span class=\"severity\">", known_name(r->known.as), "</span>");
}

/* A results file may come from anywhere: nothing but what a baseline takes for a link is one. */
static bool is_link(const char *link)
{
    struct bytes text = bytes_str(link);

    return bytes_starts(text, BYTES_LIT("http://")) || bytes_starts(text, BYTES_LIT("https://"));
}

static void put_link(struct markup *m, const char *link)
{
    if (!link)
        return;
    if (is_link(link))
        element(m, " <a rel=\"noreferrer\" href=\"", link, "\">");
    markup_text(m, link);
    markup_put(m, is_link(link) ? "</a>" : "");
}

/* ", where fail is recorded (line 3 of the baseline): the reason" */
static void put_known(struct markup *m, const struct known *k)
{
    if (k->as == KNOWN_STALE || k->as == KNOWN_WORSE)
        element(m, ", where ", verdict_name(k->verdict), " is recorded");
    markup_put(m, " (line ");
    markup_number(m, k->line);
    element(m, " of the baseline): ", k->reason, "");
}

void page_known_why(struct markup *m, const struct result *r)
{
    if (r->known.as == KNOWN_NOT)
        return;
    element(m, "<p class=\"known\"><b>", known_name(r->known.as), "</b>");
    put_known(m, &r->known);
    put_link(m, r->known.link);
    markup_put(m, "</p>");
}

void page_known_said(struct markup *m, const struct result *r)
{
    markup_put(m, known_name(r->known.as));
    put_known(m, &r->known);
}

static void count_row(struct markup *m, const char *name, size_t n)
{
    element(m, "<div><dt>", name, "</dt><dd>");
    markup_number(m, n);
    markup_put(m, "</dd></div>");
}

void page_known_panel(struct markup *m, const struct run_report *r)
{
    struct run_counts counts;

    if (!r->baseline)
        return;
    run_report_count(r, &counts);
    markup_put(m, "<div class=\"panel\"><h3>What was known</h3><dl class=\"facts\">");
    element(m, "<div><dt>baseline</dt><dd>", r->baseline->file, "</dd></div>");
    for (int as = KNOWN_EXPECTED; as < KNOWN_KINDS; as++)
        count_row(m, known_name((enum known_as)as), counts.known[as]);
    markup_put(m, "</dl>");
    for (size_t i = 0; i < r->baseline->n_notes; i++)
        element(m, "<p>", r->baseline->notes[i], "</p>");
    markup_put(m, "</div>");
}

bool page_known_is_bad(const struct run_report *r)
{
    struct run_counts counts;

    run_report_count(r, &counts);
    return counts.known[KNOWN_STALE] + counts.known[KNOWN_WORSE] > 0 ||
           (r->baseline && r->baseline->n_problems > 0);
}

static void alarm_of(struct markup *m, size_t n, const char *what)
{
    if (n == 0)
        return;
    markup_put(m, "<p class=\"alarm\" role=\"alert\">");
    markup_number(m, n);
    element(m, n == 1 ? " case is " : " cases are ", what, " than the baseline has it.</p>");
}

void page_known_alarms(struct markup *m, const struct run_report *r)
{
    struct run_counts counts;

    run_report_count(r, &counts);
    alarm_of(m, counts.known[KNOWN_WORSE], "worse");
    alarm_of(m, counts.known[KNOWN_STALE], "better");
    for (size_t i = 0; r->baseline && i < r->baseline->n_problems; i++)
        element(m, "<p class=\"alarm\" role=\"alert\">", r->baseline->problems[i], "</p>");
}
