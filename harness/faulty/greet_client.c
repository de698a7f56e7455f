#include "faulty/fault.h"
#include "faulty/greet.h"
#include "faulty/peer.h"

#include <string.h>

#include "base/text.h"
#include "io/clock.h"

/* ---- the request ---- */

static void make_key(struct peer *p)
{
    uint64_t nonce[2] = { io_entropy(), io_entropy() };
    struct buf text;

    buf_init(&text, PEER_KEY_TEXT);
    if (text_base64(bytes_of(nonce, sizeof nonce), &text))
        memcpy(p->key, text.ptr, PEER_KEY_TEXT);
    buf_free(&text);
}

void greet_request(struct peer *p)
{
    make_key(p);
    if (!buf_print(&p->out,
                   "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n",
                   p->target, p->authority, p->key) ||
        !deal_offer(&p->out) || !buf_print(&p->out, "\r\n"))
        p->no_memory = true;
}

/* ---- what is wrong with a response ---- */

static bool has_other_status(const struct peer *p, const struct http1_head *h)
{
    (void)p;
    return h->status != 101;
}

static bool is_old_http(const struct peer *p, const struct http1_head *h)
{
    (void)p;
    return h->major < 1 || (h->major == 1 && h->minor < 1);
}

static bool is_odd(const struct peer *p, const struct http1_head *h)
{
    (void)p;
    return greet_is_odd(h, true);
}

static bool has_other_upgrade(const struct peer *p, const struct http1_head *h)
{
    (void)p;
    return !greet_is(h, "Upgrade", "websocket");
}

static bool has_no_connection(const struct peer *p, const struct http1_head *h)
{
    (void)p;
    return !http1_has_token(h, "Connection", "Upgrade");
}

static bool has_other_accept(const struct peer *p, const struct http1_head *h)
{
    const struct http1_field *field = http1_field(h, "Sec-WebSocket-Accept", 0);
    char accept[GREET_ACCEPT_TEXT + 1];

    greet_accept(bytes_str(p->key), accept);
    return !field || !bytes_eq_str(field->value, accept);
}

static bool has_two_accepts(const struct peer *p, const struct http1_head *h)
{
    (void)p;
    return http1_count(h, "Sec-WebSocket-Accept") > 1;
}

static const struct check {
    bool (*is_broken)(const struct peer *p, const struct http1_head *h);
    const char *what;
    enum fault forgiven_by; /* CLEAN: by none */
} checks[] = {
    { has_other_status, "the status is not 101", FAULT_CLEAN },
    { is_old_http, "the response is older than HTTP/1.1", FAULT_CLEAN },
    { is_odd, "a header line is odd", FAULT_CLEAN },
    { has_other_upgrade, "Upgrade is not websocket", FAULT_CLEAN },
    { has_no_connection, "Connection does not name Upgrade", FAULT_CLEAN },
    { has_other_accept, "Sec-WebSocket-Accept is wrong", FAULT_CLEAN },
    { has_two_accepts, "Sec-WebSocket-Accept is there twice", FAULT_CLEAN },
};

static bool is_forgiven(const struct check *c)
{
    return c->forgiven_by != FAULT_CLEAN && fault_is(c->forgiven_by);
}

/* What is wrong with it; NULL: nothing. */
static const char *trouble_of(const struct peer *p, const struct http1_head *response)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i].is_broken(p, response) && !is_forgiven(&checks[i]))
            return checks[i].what;
    return NULL;
}

/* ---- taking it ---- */

static void give_up(struct peer *p, const char *why)
{
    peer_tell(p, "error %s", why);
    p->stage = PEER_GONE;
}

static void judge(struct peer *p, const struct http1_head *response)
{
    const char *trouble = trouble_of(p, response);

    if (!trouble && !deal_accept(response, &p->deal))
        trouble = "it agrees to what was not offered";
    if (trouble)
        give_up(p, trouble);
    else
        greet_open(p);
}

/* 1xx but 101 comes before the answer: RFC 9110 15.2. */
static bool is_interim(const struct http1_head *h)
{
    return h->status / 100 == 1 && h->status != 101;
}

size_t greet_take_response(struct peer *p, struct bytes in)
{
    struct http1_head head;
    struct violation why;
    size_t used = 0;

    switch (http1_decode(in, HTTP1_RESPONSE, (struct http1_limits){ 0 }, &head, &used, &why)) {
    case WS_OK:
        if (!is_interim(&head))
            judge(p, &head);
        return used;
    case WS_MORE: return 0;
    case WS_BROKEN:
    case WS_NOMEM: break;
    }
    give_up(p, "the response is no HTTP");
    return in.len;
}
