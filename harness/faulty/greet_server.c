#include "faulty/fault.h"
#include "faulty/greet.h"
#include "faulty/peer.h"

#include "base/text.h"

/* ---- what is wrong with a request ---- */

static bool is_no_get(const struct http1_head *h)
{
    return !bytes_eq_str(h->method, "GET");
}

static bool is_old_http(const struct http1_head *h)
{
    return h->major < 1 || (h->major == 1 && h->minor < 1);
}

static bool has_odd_target(const struct http1_head *h)
{
    return !bytes_starts(h->target, BYTES_LIT("/")) &&
           !bytes_starts(h->target, BYTES_LIT("http://")) &&
           !bytes_starts(h->target, BYTES_LIT("https://"));
}

static bool is_odd(const struct http1_head *h)
{
    return greet_is_odd(h, false);
}

static bool has_no_host(const struct http1_head *h)
{
    return http1_count(h, "Host") == 0;
}

static bool has_two_hosts(const struct http1_head *h)
{
    return http1_count(h, "Host") > 1;
}

static bool has_body(const struct http1_head *h)
{
    return http1_count(h, "Transfer-Encoding") > 0 ||
           (http1_count(h, "Content-Length") > 0 && !greet_is(h, "Content-Length", "0"));
}

static bool has_no_upgrade(const struct http1_head *h)
{
    return !http1_has_token(h, "Upgrade", "websocket");
}

static bool has_no_connection(const struct http1_head *h)
{
    return !http1_has_token(h, "Connection", "Upgrade");
}

static bool has_no_key(const struct http1_head *h)
{
    const struct http1_field *key = http1_field(h, "Sec-WebSocket-Key", 0);

    return !key || key->value.len == 0;
}

static bool has_two_keys(const struct http1_head *h)
{
    return http1_count(h, "Sec-WebSocket-Key") > 1;
}

static bool has_odd_key(const struct http1_head *h)
{
    const struct http1_field *key = http1_field(h, "Sec-WebSocket-Key", 0);
    struct buf nonce;
    bool fine;

    buf_init(&nonce, 64);
    fine = key && key->value.len == PEER_KEY_TEXT && text_unbase64(key->value, &nonce, NULL) &&
           nonce.len == 16;
    buf_free(&nonce);
    return !fine;
}

static bool has_two_versions(const struct http1_head *h)
{
    return http1_count(h, "Sec-WebSocket-Version") > 1;
}

static bool has_other_version(const struct http1_head *h)
{
    return !greet_is(h, "Sec-WebSocket-Version", "13");
}

static bool has_odd_protocol(const struct http1_head *h)
{
    const struct http1_field *field;
    struct bytes rest, element;

    for (size_t n = 0; (field = http1_field(h, "Sec-WebSocket-Protocol", n)); n++)
        for (rest = field->value; http1_list_next(&rest, &element);)
            if (!http1_is_token(element))
                return true;
    return false;
}

/* In this order: the first that is broken decides the answer. A fault may forgive one of them. */
static const struct check {
    bool (*is_broken)(const struct http1_head *h);
    unsigned status;
    enum fault forgiven_by; /* CLEAN: by none */
} checks[] = {
    { is_no_get, 405, FAULT_CLEAN },         { is_old_http, 505, FAULT_CLEAN },
    { has_odd_target, 400, FAULT_CLEAN },    { is_odd, 400, FAULT_CLEAN },
    { has_no_host, 400, FAULT_CLEAN },       { has_two_hosts, 400, FAULT_CLEAN },
    { has_body, 400, FAULT_CLEAN },          { has_no_upgrade, 426, FAULT_CLEAN },
    { has_no_connection, 400, FAULT_CLEAN }, { has_two_versions, 400, FAULT_CLEAN },
    { has_other_version, 426, FAULT_CLEAN }, { has_no_key, 400, FAULT_CLEAN },
    { has_two_keys, 400, FAULT_CLEAN },      { has_odd_key, 400, FAULT_CLEAN },
    { has_odd_protocol, 400, FAULT_CLEAN },
};

static bool is_forgiven(const struct check *c)
{
    return c->forgiven_by != FAULT_CLEAN && fault_is(c->forgiven_by);
}

/* 0: the request is fine. */
static unsigned status_for(const struct http1_head *request)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i].is_broken(request) && !is_forgiven(&checks[i]))
            return checks[i].status;
    return 0;
}

/* ---- the answer ---- */

static void refuse(struct peer *p, unsigned status)
{
    if (!buf_print(&p->out,
                   "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: 0\r\n"
                   "Sec-WebSocket-Version: 13\r\n\r\n",
                   status, http1_reason(status)))
        p->no_memory = true;
    peer_leave(p);
}

static void agree(struct peer *p, const struct http1_head *request)
{
    const struct http1_field *key = http1_field(request, "Sec-WebSocket-Key", 0);
    char accept[GREET_ACCEPT_TEXT + 1];

    greet_accept(key ? key->value : (struct bytes){ 0 }, accept);
    if (!buf_print(&p->out,
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n",
                   accept) ||
        !deal_answer(&p->deal, &p->out) || !buf_print(&p->out, "\r\n"))
        p->no_memory = true;
    greet_open(p);
}

static void answer(struct peer *p, const struct http1_head *request)
{
    unsigned status = status_for(request);

    if (status == 0 && !deal_choose(request, &p->deal))
        status = 400;
    if (status != 0)
        refuse(p, status);
    else
        agree(p, request);
}

size_t greet_take_request(struct peer *p, struct bytes in)
{
    struct http1_head head;
    struct violation why;
    size_t used = 0;

    switch (http1_decode(in, HTTP1_REQUEST, (struct http1_limits){ 0 }, &head, &used, &why)) {
    case WS_OK: answer(p, &head); return used;
    case WS_MORE: return 0;
    case WS_BROKEN:
    case WS_NOMEM: break;
    }
    refuse(p, why.rule == WS_RULE_HTTP_TOO_LARGE || why.rule == WS_RULE_HTTP_TOO_MANY ? 431 : 400);
    return in.len;
}
