#include "verdict/monitor.h"

#include <string.h>

#include "run/talk.h"
#include "ws/close.h"
#include "ws/handshake.h"
#include "ws/permessage.h"

static void new_connection(struct monitor *m, uint32_t connection)
{
    m->connection = connection;
    m->law.in_message = m->law.after_close = false;
    m->law.rsv_data = m->law.from_client ? WS_RSV1 : 0; /* until our answer is known */
    m->same_keys = 0;
    m->keys = (struct keys){ 0 };
}

void monitor_init(struct monitor *m, enum case_role role)
{
    memset(m, 0, sizeof *m);
    m->role = role;
    m->law.from_client = role == ROLE_CLIENT;
    new_connection(m, 0);
}

static void found(struct monitor *m, enum ws_rule rule, uint64_t at, size_t entry)
{
    if (m->count < MONITOR_FINDINGS_MAX)
        m->findings[m->count] = (struct finding){ { rule, at }, entry };
    m->count++;
}

static void watch_head(struct monitor *m, const struct entry *e, size_t entry)
{
    struct violation broken[WS_HEAD_BREACHES_MAX];
    size_t n = ws_check_head(&e->head, &m->law, e->at, broken);

    for (size_t i = 0; i < n; i++)
        found(m, broken[i].rule, broken[i].at, entry);
}

static void watch_key(struct monitor *m, const struct entry *e, size_t entry)
{
    if (!e->head.masked)
        return;
    m->same_keys = memcmp(m->key, e->head.key, 4) == 0 ? m->same_keys + 1 : 1;
    memcpy(m->key, e->head.key, 4);
    if (m->same_keys == MONITOR_SAME_KEYS)
        found(m, WS_RULE_MASK_KEY_CONSTANT, e->at, entry);
    enum ws_rule rule = keys_take(&m->keys, &e->head);
    if (rule != WS_RULE_NONE)
        found(m, rule, e->at, entry);
}

/* Frames of folded turns had other keys than those before them. */
static void watch_turns(struct monitor *m, const struct entry *e)
{
    if (!e->head.masked)
        return;
    memcpy(m->key, e->head.key, 4);
    m->same_keys = 1;
    keys_pass(&m->keys, e->head.key);
}

static void watch_close(struct monitor *m, const struct entry *e, size_t entry)
{
    struct violation broken = { WS_RULE_NONE, 0 };

    if (e->len <= WS_CONTROL_MAX)
        broken = ws_close_check(e->data);
    if (broken.rule != WS_RULE_NONE)
        found(m, broken.rule, e->at + ws_frame_head_size(&e->head) + broken.at, entry);
    m->law.after_close = true;
}

static void watch_frame(struct monitor *m, const struct entry *e, size_t entry)
{
    watch_head(m, e, entry);
    watch_key(m, e, entry);
    if (e->head.opcode == WS_CLOSE)
        watch_close(m, e, entry);
    else if (!ws_opcode_is_control(e->head.opcode))
        m->law.in_message = !e->head.fin;
}

/* A request that was wrong itself leaves open what a right answer would be, but for an offer that
 * is to be declined. */
static bool can_be_answered(const struct http1_head *request)
{
    struct ws_findings asked;

    ws_handshake_check_request(request, &asked);
    for (size_t i = 0; i < asked.count; i++)
        if (!ws_permessage_is_declined(asked.list[i].rule))
            return false;
    return true;
}

static void watch_response(struct monitor *m, const struct transcript *t,
                           const struct http1_head *head, size_t entry)
{
    struct http1_head request;
    struct ws_findings answered;
    struct ws_offer offer = { .request = &request };

    for (size_t i = entry; i-- > 0;) {
        const struct entry *e = &t->entries[i];
        if (e->kind != ENTRY_HEAD_OUT || e->connection != t->entries[entry].connection)
            continue;
        if (!talk_head(e, &request) || !can_be_answered(&request))
            return;
        offer.key = http1_field(&request, "Sec-WebSocket-Key", 0)->value;
        ws_handshake_check_response(head, &offer, &answered);
        for (size_t k = 0; k < answered.count; k++)
            found(m, answered.list[k].rule, answered.list[k].at, entry);
        return;
    }
}

#define NONCES_COMPARED 16 /* connections before this one: a sweep has thousands */

/* The key of each connection is chosen anew: of 2^128 none comes twice by chance. */
static void watch_nonce(struct monitor *m, const struct transcript *t,
                        const struct http1_head *head, size_t entry)
{
    const struct http1_field *key = http1_field(head, "Sec-WebSocket-Key", 0), *before;
    struct http1_head earlier;
    unsigned left = NONCES_COMPARED;

    for (size_t i = entry; key && i-- > 0 && left > 0;) {
        const struct entry *e = &t->entries[i];
        if (e->kind != ENTRY_HEAD_IN || e->connection == t->entries[entry].connection ||
            !talk_head(e, &earlier))
            continue;
        left--;
        before = http1_field(&earlier, "Sec-WebSocket-Key", 0);
        if (before && bytes_eq(before->value, key->value)) {
            found(m, WS_RULE_REQ_KEY_AGAIN, t->entries[entry].at, entry);
            return;
        }
    }
}

static bool is_scheme(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i], lower = c | 0x20;
        bool letter = lower >= 'a' && lower <= 'z';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
            return false;
    }
    return text.len > 0;
}

/* scheme://host[:port], with nothing behind it. */
static bool is_origin(struct bytes text)
{
    size_t colon = bytes_find(text, BYTES_LIT("://"));
    struct bytes host = bytes_skip(text, colon + 3);

    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] <= ' ' || host.ptr[i] == 0x7f || strchr("/?#@,", host.ptr[i]))
            return false;
    return colon < text.len && is_scheme(bytes_take(text, colon));
}

