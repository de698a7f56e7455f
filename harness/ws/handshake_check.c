#include "ws/handshake.h"

#include <string.h>

#include "base/text.h"
#include "ws/extension.h"
#include "ws/permessage.h"

#define NONCE_BYTES 16

static void find(struct ws_findings *f, enum ws_rule rule, uint64_t at)
{
    if (f->count < WS_HANDSHAKE_FINDINGS_MAX)
        f->list[f->count++] = (struct violation){ rule, at };
}

static void find_if(struct ws_findings *f, bool is_broken, enum ws_rule rule, uint64_t at)
{
    if (is_broken)
        find(f, rule, at);
}

/* The first oddity of each kind, in the order of the table. */
static void find_oddities(struct ws_findings *f, const struct http1_head *head)
{
    const size_t kept =
        head->n_oddities < HTTP1_ODDITIES_MAX ? head->n_oddities : HTTP1_ODDITIES_MAX;

    for (enum ws_rule rule = WS_RULE_HTTP_BARE_LF; rule <= WS_RULE_HTTP_VALUE_CHARS; rule++) {
        for (size_t i = 0; i < kept; i++) {
            if (head->oddities[i].rule == rule) {
                find(f, rule, head->oddities[i].at);
                break;
            }
        }
    }
}

/* Offset of the nth field of that name; of the head when there is none. */
static uint64_t field_at(const struct http1_head *head, const char *name, size_t nth)
{
    const struct http1_field *field = http1_field(head, name, nth);

    return field ? field->at : 0;
}

/* Offset of a byte of the field's value. */
static uint64_t value_at(const struct http1_field *field, const uint8_t *byte)
{
    return field->at + (uint64_t)(byte - field->name.ptr);
}

/* The value of a field that is there; the empty view else. */
static struct bytes value_of(const struct http1_head *head, const char *name)
{
    const struct http1_field *field = http1_field(head, name, 0);

    return field ? field->value : (struct bytes){ 0 };
}

static bool below_1_1(const struct http1_head *head)
{
    return head->major < 1 || (head->major == 1 && head->minor < 1);
}

/* -- lists of tokens and of extensions -- */

/* Is the value a list of at least one token? If not, *bad is where. */
static bool token_list(struct bytes value, const uint8_t **bad)
{
    struct bytes rest = value, element;
    size_t n = 0;

    *bad = value.ptr;
    for (; http1_list_next(&rest, &element); n++) {
        *bad = element.ptr;
        if (!http1_is_token(element))
            return false;
    }
    return n > 0;
}

static void check_protocol_lists(struct ws_findings *f, const struct http1_head *head)
{
    const struct http1_field *field;
    const uint8_t *bad;

    for (size_t n = 0; (field = http1_field(head, WS_FIELD_PROTOCOL, n)) != NULL; n++) {
        if (!token_list(field->value, &bad)) {
            find(f, WS_RULE_REQ_PROTOCOL, value_at(field, bad));
            return;
        }
    }
}

/* Elements compared with all later ones: bounds the work for a hostile list. */
#define SEEN_MAX 64

struct seen {
    struct bytes list[SEEN_MAX];
    size_t count;
};

/* Remembers the element; true if it was there before. */
static bool seen_before(struct seen *s, struct bytes element)
{
    for (size_t i = 0; i < s->count; i++)
        if (bytes_eq(s->list[i], element))
            return true;
    if (s->count < SEEN_MAX)
        s->list[s->count++] = element;
    return false;
}

static void check_protocols_differ(struct ws_findings *f, const struct http1_head *head)
{
    const struct http1_field *field;
    struct seen seen = { .count = 0 };
    struct bytes element;

    for (size_t n = 0; (field = http1_field(head, WS_FIELD_PROTOCOL, n)) != NULL; n++) {
        struct bytes rest = field->value;
        while (http1_list_next(&rest, &element)) {
            if (seen_before(&seen, element)) {
                find(f, WS_RULE_REQ_PROTOCOL_TWICE, value_at(field, element.ptr));
                return;
            }
        }
    }
}

