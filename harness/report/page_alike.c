#include <string.h>

#include "base/hash.h"
#include "report/page.h"

static void feed_number(struct hash *h, uint64_t n)
{
    uint8_t raw[8];

    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = (uint8_t)(n >> (8 * i));
    hash_feed(h, bytes_of(raw, sizeof raw));
}

/* A compressed length is the compressor's own affair; the code of a Close is everybody's. */
static void feed_frame(struct hash *h, const struct entry *e)
{
    const struct ws_head *head = &e->head;
    bool packed = (head->rsv & WS_RSV1) != 0;

    feed_number(h, head->opcode);
    feed_number(h, (uint64_t)head->fin << 8 | (uint64_t)head->masked << 4 | head->rsv);
    feed_number(h, packed ? 0 : head->payload_len);
    feed_number(h, packed ? 0 : (uint64_t)head->len_form);
    if (head->opcode == WS_CLOSE)
        hash_feed(h, bytes_take(e->data, 2));
}

static void feed(struct hash *h, const struct entry *e)
{
    feed_number(h, e->kind);
    switch (e->kind) {
    case ENTRY_HEAD_OUT:
    case ENTRY_HEAD_IN:
    case ENTRY_HEAD_BAD: hash_feed(h, bytes_take(e->data, bytes_index(e->data, 0, '\n'))); break;
    case ENTRY_FRAME_OUT:
    case ENTRY_FRAME_IN: feed_frame(h, e); break;
    case ENTRY_RAW_OUT:
    case ENTRY_PARTIAL_IN:
    case ENTRY_MESSAGE_IN: feed_number(h, e->len); break;
    case ENTRY_END_IN: feed_number(h, e->end); break;
    case ENTRY_PROCESS: hash_feed(h, bytes_str(e->text ? e->text : "")); break;
    case ENTRY_CONNECTED:
    case ENTRY_MESSAGE_OUT:
    case ENTRY_MESSAGE_BAD:
    case ENTRY_END_OUT:
    case ENTRY_EXPECT:
    case ENTRY_PASSED:
    case ENTRY_SILENT:
    case ENTRY_CLOSING:
    case ENTRY_ALIVE:
    case ENTRY_OUTPUT:
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

/* What each side wrote, in its own order: how the two fell between each other is a matter of time.
 */
static uint64_t of_side(const struct transcript *t, bool theirs)
{
    struct hash h;

    hash_init(&h);
    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        bool ours =
            e->kind == ENTRY_HEAD_OUT || e->kind == ENTRY_FRAME_OUT || e->kind == ENTRY_RAW_OUT;
        bool its = e->kind == ENTRY_HEAD_IN || e->kind == ENTRY_HEAD_BAD ||
                   e->kind == ENTRY_FRAME_IN || e->kind == ENTRY_MESSAGE_IN ||
                   e->kind == ENTRY_PARTIAL_IN || e->kind == ENTRY_END_IN ||
                   e->kind == ENTRY_PROCESS;
        if (theirs ? its : ours)
            feed(&h, e);
    }
    return hash_end(&h);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A line of a baseline is told in words. */
static bool same_known(const struct known *x, const struct known *y)
{
    return x->as == y->as && x->verdict == y->verdict && x->line == y->line &&
           same(x->reason, y->reason) && same(x->link, y->link);
}

static bool same_verdict(const struct result *a, const struct result *b)
{
    const struct verdict *x = &a->verdict, *y = &b->verdict;

    if (x->result != y->result || x->n_remarks != y->n_remarks || x->closing != y->closing)
        return false;
    for (size_t i = 0; i < x->n_remarks; i++)
        if (!same(x->remarks[i], y->remarks[i]))
            return false;
    return same(x->reason, y->reason) && same(x->expected, y->expected) && same(x->got, y->got) &&
           same(x->requirement, y->requirement) && same_known(&a->known, &b->known) &&
           (!page_blames(x->result) || same(a->target_stderr, b->target_stderr));
}

#define RUNS_HASHED 64 /* of further runs every conversation is its own */

void page_alike(const struct page_case *c, size_t n_runs, size_t *class_of)
{
    uint64_t ours[RUNS_HASHED], theirs[RUNS_HASHED];

    for (size_t i = 0; i < n_runs; i++) {
        class_of[i] = c->of[i] ? i : n_runs;
        if (!c->of[i] || i >= RUNS_HASHED || n_runs == 1)
            continue;
        ours[i] = of_side(&c->of[i]->transcript, false);
        theirs[i] = of_side(&c->of[i]->transcript, true);
        for (size_t k = 0; k < i; k++) {
            if (class_of[k] == k && ours[k] == ours[i] && theirs[k] == theirs[i] &&
                same_verdict(c->of[k], c->of[i])) {
                class_of[i] = k;
                break;
            }
        }
    }
}
