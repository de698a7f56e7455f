#include "script/blocks.h"
#include "script/print_parts.h"
#include "ws/blocks.h"

#include <inttypes.h>

/* blocks { … }, on one line. */

static bool put_part(const struct blocks_part *part, struct buf *out)
{
    switch (part->kind) {
    case BLOCKS_LITERALS: return buf_push(out, ' ') && script_put_payload(part->literals, out);
    case BLOCKS_MATCH: return buf_print(out, " match %u %u", part->len, part->distance);
    case BLOCKS_SYMBOL: return buf_print(out, " symbol %u", part->symbol);
    case BLOCKS_DISTANCE: return buf_print(out, " distance %u", part->symbol);
    }
    return false;
}

static bool put_bomb(const struct blocks_item *item, struct buf *out)
{
    return buf_push(out, ' ') && script_put_size(item->size, out) &&
           (item->ratio == WS_BLOCKS_RATIO_MAX || buf_print(out, " ratio %u", item->ratio));
}

static bool put_item(const struct blocks_item *item, struct buf *out)
{
    if (!buf_print(out, item->final ? " final %s" : " %s", blocks_word(item->kind)))
        return false;
    for (size_t i = 0; i < item->n_parts; i++)
        if (!put_part(&item->parts[i], out))
            return false;
    if (item->kind == BLOCKS_STORED_LIE && !buf_print(out, " %u %u", item->len, item->complement))
        return false;
    if (item->kind == BLOCKS_BOMB && !put_bomb(item, out))
        return false;
    return !item->data || (buf_push(out, ' ') && script_put_payload(item->data, out));
}

bool script_put_blocks(const struct blocks *b, struct buf *out)
{
    if (!buf_print(out, "blocks {"))
        return false;
    for (size_t i = 0; i < b->n_items; i++)
        if (!put_item(&b->items[i], out))
            return false;
    if (b->cut && !buf_print(out, " cut"))
        return false;
    return (b->kept == 0 || buf_print(out, " keep %u", b->kept)) && buf_print(out, " }");
}