/* Does the value follow the grammar? If not, *bad is where. Counts its extensions. */
static bool extension_list(struct bytes value, const uint8_t **bad, size_t *n)
{
    struct bytes rest = value;
    struct ws_extension e;
    enum ws_status status;
    size_t bad_at = 0;

    while ((status = ws_extension_next(&rest, &e, &bad_at)) == WS_OK)
        ++*n;
    if (status == WS_BROKEN)
        *bad = rest.ptr + bad_at;
    return status == WS_MORE;
}

/* Several lines are one list (RFC 9110 5.3): one of them may be empty, all may not. */
static void check_extension_lists(struct ws_findings *f, const struct http1_head *head,
                                  enum ws_rule rule)
{
    const struct http1_field *field;
    const uint8_t *bad;
    size_t extensions = 0;

    for (size_t n = 0; (field = http1_field(head, WS_FIELD_EXTENSIONS, n)) != NULL; n++) {
        if (!extension_list(field->value, &bad, &extensions)) {
            find(f, rule, value_at(field, bad));
            return;
        }
    }
    field = http1_field(head, WS_FIELD_EXTENSIONS, 0);
    if (field && extensions == 0)
        find(f, rule, value_at(field, field->value.ptr));
}

/* `at`: the byte that shows it, in the value of one of the head's extension lines. */
static void find_permessage(struct ws_findings *f, const struct http1_head *head, enum ws_rule rule,
                            const uint8_t *at)
{
    const struct http1_field *field;

    for (size_t n = 0; rule != WS_RULE_NONE; n++) {
        field = http1_field(head, WS_FIELD_EXTENSIONS, n);
        if (at >= field->value.ptr && at <= field->value.ptr + field->value.len) {
            find(f, rule, value_at(field, at));
            return;
        }
    }
}

/* -- the request -- */

/* An absolute path, or a whole http URI; visible ASCII without a fragment. RFC 6455 3, 4.1. */
static bool good_target(struct bytes target)
{
    const bool whole = bytes_eq_nocase(bytes_take(target, 7), BYTES_LIT("http://")) ||
                       bytes_eq_nocase(bytes_take(target, 8), BYTES_LIT("https://"));

    for (size_t i = 0; i < target.len; i++)
        if (target.ptr[i] <= ' ' || target.ptr[i] >= 0x7F || target.ptr[i] == '#')
            return false;
    return whole || bytes_starts(target, BYTES_LIT("/"));
}

/* Digits behind the colon, or nothing. RFC 3986 3.2.3. */
static bool good_port(struct bytes port)
{
    uint64_t number;

    return port.len == 0 || text_number(port, UINT16_MAX, &number);
}

/* A name or an address and perhaps a port: what no host name holds is refused, not what none
 * should. RFC 9110 7.2, RFC 3986 3.2.2. */
static bool good_host(struct bytes host)
{
    const bool address = bytes_starts(host, BYTES_LIT("["));
    const size_t close = address ? bytes_index(host, 0, ']') : 0;
    const size_t colon = bytes_index(host, close, ':');

    if (host.len == 0 || colon == 0 || (address && close == host.len))
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] <= ' ' || host.ptr[i] >= 0x7F || strchr("/?#@\"<>\\", host.ptr[i]))
            return false;
    if (address && colon != close + 1 && close + 1 != host.len)
        return false;
    return good_port(bytes_skip(host, colon + 1));
}

/* Pad bits that are not zero are let through: the RFC's own example has them (erratum 3150). */
static bool good_key(struct bytes key)
{
    uint8_t nonce[NONCE_BYTES + 2];
    struct buf b = { .ptr = nonce, .cap = sizeof nonce, .max = sizeof nonce };

    return key.len == WS_KEY_TEXT && text_unbase64(key, &b, NULL) && b.len == NONCE_BYTES;
}

static void check_start(struct ws_findings *f, const struct http1_head *head)
{
    const uint64_t target_at = head->method.len + 1;

    find_if(f, !bytes_eq_str(head->method, "GET"), WS_RULE_REQ_METHOD, 0);
    find_if(f, below_1_1(head), WS_RULE_REQ_VERSION, target_at + head->target.len + 1);
    find_if(f, !good_target(head->target), WS_RULE_REQ_TARGET, target_at);
}

