#include "script/blocks.h"

#include "ws/blocks.h"

#define STORED_MAX 65535 /* bytes of one stored block */
#define CHUNK 4096
#define HEAD_MAX 400 /* bytes of a dynamic block's head and end */

const char *blocks_word(enum blocks_kind kind)
{
    static const char *const words[] = { "stored",   "fixed",      "dynamic",
                                         "reserved", "stored-lie", "bomb" };

    return words[kind];
}

/* Hands the payload over piece by piece. */
static bool write_chunks(struct ws_blocks *out, const struct payload *p,
                         bool (*write)(struct ws_blocks *out, struct bytes data))
{
    const uint64_t len = payload_len(p, NULL);
    uint8_t chunk[CHUNK];

    for (uint64_t at = 0; at < len; at += CHUNK) {
        const size_t n = len - at < CHUNK ? (size_t)(len - at) : CHUNK;
        payload_read(p, NULL, at, chunk, n);
        if (!write(out, bytes_of(chunk, n)))
            return false;
    }
    return true;
}

static bool write_stored(struct ws_blocks *out, const struct payload *p, bool final)
{
    const uint64_t len = payload_len(p, NULL);
    uint8_t chunk[STORED_MAX];
    uint64_t at = 0;

    do {
        const size_t n = len - at < STORED_MAX ? (size_t)(len - at) : STORED_MAX;
        payload_read(p, NULL, at, chunk, n);
        at += n;
        if (!ws_blocks_stored(out, bytes_of(chunk, n), final && at == len))
            return false;
    } while (at < len);
    return true;
}

static bool write_plain(struct ws_blocks *out, struct bytes data)
{
    for (size_t i = 0; i < data.len; i++)
        if (!ws_blocks_bits(out, data.ptr[i], 8))
            return false;
    return true;
}

static bool write_part(struct ws_blocks *out, const struct blocks_part *part)
{
    switch (part->kind) {
    case BLOCKS_LITERALS: return write_chunks(out, part->literals, ws_blocks_literals);
    case BLOCKS_MATCH: return ws_blocks_match(out, part->len, part->distance);
    case BLOCKS_SYMBOL: return ws_blocks_literal_symbol(out, part->symbol);
    case BLOCKS_DISTANCE: return ws_blocks_distance_symbol(out, part->symbol);
    }
    return false;
}

static bool write_parts(struct ws_blocks *out, const struct blocks_item *item)
{
    for (size_t i = 0; i < item->n_parts; i++)
        if (!write_part(out, &item->parts[i]))
            return false;
    return ws_blocks_close(out);
}

static bool write_item(struct ws_blocks *out, const struct blocks_item *item)
{
    struct ws_alphabet_lens lens;

    switch (item->kind) {
    case BLOCKS_STORED: return write_stored(out, item->data, item->final);
    case BLOCKS_FIXED: return ws_blocks_open_fixed(out, item->final) && write_parts(out, item);
    case BLOCKS_DYNAMIC:
        ws_blocks_even_lens(&lens);
        return ws_blocks_open_dynamic(out, &lens, item->final) && write_parts(out, item);
    case BLOCKS_RESERVED: return ws_blocks_reserved(out, item->final);
    case BLOCKS_STORED_LIE:
        return ws_blocks_stored_head(out, item->len, item->complement, item->final) &&
               (!item->data || write_chunks(out, item->data, write_plain));
    case BLOCKS_BOMB: return ws_blocks_bomb(out, 0, item->size, item->ratio);
    case BLOCKS_KINDS: break;
    }
    return false;
}

static uint64_t most_of_part(const struct blocks_part *part)
{
    if (part->kind == BLOCKS_LITERALS)
        return payload_len(part->literals, NULL) / 8 * 9 + 9; /* no code of ours is longer */
    return 4;
}

static uint64_t most_of_item(const struct blocks_item *item)
{
    const uint64_t data = item->data ? payload_len(item->data, NULL) : 0;
    uint64_t most = HEAD_MAX + data + data / STORED_MAX * 5;

    if (item->kind == BLOCKS_BOMB)
        most += item->size / item->ratio;
    for (size_t i = 0; i < item->n_parts; i++)
        most += most_of_part(&item->parts[i]);
    return most;
}

uint64_t blocks_most(const struct blocks *b)
{
    uint64_t most = 6; /* the end */

    for (size_t i = 0; i < b->n_items; i++)
        most += most_of_item(&b->items[i]);
    return most;
}

bool blocks_write(const struct blocks *b, struct buf *out)
{
    struct ws_blocks writer;

    ws_blocks_init(&writer, out);
    for (size_t i = 0; i < b->n_items; i++)
        if (!write_item(&writer, &b->items[i]))
            return false;
    return b->cut ? ws_blocks_align(&writer) : ws_blocks_end(&writer, b->kept);
}
