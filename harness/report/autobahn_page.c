#include "report/autobahn_page.h"

#include "report/autobahn_table.h"
#include "report/autobahn_wire.h"
#include "report/web.h"

const struct autobahn_look autobahn_missing = { "case_missing", "Missing" };

struct autobahn_look autobahn_look(const struct dropin *dropin)
{
    switch (dropin->behavior) {
    case DROPIN_OK: return (struct autobahn_look){ "case_ok", "Pass" };
    case DROPIN_NON_STRICT: return (struct autobahn_look){ "case_non_strict", "Non-Strict" };
    case DROPIN_INFORMATIONAL: return (struct autobahn_look){ "case_info", "Info" };
    case DROPIN_UNIMPLEMENTED:
        return (struct autobahn_look){ "case_unimplemented", "Unimplemented" };
    case DROPIN_FAILED: break;
    }
    return (struct autobahn_look){ "case_failed", "Fail" };
}

static struct autobahn_look close_look(const struct dropin *dropin)
{
    switch (dropin->close) {
    case DROPIN_CLOSE_OK: return (struct autobahn_look){ "case_ok", NULL };
    case DROPIN_CLOSE_INFORMATIONAL: return (struct autobahn_look){ "case_info", NULL };
    case DROPIN_CLOSE_WRONG_CODE: return (struct autobahn_look){ "case_failed", "Wrong code" };
    case DROPIN_CLOSE_UNCLEAN: return (struct autobahn_look){ "case_failed", "Unclean" };
    case DROPIN_CLOSE_FAILED_BY_CLIENT:
        return (struct autobahn_look){ "case_failed", "Failed by client" };
    case DROPIN_CLOSE_FAILED: break;
    }
    return (struct autobahn_look){ "case_failed", "Fail" };
}

void autobahn_close_cell(struct markup *m, const struct dropin *dropin)
{
    struct autobahn_look look = close_look(dropin);

    markup_put(m, "<td class=\"close ");
    markup_put(m, look.class);
    markup_put(m, "\">");
    markup_text(m, look.word);
    if (look.word && dropin->ending.remote_code >= 0)
        markup_put(m, " ");
    if (dropin->ending.remote_code >= 0)
        markup_number(m, (uint64_t)dropin->ending.remote_code);
    else if (!look.word)
        markup_put(m, "None");
    markup_put(m, "</td>");
}

static void ratio(struct markup *m, const struct autobahn_traffic *t)
{
    if (t->app > 0)
        m->ok = m->ok && buf_print(m->buf, "%.3f", (double)t->payload / (double)t->app);
    else
        markup_put(m, "–");
}

static void ratios(struct markup *m, const struct result *r)
{
    struct autobahn_wire wire;
    struct arena a = { 0 };

    m->ok = m->ok && autobahn_wire_read(&r->transcript, &a, &wire);
    if (m->ok) {
        markup_put(m, " [");
        ratio(m, &wire.in);
        markup_put(m, "/");
        ratio(m, &wire.out);
        markup_put(m, "]");
    }
    arena_free(&a);
}

void autobahn_measures(struct markup *m, const struct result *r)
{
    if (!autobahn_is_timed(r->autobahn))
        return;
    markup_put(m, " <span class=\"time\">");
    markup_number(m, (r->duration_us + 500) / 1000);
    markup_put(m, " ms");
    if (autobahn_is_compressed(r->autobahn))
        ratios(m, r);
    markup_put(m, "</span>");
}

void autobahn_element(struct markup *m, const char *tag, const char *class, const char *text)
{
    markup_put(m, "<");
    markup_put(m, tag);
    if (class) {
        markup_put(m, " class=\"");
        markup_put(m, class);
        markup_put(m, "\"");
    }
    markup_put(m, ">");
    markup_text(m, text);
    markup_put(m, "</");
    markup_put(m, tag);
    markup_put(m, ">");
}

void autobahn_heading(struct markup *m, const char *text)
{
    autobahn_element(m, "h2", NULL, text);
    markup_put(m, "\n");
}

void autobahn_page_begin(struct markup *m, const char *title)
{
    markup_put(m, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'sha256-");
    web_put_hash(m, "autobahn.css");
    markup_put(m, "'; script-src 'sha256-");
    web_put_hash(m, "autobahn.js");
    markup_put(m, "'; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    markup_text(m, title);
    markup_put(m, "</title>\n<style>");
    web_put(m, "autobahn.css");
    markup_put(m, "</style>\n</head>\n<body>\n");
}

void autobahn_page_end(struct markup *m)
{
    markup_put(m, "<script>");
    web_put(m, "autobahn.js");
    markup_put(m, "</script>\n</body>\n</html>\n");
}
