#include "report/page.h"

#include <inttypes.h>

#include "report/describe.h"

#define WORDS_MAX 8192  /* one entry in words */
#define HEAD_SHOWN 4096 /* of an HTTP head; results.json has it whole */

/* How much of a conversation is on the page; results.json has all of it. */
struct extent {
    size_t first, last; /* entries */
    size_t hex;         /* bytes of a payload */
    bool fields;        /* of a frame header, beside its words */
};

static struct extent extent_of(const struct result *r)
{
    if (r->verdict.result == VERDICT_PASS)
        return (struct extent){ .first = 32, .last = 8, .hex = 16 };
    return (struct extent){ .first = 800, .last = 200, .hex = 64, .fields = true };
}

enum side { OURS, RUNNER, THEIRS, AROUND };

static enum side side_of(const struct entry *e)
{
    switch (e->kind) {
    case ENTRY_HEAD_OUT:
    case ENTRY_FRAME_OUT:
    case ENTRY_RAW_OUT:
    case ENTRY_MESSAGE_OUT:
    case ENTRY_END_OUT: return e->by == BY_RUNNER ? RUNNER : OURS;
    case ENTRY_HEAD_IN:
    case ENTRY_HEAD_BAD:
    case ENTRY_FRAME_IN:
    case ENTRY_MESSAGE_IN:
    case ENTRY_MESSAGE_BAD:
    case ENTRY_PARTIAL_IN:
    case ENTRY_END_IN:
    case ENTRY_ANOTHER:
    case ENTRY_OUTPUT: return THEIRS;
    case ENTRY_CONNECTED:
    case ENTRY_EXPECT:
    case ENTRY_PASSED:
    case ENTRY_SILENT:
    case ENTRY_CLOSING:
    case ENTRY_ALIVE:
    case ENTRY_PROCESS:
    case ENTRY_MEMORY:
    case ENTRY_CPU:
    case ENTRY_METRIC:
    case ENTRY_TURNS:
    case ENTRY_PROVOKED:
    case ENTRY_NOTE:
    case ENTRY_KINDS: break;
    }
    return AROUND;
}

static bool has_offset(const struct entry *e)
{
    return e->kind == ENTRY_FRAME_IN || e->kind == ENTRY_FRAME_OUT || e->kind == ENTRY_PARTIAL_IN ||
           e->kind == ENTRY_RAW_OUT;
}

static void words(struct page *p, const struct entry *e)
{
    struct buf text;

    buf_init(&text, WORDS_MAX);
    p->m.ok = p->m.ok && report_describe(e, &text);
    markup_bytes(&p->m, buf_bytes(&text));
    buf_free(&text);
}

/* The header bit by bit, in the order in which it is on the wire. */
static void fields(struct page *p, const struct ws_head *h)
{
    struct markup *m = &p->m;

    m->ok = m->ok &&
            buf_print(m->buf, "<span class=\"fields\">FIN %d · RSV %d%d%d · opcode 0x%X · MASK ",
                      h->fin, (h->rsv & WS_RSV1) != 0, (h->rsv & WS_RSV2) != 0,
                      (h->rsv & WS_RSV3) != 0, h->opcode);
    if (h->masked)
        m->ok = m->ok &&
                buf_print(m->buf, "%02x%02x%02x%02x", h->key[0], h->key[1], h->key[2], h->key[3]);
    else
        markup_put(m, "0");
    m->ok = m->ok && buf_print(m->buf, " · length %" PRIu64 " in %d bits</span>", h->payload_len,
                               (int)h->len_form);
}

static void hex(struct page *p, struct bytes data, uint64_t len, size_t shown)
{
    struct markup *m = &p->m;
    struct bytes part = bytes_take(data, shown);

    if (part.len == 0)
        return;
    markup_put(m, "<span class=\"hex\">");
    for (size_t i = 0; i < part.len; i++)
        m->ok = m->ok && buf_print(m->buf, i ? " %02x" : "%02x", part.ptr[i]);
    markup_put(m, part.len < len ? " …</span>" : "</span>");
}

/* Lines end with CRLF, which nobody needs to see; one that ends otherwise shows it. */
static void head_line(struct page *p, struct bytes line, bool ended)
{
    bool crlf = line.len > 0 && line.ptr[line.len - 1] == '\r';

    markup_bytes(&p->m, ended && crlf ? bytes_take(line, line.len - 1) : line);
    if (ended)
        markup_put(&p->m, crlf ? "\n" : " <mark>LF alone</mark>\n");
}

