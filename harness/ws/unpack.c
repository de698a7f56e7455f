#include "ws/unpack.h"

#include "base/alloc.h"
#include "ws/walker.h"

/* Below this a high ratio hurts nobody. */
#define RATIO_FROM 65536

/* The ratio is measured against this many compressed bytes at a time, counted from the message's
 * start and given in full when the first of them has come. Were it measured against what has been
 * fed, the verdict would depend on how the bytes were cut. */
#define RATIO_STEP 1024

struct ws_unpacker {
    struct ws_unpack_options options;
    struct ws_walker walker;
    struct ws_inflater *inflater;
    struct bytes rest;       /* lent to us and not yet to the inflater */
    uint64_t in, out;        /* bytes of this message */
    struct violation walked; /* what the walker has found; told when all before it came out */
    struct violation why;
    bool at_end;
};

struct ws_unpacker *ws_unpacker_new(const struct ws_unpack_options *options)
{
    struct ws_unpacker *u = alloc_resize(NULL, sizeof *u);

    if (!u)
        return NULL;
    u->options = *options;
    u->rest = (struct bytes){ 0 };
    u->in = u->out = 0;
    u->walked = u->why = (struct violation){ WS_RULE_NONE, 0 };
    u->at_end = false;
    ws_walker_init(&u->walker, options->way.bits, options->way.takeover);
    u->inflater = ws_inflater_new(options->way.takeover);
    if (u->inflater)
        return u;
    alloc_free(u);
    return NULL;
}

void ws_unpacker_free(struct ws_unpacker *u)
{
    if (!u)
        return;
    ws_inflater_free(u->inflater);
    alloc_free(u);
}

static enum ws_rule rule_of(const struct ws_unpacker *u)
{
    const enum ws_walker_breach broken = u->walker.broken;
    const bool client = u->options.from_client;

    if (broken == WS_WALKER_BEYOND_WINDOW)
        return client ? WS_RULE_WINDOW_OF_CLIENT : WS_RULE_WINDOW_OF_SERVER;
    if (broken == WS_WALKER_BEFORE_START && !u->options.way.takeover)
        return client ? WS_RULE_TAKEOVER_OF_CLIENT : WS_RULE_TAKEOVER_OF_SERVER;
    if (broken == WS_WALKER_LENGTHS_INCOMPLETE)
        return WS_RULE_INFLATE_LENGTHS;
    if (broken == WS_WALKER_PADDING)
        return WS_RULE_INFLATE_PADDING;
    return broken >= WS_WALKER_NO_DATA ? WS_RULE_INFLATE_CUT : WS_RULE_INFLATE_BROKEN;
}

void ws_unpacker_feed(struct ws_unpacker *u, struct bytes data)
{
    u->rest = data;
}

void ws_unpacker_feed_end(struct ws_unpacker *u)
{
    u->at_end = true;
    if (u->walked.rule == WS_RULE_NONE && !ws_walker_end(&u->walker))
        u->walked = (struct violation){ rule_of(u), u->walker.broken_at };
    if (u->walked.rule == WS_RULE_NONE)
        ws_inflater_feed_end(u->inflater);
}

/* The next bytes up to a step of the ratio go to both. What stands before the byte that breaks
 * something still counts, however it was cut. */
static void lend(struct ws_unpacker *u)
{
    const size_t len = RATIO_STEP - (size_t)(u->in % RATIO_STEP);
    struct bytes data = bytes_take(u->rest, len);

    u->rest = bytes_skip(u->rest, len);
    if (!ws_walker_feed(&u->walker, data)) {
        u->walked = (struct violation){ rule_of(u), u->walker.broken_at };
        data = bytes_take(data, (size_t)(u->walked.at > u->in ? u->walked.at - u->in : 0));
    }
    u->in += data.len;
    ws_inflater_feed(u->inflater, data);
}

/* How much may have come out by now. */
static uint64_t out_max(const struct ws_unpacker *u)
{
    const uint64_t in = (u->in + RATIO_STEP - 1) / RATIO_STEP * RATIO_STEP;
    const uint64_t ratio = u->options.ratio_max;

    if (ratio == 0 || in > UINT64_MAX / ratio)
        return UINT64_MAX;
    return in * ratio > RATIO_FROM ? in * ratio : RATIO_FROM;
}

static enum ws_inflated broken(struct ws_unpacker *u, struct violation why)
{
    u->why = why;
    return WS_INFLATED_BROKEN;
}

/* Of a piece that passes the limit, what stands before it comes out first. */
static enum ws_inflated piece(struct ws_unpacker *u, struct bytes *out)
{
    const uint64_t room = out_max(u) - u->out;

    if (out->len > room) {
        *out = bytes_take(*out, (size_t)room);
        u->why = (struct violation){ WS_RULE_LIMIT_RATIO, (u->in - 1) / RATIO_STEP * RATIO_STEP };
    }
    u->out += out->len;
    return out->len > 0 ? WS_INFLATED_PIECE : WS_INFLATED_BROKEN;
}

static enum ws_inflated all(struct ws_unpacker *u)
{
    if (u->walked.rule != WS_RULE_NONE)
        return broken(u, u->walked);
    if (u->at_end) {
        u->at_end = false;
        u->in = u->out = 0;
    }
    return WS_INFLATED_ALL;
}

enum ws_inflated ws_unpacker_next(struct ws_unpacker *u, struct bytes *out)
{
    while (u->why.rule == WS_RULE_NONE) {
        switch (ws_inflater_next(u->inflater, out)) {
        case WS_INFLATED_PIECE: return piece(u, out);
        case WS_INFLATED_ALL:
            if (u->rest.len == 0 || u->walked.rule != WS_RULE_NONE)
                return all(u);
            lend(u);
            break;
        case WS_INFLATED_BROKEN:
            return broken(u, (struct violation){ WS_RULE_INFLATE_BROKEN, u->in });
        case WS_INFLATED_NOMEM: return WS_INFLATED_NOMEM;
        }
    }
    return WS_INFLATED_BROKEN;
}

bool ws_unpacker_window(struct ws_unpacker *u, struct buf *out)
{
    return ws_inflater_window(u->inflater, out);
}

bool ws_unpacker_set_window(struct ws_unpacker *u, struct bytes window)
{
    ws_walker_set_window(&u->walker, window.len);
    return ws_inflater_set_window(u->inflater, window);
}

struct violation ws_unpacker_why(const struct ws_unpacker *u)
{
    return u->why;
}
