#include "ws/conn_parts.h"

/* permessage-deflate of a connection: what is offered, answered and agreed on, and both ends of the
 * transform, each made when the first message needs it. */

bool ws_conn_deflate_offer(const struct ws_conn *c, struct buf *out)
{
    static const struct ws_permessage plain = { .client_bits_hint = true };
    const struct ws_conn_deflate *d = c->options.deflate;

    if (!d)
        return true;
    if (d->n_offers == 0)
        return ws_permessage_print(&plain, out);
    for (size_t i = 0; i < d->n_offers; i++)
        if ((i > 0 && !buf_print(out, ", ")) || !ws_permessage_print(&d->offers[i], out))
            return false;
    return true;
}

bool ws_conn_deflate_answer(struct ws_conn *c, struct buf *out)
{
    const struct ws_conn_deflate *d = c->options.deflate;

    c->compresses = d && ws_permessage_answer(c->head, &d->wanted, &c->agreed);
    return !c->compresses || ws_permessage_print(&c->agreed, out);
}

static struct ws_permessage_way way_of(const struct ws_conn *c, bool from_server)
{
    return from_server ? ws_permessage_from_server(&c->agreed)
                       : ws_permessage_from_client(&c->agreed);
}

static bool deflater_ready(struct ws_conn *c)
{
    struct ws_permessage_way way = way_of(c, c->options.server);
    int level = c->options.deflate->level > 0 ? c->options.deflate->level : WS_DEFLATE_LEVEL;

    if (!c->deflater)
        c->deflater = ws_deflater_new(way.bits, way.takeover, level);
    return c->deflater != NULL;
}

bool ws_conn_deflate_pack(struct ws_conn *c, uint8_t opcode, struct bytes *data, bool *packed)
{
    *packed =
        c->compresses && !ws_opcode_is_control(opcode) && data->len >= c->options.deflate->min_size;
    if (!*packed)
        return true;
    buf_clear(&c->packing);
    if (!deflater_ready(c) || !ws_deflater_feed(c->deflater, *data, &c->packing) ||
        !ws_deflater_end(c->deflater, &c->packing))
        return false;
    *data = buf_bytes(&c->packing);
    return true;
}

void ws_conn_deflate_unsent(struct ws_conn *c)
{
    if (c->deflater)
        ws_deflater_forget(c->deflater);
}

bool ws_conn_deflate_ready(struct ws_conn *c)
{
    const struct ws_unpack_options options = {
        .way = way_of(c, !c->options.server),
        .from_client = c->options.server,
        .ratio_max = c->options.deflate->ratio_max,
    };

    if (!c->unpacker)
        c->unpacker = ws_unpacker_new(&options);
    return c->unpacker != NULL;
}

void ws_conn_deflate_free(struct ws_conn *c)
{
    ws_deflater_free(c->deflater);
    ws_unpacker_free(c->unpacker);
    buf_free(&c->packing);
}
