#include "fuzz/targets/mutator.h"
#include "fuzz/targets/player.h"

/* A request to a server of ours: it is let in exactly when neither the law nor the policy has
 * anything against it, refused by the rule that the law names first, however it is cut; and what we
 * answer is right. */
FUZZ_MUTATOR(head)

static struct player whole, cut;
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

static void check_verdict(struct bytes in, const struct ws_policy *policy)
{
    const struct player_event *first = &whole.events[0];
    struct ws_findings found;
    struct violation why;
    size_t used;

    MUST(whole.count > 0, "no event");
    switch (http1_decode(in, HTTP1_REQUEST, (struct http1_limits){ 0 }, &head, &used, &why)) {
    case WS_MORE: MUST(first->kind == WS_EVENT_END, "%d before the head's end", first->kind); break;
    case WS_BROKEN:
        MUST(first->kind == WS_EVENT_REFUSED && first->broken.rule == why.rule, "no head");
        break;
    case WS_OK:
        ws_handshake_check_request(&head, &found);
        check_findings(&found, used);
        const enum ws_rule refusal = ws_handshake_refusal(&found, false);
        const bool no = refusal || (policy && ws_policy_judge(policy, &head));
        MUST(first->kind == (no ? WS_EVENT_REFUSED : WS_EVENT_OPEN), "%s, event %d",
             ws_rule_row(refusal)->name, first->kind);
        MUST(first->broken.rule == refusal, "%s", ws_rule_row(first->broken.rule)->name);
        break;
    case WS_NOMEM: break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
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
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in), wishes = steer(&in);
    const struct ws_conn_deflate deflate = {
        .wanted = { .server_no_takeover = wishes & 4, .client_bits = wishes & 8 ? 10 : 0 },
    };
    const struct player_facts facts = {
        .options = { .server = true,
                     .protocols = protocols,
                     .n_protocols = wishes & 1 ? 2 : 0,
                     .deflate = wishes & 2 ? &deflate : NULL,
                     .policy = wishes & 16 ? &policy : NULL },
    };

    player_run(&whole, &facts, in, CUT_WHOLE);
    player_run(&cut, &facts, in, way);
    if (!whole.gave_in)
        check_verdict(in, facts.options.policy);
    player_compare(&whole, &cut);
    player_judge(&whole, &facts, in);
    player_free(&whole);
    player_free(&cut);
    return 0;
}
