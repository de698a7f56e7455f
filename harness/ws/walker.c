#include "ws/walker.h"

#include <assert.h>
#include <string.h>

#include "ws/walker_parts.h"

/* RFC 7692 7.2.1: a final block is padded with zeros to the end of its byte. The bits of a byte are
 * there all at once. */
bool ws_walker_end_block(struct ws_walker *w, struct bits *b)
{
    if (w->final && use(b, b->held % 8) != 0)
        return breach(w, WS_WALKER_PADDING);
    return go(w, BLOCK_HEAD);
}

static void make_fixed(struct ws_walker *w)
{
    struct ws_alphabet_lens lens;

    if (w->fixed_made)
        return;
    ws_alphabet_fixed(&lens);
    ws_huffman_build(&w->literal_code, lens.literals, WS_ALPHABET_LITERALS);
    ws_huffman_build(&w->distance_code, lens.distances, WS_ALPHABET_DISTANCES);
    w->fixed_made = true;
}

/* What stands between the head of a stored block and its length says nothing: RFC 1951 3.2.4. */
static bool block_head(struct ws_walker *w, struct bits *b)
{
    if (!have_bits(b, 3))
        return false;
    w->empty_stored = false;
    w->final = use(b, 1);
    w->facts.final |= w->final;
    switch (use(b, 2)) {
    case 0:
        w->facts.stored++;
        use(b, b->held % 8);
        return go(w, STORED_LEN);
    case 1:
        w->facts.fixed++;
        make_fixed(w);
        return go(w, SYMBOLS);
    case 2: w->facts.dynamic++; return go(w, CODE_COUNTS);
    default: return breach(w, WS_WALKER_TYPE_RESERVED);
    }
}

static bool stored_len(struct ws_walker *w, struct bits *b)
{
    if (!have_bits(b, 32))
        return false;
    w->stored_left = use(b, 16);
    if ((use(b, 16) ^ w->stored_left) != 0xFFFF)
        return breach(w, WS_WALKER_STORED_LEN);
    w->empty_stored = w->stored_left == 0;
    return go(w, STORED_DATA);
}

/* Some of the block's bytes may be in `hold` already. */
static bool stored_data(struct ws_walker *w, struct bits *b)
{
    const unsigned held = b->held / 8 < w->stored_left ? b->held / 8 : w->stored_left;
    const size_t left = w->stored_left - held, there = (size_t)(b->end - b->next);
    const size_t skipped = there < left ? there : left;

    b->hold >>= held * 8;
    b->held -= held * 8;
    b->next += skipped;
    count_output(w, held + skipped);
    w->stored_left -= held + (unsigned)skipped;
    return w->stored_left == 0 && ws_walker_end_block(w, b);
}

static bool step(struct ws_walker *w, struct bits *b)
{
    switch ((enum state)w->state) {
    case BLOCK_HEAD: return block_head(w, b);
    case STORED_LEN: return stored_len(w, b);
    case STORED_DATA: return stored_data(w, b);
    case CODE_COUNTS: return ws_walker_code_counts(w, b);
    case CODE_LENGTHS: return ws_walker_code_lengths(w, b);
    case CODES: return ws_walker_codes(w, b);
    case SYMBOLS: return ws_walker_symbols(w, b);
    }
    return false;
}

void ws_walker_init(struct ws_walker *w, unsigned window_bits, bool takeover)
{
    assert(window_bits >= 8 && window_bits <= 15);
    memset(w, 0, sizeof *w);
    w->window = UINT32_C(1) << window_bits;
    w->takeover = takeover;
}

void ws_walker_set_window(struct ws_walker *w, size_t len)
{
    w->in_window = len;
}

static void begin(struct ws_walker *w)
{
    if (!w->takeover)
        w->in_window = 0;
    else if (w->broken)
        w->in_window = w->window;
    w->ended = false;
    w->broken = WS_WALKER_NONE;
    w->broken_at = 0;
    w->facts = (struct ws_walker_facts){ 0 };
    w->state = BLOCK_HEAD;
    w->empty_stored = false;
    w->hold = 0;
    w->held = 0;
}

bool ws_walker_feed(struct ws_walker *w, struct bytes in)
{
    if (w->ended)
        begin(w);
    if (w->broken || in.len == 0)
        return !w->broken;
    struct bits b = { in.ptr, in.ptr + in.len, w->hold, w->held };
    while (step(w, &b))
        ;
    w->hold = b.hold;
    w->held = b.held;
    w->facts.compressed_len += (size_t)(b.next - in.ptr);
    if (w->broken) {
        w->broken_at = w->facts.compressed_len - b.held / 8 - 1;
        w->facts.compressed_len = w->broken_at + 1;
    }
    return !w->broken;
}

static enum ws_walker_breach end_breach(const struct ws_walker *w)
{
    if (w->facts.compressed_len == 0)
        return WS_WALKER_NO_DATA;
    if (w->state == STORED_LEN && w->held == 0)
        return WS_WALKER_NONE;
    if (w->state != BLOCK_HEAD)
        return WS_WALKER_CUT_OFF;
    return w->empty_stored ? WS_WALKER_TAIL_KEPT : WS_WALKER_NO_LAST_BLOCK;
}

bool ws_walker_end(struct ws_walker *w)
{
    if (w->ended)
        begin(w);
    if (!w->broken) {
        w->broken = end_breach(w);
        w->broken_at = w->broken ? w->facts.compressed_len : 0;
    }
    w->ended = true;
    return !w->broken;
}

static const struct {
    const char *name, *sentence;
} breaches[] = {
#define X(name, sentence) { #name, sentence },
    WS_WALKER_BREACHES(X)
#undef X
};

const char *ws_walker_breach_name(enum ws_walker_breach what)
{
    return breaches[what].name;
}

const char *ws_walker_breach_sentence(enum ws_walker_breach what)
{
    return breaches[what].sentence;
}
