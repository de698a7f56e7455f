#include "ws/conn_parts.h"

#include "base/alloc.h"

/* -- both sides: the peer's head -- */

/* A head that is only bytes so far is worth decoding when a line ends or nothing more fits: the
 * work stays small however slowly it comes. */
static bool worth_decoding(size_t held, struct bytes more)
{
    return held + more.len == HTTP1_HEAD_BYTES_MAX || bytes_index(more, 0, '\n') < more.len;
}

/* Decodes where the bytes were fed if they are the whole head, else in `head_bytes`. */
static enum ws_status decode(struct ws_conn *c, struct bytes more, size_t *used,
                             struct violation *why)
{
    const enum http1_kind kind = c->options.server ? HTTP1_REQUEST : HTTP1_RESPONSE;
    const struct http1_limits limits = { 0 };
    const size_t held = c->head_bytes.len;
    enum ws_status status = WS_MORE;

    if (held > 0 && !buf_append(&c->head_bytes, more))
        return WS_NOMEM;
    if (worth_decoding(held, more))
        status = http1_decode(held > 0 ? buf_bytes(&c->head_bytes) : more, kind, limits, c->head,
                              used, why);
    if (held == 0 && status == WS_MORE && !buf_append(&c->head_bytes, more))
        return WS_NOMEM;
    return status;
}

static enum ws_status take_head(struct ws_conn *c, struct violation *why)
{
    const size_t held = c->head_bytes.len;
    const struct bytes more = bytes_take(ws_reader_rest(&c->reader), HTTP1_HEAD_BYTES_MAX - held);
    size_t used = held + more.len;

    if (more.len == 0)
        return WS_MORE;
    if (!c->head)
        c->head = alloc_resize(NULL, sizeof *c->head);
    if (!c->head)
        return WS_NOMEM;
    const enum ws_status status = decode(c, more, &used, why);
    ws_reader_skip(&c->reader, used - held);
    return status;
}

/* -- both sides: the end of the handshake -- */

static bool opened(struct ws_conn *c, struct ws_event *out, uint64_t now_ms)
{
    c->stream_at = c->reader.at;
    ws_conn_enter(c, WS_CONN_OPEN, now_ms, 0);
    *out = (struct ws_event){ .kind = WS_EVENT_OPEN, .head = c->head };
    return true;
}

static bool refused(struct ws_conn *c, struct violation v, const struct http1_head *head,
                    struct ws_event *out, uint64_t now_ms)
{
    v.at += c->stream_at;
    c->give_up = true;
    ws_conn_enter(c, WS_CONN_CLOSED, now_ms, c->options.close_timeout_ms);
    ws_reader_skip(&c->reader, c->reader.in_len);
    *out = (struct ws_event){ .kind = WS_EVENT_REFUSED, .broken = v, .head = head };
    return true;
}

/* The finding that we refuse for, if there is one. */
static struct violation refusal(const struct ws_findings *findings, bool in_response)
{
    const enum ws_rule rule = ws_handshake_refusal(findings, in_response);

    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].rule == rule)
            return findings->list[i];
    return (struct violation){ WS_RULE_NONE, 0 };
}

/* The headers of the options behind a line of subprotocols and one of extensions; to be freed.
 * NULL: no memory. */
static struct ws_header *with_lists(const struct ws_conn *c, struct bytes protocols,
                                    struct bytes extensions, size_t *n)
{
    struct ws_header *list = alloc_resize(NULL, (c->options.n_headers + 2) * sizeof *list);

    *n = 0;
    if (!list)
        return NULL;
    if (protocols.len > 0)
        list[(*n)++] = (struct ws_header){ BYTES_LIT(WS_FIELD_PROTOCOL), protocols };
    if (extensions.len > 0)
        list[(*n)++] = (struct ws_header){ BYTES_LIT(WS_FIELD_EXTENSIONS), extensions };
    for (size_t i = 0; i < c->options.n_headers; i++)
        list[(*n)++] = c->options.headers[i];
    return list;
}

