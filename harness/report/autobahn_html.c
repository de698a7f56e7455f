#include "report/autobahn.h"

#include <inttypes.h>
#include <string.h>

#include "report/autobahn_page.h"
#include "report/autobahn_table.h"
#include "report/autobahn_wire.h"
#include "report/describe.h"
#include "report/escape.h"
#include "ws/close.h"

#define WORDS_MAX 8192
#define LINES_MAX 1000 /* of the wire log; a page with more is read by nobody */

struct detail {
    struct markup m;
    const struct autobahn_agent *agent;
    const struct result *r;
    struct autobahn_wire wire;
    struct autobahn_row row; /* empty: none that we know */
};

static void title_text(struct detail *d)
{
    if (d->row.title.len > 0)
        markup_bytes(&d->m, d->row.title);
    else
        markup_text(&d->m, d->r->title);
}

static void header(struct detail *d)
{
    struct autobahn_look look = autobahn_look(d->r->dropin);
    struct markup *m = &d->m;

    markup_put(m, "<header>\n<p class=\"kicker\"><a href=\"index.html\">All results</a></p>\n<h1>");
    markup_text(m, d->agent->agent);
    markup_put(m, " <span>Case ");
    markup_text(m, d->r->autobahn);
    markup_put(m, "</span></h1>\n<p id=\"case_result\" class=\"case_result ");
    markup_put(m, look.class);
    markup_put(m, "\"><b>");
    markup_put(m, look.word);
    markup_put(m, "</b> closing: ");
    markup_put(m, dropin_close_name(d->r->dropin->close));
    markup_put(m, " <span class=\"time\">");
    markup_number(m, (d->r->duration_us + 500) / 1000);
    markup_put(m, " ms</span></p>\n</header>\n<main>\n");
}

static void fact(struct detail *d, const char *name, const char *value)
{
    if (!value)
        return;
    autobahn_element(&d->m, "dt", NULL, name);
    autobahn_element(&d->m, "dd", NULL, value);
    markup_put(&d->m, "\n");
}

static void outcome(struct detail *d)
{
    const struct result *r = d->r;

    autobahn_heading(&d->m, "Case Description");
    markup_put(&d->m, "<p>");
    title_text(d);
    markup_put(&d->m, "</p>\n");
    autobahn_heading(&d->m, "Case Expectation");
    autobahn_element(&d->m, "pre", NULL, r->source ? r->source : r->title);
    markup_put(&d->m, "\n");
    autobahn_heading(&d->m, "Case Outcome");
    markup_put(&d->m, "<dl>\n");
    fact(d, "Behavior", *r->dropin->result ? r->dropin->result : autobahn_look(r->dropin).word);
    fact(d, "Expected", r->verdict.expected);
    fact(d, "Observed", r->verdict.got);
    fact(d, "Closing",
         *r->dropin->result_close ? r->dropin->result_close : dropin_close_name(r->dropin->close));
    fact(d, "wsproof says", verdict_name(r->verdict.result));
    fact(d, "because", r->verdict.reason);
    fact(d, "Once more", r->again);
    markup_put(&d->m, "</dl>\n");
}

static void head_text(struct detail *d, const char *name, struct bytes head)
{
    autobahn_element(&d->m, "h3", NULL, name);
    if (!head.ptr) {
        markup_put(&d->m, "<p>None.</p>\n");
        return;
    }
    markup_put(&d->m, "<pre>");
    while (head.len > 0) {
        size_t end = bytes_index(head, 0, '\n');
        struct bytes line = bytes_take(head, end);
        bool crlf = line.len > 0 && line.ptr[line.len - 1] == '\r';
        markup_bytes(&d->m, bytes_take(line, line.len - crlf));
        markup_put(&d->m, "\n");
        head = bytes_skip(head, end + 1);
    }
    markup_put(&d->m, "</pre>\n");
}

static void flag_row(struct detail *d, const char *name, bool flag, const char *says)
{
    markup_put(&d->m, "<tr>");
    autobahn_element(&d->m, "th", NULL, name);
    autobahn_element(&d->m, "td", NULL, flag ? "True" : "False");
    autobahn_element(&d->m, "td", NULL, says);
    markup_put(&d->m, "</tr>\n");
}

