#include "faulty/squeeze.h"

#include "faulty/fault.h"

#define LEVEL 6
#define SMALL_WINDOW 4096
#define SCRATCH_MAX 4096

/* What a test is likely to send, for who refers back to what it never sent. */
static const char primer[] = "Hello, world! The same text each time. wsproof, wsproof, Hello";

static bool prime(struct squeeze *s)
{
    struct buf scratch;

    buf_init(&scratch, SCRATCH_MAX);
    bool ok = ws_deflater_feed(s->pack, BYTES_LIT(primer), &scratch) &&
              ws_deflater_flush(s->pack, &scratch);
    buf_free(&scratch);
    return ok;
}

bool squeeze_open(struct squeeze *s, const struct deal *deal, bool is_server)
{
    struct deal_way ours = is_server ? deal->server : deal->client;
    struct deal_way theirs = is_server ? deal->client : deal->server;

    if (fault_is(FAULT_IGNORES_SERVER_TAKEOVER) || fault_is(FAULT_IGNORES_CLIENT_TAKEOVER))
        ours.takeover = true;
    if (fault_is(FAULT_IGNORES_SERVER_BITS) || fault_is(FAULT_IGNORES_CLIENT_BITS))
        ours.bits = WS_DEFLATE_BITS_MAX;
    if (fault_is(FAULT_UNPACKS_WITHOUT_WINDOW))
        theirs.takeover = false;
    s->ours_takes_over = ours.takeover;
    s->theirs_takes_over = theirs.takeover;
    s->pack = ws_deflater_new(ours.bits, ours.takeover, LEVEL);
    s->unpack = ws_inflater_new(theirs.takeover);
    return s->pack && s->unpack && (!fault_is(FAULT_PACKS_WITH_OLD_WINDOW) || prime(s));
}

void squeeze_free(struct squeeze *s)
{
    ws_deflater_free(s->pack);
    ws_inflater_free(s->unpack);
}

/* ---- out ---- */

static bool pack_with_tail(struct squeeze *s, struct bytes message, struct buf *out)
{
    bool ok = ws_deflater_feed(s->pack, message, out) && ws_deflater_flush(s->pack, out);

    if (!s->ours_takes_over)
        ws_deflater_forget(s->pack);
    return ok;
}

bool squeeze_pack(struct squeeze *s, struct bytes message, struct buf *out)
{
    if (fault_is(FAULT_SENDS_TAIL))
        return pack_with_tail(s, message, out);
    if (!ws_deflater_feed(s->pack, message, out) || !ws_deflater_end(s->pack, out))
        return false;
    if (fault_is(FAULT_SENDS_HALF_PACKED) && out->len > 0)
        out->len--;
    return true;
}

/* ---- in ---- */

/* How the message begins: BFINAL is the lowest bit, the type of the block the next two (RFC 1951
 * 3.2.3). A lone zero byte is the empty message. */
static bool is_refused(uint8_t first, bool more)
{
    unsigned type = first >> 1 & 3;

    return (fault_is(FAULT_REFUSES_STORED) && type == 0 && more) ||
           (fault_is(FAULT_REFUSES_FIXED) && type == 1) ||
           (fault_is(FAULT_REFUSES_DYNAMIC) && type == 2) ||
           (fault_is(FAULT_REFUSES_FINAL) && (first & 1));
}

bool squeeze_feed(struct squeeze *s, struct bytes data)
{
    if (s->fed == 0 && data.len > 0 && is_refused(data.ptr[0], data.len > 1))
        return false;
    s->fed += data.len;
    ws_inflater_feed(s->unpack, data);
    return true;
}

bool squeeze_feed_end(struct squeeze *s)
{
    if (fault_is(FAULT_REFUSES_EMPTY_PACKED) && s->fed == 1)
        return false;
    if (!fault_is(FAULT_UNPACKS_WITHOUT_TAIL))
        ws_inflater_feed_end(s->unpack);
    return true;
}

enum ws_inflated squeeze_next(struct squeeze *s, struct bytes *out)
{
    enum ws_inflated status = s->broken ? WS_INFLATED_ALL : ws_inflater_next(s->unpack, out);

    if (status != WS_INFLATED_BROKEN || !fault_is(FAULT_TAKES_BROKEN_PACKED))
        return status;
    s->broken = true;
    return WS_INFLATED_ALL;
}

void squeeze_forget(struct squeeze *s)
{
    s->broken = !ws_inflater_set_window(s->unpack, (struct bytes){ 0 });
}

/* What is beyond a small window is lost. */
static bool shrink_window(struct squeeze *s)
{
    struct buf window;

    buf_init(&window, 1u << WS_DEFLATE_BITS_MAX);
    bool ok = ws_inflater_window(s->unpack, &window);
    struct bytes all = buf_bytes(&window);
    if (ok && all.len > SMALL_WINDOW)
        ok = ws_inflater_set_window(s->unpack, bytes_skip(all, all.len - SMALL_WINDOW));
    buf_free(&window);
    return ok;
}

bool squeeze_end_message(struct squeeze *s, bool packed)
{
    s->fed = 0;
    if (s->broken) {
        ws_inflater_free(s->unpack);
        s->unpack = ws_inflater_new(s->theirs_takes_over);
        s->broken = false;
    }
    if (fault_is(FAULT_PLAIN_EMPTIES_WINDOW) && !packed && s->unpack)
        squeeze_forget(s);
    if (fault_is(FAULT_UNPACKS_IN_SMALL_WINDOW) && packed)
        return shrink_window(s);
    return s->unpack != NULL;
}
