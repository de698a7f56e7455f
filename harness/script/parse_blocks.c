#include "script/parser.h"

#include "script/blocks.h"
#include "ws/blocks.h"

/* blocks { ITEM… END }, behind its first word. Line ends are blanks here, but the numbers of an
 * item stand on its line. */

#define MATCH_MIN 3 /* RFC 1951 3.2.5 */
#define MATCH_MAX 258
#define DISTANCE_MAX 32768
#define SYMBOL_MAX 287
#define REACH_MAX 31
#define DYNAMIC_SYMBOL_MAX 285 /* a dynamic block cannot announce more: RFC 1951 3.2.7 */
#define DYNAMIC_REACH_MAX 29
#define RATIO_MIN 4

struct reader {
    struct blocks *blocks;
    size_t cap_items;
    unsigned nodes; /* as in struct payload */
};

static bool parse_at_least(struct parser *p, const char *what, uint64_t min, uint64_t max,
                           uint64_t *out)
{
    const struct token at = p->tok;

    if (!parse_number(p, what, max, out))
        return false;
    return *out >= min ||
           parse_fail(p, &at, "expected %s, found \"%.*s\"", what, BYTES_ARG(at.source));
}

static bool count_node(struct parser *p, struct reader *r, unsigned nodes)
{
    r->nodes += nodes;
    return r->nodes <= SCRIPT_NODES_MAX ||
           parse_fail(p, &p->tok, "blocks of more than %d parts", SCRIPT_NODES_MAX);
}

/* The bytes are wanted now, while nobody knows the run. */
static bool check_fixed(struct parser *p, const struct token *at, const struct payload *made)
{
    const char *what = payload_holds(made, PAYLOAD_TEMPLATE) ? "${…}"
                       : payload_holds(made, PAYLOAD_RANDOM) ? "\"random\""
                       : payload_has_limit(made)             ? "${limit}"
                       : payload_holds(made, PAYLOAD_NEXT)   ? "\"next\""
                                                             : NULL;

    return !what ||
           parse_fail(p, at, "%s cannot stand in blocks, which are packed before the run", what);
}

static bool parse_data(struct parser *p, struct reader *r, const struct payload **out)
{
    const struct token at = p->tok;

    return parse_payload(p, out) && check_fixed(p, &at, *out) && count_node(p, r, (*out)->nodes);
}

static bool parse_match(struct parser *p, struct blocks_part *part)
{
    uint64_t len, distance;

    if (!parse_at_least(p, "a length from 3 to 258", MATCH_MIN, MATCH_MAX, &len) ||
        !parse_at_least(p, "a distance from 1 to 32768", 1, DISTANCE_MAX, &distance))
        return false;
    part->kind = BLOCKS_MATCH;
    part->len = (unsigned)len;
    part->distance = (unsigned)distance;
    return true;
}

static bool parse_symbol(struct parser *p, bool dynamic, struct blocks_part *part)
{
    uint64_t symbol;

    if (!parse_number(p, "a symbol of literals or lengths",
                      dynamic ? DYNAMIC_SYMBOL_MAX : SYMBOL_MAX, &symbol))
        return false;
    part->kind = BLOCKS_SYMBOL;
    part->symbol = (unsigned)symbol;
    return true;
}

static bool parse_distance(struct parser *p, bool dynamic, struct blocks_part *part)
{
    uint64_t symbol;

    if (!parse_number(p, "a symbol of distances", dynamic ? DYNAMIC_REACH_MAX : REACH_MAX, &symbol))
        return false;
    part->kind = BLOCKS_DISTANCE;
    part->symbol = (unsigned)symbol;
    return true;
}

/* *more is false when none begins here. */
static bool parse_part(struct parser *p, struct reader *r, bool dynamic, struct blocks_part *part,
                       bool *more)
{
    parse_go_on(p);
    *more = true;
    if (parse_take_word(p, "match"))
        return parse_match(p, part) && count_node(p, r, 1);
    if (parse_take_word(p, "symbol"))
        return parse_symbol(p, dynamic, part) && count_node(p, r, 1);
    if (parse_take_word(p, "distance"))
        return parse_distance(p, dynamic, part) && count_node(p, r, 1);
    *more = parse_payload_follows(p);
    return !*more || parse_data(p, r, &part->literals);
}

static bool parse_parts(struct parser *p, struct reader *r, struct blocks_item *item)
{
    size_t cap = 0;

    for (;;) {
        struct blocks_part part = { 0 };
        bool more;
        if (!parse_part(p, r, item->kind == BLOCKS_DYNAMIC, &part, &more))
            return false;
        if (!more)
            return true;
        if (!parse_grow(p, (void **)&item->parts, &cap, item->n_parts + 1, sizeof *item->parts))
            return false;
        item->parts[item->n_parts++] = part;
    }
}

static bool parse_lie(struct parser *p, struct reader *r, struct blocks_item *item)
{
    uint64_t len, complement;

    if (!parse_number(p, "a length", UINT16_MAX, &len) ||
        !parse_number(p, "the length's complement", UINT16_MAX, &complement))
        return false;
    item->len = (uint16_t)len;
    item->complement = (uint16_t)complement;
    return !parse_payload_follows(p) || parse_data(p, r, &item->data);
}

