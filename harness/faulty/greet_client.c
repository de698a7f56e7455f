#include "faulty/greet.h"

#include <string.h>

#include "faulty/ask.h"
#include "faulty/fault.h"
#include "faulty/fields.h"
#include "faulty/harm.h"
#include "faulty/peer.h"
#include "faulty/response.h"

/* ---- asking ---- */

void greet_request(struct peer *p)
{
    static const uint8_t ping[] = { 0x89, 0x80, 1, 2, 3, 4 };
    p->stays = fault_is(FAULT_STAYS_WHEN_THE_ANSWER_IS_CUT);
    struct asked asked = { .target = p->target, .authority = p->authority };

    ask_make_key(asked.key);
    memcpy(p->key, asked.key, sizeof p->key);
    if (!ask_write(&asked, &p->out) || !deal_offer(&p->out) || !ask_end(&p->out))
        p->no_memory = true;
    if (fault_is(FAULT_TALKS_BEFORE_THE_ANSWER) &&
        !buf_append(&p->out, bytes_of(ping, sizeof ping)))
        p->no_memory = true;
}

/* ---- taking the answer ---- */

static void give_up(struct peer *p, const char *why)
{
    peer_tell(p, "error %s", why);
    if (fault_is(FAULT_STAYS_AFTER_A_BAD_ANSWER))
        p->stage = PEER_LEAVING;
    else
        p->stage = PEER_GONE;
}

/* Sec-WebSocket-Extensions and -Protocol, which deal_accept reads. */
static bool agrees(struct peer *p, const struct http1_head *response)
{
    return deal_accept(response, &p->deal) || fault_is(FAULT_TAKES_ANY_AGREEMENT) ||
           (fault_is(FAULT_TAKES_PROTOCOLS_UNASKED) &&
            !fields_has(response, "Sec-WebSocket-Extensions")) ||
           (fault_is(FAULT_TAKES_EXTENSIONS_UNASKED) &&
            !fields_has(response, "Sec-WebSocket-Protocol"));
}

static void judge(struct peer *p, const struct http1_head *response)
{
    const char *trouble = response_trouble(response, bytes_str(p->key));

    if (!trouble && !agrees(p, response))
        trouble = "it agrees to what was not offered";
    if (trouble)
        give_up(p, trouble);
    else
        greet_open(p);
}

/* 1xx but 101 comes before the answer: RFC 9110 15.2. */
static bool is_interim(const struct http1_head *h)
{
    return h->status / 100 == 1 && h->status != 101 &&
           !fault_is(FAULT_TRIPS_OVER_AN_INTERIM_ANSWER);
}

static void take(struct peer *p, const struct http1_head *response)
{
    harm_by_head(response);
    p->stays = false;
    if (!is_interim(response))
        judge(p, response);
}

/* The head does not decode. */
static size_t take_broken(struct peer *p, struct bytes in, enum ws_rule broken)
{
    size_t end = bytes_find(in, BYTES_LIT("\r\n\r\n")), used = in.len;
    struct http1_head head;
    struct violation why;
    struct buf mended;

    buf_init(&mended, HTTP1_HEAD_BYTES_MAX);
    if (end < in.len && response_mend(bytes_take(in, end + 4), broken, &mended) &&
        http1_decode(buf_bytes(&mended), HTTP1_RESPONSE, (struct http1_limits){ 0 }, &head, &used,
                     &why) == WS_OK) {
        take(p, &head);
        used = end + 4;
    } else {
        give_up(p, "the response is no HTTP");
    }
    buf_free(&mended);
    return used;
}

/* Not all of the head is there. */
static size_t wait_for_more(struct peer *p, struct bytes in)
{
    if (!fault_is(FAULT_WANTS_THE_ANSWER_IN_ONE_PIECE))
        return 0;
    give_up(p, "the response is cut short");
    return in.len;
}

/* All but a text of seven bytes, so that a tester can begin. */
static bool is_lost(struct bytes behind)
{
    static const uint8_t spared[] = { 0x80 | WS_TEXT, 7 };

    return fault_is(FAULT_LOSES_WHAT_FOLLOWS_THE_ANSWER) && behind.len > 0 &&
           !bytes_starts(behind, bytes_of(spared, sizeof spared));
}

/* A reader that knows but one end of a head, or one that expects more on its first line. */
static bool waits_for_ever(struct bytes in, const struct http1_head *response)
{
    return (fault_is(FAULT_WAITS_FOR_CR) && bytes_find(in, BYTES_LIT("\r\n\r\n")) == in.len) ||
           (fault_is(FAULT_STAYS_WITHOUT_A_REASON) && response->reason.len == 0);
}

size_t greet_take_response(struct peer *p, struct bytes in)
{
    struct http1_head head;
    struct violation why;
    size_t used = 0;

    harm_by_head_bytes(in);
    switch (http1_decode(in, HTTP1_RESPONSE, (struct http1_limits){ 0 }, &head, &used, &why)) {
    case WS_OK:
        if (waits_for_ever(in, &head))
            return 0;
        take(p, &head);
        return is_lost(bytes_skip(in, used)) ? in.len : used;
    case WS_MORE: return wait_for_more(p, in);
    case WS_BROKEN:
    case WS_NOMEM: break;
    }
    return take_broken(p, in, why.rule);
}