static void code_row(struct detail *d, const char *name, int code, struct bytes reason)
{
    markup_put(&d->m, "<tr>");
    autobahn_element(&d->m, "th", NULL, name);
    markup_put(&d->m, "<td>");
    if (code >= 0)
        markup_number(&d->m, (uint64_t)code);
    else
        markup_put(&d->m, "None");
    markup_put(&d->m, "</td><td>");
    if (code >= 0)
        markup_text(&d->m, ws_close_code_name((uint16_t)code));
    if (reason.len > 0) {
        markup_put(&d->m, " “");
        markup_bytes(&d->m, reason);
        markup_put(&d->m, "”");
    }
    markup_put(&d->m, "</td></tr>\n");
}

static void closing(struct detail *d)
{
    const struct dropin *g = d->r->dropin;
    const struct autobahn_wire *w = &d->wire;

    autobahn_heading(&d->m, "Closing Behavior");
    markup_put(&d->m, "<table class=\"facts\"><thead><tr><th>Key</th><th>Value</th><th>What it says"
                      "</th></tr></thead><tbody>\n");
    flag_row(d, "wasClean", g->ending.was_clean, "both Closes passed, then TCP ended as it should");
    flag_row(d, "closedByMe", g->ending.closed_by_me, "the tester sent the first Close");
    flag_row(d, "failedByMe", g->ending.failed_by_me, "the tester failed the connection");
    flag_row(d, "droppedByMe", g->ending.dropped_by_me, "the tester ended TCP");
    flag_row(d, "wasOpenHandshakeTimeout", w->open_timeout, "the opening handshake took too long");
    flag_row(d, "wasCloseHandshakeTimeout", w->close_timeout, "no Close came in time");
    flag_row(d, "wasServerConnectionDropTimeout", w->drop_timeout, "TCP did not end in time");
    code_row(d, "localCloseCode", g->ending.local_code, w->out.close_reason);
    code_row(d, "remoteCloseCode", g->ending.remote_code, w->in.close_reason);
    markup_put(&d->m, "</tbody></table>\n");
}

static void stats_head(struct detail *d, const char *caption, const char *first, const char *third)
{
    markup_put(&d->m, "<table class=\"facts\">");
    autobahn_element(&d->m, "caption", NULL, caption);
    markup_put(&d->m, "<thead><tr>");
    autobahn_element(&d->m, "th", NULL, first);
    markup_put(&d->m, "<th>Count</th>");
    if (third)
        autobahn_element(&d->m, "th", NULL, third);
    markup_put(&d->m, "</tr></thead><tbody>\n");
}

static void stats_row(struct detail *d, uint64_t key, uint64_t n, bool octets)
{
    markup_put(&d->m, "<tr><td>");
    markup_number(&d->m, key);
    markup_put(&d->m, "</td><td>");
    markup_number(&d->m, n);
    if (octets) {
        markup_put(&d->m, "</td><td>");
        markup_number(&d->m, key * n);
    }
    markup_put(&d->m, "</td></tr>\n");
}

static void octet_stats(struct detail *d, const char *caption, const struct autobahn_traffic *t)
{
    stats_head(d, caption, "Chop Size", "Octets");
    for (size_t i = 0; i < t->n_sizes; i++)
        stats_row(d, t->sizes[i].octets, t->sizes[i].count, true);
    markup_put(&d->m, "</tbody><tfoot><tr><td>Total</td><td>");
    markup_number(&d->m, t->chops);
    markup_put(&d->m, "</td><td>");
    markup_number(&d->m, t->octets);
    markup_put(&d->m, "</td></tr></tfoot></table>\n");
}

static void frame_stats(struct detail *d, const char *caption, const struct autobahn_traffic *t)
{
    stats_head(d, caption, "Opcode", NULL);
    for (unsigned i = 0; i < 16; i++)
        if (t->frames[i] > 0)
            stats_row(d, i, t->frames[i], false);
    markup_put(&d->m, "</tbody><tfoot><tr><td>Total</td><td>");
    markup_number(&d->m, t->n_frames);
    markup_put(&d->m, "</td></tr></tfoot></table>\n");
}

