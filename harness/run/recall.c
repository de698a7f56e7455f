#include "run/recall.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

#define BYTES_MAX (1u << 20) /* of all that is kept on a connection: many cases run at a time */
#define NOBODY_LOOKED (UINT64_C(1) << 63)

struct recalled {
    uint64_t before, after; /* windows */
    struct buf packed;
    struct buf window; /* the one after it; empty without takeover */
    struct recall_plain plain;
};

void recall_init(struct recall *r, bool takeover)
{
    recall_free(r);
    r->takeover = takeover;
}

void recall_free(struct recall *r)
{
    for (size_t i = 0; i < r->count; i++) {
        buf_free(&r->list[i].packed);
        buf_free(&r->list[i].window);
    }
    alloc_free(r->list);
    *r = (struct recall){ 0 };
}

bool recall_find(struct recall *r, struct bytes packed, struct recall_plain *plain)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct recalled *m = &r->list[i];
        if (m->before != r->window || !bytes_eq(buf_bytes(&m->packed), packed))
            continue;
        *plain = m->plain;
        r->window = m->after;
        r->behind = r->takeover ? m : NULL;
        return true;
    }
    return false;
}

bool recall_catch_up(struct recall *r, struct ws_unpacker *u)
{
    const struct recalled *m = r->behind;

    r->behind = NULL;
    return !m || ws_unpacker_set_window(u, buf_bytes(&m->window));
}

static bool room_for(struct recall *r, struct bytes packed)
{
    if (packed.len == 0 || r->count == RECALL_MESSAGES ||
        r->bytes + packed.len + (r->takeover ? 1u << WS_DEFLATE_BITS_MAX : 0) > BYTES_MAX)
        return false;
    if (!r->list)
        r->list = alloc_resize(NULL, RECALL_MESSAGES * sizeof *r->list);
    return r->list != NULL;
}

/* Nothing is kept when memory is short: that only costs time. */
static bool keep(struct recall *r, struct ws_unpacker *u, struct bytes packed,
                 const struct recall_plain *plain)
{
    struct recalled *m = &r->list[r->count];

    *m = (struct recalled){ .before = r->window, .plain = *plain };
    buf_init(&m->packed, packed.len);
    buf_init(&m->window, 1u << WS_DEFLATE_BITS_MAX);
    if (buf_append(&m->packed, packed) && (!r->takeover || ws_unpacker_window(u, &m->window))) {
        m->after = r->takeover ? hash_bytes(buf_bytes(&m->window)) & ~NOBODY_LOOKED : 0;
        r->window = m->after;
        r->bytes += packed.len + m->window.len;
        r->count++;
        return true;
    }
    buf_free(&m->packed);
    buf_free(&m->window);
    return false;
}

void recall_note(struct recall *r, struct ws_unpacker *u, struct bytes packed,
                 const struct recall_plain *plain)
{
    if (room_for(r, packed) && keep(r, u, packed, plain))
        return;
    if (r->takeover)
        r->window = NOBODY_LOOKED | ++r->unique;
}
