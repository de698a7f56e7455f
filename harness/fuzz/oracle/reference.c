#include "fuzz/oracle/reference.h"

#include "ws/conn.h"

#define MESSAGE_MAX (4u << 20) /* inflated too: what is larger is judged by nobody */

/* The RFC binds the sender alone, or leaves open what becomes of it. */
static const enum ws_rule of_the_sender[] = {
    WS_RULE_LEN_NOT_SHORT,
    WS_RULE_CLOSE_LEN_1,
    WS_RULE_CLOSE_CODE_NEVER,
    WS_RULE_CLOSE_CODE_RANGE,
    WS_RULE_CLOSE_REASON_UTF8,
    WS_RULE_INFLATE_CUT,
    WS_RULE_INFLATE_PADDING,
    WS_RULE_INFLATE_LENGTHS,
    /* zlib sees it behind the lengths, if they are there */ WS_RULE_WINDOW_OF_CLIENT,
    WS_RULE_WINDOW_OF_SERVER,
    WS_RULE_TAKEOVER_OF_CLIENT,
    WS_RULE_TAKEOVER_OF_SERVER,
};

static bool may_be_taken(enum ws_rule rule)
{
    for (size_t i = 0; i < sizeof of_the_sender / sizeof of_the_sender[0]; i++)
        if (of_the_sender[i] == rule)
            return true;
    return ws_rule_row(rule)->level != WS_MUST;
}

static bool is_limit(enum ws_rule rule)
{
    return rule == WS_RULE_LIMIT_MESSAGE || rule == WS_RULE_LIMIT_FRAME ||
           rule == WS_RULE_LIMIT_FRAGMENTS || rule == WS_RULE_LIMIT_RATIO;
}

/* Broken by a whole message, not by a frame: many look only when it is complete. */
static bool is_of_message(enum ws_rule rule)
{
    return rule == WS_RULE_TEXT_NOT_UTF8 || ws_rule_row(rule)->close_code == 1007;
}

/* A frame as it stands in the bytes. */
struct frame {
    struct ws_head head;
    struct bytes payload; /* masked as it came; what there is of it */
    uint64_t end;         /* offset behind it; UINT64_MAX: nowhere */
};

static bool frame_at(struct bytes wire, uint64_t at, struct frame *out)
{
    const struct bytes rest = bytes_skip(wire, at > wire.len ? wire.len : (size_t)at);
    size_t used;

    if (ws_frame_decode(rest, &out->head, &used) != WS_OK)
        return false;
    const uint64_t len = out->head.payload_len, front = at + used;
    out->payload = bytes_take(bytes_skip(rest, used), len > wire.len ? wire.len : (size_t)len);
    out->end = len > UINT64_MAX - front ? UINT64_MAX : front + len;
    return true;
}

/* The first rule that this header breaks and nobody may take. */
static enum ws_rule must_be_noticed(const struct ws_head *head, const struct ws_law *law)
{
    struct violation broken[WS_HEAD_BREACHES_MAX];
    const size_t n = ws_check_head(head, law, 0, broken);

    for (size_t i = 0; i < n; i++)
        if (!may_be_taken(broken[i].rule))
            return broken[i].rule;
    return WS_RULE_NONE;
}

/* Who looks at text when the message is complete has to see the breach at its end, or what else is
 * broken before that. */
static void find_end_of_message(struct fuzz_reference *r, struct bytes wire, uint64_t at,
                                const struct ws_law *law)
{
    struct frame f;

    for (; frame_at(wire, at, &f) && f.end <= wire.len && f.head.opcode != WS_CLOSE; at = f.end) {
        const enum ws_rule other = must_be_noticed(&f.head, law);
        if (other != WS_RULE_NONE)
            r->blamed = (struct violation){ other, at };
        if (other != WS_RULE_NONE || (f.head.opcode == WS_CONTINUATION && f.head.fin)) {
            r->due_at = f.end;
            return;
        }
    }
}

static struct ws_close close_of(const struct frame *f, uint8_t plain[WS_CONTROL_MAX])
{
    const struct bytes payload = bytes_take(f->payload, WS_CONTROL_MAX);

    for (size_t i = 0; i < payload.len; i++)
        plain[i] = payload.ptr[i] ^ f->head.key[i % 4];
    return ws_close_decode(bytes_of(plain, payload.len));
}

/* Whoever took the breach for good would answer that Close. */
static void look_for_close(struct fuzz_reference *r, struct bytes wire, uint64_t at)
{
    uint8_t plain[WS_CONTROL_MAX];
    struct frame f;

    for (; !r->closed_behind && frame_at(wire, at, &f) && f.end <= wire.len; at = f.end) {
        if (f.head.opcode != WS_CLOSE)
            continue;
        r->closed_behind = true;
        r->behind_at = at;
        r->code_behind = close_of(&f, plain).code;
    }
}

static bool is_ascii(const struct frame *f)
{
    for (size_t i = 0; i < f->payload.len; i++)
        if ((f->payload.ptr[i] ^ f->head.key[i % 4]) & 0x80)
            return false;
    return true;
}