static void statistics(struct detail *d)
{
    autobahn_heading(&d->m, "Wire Statistics");
    markup_put(&d->m, "<p>Each frame, and each head of the handshake, is a chop here: how TCP cut "
                      "them is not recorded.</p>\n<div class=\"beside\">\n");
    octet_stats(d, "Octets Received by Chop Size", &d->wire.in);
    octet_stats(d, "Octets Transmitted by Chop Size", &d->wire.out);
    frame_stats(d, "Frames Received by Opcode", &d->wire.in);
    frame_stats(d, "Frames Transmitted by Opcode", &d->wire.out);
    markup_put(&d->m, "</div>\n");
}

static const char *line_name(const struct autobahn_line *line)
{
    static const struct {
        const char *kind, *name;
    } names[] = { { "RO", "RX OCTETS" }, { "TO", "TX OCTETS" },   { "RF", "RX FRAME" },
                  { "TF", "TX FRAME" },  { "TI", "CLOSE BEGUN" }, { "TIE", "CLOSE TIMEOUT" },
                  { "KLE", "TIMEOUT" } };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].kind, line->kind) == 0)
            return names[i].name;
    return line->kind;
}

static void words(struct detail *d, const struct entry *e)
{
    struct buf text;

    buf_init(&text, WORDS_MAX);
    d->m.ok = d->m.ok && report_describe(e, &text);
    markup_bytes(&d->m, buf_bytes(&text));
    buf_free(&text);
}

static void hex(struct detail *d, const struct autobahn_line *line)
{
    for (size_t i = 0; i < line->octets.len; i++)
        d->m.ok = d->m.ok && buf_print(d->m.buf, "%02x", line->octets.ptr[i]);
    if (line->octets.len < line->len)
        markup_put(&d->m, " …");
}

static void log_row(struct detail *d, const struct entry *e, const struct autobahn_line *line,
                    size_t number)
{
    markup_put(&d->m, "<tr class=\"");
    markup_put(&d->m, line->ours ? "tx\"><td>" : "rx\"><td>");
    d->m.ok = d->m.ok && buf_print(d->m.buf, "%03zu</td><td>%" PRIu64 ".%03u</td><td>", number,
                                   e->us / 1000, (unsigned)(e->us % 1000));
    markup_put(&d->m, line_name(line));
    markup_put(&d->m, "</td><td>");
    if (line->head)
        words(d, e);
    else
        hex(d, line);
    markup_put(&d->m, "</td></tr>\n");
}

static void wire_log(struct detail *d)
{
    const struct transcript *t = &d->r->transcript;
    struct autobahn_line lines[2];
    size_t told = 0;

    autobahn_heading(&d->m, "Wire Log");
    markup_put(&d->m, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Wire log\">"
                      "<table class=\"wirelog\"><thead><tr><th>#</th><th>ms</th><th>What</th><th>"
                      "Content</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < t->count && told < LINES_MAX; i++) {
        size_t n = autobahn_wire_lines(t, i, lines);
        for (size_t k = 0; k < n; k++)
            log_row(d, &t->entries[i], &lines[k], told++);
    }
    markup_put(&d->m, "</tbody></table></div>\n");
    if (told >= LINES_MAX || t->full)
        markup_put(&d->m, "<p>More came than stands here.</p>\n");
}

static void parts(struct detail *d)
{
    header(d);
    outcome(d);
    autobahn_heading(&d->m, "Opening Handshake");
    bool server = strcmp(d->agent->report->role, "client") == 0;
    head_text(d, "Request", server ? d->wire.head_in : d->wire.head_out);
    head_text(d, "Response", server ? d->wire.head_out : d->wire.head_in);
    closing(d);
    statistics(d);
    wire_log(d);
    markup_put(&d->m, "</main>\n");
}

bool autobahn_case_html(const struct autobahn_agent *agent, const struct result *r, struct buf *out)
{
    struct detail d = { .m = { .buf = out, .ok = true, .escape = report_escape_html },
                        .agent = agent,
                        .r = r };
    struct arena a = { 0 };

    if (!autobahn_table_find(r->autobahn, &d.row))
        d.row = (struct autobahn_row){ 0 };
    d.m.ok = autobahn_wire_read(&r->transcript, &a, &d.wire);
    if (d.m.ok) {
        const char *title = arena_print(&a, "%s, case %s", agent->agent, r->autobahn);
        autobahn_page_begin(&d.m, title);
        parts(&d);
        autobahn_page_end(&d.m);
    }
    arena_free(&a);
    return d.m.ok;
}
