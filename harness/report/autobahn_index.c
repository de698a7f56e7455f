#include "report/autobahn.h"

#include <string.h>

#include "report/autobahn_page.h"
#include "report/autobahn_pick.h"
#include "report/autobahn_table.h"
#include "report/escape.h"
#include "report/rfc3339.h"

#define BEHAVIORS (DROPIN_FAILED + 1)

/* One agent's column: what it got in each case of the table, NULL where nothing. */
struct column {
    const struct autobahn_agent *agent;
    const struct result *results[AUTOBAHN_CASES];
    size_t by_behavior[BEHAVIORS], missing, unclean;
};

struct index {
    struct markup m;
    struct column *columns;
    size_t n;
};

static void put_result(struct column *c, const struct result *r)
{
    struct bytes table = autobahn_table();
    struct autobahn_row row;

    for (size_t i = 0; i < AUTOBAHN_CASES && autobahn_table_next(&table, &row); i++)
        if (bytes_eq_str(row.id, r->autobahn))
            c->results[i] = r;
}

static void count(struct column *c)
{
    for (size_t i = 0; i < AUTOBAHN_CASES; i++) {
        const struct result *r = c->results[i];
        if (!r) {
            c->missing++;
            continue;
        }
        c->by_behavior[r->dropin->behavior]++;
        c->unclean +=
            r->dropin->close != DROPIN_CLOSE_OK && r->dropin->close != DROPIN_CLOSE_INFORMATIONAL;
    }
}

static bool make_columns(struct index *x, const struct autobahn_agent *agents, size_t n,
                         struct arena *a)
{
    const struct autobahn_agent **list;

    if (!autobahn_agents(agents, n, a, &list, &x->n))
        return false;
    x->columns = arena_array(a, x->n, sizeof *x->columns);
    if (!x->columns)
        return false;
    for (size_t i = 0; i < x->n; i++) {
        const struct run_report *r = list[i]->report;
        x->columns[i].agent = list[i];
        for (size_t k = 0; k < r->n_results; k++)
            if (r->results[k].autobahn)
                put_result(&x->columns[i], &r->results[k]);
        count(&x->columns[i]);
    }
    return true;
}

static const char *side(const struct index *x)
{
    bool clients = x->n > 0 && strcmp(x->columns[0].agent->report->role, "client") == 0;

    return x->n == 0 ? "No agents" : clients ? "WebSocket clients" : "WebSocket servers";
}

static void when(struct index *x)
{
    char time[RFC3339_TEXT + 1];

    if (x->n == 0)
        return;
    report_rfc3339_print(x->columns[0].agent->report->started_s, time);
    markup_put(&x->m, ", begun ");
    markup_text(&x->m, time);
    markup_put(&x->m, ", by wsproof ");
    markup_text(&x->m, x->columns[0].agent->report->version);
}

static void header(struct index *x)
{
    struct markup *m = &x->m;

    markup_put(m, "<header id=\"master_report_header\">\n<p class=\"kicker\">The cases of "
                  "Autobahn|Testsuite</p>\n");
    autobahn_element(m, "h1", NULL, side(x));
    markup_put(m, "\n<p>");
    markup_number(m, AUTOBAHN_CASES);
    markup_put(m, " cases");
    when(x);
    markup_put(m, "</p>\n</header>\n<main>\n");
}

static void legend(struct index *x)
{
    static const struct {
        const char *class, *word, *says;
    } rows[] = {
        { "case_ok", "Pass", "it did what the case asks for" },
        { "case_non_strict", "Non-Strict", "allowed, yet looser than it should be" },
        { "case_failed", "Fail", "it broke a rule" },
        { "case_info", "Info", "there is no rule; told for the record" },
        { "case_unimplemented", "Unimplemented", "it lacks what the case is about" },
        { "case_missing", "Missing", "the case was not run" },
    };

    autobahn_heading(&x->m, "What the words say");
    markup_put(&x->m, "<dl class=\"legend\">\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        markup_put(&x->m, "<div>");
        autobahn_element(&x->m, "dt", rows[i].class, rows[i].word);
        autobahn_element(&x->m, "dd", NULL, rows[i].says);
        markup_put(&x->m, "</div>\n");
    }
    markup_put(&x->m, "</dl>\n<p>Beside it stands how the connection was closed: the code that "
                      "came, or what was wrong. Times are those of the whole case; in brackets "
                      "what compression left of the data, received and sent.</p>\n");
}

static void number_cell(struct markup *m, const char *class, size_t n)
{
    markup_put(m, "<td class=\"number ");
    markup_put(m, n > 0 ? class : "none");
    markup_put(m, "\">");
    markup_number(m, n);
    markup_put(m, "</td>");
}

static void summary_row(struct index *x, const struct column *c)
{
    struct markup *m = &x->m;

    markup_put(m, "<tr>");
    markup_put(m, "<th scope=\"row\">");
    markup_text(m, c->agent->agent);
    markup_put(m, "</th>");
    for (int i = 0; i < BEHAVIORS; i++) {
        struct dropin grade = { .behavior = (enum dropin_behavior)i };
        number_cell(m, autobahn_look(&grade).class, c->by_behavior[i]);
    }
    number_cell(m, "case_missing", c->missing);
    number_cell(m, "case_failed", c->unclean);
    markup_put(m, "</tr>\n");
}

