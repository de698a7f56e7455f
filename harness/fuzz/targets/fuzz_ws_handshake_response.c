#include "fuzz/targets/mutator.h"
#include "fuzz/targets/player.h"

/* Responses to a client of ours, interim ones in front: it opens exactly when the law has nothing
 * against the final one, and refuses by the rule that the law names, however it is cut. The
 * client's key is always the same, so that its Accept can stand in the corpus. */
FUZZ_MUTATOR(head)

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

static void check_verdict(const struct player *p, struct bytes in)
{
    const struct ws_offer offer = offer_of(&p->conn, bytes_of(p->out, p->out_len));
    struct ws_findings found;
    struct violation why = { 0 };
    size_t at, used;
    const enum ws_status status = final_response(in, &at, &used, &why);

    why.at += at;
    player_check_head(p, status, why);
    if (status != WS_OK)
        return;
    ws_handshake_check_response(&head, &offer, &found);
    for (size_t i = 0; i < found.count; i++)
        MUST(found.list[i].at < used, "%s", ws_rule_row(found.list[i].rule)->name);
    player_check_answer(p, ws_handshake_refusal(&found, true), true);
}

/* A client's, by the bits of `wishes`. */
static struct player_facts facts_of(unsigned wishes)
{
    static const char *const protocols[] = { "chat", "superchat" };
    static const struct ws_permessage offers[] = {
        { .server_bits = 10, .client_bits_hint = true },
        { .server_no_takeover = true },
    };
    static struct ws_conn_deflate deflate;

    deflate.offers = offers;
    deflate.n_offers = wishes >> 2 & 2;
    return (struct player_facts){
        .options = { .target = BYTES_LIT("/"),
                     .host = BYTES_LIT("localhost"),
                     .protocols = protocols,
                     .n_protocols = wishes & 1 ? 2 : 0,
                     .deflate = wishes & 2 ? &deflate : NULL,
                     .seed = 1 },
    };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned way = steer(&in);
    const struct player_facts facts = facts_of(steer(&in));
    const struct player *p = player_play(&facts, in, way);

    if (!p->gave_in)
        check_verdict(p, in);
    return 0;
}
