#include "fuzz/session/refusal.h"

#include "fuzz/session/head.h"
#include "ws/handshake.h"
#include "ws/http1.h"

/* Only what the list of RFC 6455 4.2.1 names, or 4.1 for a client, and no reading excuses. */
static bool is_certain(enum ws_rule rule)
{
    const enum ws_rule certain[] = {
        WS_RULE_REQ_METHOD,      WS_RULE_REQ_UPGRADE,        WS_RULE_REQ_CONNECTION,
        WS_RULE_REQ_KEY_MISSING, WS_RULE_REQ_WS_VERSION,     WS_RULE_RES_UPGRADE,
        WS_RULE_RES_CONNECTION,  WS_RULE_RES_ACCEPT_MISSING, WS_RULE_RES_ACCEPT_WRONG,
    };

    for (size_t i = 0; i < sizeof certain / sizeof certain[0]; i++)
        if (certain[i] == rule)
            return true;
    return false;
}

/* Lines that say where a head or a body ends: what comes of them nobody knows. */
static bool frames_itself(const struct fuzz_session *s)
{
    static const char *const names[] = { "Content-Length", "Transfer-Encoding", "Expect" };

    for (size_t i = 0; i < s->n_edits; i++) {
        if (s->edits[i].kind == EDIT_BODY || s->edits[i].kind == EDIT_RAWLINE)
            return true;
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            if (bytes_eq_nocase(s->edits[i].name, bytes_str(names[k])))
                return true;
    }
    return false;
}

/* The drafts had 0 to 8, and who also speaks those may take them (RFC 6455 4.4); "013" is 13 to
 * many. */
static bool may_be_known(struct bytes version)
{
    uint64_t n = 0;

    for (size_t i = 0; i < version.len; i++)
        if (version.ptr[i] < '0' || version.ptr[i] > '9')
            return true;
    for (size_t i = 0; i < version.len && n < 1000; i++)
        n = n * 10 + (uint64_t)(version.ptr[i] - '0');
    return version.len > 0 && (n <= 8 || version.ptr[0] == '0');
}

/* The word stands somewhere in the field, as in `"a, Upgrade` or `websocket/13`: whether that names
 * it is a question of how lists and tokens are read. */
static bool mentions(const struct http1_head *head, const char *name, struct bytes word)
{
    const struct http1_field *field;

    for (size_t nth = 0; (field = http1_field(head, name, nth)); nth++)
        for (size_t at = 0; at + word.len <= field->value.len; at++)
            if (bytes_eq_nocase(bytes_take(bytes_skip(field->value, at), word.len), word))
                return true;
    return false;
}

static bool is_excused(const struct http1_head *head, enum ws_rule rule)
{
    const struct http1_field *version = http1_field(head, WS_FIELD_VERSION, 0);

    if (rule == WS_RULE_REQ_CONNECTION || rule == WS_RULE_RES_CONNECTION)
        return mentions(head, "Connection", BYTES_LIT("upgrade"));
    if (rule == WS_RULE_REQ_UPGRADE || rule == WS_RULE_RES_UPGRADE)
        return mentions(head, "Upgrade", BYTES_LIT("websocket"));
    return rule == WS_RULE_REQ_WS_VERSION && version && may_be_known(version->value);
}

static enum ws_rule broken_rule(const struct http1_head *head, enum case_role role,
                                struct bytes key)
{
    struct ws_findings findings;

    if (role == ROLE_SERVER)
        ws_handshake_check_request(head, &findings);
    else
        ws_handshake_check_response(head, &(struct ws_offer){ .key = key }, &findings);
    for (size_t i = 0; i < findings.count; i++)
        if (is_certain(findings.list[i].rule) && !is_excused(head, findings.list[i].rule))
            return findings.list[i].rule;
    return WS_RULE_NONE;
}

/* Our head as it would be made for a usual peer, and what is wrong with it. */
static bool judge_head(const struct fuzz_session *s, enum case_role role, struct buf *bytes,
                       enum ws_rule *rule)
{
    /* Any: both sides have the same. Not that of RFC 6455 1.3, whose Accept people know by heart.
     */
    static const char key[] = "AQIDBAUGBwgJCgsMDQ4PEA==";
    const enum http1_kind kind = role == ROLE_SERVER ? HTTP1_REQUEST : HTTP1_RESPONSE;
    static struct http1_head head, request; /* large */
    struct fuzz_head_facts facts = {
        .role = role, .path = "/", .host = "localhost", .key = key, .request = &request
    };
    struct ws_permessage agreed;
    struct violation why;
    bool offered;
    size_t used;

    request = (struct http1_head){ .target = BYTES_LIT("/"), .n_fields = 1 };
    request.fields[0] = (struct http1_field){ BYTES_LIT(WS_FIELD_KEY), BYTES_LIT(key), 0 };
    if (!fuzz_head_make(s, &facts, bytes, &offered, &agreed))
        return false;
    if (http1_decode(buf_bytes(bytes), kind, (struct http1_limits){ 0 }, &head, &used, &why) ==
            WS_OK &&
        head.n_oddities == 0)
        *rule = broken_rule(&head, role, bytes_str(key));
    return true;
}

bool refusal_due(const struct fuzz_session *s, enum case_role role, enum ws_rule *rule)
{
    struct buf bytes;

    *rule = WS_RULE_NONE;
    if (s->n_edits == 0 || frames_itself(s))
        return true;
    buf_init(&bytes, (FUZZ_EDITS_MAX + 1) * (FUZZ_PAYLOAD_MAX + 1024));
    bool ok = judge_head(s, role, &bytes, rule);
    buf_free(&bytes);
    return ok;
}