/* Where a breach must have been seen. Who finds no mask may have waited for its four bytes first.
 */
static void find_due(struct fuzz_reference *r, struct bytes wire, const struct frame *f,
                     const struct ws_law *law)
{
    if (is_of_message(r->broken.rule) && !f->head.fin)
        find_end_of_message(r, wire, f->end, law);
    else if (r->broken.rule == WS_RULE_MASK_MISSING && f->end != UINT64_MAX)
        r->due_at = f->end + 4;
    else
        r->due_at = f->end;
}

static void end_failed(struct fuzz_reference *r, const struct ws_conn *c, struct bytes wire,
                       struct violation broken, bool strict)
{
    const struct ws_law law = { .from_client = c->options.server, .in_message = true };
    const uint64_t at = c->reader.frame_at;
    struct frame f = { .end = UINT64_MAX };

    r->broken = r->blamed = broken;
    r->due_at = UINT64_MAX;
    r->end = is_limit(broken.rule) || (may_be_taken(broken.rule) && !strict)
                 ? FUZZ_REFERENCE_UNKNOWN
                 : FUZZ_REFERENCE_FAILED;
    if (!frame_at(wire, at, &f))
        return;
    r->more = f.end < wire.len;
    r->mixed = is_of_message(broken.rule) ? r->more : c->assembling.open || !is_ascii(&f);
    if (f.end > wire.len)
        return;
    find_due(r, wire, &f, &law);
    /* Some take a broken Close for a Close all the same. */
    if (f.head.opcode != WS_CLOSE)
        look_for_close(r, wire, f.end);
    else if (strict)
        look_for_close(r, wire, at);
}

/* Ours takes a header when all of it is there, and looks at a Close when that is complete. */
static bool is_vague(const struct ws_conn *c)
{
    const struct ws_reader *r = &c->reader;

    if (c->packed && c->assembling.open)
        return true;
    return r->in_payload ? r->head.opcode == WS_CLOSE : r->held_len > 0;
}

static void keep_largest(struct fuzz_reference *r, uint64_t len)
{
    if (len > r->largest)
        r->largest = len;
}

static bool take_event(struct fuzz_reference *r, const struct ws_conn *c, struct bytes wire,
                       const struct ws_event *e, bool strict)
{
    struct fuzz_account *a = &r->account;

    switch (e->kind) {
    case WS_EVENT_MESSAGE:
        keep_largest(r, e->data.len);
        return fuzz_account_message(a, e->opcode, e->data);
    case WS_EVENT_PING: return fuzz_account_control(a, FUZZ_HEARD_PONG, e->data);
    case WS_EVENT_CLOSE:
        r->end = FUZZ_REFERENCE_CLOSED;
        r->more = c->reader.at + c->reader.in_len < wire.len || c->reader.in_len > 0;
        r->has_code = e->close.has_code;
        r->code = e->close.code;
        return true;
    case WS_EVENT_FAILED: end_failed(r, c, wire, e->broken, strict); return true;
    case WS_EVENT_OPEN:
    case WS_EVENT_REFUSED:
    case WS_EVENT_PONG:
    case WS_EVENT_TIMEOUT:
    case WS_EVENT_END: break;
    }
    return true;
}

static bool run(struct fuzz_reference *r, struct ws_conn *c, struct bytes wire, bool strict)
{
    struct ws_event e;

    while (r->end == FUZZ_REFERENCE_OPEN && ws_conn_next(c, &e, 0)) {
        ws_conn_sent(c, ws_conn_out(c).len);
        if (!take_event(r, c, wire, &e, strict))
            return false;
    }
    if (r->end == FUZZ_REFERENCE_OPEN)
        r->vague = is_vague(c);
    if (c->reader.in_payload)
        keep_largest(r, c->reader.head.payload_len);
    keep_largest(r, c->assembling.len);
    r->has_data = c->assembling.fragments > 0;
    return !ws_conn_failed(c);
}

bool fuzz_reference_make(struct bytes wire, enum case_role role, const struct ws_permessage *agreed,
                         bool strict, struct fuzz_reference *out)
{
    const struct ws_conn_deflate deflate = { .ratio_max = 0 };
    const struct ws_conn_options options = {
        .server = role == ROLE_SERVER,
        .target = BYTES_LIT("/"),
        .host = BYTES_LIT("reference"),
        .deflate = agreed ? &deflate : NULL,
        .message_max = MESSAGE_MAX,
    };
    struct ws_conn c;
    struct buf in; /* the engine unmasks in place */

    fuzz_account_clear(&out->account);
    *out = (struct fuzz_reference){ .account = out->account };
    buf_init(&in, wire.len);
    bool ok = ws_conn_init(&c, &options, 0) && buf_append(&in, wire);
    if (ok) {
        ws_conn_skip_handshake(&c, agreed);
        ws_conn_feed(&c, in.ptr, in.len, 0);
        ok = run(out, &c, wire, strict);
    }
    ws_conn_free(&c);
    buf_free(&in);
    return ok;
}

void fuzz_reference_free(struct fuzz_reference *r)
{
    fuzz_account_free(&r->account);
    *r = (struct fuzz_reference){ 0 };
}
