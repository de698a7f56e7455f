#include "fuzz/targets/mutator.h"
#include "fuzz/targets/player.h"

/* A request to a server of ours: it is let in exactly when neither the law nor the policy has
 * anything against it, refused by the rule that the law names first, however it is cut; and what we
 * answer is right. */
FUZZ_MUTATOR(head)

static struct http1_head head;

static void check_findings(const struct ws_findings *found, size_t head_len)
{
    const enum ws_rule refusal = ws_handshake_refusal(found, false);
    bool known = refusal == WS_RULE_NONE;

    MUST(found->count <= WS_HANDSHAKE_FINDINGS_MAX, "%zu", found->count);
    for (size_t i = 0; i < found->count; i++) {
        MUST(found->list[i].at < head_len, "%s at %llu of %zu",
             ws_rule_row(found->list[i].rule)->name, (unsigned long long)found->list[i].at,
             head_len);
        known = known || found->list[i].rule == refusal;
    }
    MUST(known, "it refuses for %s, which it did not find", ws_rule_row(refusal)->name);
}

static void check_verdict(const struct player *p, struct bytes in, const struct ws_policy *policy)
{
    struct ws_findings found;
    struct violation why = { 0 };
    size_t used;
    const enum ws_status status =
        http1_decode(in, HTTP1_REQUEST, (struct http1_limits){ 0 }, &head, &used, &why);

    player_check_head(p, status, why);
    if (status != WS_OK)
        return;
    ws_handshake_check_request(&head, &found);
    check_findings(&found, used);
    player_check_answer(p, ws_handshake_refusal(&found, false),
                        !policy || !ws_policy_judge(policy, &head));
}

/* A server's, by the bits of `wishes`. */
static struct player_facts facts_of(unsigned wishes)
{
    static const char *const protocols[] = { "chat", "superchat" };
    static const char *const origins[] = { "http://example.com" };
    static const char *const paths[] = { "/chat", "/open" };
    static const struct ws_policy policy = {
        .origins = origins,
        .n_origins = 1,
        .paths = paths,
        .n_paths = 2,
        .token = "secret",
        .guarded = paths,
        .n_guarded = 1,
    };
    static struct ws_conn_deflate deflate;

    deflate.wanted = (struct ws_permessage){ .server_no_takeover = wishes & 4,
                                             .client_bits = wishes & 8 ? 10 : 0 };
    return (struct player_facts){
        .options = { .server = true,
                     .protocols = protocols,
                     .n_protocols = wishes & 1 ? 2 : 0,
                     .deflate = wishes & 2 ? &deflate : NULL,
                     .policy = wishes & 16 ? &policy : NULL },
    };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in);
    const struct player_facts facts = facts_of(steer(&in));
    const struct player *p = player_play(&facts, in, way);

    if (!p->gave_in)
        check_verdict(p, in, facts.options.policy);
    return 0;
}