static const char *known_protocol(const struct ws_conn *c, struct bytes name)
{
    for (size_t i = 0; i < c->options.n_protocols; i++)
        if (bytes_eq_str(name, c->options.protocols[i]))
            return c->options.protocols[i];
    return NULL;
}

/* -- the server -- */

/* Which HTTP error fits; a reason to come back with another version says with which. */
static unsigned status_for(enum ws_rule rule)
{
    if (rule == WS_RULE_HTTP_TOO_LARGE || rule == WS_RULE_HTTP_TOO_MANY)
        return 431;
    if (rule == WS_RULE_REQ_METHOD)
        return 405;
    if (rule == WS_RULE_REQ_VERSION)
        return 505;
    return rule == WS_RULE_REQ_UPGRADE || rule == WS_RULE_REQ_WS_VERSION ? 426 : 400;
}

static bool refuse(struct ws_conn *c, struct violation v, const struct http1_head *head,
                   struct ws_event *out, uint64_t now_ms)
{
    static const struct ws_header allow[] = { { BYTES_LIT("Allow"), BYTES_LIT("GET") } };
    static const struct ws_header upgrade[] = {
        { BYTES_LIT(WS_FIELD_VERSION), BYTES_LIT("13") },
        { BYTES_LIT("Upgrade"), BYTES_LIT("websocket") },
        { BYTES_LIT("Connection"), BYTES_LIT("Upgrade") },
    };
    const unsigned status = status_for(v.rule);
    const struct ws_header *more = status == 405 ? allow : upgrade;
    const size_t n_more = status == 405 ? 1 : status == 426 ? 3 : 0;
    const struct bytes why = bytes_str(ws_rule_row(v.rule)->sentence);

    if (!ws_handshake_write_refusal(&c->out, status, more, n_more, why))
        return ws_conn_give_in(c);
    return refused(c, v, head, out, now_ms);
}

/* Right as it is, and not welcome. */
static bool turn_away(struct ws_conn *c, const struct ws_refusal *r, struct ws_event *out,
                      uint64_t now_ms)
{
    const struct violation none = { WS_RULE_NONE, 0 };

    if (!ws_handshake_write_refusal(&c->out, r->status, r->headers, r->n_headers,
                                    bytes_str(r->why)))
        return ws_conn_give_in(c);
    refused(c, none, c->head, out, now_ms);
    out->why = r->why;
    return true;
}

/* The first subprotocol of the client's list that we speak. RFC 6455 4.2.2. */
static const char *choose_protocol(const struct ws_conn *c)
{
    const struct http1_field *field;
    struct bytes element;

    for (size_t n = 0; (field = http1_field(c->head, WS_FIELD_PROTOCOL, n)) != NULL; n++) {
        struct bytes rest = field->value;
        while (http1_list_next(&rest, &element)) {
            const char *known = known_protocol(c, element);
            if (known)
                return known;
        }
    }
    return NULL;
}

static bool write_accept(struct ws_conn *c)
{
    const struct http1_field *key = http1_field(c->head, WS_FIELD_KEY, 0);
    struct ws_header *more = NULL;
    char accept[WS_ACCEPT_TEXT + 1];
    struct buf extensions;
    bool ok = false;
    size_t n;

    buf_init(&extensions, HTTP1_HEAD_BYTES_MAX);
    if (!ws_conn_deflate_answer(c, &extensions))
        goto done;
    more = with_lists(c, bytes_str(c->protocol), buf_bytes(&extensions), &n);
    ok = more && ws_handshake_accept(key->value, accept) &&
         ws_handshake_write_accept(&c->out, bytes_str(accept), more, n);
done:
    alloc_free(more);
    buf_free(&extensions);
    return ok;
}

static bool answer(struct ws_conn *c, struct ws_event *out, uint64_t now_ms)
{
    struct ws_findings findings;

    ws_handshake_check_request(c->head, &findings);
    const struct violation v = refusal(&findings, false);
    const struct ws_policy *policy = c->options.policy;
    struct ws_refusal plain;
    const struct ws_refusal *no = NULL;
    if (policy && v.rule != WS_RULE_NONE)
        no = ws_policy_plain(policy, c->head, v.rule, &plain);
    else if (policy)
        no = ws_policy_judge(policy, c->head);
    if (v.rule != WS_RULE_NONE && !no)
        return refuse(c, v, c->head, out, now_ms);
    if (no)
        return turn_away(c, no, out, now_ms);
    c->protocol = choose_protocol(c);
    return write_accept(c) ? opened(c, out, now_ms) : ws_conn_give_in(c);
}