/* bomb SIZE [ratio N] */
static bool parse_bomb(struct parser *p, struct blocks_item *item)
{
    uint64_t ratio = WS_BLOCKS_RATIO_MAX;

    if (!parse_at_least(p, "a size above 0", 1, SCRIPT_PAYLOAD_MAX, &item->size))
        return false;
    if (parse_take_word(p, "ratio") &&
        !parse_at_least(p, "a ratio from 4 to 1032", RATIO_MIN, WS_BLOCKS_RATIO_MAX, &ratio))
        return false;
    item->ratio = (unsigned)ratio;
    return true;
}

static bool parse_item(struct parser *p, struct reader *r, struct blocks_item *item)
{
    switch (item->kind) {
    case BLOCKS_STORED: return parse_data(p, r, &item->data);
    case BLOCKS_FIXED:
    case BLOCKS_DYNAMIC: return parse_parts(p, r, item);
    case BLOCKS_RESERVED: return true;
    case BLOCKS_STORED_LIE: return parse_lie(p, r, item);
    case BLOCKS_BOMB: return parse_bomb(p, item);
    case BLOCKS_KINDS: break;
    }
    return false;
}

static bool add_item(struct parser *p, struct reader *r, struct blocks_item item)
{
    struct blocks *b = r->blocks;

    if (!count_node(p, r, 1) || !parse_item(p, r, &item) ||
        !parse_grow(p, (void **)&b->items, &r->cap_items, b->n_items + 1, sizeof *b->items))
        return false;
    b->items[b->n_items++] = item;
    return true;
}

/* keep N or cut: nothing comes behind it. */
static bool parse_end_word(struct parser *p, struct blocks *out, bool cut)
{
    uint64_t kept = 0;

    out->cut = cut;
    if (!cut && !parse_at_least(p, "1 to 4 bytes of 00 00 ff ff", 1, BLOCKS_KEPT_MAX, &kept))
        return false;
    out->kept = (unsigned)kept;
    parse_go_on(p);
    return p->tok.kind == TOKEN_CLOSE ||
           parse_expected(p, "\"}\", since this is how the message ends");
}

static bool parse_final_word(struct parser *p, size_t *word)
{
    static const char *const words[] = { "stored", "fixed", "dynamic", "reserved", "stored-lie" };

    return parse_choice(p, "stored, fixed, dynamic, reserved or stored-lie", words, 5, word);
}

#define WORDS "stored, fixed, dynamic, reserved, stored-lie, bomb, final, keep, cut or \"}\""

/* The word that an item or the end begins with. Behind `fixed` and `dynamic` there could have been
 * one more part. */
static bool parse_item_word(struct parser *p, const struct blocks *b, size_t *word)
{
    static const char *const words[] = { "stored",     "fixed", "dynamic", "reserved",
                                         "stored-lie", "bomb",  "keep",    "cut",
                                         "final",      "match", "symbol",  "distance" };
    const bool parts = b->n_items > 0 && (b->items[b->n_items - 1].kind == BLOCKS_FIXED ||
                                          b->items[b->n_items - 1].kind == BLOCKS_DYNAMIC);

    return parts ? parse_choice(p, "a payload, match, symbol, distance, " WORDS, words, 12, word)
                 : parse_choice(p, WORDS, words, 9, word);
}

static bool parse_items(struct parser *p, struct reader *r)
{
    enum { KEEP = BLOCKS_KINDS, CUT, FINAL };
    size_t word;

    for (parse_go_on(p); p->tok.kind != TOKEN_CLOSE; parse_go_on(p)) {
        if (!parse_item_word(p, r->blocks, &word))
            return false;
        if (word == KEEP || word == CUT)
            return parse_end_word(p, r->blocks, word == CUT);
        const bool final = word == FINAL;
        if (final && !parse_final_word(p, &word))
            return false;
        if (!add_item(p, r, (struct blocks_item){ .kind = (enum blocks_kind)word, .final = final }))
            return false;
    }
    return true;
}

/* The stream, which stays in the arena: so what all blocks of a file make is bounded too. */
static bool pack(struct parser *p, const struct token *at, const struct blocks *b,
                 struct bytes *out)
{
    struct buf stream;

    if (blocks_most(b) > SCRIPT_BLOCKS_MAX - p->blocks_len)
        return parse_fail(p, at, "the blocks of a file may make %dM, and these pass it",
                          SCRIPT_BLOCKS_MAX >> 20);
    buf_init(&stream, SCRIPT_BLOCKS_MAX);
    bool ok = blocks_write(b, &stream);
    if (ok) {
        *out = arena_copy(p->arena, buf_bytes(&stream));
        ok = out->ptr != NULL;
    }
    buf_free(&stream);
    p->blocks_len += ok ? out->len : 0;
    return ok || parse_memory(p);
}

bool parse_blocks(struct parser *p, struct payload *out)
{
    const struct token at = p->last;
    struct reader r = { .blocks = arena_new(p->arena, sizeof *r.blocks), .nodes = 1 };

    if (!r.blocks)
        return parse_memory(p);
    if (!parse_enter(p) || !parse_mark(p, TOKEN_OPEN, "\"{\" before the blocks") ||
        !parse_items(p, &r))
        return false;
    parse_leave(p);
    parse_next(p); /* the brace */
    out->blocks = r.blocks;
    out->nodes = r.nodes;
    return pack(p, &at, r.blocks, &out->bytes);
}