/* "null", or origins with a blank between them: RFC 6454, 7.1. */
static void watch_origin(struct monitor *m, const struct http1_head *head, size_t entry)
{
    const struct http1_field *field = http1_field(head, "Origin", 0);
    struct bytes rest = field ? bytes_trim(field->value) : (struct bytes){ 0 };

    if (!field || bytes_eq_str(rest, "null"))
        return;
    do {
        size_t blank = bytes_index(rest, 0, ' ');
        if (!is_origin(bytes_take(rest, blank))) {
            found(m, WS_RULE_REQ_ORIGIN, 0, entry);
            return;
        }
        rest = bytes_skip(rest, blank + 1);
    } while (rest.len > 0);
}

static void watch_request(struct monitor *m, const struct http1_head *head, size_t entry)
{
    struct ws_findings findings;

    if (bytes_eq_str(head->method, "CONNECT"))
        return; /* to a proxy: the opening handshake follows inside the tunnel */
    ws_handshake_check_request(head, &findings);
    for (size_t k = 0; k < findings.count; k++)
        found(m, findings.list[k].rule, findings.list[k].at, entry);
    watch_origin(m, head, entry);
}

/* What came where an HTTP response would have to begin, behind one that refused the handshake:
 * does it begin as a server's whole frame does? */
static void watch_bad_head(struct monitor *m, const struct transcript *t, size_t entry)
{
    const struct entry *e = &t->entries[entry];
    struct ws_head frame;
    size_t used;

    if (ws_frame_decode(e->data, &frame, &used) != WS_OK || !frame.fin || frame.rsv ||
        frame.masked || ws_opcode_is_reserved(frame.opcode))
        return;
    for (size_t i = entry; i-- > 0;) {
        const struct entry *before = &t->entries[i];
        if (before->kind == ENTRY_HEAD_IN && before->connection == e->connection &&
            talk_status(before) >= 300) {
            found(m, WS_RULE_FRAME_AFTER_REFUSAL, e->at, entry);
            return;
        }
    }
}

static void watch_bad_message(struct monitor *m, const struct entry *e, size_t entry)
{
    enum ws_rule rule = ws_rule_named(bytes_str(e->text));
    found(m, rule == WS_RULE_NONE ? WS_RULE_INFLATE_BROKEN : rule, e->at, entry);
}

/* Whoever answers decides: RSV1 on a first frame has a meaning from here on. */
static void watch_agreement(struct monitor *m, const struct http1_head *head)
{
    struct ws_permessage agreed;

    if (head->kind == HTTP1_RESPONSE)
        m->law.rsv_data = ws_permessage_agreed(head, &agreed) ? WS_RSV1 : 0;
}

static void watch_our_response(struct monitor *m, const struct entry *e)
{
    struct http1_head head;

    if (m->role == ROLE_CLIENT && talk_head(e, &head))
        watch_agreement(m, &head);
}

static void watch_handshake(struct monitor *m, const struct transcript *t, size_t entry)
{
    struct http1_head head;

    if (!talk_head(&t->entries[entry], &head))
        return;
    if (head.kind == HTTP1_REQUEST) {
        watch_request(m, &head, entry);
        watch_nonce(m, t, &head, entry);
    } else if (head.status == 101)
        watch_response(m, t, &head, entry);
    watch_agreement(m, &head);
}

void monitor_take(struct monitor *m, const struct transcript *t, size_t entry)
{
    const struct entry *e = &t->entries[entry];

    if (e->connection != m->connection)
        new_connection(m, e->connection);
    switch (e->kind) {
    case ENTRY_HEAD_IN: watch_handshake(m, t, entry); break;
    case ENTRY_FRAME_IN: watch_frame(m, e, entry); break;
    case ENTRY_PARTIAL_IN:
        if (e->flag)
            watch_head(m, e, entry);
        break;
    case ENTRY_MESSAGE_IN:
        if (e->flag && e->head.opcode == WS_TEXT)
            found(m, WS_RULE_TEXT_NOT_UTF8, e->at, entry);
        break;
    case ENTRY_MESSAGE_BAD: watch_bad_message(m, e, entry); break;
    case ENTRY_TURNS: watch_turns(m, e); break;
    case ENTRY_HEAD_BAD: watch_bad_head(m, t, entry); break;
    case ENTRY_HEAD_OUT: watch_our_response(m, e); break;
    case ENTRY_CONNECTED:
    case ENTRY_FRAME_OUT:
    case ENTRY_RAW_OUT:
    case ENTRY_MESSAGE_OUT:
    case ENTRY_END_IN:
    case ENTRY_END_OUT:
    case ENTRY_EXPECT:
    case ENTRY_PASSED:
    case ENTRY_SILENT:
    case ENTRY_CLOSING:
    case ENTRY_ALIVE:
    case ENTRY_OUTPUT:
    case ENTRY_PROCESS:
    case ENTRY_MEMORY:
    case ENTRY_CPU:
    case ENTRY_METRIC:
    case ENTRY_PROVOKED:
    case ENTRY_NOTE:
    case ENTRY_ANOTHER:
    case ENTRY_KINDS: break;
    }
}

const struct finding *monitor_worst(const struct monitor *m)
{
    const struct finding *worst = NULL;

    for (size_t i = 0; i < m->count && i < MONITOR_FINDINGS_MAX; i++) {
        enum ws_level level = ws_rule_row(m->findings[i].broken.rule)->level;
        if (level == WS_MAY)
            continue;
        if (!worst || level > ws_rule_row(worst->broken.rule)->level)
            worst = &m->findings[i];
    }
    return worst;
}