/* -- the client -- */

static bool join_protocols(const struct ws_conn *c, struct buf *out)
{
    for (size_t i = 0; i < c->options.n_protocols; i++)
        if (!buf_print(out, i > 0 ? ", %s" : "%s", c->options.protocols[i]))
            return false;
    return true;
}

bool ws_conn_open_start(struct ws_conn *c)
{
    struct buf protocols, extensions;
    struct ws_header *more = NULL;
    uint8_t nonce[16];
    bool ok = false;
    size_t n;

    rand_fill(&c->rand, nonce, sizeof nonce);
    ws_handshake_key(nonce, c->key);
    buf_init(&protocols, HTTP1_HEAD_BYTES_MAX);
    buf_init(&extensions, HTTP1_HEAD_BYTES_MAX);
    if (!join_protocols(c, &protocols) || !ws_conn_deflate_offer(c, &extensions))
        goto done;
    more = with_lists(c, buf_bytes(&protocols), buf_bytes(&extensions), &n);
    ok = more &&
         ws_handshake_write_request(&c->request, c->options.target, c->options.host,
                                    bytes_str(c->key), more, n) &&
         buf_append(&c->out, buf_bytes(&c->request));
done:
    alloc_free(more);
    buf_free(&protocols);
    buf_free(&extensions);
    return ok;
}

/* An interim response is not the answer; the final one is awaited. RFC 9110 15.2. */
static bool passed_interim(struct ws_conn *c)
{
    if (c->options.server || c->head->status >= 200 || c->head->status == 101)
        return false;
    buf_clear(&c->head_bytes);
    c->stream_at = c->reader.at;
    return true;
}

/* Holds the response against what our own request, read back, had offered. */
static bool check_response(struct ws_conn *c, struct ws_findings *findings)
{
    struct http1_head *asked = alloc_resize(NULL, sizeof *asked);
    struct ws_offer offer = { .key = bytes_str(c->key) };
    const struct http1_limits limits = { .head_bytes = c->request.len + 1 };
    struct violation why;
    size_t used;

    if (!asked)
        return false;
    if (http1_decode(buf_bytes(&c->request), HTTP1_REQUEST, limits, asked, &used, &why) == WS_OK)
        offer.request = asked;
    ws_handshake_check_response(c->head, &offer, findings);
    alloc_free(asked);
    return true;
}

static bool judge(struct ws_conn *c, struct ws_event *out, uint64_t now_ms)
{
    struct ws_findings findings;

    if (!check_response(c, &findings))
        return ws_conn_give_in(c);
    const struct violation v = refusal(&findings, true);
    if (v.rule != WS_RULE_NONE)
        return refused(c, v, c->head, out, now_ms);
    const struct http1_field *chosen = http1_field(c->head, WS_FIELD_PROTOCOL, 0);
    c->protocol = chosen ? known_protocol(c, chosen->value) : NULL;
    c->compresses = c->options.deflate && ws_permessage_agreed(c->head, &c->agreed);
    return opened(c, out, now_ms);
}

bool ws_conn_open_step(struct ws_conn *c, struct ws_event *out, uint64_t now_ms)
{
    struct violation why = { WS_RULE_NONE, 0 };
    enum ws_status status;

    do {
        status = take_head(c, &why);
    } while (status == WS_OK && passed_interim(c));
    switch (status) {
    case WS_MORE: return false;
    case WS_NOMEM: return ws_conn_give_in(c);
    case WS_BROKEN:
        return c->options.server ? refuse(c, why, NULL, out, now_ms)
                                 : refused(c, why, NULL, out, now_ms);
    case WS_OK: break;
    }
    return c->options.server ? answer(c, out, now_ms) : judge(c, out, now_ms);
}
