#include "report/page.h"

#include <inttypes.h>

#include "report/describe.h"

/* A conversation is plain text, line by line, for whoever reads it without a script and for the
 * script, which draws it. An entry is a line; what follows it begins with two blanks:
 *
 *     10.340 <- head "HTTP/1.1 101 Switching Protocols", 129 bytes
 *       | Upgrade: websocket
 *     10.344 -> #2 text fin len=5 "Hello"
 *       @154  FIN 1  RSV 000  opcode 0x1  MASK 065bed99  length 5 in 7 bits
 *       # 48 65 6c 6c 6f
 *     20.609 <! Close 1002
 *
 * -> is the case's, => the runner's, <- the target's, ~> and <~ the message that frames of either
 * come to, and a point stands for what nobody sent. A
 * sign of exclamation in it: this entry decided. No text of a target holds a line break here, so
 * none can look like a line of ours. */
#define WORDS_MAX 8192  /* one entry in words */
#define HEAD_SHOWN 4096 /* of an HTTP head; results.json has it whole */

/* How much of a conversation is on the page; results.json has all of it. */
struct extent {
    size_t first, last; /* entries */
    size_t hex;         /* bytes of a payload */
    bool fields;        /* of a frame header, beside its words */
    bool heads;         /* whole HTTP heads, not just their first line */
    bool wire_only;     /* no messages beside their frames, nothing that nobody sent */
};

/* A page of many targets holds tens of thousands of conversations: all of a fail, the words of what
 * is short of one, the bare exchange of a pass. */
static struct extent extent_of_many(enum verdict_kind kind)
{
    if (page_blames(kind))
        return (struct extent){ .first = 60, .last = 20, .hex = 32, .fields = true, .heads = true };
    if (kind == VERDICT_PASS)
        return (struct extent){ .first = 14, .last = 5, .wire_only = true };
    return (struct extent){ .first = 24, .last = 8, .heads = true };
}

static struct extent extent_of(const struct page *p, const struct result *r)
{
    if (p->book->n_runs > 1)
        return extent_of_many(r->verdict.result);
    if (r->verdict.result == VERDICT_PASS)
        return (struct extent){ .first = 32, .last = 8, .hex = 16, .fields = true, .heads = true };
    return (struct extent){ .first = 800, .last = 200, .hex = 64, .fields = true, .heads = true };
}

enum side { OURS, OUR_MESSAGE, RUNNER, THEIRS, THEIR_MESSAGE, AROUND };

