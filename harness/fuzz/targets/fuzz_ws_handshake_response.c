#include "fuzz/targets/mutator.h"
#include "fuzz/targets/player.h"

/* Responses to a client of ours, interim ones in front: it opens exactly when the law has nothing
 * against the final one, and refuses by the rule that the law names, however it is cut. The
 * client's key is always the same, so that its Accept can stand in the corpus. */
FUZZ_MUTATOR(head)

static struct player whole, cut;
static struct http1_head head, request;

/* The first response that is no interim one; *at where it begins. RFC 9110 15.2. */
static enum ws_status final_response(struct bytes in, size_t *at, size_t *used,
                                     struct violation *why)
{
    enum ws_status status;

    *at = *used = 0;
    do {
        *at += *used;
        status = http1_decode(bytes_skip(in, *at), HTTP1_RESPONSE, (struct http1_limits){ 0 },
                              &head, used, why);
    } while (status == WS_OK && head.status < 200 && head.status != 101);
    return status;
}

static struct ws_offer offer_of(const struct ws_conn *c, struct bytes sent)
{
    struct violation why;
    size_t used;

    MUST(http1_decode(sent, HTTP1_REQUEST, (struct http1_limits){ 0 }, &request, &used, &why) ==
             WS_OK,
         "our request");
    return (struct ws_offer){ .key = bytes_str(c->key), .request = &request };
}

static void check_verdict(struct bytes in)
{
    const struct player_event *first = &whole.events[0];
    const struct ws_offer offer = offer_of(&whole.conn, bytes_of(whole.out, whole.out_len));
    struct ws_findings found;
    struct violation why;
    size_t at, used;

    MUST(whole.count > 0, "no event");
    switch (final_response(in, &at, &used, &why)) {
    case WS_MORE: MUST(first->kind == WS_EVENT_END, "%d before the head's end", first->kind); break;
    case WS_BROKEN:
        MUST(first->kind == WS_EVENT_REFUSED && first->broken.rule == why.rule &&
                 first->broken.at == at + why.at,
             "no head");
        break;
    case WS_OK:
        ws_handshake_check_response(&head, &offer, &found);
        for (size_t i = 0; i < found.count; i++)
            MUST(found.list[i].at < used, "%s", ws_rule_row(found.list[i].rule)->name);
        const enum ws_rule refusal = ws_handshake_refusal(&found, true);
        MUST(first->kind == (refusal ? WS_EVENT_REFUSED : WS_EVENT_OPEN), "%s, event %d",
             ws_rule_row(refusal)->name, first->kind);
        MUST(first->broken.rule == refusal, "%s", ws_rule_row(first->broken.rule)->name);
        break;
    case WS_NOMEM: break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const protocols[] = { "chat", "superchat" };
    static const struct ws_permessage offers[] = {
        { .server_bits = 10, .client_bits_hint = true },
        { .server_no_takeover = true },
    };
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in), wishes = steer(&in);
    const struct ws_conn_deflate deflate = { .offers = offers, .n_offers = wishes >> 2 & 2 };
    const struct player_facts facts = {
        .options = { .target = BYTES_LIT("/"),
                     .host = BYTES_LIT("localhost"),
                     .protocols = protocols,
                     .n_protocols = wishes & 1 ? 2 : 0,
                     .deflate = wishes & 2 ? &deflate : NULL,
                     .seed = 1 },
    };

    player_run(&whole, &facts, in, CUT_WHOLE);
    player_run(&cut, &facts, in, way);
    if (!whole.gave_in)
        check_verdict(in);
    player_compare(&whole, &cut);
    player_judge(&whole, &facts, in);
    player_free(&whole);
    player_free(&cut);
    return 0;
}