static void check_key(struct ws_findings *f, const struct http1_head *head)
{
    const struct bytes key = value_of(head, WS_FIELD_KEY);

    find_if(f, key.len == 0, WS_RULE_REQ_KEY_MISSING, field_at(head, WS_FIELD_KEY, 0));
    find_if(f, http1_count(head, WS_FIELD_KEY) > 1, WS_RULE_REQ_KEY_DOUBLE,
            field_at(head, WS_FIELD_KEY, 1));
    find_if(f, key.len > 0 && !good_key(key), WS_RULE_REQ_KEY_SHAPE,
            field_at(head, WS_FIELD_KEY, 0));
}

static void check_version(struct ws_findings *f, const struct http1_head *head)
{
    find_if(f, !bytes_eq_str(value_of(head, WS_FIELD_VERSION), "13"), WS_RULE_REQ_WS_VERSION,
            field_at(head, WS_FIELD_VERSION, 0));
    find_if(f, http1_count(head, WS_FIELD_VERSION) > 1, WS_RULE_REQ_WS_VERSION_DOUBLE,
            field_at(head, WS_FIELD_VERSION, 1));
}

/* A GET has no body, and the bytes behind an opening request are frames or none at all: one that
 * speaks of a body is not understood by all hops in one way. RFC 9112 6.3. */
static void check_no_body(struct ws_findings *f, const struct http1_head *head)
{
    const struct http1_field *length;

    for (size_t n = 0; (length = http1_field(head, "Content-Length", n)) != NULL; n++) {
        if (!bytes_eq_str(length->value, "0")) {
            find(f, WS_RULE_REQ_BODY, length->at);
            return;
        }
    }
    find_if(f, http1_count(head, "Transfer-Encoding") > 0, WS_RULE_REQ_BODY,
            field_at(head, "Transfer-Encoding", 0));
}

void ws_handshake_check_request(const struct http1_head *head, struct ws_findings *out)
{
    const size_t hosts = http1_count(head, "Host");
    const uint8_t *at = NULL;

    out->count = 0;
    find_oddities(out, head);
    check_start(out, head);
    find_if(out, hosts != 1 || !good_host(value_of(head, "Host")), WS_RULE_REQ_HOST,
            field_at(head, "Host", hosts > 1));
    find_if(out, !http1_has_token(head, "Upgrade", "websocket"), WS_RULE_REQ_UPGRADE,
            field_at(head, "Upgrade", 0));
    find_if(out, !http1_has_token(head, "Connection", "Upgrade"), WS_RULE_REQ_CONNECTION,
            field_at(head, "Connection", 0));
    check_key(out, head);
    check_version(out, head);
    check_protocol_lists(out, head);
    check_protocols_differ(out, head);
    check_extension_lists(out, head, WS_RULE_REQ_EXTENSIONS);
    check_no_body(out, head);
    enum ws_rule rule = ws_permessage_check_request(head, &at);
    find_permessage(out, head, rule, at);
}

/* -- the response -- */

/* Missing or wrong is only judged against a known key; twice is twice in any case. */
static void check_accept(struct ws_findings *f, const struct http1_head *head, struct bytes key)
{
    const struct http1_field *accept = http1_field(head, WS_FIELD_ACCEPT, 0);
    char right[WS_ACCEPT_TEXT + 1];

    find_if(f, key.ptr && !accept, WS_RULE_RES_ACCEPT_MISSING, 0);
    find_if(f, http1_count(head, WS_FIELD_ACCEPT) > 1, WS_RULE_RES_ACCEPT_DOUBLE,
            field_at(head, WS_FIELD_ACCEPT, 1));
    if (!key.ptr || !accept || !ws_handshake_accept(bytes_trim(key), right))
        return;
    find_if(f, !bytes_eq_str(accept->value, right), WS_RULE_RES_ACCEPT_WRONG, accept->at);
}

static bool offered_protocol(const struct http1_head *request, struct bytes name)
{
    const struct http1_field *field;
    struct bytes element;

    for (size_t n = 0; request && (field = http1_field(request, WS_FIELD_PROTOCOL, n)) != NULL;
         n++) {
        struct bytes rest = field->value;
        while (http1_list_next(&rest, &element))
            if (bytes_eq(element, name))
                return true;
    }
    return false;
}