static enum side side_of(const struct entry *e)
{
    switch (e->kind) {
    case ENTRY_HEAD_OUT:
    case ENTRY_FRAME_OUT:
    case ENTRY_RAW_OUT:
    case ENTRY_END_OUT: return e->by == BY_RUNNER ? RUNNER : OURS;
    case ENTRY_MESSAGE_OUT: return OUR_MESSAGE;
    case ENTRY_HEAD_IN:
    case ENTRY_HEAD_BAD:
    case ENTRY_FRAME_IN:
    case ENTRY_PARTIAL_IN:
    case ENTRY_END_IN:
    case ENTRY_ANOTHER:
    case ENTRY_OUTPUT: return THEIRS;
    case ENTRY_MESSAGE_IN:
    case ENTRY_MESSAGE_BAD: return THEIR_MESSAGE;
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

static void words(struct page *p, const struct entry *e)
{
    struct buf text;

    buf_init(&text, WORDS_MAX);
    p->m.ok = p->m.ok && report_describe(e, &text);
    markup_bytes(&p->m, buf_bytes(&text));
    buf_free(&text);
}

/* The header bit by bit, in the order in which it is on the wire. */
static void fields(struct page *p, const struct entry *e)
{
    const struct ws_head *h = &e->head;
    struct markup *m = &p->m;

    m->ok = m->ok && buf_print(m->buf, "  @%" PRIu64 "  FIN %d  RSV %d%d%d  opcode 0x%X  MASK ",
                               e->at, h->fin, (h->rsv & WS_RSV1) != 0, (h->rsv & WS_RSV2) != 0,
                               (h->rsv & WS_RSV3) != 0, h->opcode);
    if (h->masked)
        m->ok = m->ok &&
                buf_print(m->buf, "%02x%02x%02x%02x", h->key[0], h->key[1], h->key[2], h->key[3]);
    else
        markup_put(m, "0");
    m->ok = m->ok && buf_print(m->buf, "  length %" PRIu64 " in %d bits\n", h->payload_len,
                               (int)h->len_form);
}

static void hex(struct page *p, struct bytes data, uint64_t len, size_t shown)
{
    struct markup *m = &p->m;
    struct bytes part = bytes_take(data, shown);

    if (part.len == 0)
        return;
    markup_put(m, "  #");
    for (size_t i = 0; i < part.len; i++)
        m->ok = m->ok && buf_print(m->buf, " %02x", part.ptr[i]);
    markup_text(m, part.len < len ? " …" : "");
    markup_put(m, "\n");
}

/* Lines end with CRLF, which nobody needs to see; one that ends otherwise shows it. */
static void head_line(struct page *p, struct bytes line, bool ended)
{
    bool crlf = line.len > 0 && line.ptr[line.len - 1] == '\r';

    if (crlf && line.len == 1)
        return;
    markup_put(&p->m, "  | ");
    markup_bytes(&p->m, ended && crlf ? bytes_take(line, line.len - 1) : line);
    markup_put(&p->m, ended && !crlf ? " (LF alone)\n" : "\n");
}

static void head_text(struct page *p, struct bytes data)
{
    struct bytes rest = bytes_take(data, HEAD_SHOWN);

    while (rest.len > 0) {
        size_t end = bytes_index(rest, 0, '\n');
        head_line(p, bytes_take(rest, end), end < rest.len);
        rest = bytes_skip(rest, end + 1);
    }
    if (data.len > HEAD_SHOWN)
        head_line(p, BYTES_LIT("…"), false);
}

static void details(struct page *p, const struct entry *e, const struct extent *extent)
{
    switch (e->kind) {
    case ENTRY_HEAD_OUT:
    case ENTRY_HEAD_IN:
    case ENTRY_HEAD_BAD:
        if (extent->heads)
            head_text(p, e->data);
        break;
    case ENTRY_FRAME_OUT:
    case ENTRY_FRAME_IN:
        if (extent->fields)
            fields(p, e);
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

static void entry_lines(struct page *p, const struct entry *e, bool decisive,
                        const struct extent *extent)
{
    static const char *const signs[] = { "->", "~>", "=>", "<-", "<~", ". " };
    static const char *const decided[] = { "!>", "!>", "!>", "<!", "<!", ".!" };
    enum side side = side_of(e);

    p->m.ok =
        p->m.ok && buf_print(p->m.buf, "%" PRIu64 ".%03u ", e->us / 1000, (unsigned)(e->us % 1000));
    markup_text(&p->m, decisive ? decided[side] : signs[side]);
    if (e->connection > 0) {
        markup_put(&p->m, " #");
        markup_number(&p->m, e->connection + UINT64_C(1));
    }
    markup_put(&p->m, " ");
    words(p, e);
    markup_put(&p->m, "\n");
    details(p, e, extent);
}

static bool is_wire(const struct entry *e)
{
    enum side side = side_of(e);
    return side == OURS || side == RUNNER || side == THEIRS;
}

static bool is_shown(const struct result *r, size_t i, const struct extent *extent)
{
    size_t decisive = r->verdict.entry;
    bool near = decisive < r->transcript.count && i + 3 >= decisive && i <= decisive + 3;

    return near || i < extent->first || i + extent->last >= r->transcript.count;
}

static void gap_line(struct page *p, size_t n)
{
    if (n == 0)
        return;
    markup_put(&p->m, "  ");
    markup_text(&p->m, "… ");
    markup_number(&p->m, n);
    markup_put(&p->m, n == 1 ? " entry is" : " entries are");
    markup_put(&p->m, " left out here; results.json has all\n");
}

static void full_line(struct page *p)
{
    markup_put(&p->m, "  ");
    markup_text(&p->m, "…");
    markup_put(&p->m, " more came than a transcript holds\n");
}

void page_talk(struct page *p, const struct result *r)
{
    const struct transcript *t = &r->transcript;
    struct extent extent = extent_of(p, r);
    size_t gap = 0;

    for (size_t i = 0; i < t->count; i++) {
        if (extent.wire_only && !is_wire(&t->entries[i]))
            continue;
        if (!is_shown(r, i, &extent)) {
            gap++;
            continue;
        }
        gap_line(p, gap);
        gap = 0;
        entry_lines(p, &t->entries[i], i == r->verdict.entry, &extent);
    }
    gap_line(p, gap);
    if (t->full)
        full_line(p);
}

void page_log(struct page *p, const struct result *r)
{
    if (r->transcript.count == 0)
        return;
    markup_put(&p->m, "<h4>Conversation</h4><pre class=\"talk\">");
    page_talk(p, r);
    markup_put(&p->m, "</pre>");
}