static void head_text(struct page *p, struct bytes data)
{
    struct bytes rest = bytes_take(data, HEAD_SHOWN);

    markup_put(&p->m, "<pre>");
    while (rest.len > 0) {
        size_t end = bytes_index(rest, 0, '\n');
        head_line(p, bytes_take(rest, end), end < rest.len);
        rest = bytes_skip(rest, end + 1);
    }
    markup_put(&p->m, data.len > HEAD_SHOWN ? "…</pre>" : "</pre>");
}

static void details(struct page *p, const struct entry *e, const struct extent *extent)
{
    switch (e->kind) {
    case ENTRY_HEAD_OUT:
    case ENTRY_HEAD_IN:
    case ENTRY_HEAD_BAD: head_text(p, e->data); break;
    case ENTRY_FRAME_OUT:
    case ENTRY_FRAME_IN:
        if (extent->fields)
            fields(p, &e->head);
        hex(p, e->data, e->len, extent->hex);
        break;
    case ENTRY_RAW_OUT:
    case ENTRY_PARTIAL_IN: hex(p, e->data, e->len, extent->hex); break;
    case ENTRY_CONNECTED:
    case ENTRY_MESSAGE_OUT:
    case ENTRY_MESSAGE_IN:
    case ENTRY_MESSAGE_BAD:
    case ENTRY_END_IN:
    case ENTRY_END_OUT:
    case ENTRY_EXPECT:
    case ENTRY_PASSED:
    case ENTRY_SILENT:
    case ENTRY_CLOSING:
    case ENTRY_ALIVE:
    case ENTRY_OUTPUT:
    case ENTRY_PROCESS:
    case ENTRY_MEMORY:
    case ENTRY_CPU:
    case ENTRY_METRIC:
    case ENTRY_TURNS:
    case ENTRY_PROVOKED:
    case ENTRY_NOTE:
    case ENTRY_ANOTHER:
    case ENTRY_KINDS: break;
    }
}

static void offset(struct page *p, const struct entry *e)
{
    markup_put(&p->m, "</td><td>");
    if (!has_offset(e))
        return;
    markup_put(&p->m, "@");
    markup_number(&p->m, e->at);
}

static void entry_row(struct page *p, const struct entry *e, bool decisive,
                      const struct extent *extent)
{
    static const char *const classes[] = { "ours", "runner", "theirs", "around" };
    static const char *const signs[] = { "case →", "runner →", "← target", "" };
    enum side side = side_of(e);

    markup_put(&p->m, "<tr class=\"");
    markup_put(&p->m, classes[side]);
    markup_put(&p->m, decisive ? " decisive\"><td>" : "\"><td>");
    p->m.ok =
        p->m.ok && buf_print(p->m.buf, "%" PRIu64 ".%03u", e->us / 1000, (unsigned)(e->us % 1000));
    markup_put(&p->m, "</td><td>");
    markup_put(&p->m, signs[side]);
    if (e->connection > 0) {
        markup_put(&p->m, " #");
        markup_number(&p->m, e->connection + UINT64_C(1));
    }
    offset(p, e);
    markup_put(&p->m, decisive ? "</td><td><strong>decided here</strong> " : "</td><td>");
    words(p, e);
    details(p, e, extent);
    markup_put(&p->m, "</td></tr>\n");
}

static bool is_shown(const struct result *r, size_t i, const struct extent *extent)
{
    size_t decisive = r->verdict.entry;
    bool near = decisive < r->transcript.count && i + 3 >= decisive && i <= decisive + 3;

    return near || i < extent->first || i + extent->last >= r->transcript.count;
}

static void gap_row(struct page *p, size_t n)
{
    if (n == 0)
        return;
    markup_put(&p->m, "<tr class=\"gap\"><td colspan=\"4\">");
    markup_number(&p->m, n);
    markup_put(&p->m, " entries are left out here; results.json has them</td></tr>\n");
}

void page_log(struct page *p, const struct result *r)
{
    const struct transcript *t = &r->transcript;
    struct extent extent = extent_of(r);
    size_t gap = 0;

    if (t->count == 0)
        return;
    markup_put(&p->m, "<h4>Conversation</h4><div class=\"log\" tabindex=\"0\" role=\"region\" "
                      "aria-label=\"Conversation\"><table><thead><tr><th scope=\"col\">ms</th><th "
                      "scope=\"col\">from</th><th scope=\"col\">offset</th><th scope=\"col\">what"
                      "</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < t->count; i++) {
        if (!is_shown(r, i, &extent)) {
            gap++;
            continue;
        }
        gap_row(p, gap);
        gap = 0;
        entry_row(p, &t->entries[i], i == r->verdict.entry, &extent);
    }
    markup_put(&p->m, "</tbody></table></div>");
    if (t->full)
        markup_put(&p->m, "<p class=\"hint\">More came than a transcript holds.</p>");
}