static bool offered_extension(const struct http1_head *request, struct bytes name)
{
    const struct http1_field *field;
    struct ws_extension e;
    size_t bad_at;

    for (size_t n = 0; request && (field = http1_field(request, WS_FIELD_EXTENSIONS, n)) != NULL;
         n++) {
        struct bytes rest = field->value;
        while (ws_extension_next(&rest, &e, &bad_at) == WS_OK)
            if (bytes_eq(e.name, name))
                return true;
    }
    return false;
}

static void check_protocol_chosen(struct ws_findings *f, const struct http1_head *head,
                                  const struct http1_head *request)
{
    const struct http1_field *field = http1_field(head, WS_FIELD_PROTOCOL, 0);

    if (!field)
        return;
    const bool token = http1_is_token(field->value);
    find_if(f, token && !offered_protocol(request, field->value), WS_RULE_RES_PROTOCOL_UNASKED,
            field->at);
    find_if(f, !token, WS_RULE_RES_PROTOCOL_EMPTY, field->at);
    find_if(f, http1_count(head, WS_FIELD_PROTOCOL) > 1, WS_RULE_RES_PROTOCOL_DOUBLE,
            field_at(head, WS_FIELD_PROTOCOL, 1));
}

static void check_extensions_chosen(struct ws_findings *f, const struct http1_head *head,
                                    const struct http1_head *request)
{
    const struct http1_field *field;
    struct ws_extension e;
    size_t bad_at;

    for (size_t n = 0; (field = http1_field(head, WS_FIELD_EXTENSIONS, n)) != NULL; n++) {
        struct bytes rest = field->value;
        while (ws_extension_next(&rest, &e, &bad_at) == WS_OK) {
            if (!offered_extension(request, e.name)) {
                find(f, WS_RULE_RES_EXTENSION_UNASKED, value_at(field, e.name.ptr));
                return;
            }
        }
    }
}

/* A 101 has no body and must not speak of one. RFC 9110 8.6, RFC 9112 6.1. */
static void check_body(struct ws_findings *f, const struct http1_head *head)
{
    const bool length = http1_count(head, "Content-Length") > 0;
    const bool coding = http1_count(head, "Transfer-Encoding") > 0;

    find_if(f, length || coding, WS_RULE_RES_BODY,
            field_at(head, length ? "Content-Length" : "Transfer-Encoding", 0));
}

void ws_handshake_check_response(const struct http1_head *head, const struct ws_offer *offer,
                                 struct ws_findings *out)
{
    const uint8_t *at = NULL;

    out->count = 0;
    if (head->status != 101) {
        find(out, WS_RULE_RES_STATUS, strlen("HTTP/1.1 "));
        return;
    }
    find_oddities(out, head);
    find_if(out, head->major != 1 || head->minor != 1, WS_RULE_RES_VERSION, 0);
    find_if(out,
            http1_count(head, "Upgrade") != 1 ||
                !bytes_eq_nocase(value_of(head, "Upgrade"), BYTES_LIT("websocket")),
            WS_RULE_RES_UPGRADE, field_at(head, "Upgrade", 0));
    find_if(out, !http1_has_token(head, "Connection", "Upgrade"), WS_RULE_RES_CONNECTION,
            field_at(head, "Connection", 0));
    check_accept(out, head, offer->key);
    check_protocol_chosen(out, head, offer->request);
    check_extensions_chosen(out, head, offer->request);
    check_extension_lists(out, head, WS_RULE_RES_EXTENSIONS);
    enum ws_rule rule = ws_permessage_check_response(head, offer->request, &at);
    find_permessage(out, head, rule, at);
    check_body(out, head);
}

/* What the RFC leaves open and a careful endpoint of ours does not take: a control character in a
 * value, and a 101 of another HTTP version or folded. */
static bool is_unwelcome(enum ws_rule rule, bool in_response)
{
    if (rule == WS_RULE_HTTP_VALUE_CHARS)
        return true;
    return in_response && (rule == WS_RULE_HTTP_FOLDED || rule == WS_RULE_RES_VERSION);
}

enum ws_rule ws_handshake_refusal(const struct ws_findings *findings, bool in_response)
{
    for (size_t i = 0; i < findings->count; i++) {
        enum ws_rule rule = findings->list[i].rule;
        if (!in_response && ws_permessage_is_declined(rule))
            continue;
        if (ws_rule_row(rule)->level == WS_MUST || is_unwelcome(rule, in_response))
            return rule;
    }
    return WS_RULE_NONE;
}
