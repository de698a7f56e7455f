#include "report/writers.h"

#include "report/escape.h"
#include "report/markup.h"

/* A drawing of 20 pixels height: whose verdict on the left, the verdict on the right. The text is
 * told how wide it has to be, so the letters of any font fit. */
#define LABEL "wsproof"
#define LETTER 6 /* pixels, about what one of 11 px takes in a usual face */
#define MARGIN 6

enum colour { GOOD, ALMOST, BAD, NOTHING };

static const char *const fills[] = {
    [GOOD] = "#2d7d32", [ALMOST] = "#8a6d00", [BAD] = "#b3261e", [NOTHING] = "#5f6368"
};

/* Nothing of a target is in it: our words and our numbers. */
static enum colour judge(const struct run_report *r, struct buf *words, bool *ok)
{
    struct run_counts n;

    run_report_count(r, &n);
    size_t fails = n.by_kind[VERDICT_FAIL] - n.expected_fails;
    size_t mild =
        n.fails_by_severity[SEVERITY_PEDANTIC] - n.expected_by_severity[SEVERITY_PEDANTIC];
    bool died =
        r->unsolved > 0 || (r->deaths > 0 && n.expected_by_severity[SEVERITY_CRITICAL] == 0);
    if (r->trouble || r->unfinished || n.by_kind[VERDICT_ERROR] > 0 ||
        n.total == n.by_kind[VERDICT_SKIP]) {
        *ok = buf_append(words, BYTES_LIT("no result"));
        return NOTHING;
    }
    if (fails > 0) {
        *ok =
            buf_print(words, "%zu %s in %zu cases", fails, fails == 1 ? "fail" : "fails", n.total);
        return fails == mild && !died ? ALMOST : BAD;
    }
    if (died) {
        *ok = buf_append(words, BYTES_LIT("it died"));
        return BAD;
    }
    if (n.expected_fails > 0) { /* nobody shall read of a target without a fail */
        *ok = buf_print(words, "%zu known %s in %zu cases", n.expected_fails,
                        n.expected_fails == 1 ? "fail" : "fails", n.total);
        return ALMOST;
    }
    *ok = buf_print(words, "no fail in %zu cases", n.total);
    return GOOD;
}

static void attribute(struct markup *m, const char *name, size_t value)
{
    markup_put(m, " ");
    markup_put(m, name);
    markup_put(m, "=\"");
    markup_number(m, value);
    markup_put(m, "\"");
}

static void box(struct markup *m, size_t x, size_t width, const char *fill)
{
    markup_put(m, "<rect");
    attribute(m, "x", x);
    attribute(m, "width", width);
    attribute(m, "height", 20);
    markup_put(m, " fill=\"");
    markup_put(m, fill);
    markup_put(m, "\"/>\n");
}

static void words_at(struct markup *m, size_t x, struct bytes words)
{
    markup_put(m, "<text y=\"14\"");
    attribute(m, "x", x + MARGIN);
    attribute(m, "textLength", words.len * LETTER);
    markup_put(m, ">");
    markup_bytes(m, words);
    markup_put(m, "</text>\n");
}

static void draw(struct markup *m, struct bytes right, const char *fill)
{
    struct bytes left = BYTES_LIT(LABEL);
    size_t first = left.len * LETTER + 2 * MARGIN, second = right.len * LETTER + 2 * MARGIN;

    markup_put(m, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
    attribute(m, "width", first + second);
    attribute(m, "height", 20);
    markup_put(m, " aria-label=\"" LABEL ": ");
    markup_bytes(m, right);
    markup_put(m, "\">\n<title>" LABEL ": ");
    markup_bytes(m, right);
    markup_put(m, "</title>\n<clipPath id=\"round\"><rect");
    attribute(m, "width", first + second);
    markup_put(m, " height=\"20\" rx=\"4\"/></clipPath>\n<g clip-path=\"url(#round)\">\n");
    box(m, 0, first, "#3c4043");
    box(m, first, second, fill);
    markup_put(m, "</g>\n<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
                  "font-size=\"11\">\n");
    words_at(m, 0, left);
    words_at(m, first, right);
    markup_put(m, "</g>\n</svg>\n");
}

bool report_badge(const struct run_report *r, struct buf *out)
{
    struct markup m = { .buf = out, .ok = true, .escape = report_escape_xml };
    struct buf words;

    buf_init(&words, 80);
    enum colour colour = judge(r, &words, &m.ok);
    draw(&m, buf_bytes(&words), fills[colour]);
    buf_free(&words);
    return m.ok;
}
