#include "faulty/greet.h"

#include "faulty/answer.h"
#include "faulty/fault.h"
#include "faulty/harm.h"
#include "faulty/peer.h"
#include "faulty/request.h"

#define SPARED 2 /* requests: an echo's and an offer's */

static unsigned requests;

bool greet_is_late(void)
{
    return requests > SPARED;
}

static void refuse(struct peer *p, unsigned status)
{
    if (!answer_refuse(&p->out, status))
        p->no_memory = true;
    if (fault_is(FAULT_REFUSES_IN_SILENCE))
        peer_await_end(p);
    else
        peer_leave(p);
}

static void agree(struct peer *p, const struct http1_head *request)
{
    if (!answer_agree(&p->out, request, &p->deal))
        p->no_memory = true;
    greet_open(p);
}

static void answer(struct peer *p, const struct http1_head *request)
{
    requests++;
    harm_by_head(request);
    unsigned status = request_status(request);

    if (status == 0 && !deal_choose(request, &p->deal) && !fault_is(FAULT_TAKES_BROKEN_EXTENSIONS))
        status = 400;
    if (status != 0)
        refuse(p, status);
    else
        agree(p, request);
}

/* The head does not decode. */
static size_t take_broken(struct peer *p, struct bytes in, enum ws_rule broken)
{
    size_t end = bytes_find(in, BYTES_LIT("\r\n\r\n"));
    struct http1_head head;
    struct violation why;
    struct buf mended;
    size_t used;

    buf_init(&mended, HTTP1_HEAD_BYTES_MAX);
    if (end < in.len && request_mend(bytes_take(in, end + 4), broken, &mended) &&
        http1_decode(buf_bytes(&mended), HTTP1_REQUEST, (struct http1_limits){ 0 }, &head, &used,
                     &why) == WS_OK) {
        answer(p, &head);
        used = end + 4;
    } else {
        refuse(p, broken == WS_RULE_HTTP_TOO_LARGE || broken == WS_RULE_HTTP_TOO_MANY ? 431 : 400);
        used = in.len;
    }
    buf_free(&mended);
    return used;
}

/* Not all of the head is there. */
static size_t wait_for_more(struct peer *p, struct bytes in)
{
    if (!fault_is(FAULT_WANTS_THE_REQUEST_IN_ONE_PIECE))
        return 0;
    refuse(p, 400);
    return in.len;
}

size_t greet_take_request(struct peer *p, struct bytes in)
{
    struct http1_head head;
    struct violation why;
    size_t used = 0;

    harm_by_head_bytes(in);
    switch (http1_decode(in, HTTP1_REQUEST, (struct http1_limits){ 0 }, &head, &used, &why)) {
    case WS_OK: answer(p, &head); return used;
    case WS_MORE: return wait_for_more(p, in);
    case WS_BROKEN:
    case WS_NOMEM: break;
    }
    return take_broken(p, in, why.rule);
}
