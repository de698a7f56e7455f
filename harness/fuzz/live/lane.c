#include "fuzz/live/lane.h"

#include "fuzz/live/lane_parts.h"

#include <string.h>

#include "base/rand.h"

#define HEAD_MAX (1u << 20) /* of ours, with a body */

bool lane_open(struct lane *l, const struct lane_options *options, struct err *err)
{
    struct rand rand;
    uint8_t nonce[16];

    *l = (struct lane){ .o = *options, .loop = options->target->loop };
    buf_init(&l->said, HEAD_MAX);
    buf_init(&l->heard, HEAD_MAX);
    rand_init(&rand, options->seed);
    rand_fill(&rand, nonce, sizeof nonce);
    ws_handshake_key(nonce, l->key);
    return options->target->options.role == ROLE_SERVER || lane_client_listen(l, err);
}

void lane_close(struct lane *l)
{
    lane_forget(l);
    if (l->listener)
        io_listener_close(l->listener);
    fuzz_listener_free(l->ear);
    fuzz_wire_free(&l->wire);
    buf_free(&l->said);
    buf_free(&l->heard);
    *l = (struct lane){ 0 };
}

bool lane_say(struct lane *l, const struct fuzz_session *s, enum lane_cuts cuts,
              struct fuzz_account *account, struct lane_word *out, struct err *err)
{
    bool regular = false, of_server = l->o.target->options.role == ROLE_SERVER;

    *out = (struct lane_word){ .end = LANE_ENDED };
    l->sessions++;
    fuzz_account_clear(account);
    buf_clear(&l->o.target->err_output);
    if (!(of_server ? lane_ready(l, err) : lane_client_ready(l, err)) ||
        !lane_talk(l, s, cuts, account, out, &regular, err))
        return false;
    return of_server ? lane_look(l, regular, out, err) : lane_client_look(l, out, err);
}