static void summary(struct index *x)
{
    autobahn_heading(&x->m, "Summary");
    markup_put(&x->m, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Summary\">"
                      "<table id=\"agent_summary\">\n<thead><tr><th scope=\"col\">Agent</th>");
    for (int i = 0; i < BEHAVIORS; i++) {
        struct dropin grade = { .behavior = (enum dropin_behavior)i };
        markup_put(&x->m, "<th scope=\"col\">");
        markup_put(&x->m, autobahn_look(&grade).word);
        markup_put(&x->m, "</th>");
    }
    markup_put(&x->m, "<th scope=\"col\">Missing</th><th scope=\"col\">Closed wrongly</th></tr>"
                      "</thead>\n<tbody>\n");
    for (size_t i = 0; i < x->n; i++)
        summary_row(x, &x->columns[i]);
    markup_put(&x->m, "</tbody>\n</table></div>\n");
}

static void agent_heads(struct index *x)
{
    for (size_t i = 0; i < x->n; i++) {
        markup_put(&x->m, "<th scope=\"col\" class=\"agent\">");
        markup_text(&x->m, x->columns[i].agent->agent);
        markup_put(&x->m, "</th><th scope=\"col\" class=\"close\">Close</th>");
    }
}

/* A row that begins a category or a subcategory, when it is another than that before. */
static void group_row(struct index *x, const char *class, struct bytes name, struct bytes *before)
{
    if (bytes_eq(name, *before))
        return;
    *before = name;
    if (name.len == 0)
        return;
    markup_put(&x->m, "<tr class=\"");
    markup_put(&x->m, class);
    markup_put(&x->m, "\"><th scope=\"colgroup\" colspan=\"");
    markup_number(&x->m, 1 + 2 * x->n);
    markup_put(&x->m, "\">");
    markup_bytes(&x->m, name);
    markup_put(&x->m, "</th></tr>\n");
}

static void verdict_cells(struct index *x, const struct column *c, const struct result *r)
{
    struct markup *m = &x->m;
    struct autobahn_look look = r ? autobahn_look(r->dropin) : autobahn_missing;

    markup_put(m, "<td class=\"");
    markup_put(m, look.class);
    markup_put(m, "\">");
    if (!r) {
        markup_put(m, look.word);
        markup_put(m, "</td><td class=\"close case_missing\"></td>");
        return;
    }
    markup_put(m, "<a href=\"");
    m->ok = m->ok && autobahn_file_name(c->agent->agent, r->autobahn, "html", m->buf);
    markup_put(m, "\">");
    markup_put(m, look.word);
    markup_put(m, "</a>");
    autobahn_measures(m, r);
    markup_put(m, "</td>");
    autobahn_close_cell(m, r->dropin);
}

/* "1.2.3" as part of an id. */
static void anchor(struct markup *m, struct bytes id)
{
    for (size_t i = 0; i < id.len; i++)
        m->ok = m->ok && buf_push(m->buf, id.ptr[i] == '.' ? '_' : id.ptr[i]);
}

static void case_row(struct index *x, size_t at, const struct autobahn_row *row)
{
    struct markup *m = &x->m;

    markup_put(m, "<tr class=\"agent_case_result_row\" id=\"case_desc_");
    anchor(m, row->id);
    markup_put(m, "\"><th scope=\"row\"><b>");
    markup_bytes(m, row->id);
    markup_put(m, "</b> ");
    markup_bytes(m, row->title);
    markup_put(m, "</th>");
    for (size_t i = 0; i < x->n; i++)
        verdict_cells(x, &x->columns[i], x->columns[i].results[at]);
    markup_put(m, "</tr>\n");
}

static void cases(struct index *x)
{
    struct bytes table = autobahn_table(), category = { 0 }, subcategory = { 0 };
    struct autobahn_row row;

    autobahn_heading(&x->m, "Cases");
    markup_put(&x->m, "<p><button id=\"toggle_details\" type=\"button\" aria-pressed=\"true\" "
                      "hidden>Toggle Details</button></p>\n<table id=\"agent_case_results\">\n"
                      "<thead><tr><th scope=\"col\">Case</th>");
    agent_heads(x);
    markup_put(&x->m, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < AUTOBAHN_CASES && autobahn_table_next(&table, &row); i++) {
        group_row(x, "case_category_row", row.category, &category);
        group_row(x, "case_subcategory_row", row.subcategory, &subcategory);
        case_row(x, i, &row);
    }
    markup_put(&x->m, "</tbody>\n</table>\n</main>\n");
}

bool autobahn_index_html(const struct autobahn_agent *agents, size_t n, struct buf *out)
{
    struct index x = { .m = { .buf = out, .ok = true, .escape = report_escape_html } };
    struct arena a = { 0 };

    x.m.ok = make_columns(&x, agents, n, &a);
    if (x.m.ok) {
        autobahn_page_begin(&x.m, side(&x));
        header(&x);
        summary(&x);
        legend(&x);
        cases(&x);
        autobahn_page_end(&x.m);
    }
    arena_free(&a);
    return x.m.ok;
}
