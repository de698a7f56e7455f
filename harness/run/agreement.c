#include "run/internal.h"

#include <string.h>

#include "run/greeting.h"

/* permessage-deflate between a case and its target: what the case's `extension` lines ask for, and
 * what the heads on the wire have agreed on. The heads alone decide. */

static bool is_permessage(const struct step *step)
{
    return step->op == OP_EXTENSION && strcmp(step->as.extension.name, WS_PERMESSAGE_NAME) == 0;
}

static bool has_param(const struct step *step, const char *name)
{
    for (size_t i = 0; i < step->as.extension.n_params; i++)
        if (strcmp(step->as.extension.params[i].name, name) == 0)
            return true;
    return false;
}

/* Does the case send compressed data that it made by itself? */
static bool sends_foreign(const struct run *r)
{
    for (size_t i = 0; i < r->n_steps; i++) {
        const struct send *send = &r->steps[i].as.send;
        if (r->steps[i].op == OP_SEND && !send->deflate && (send->rsv & WS_RSV1))
            return true;
    }
    return false;
}

/* What we compress with and what we inflate with. The server's own way is the first. */
static void set_up(struct run *r, const struct ws_permessage *agreed)
{
    bool we_serve = r->options.role == ROLE_CLIENT;
    struct ws_permessage_way server = ws_permessage_from_server(agreed);
    struct ws_permessage_way client = ws_permessage_from_client(agreed);
    struct ws_unpack_options theirs = { .way = we_serve ? client : server,
                                        .from_client = we_serve };

    r->no_memory |= !listener_unpack(&r->listener, &theirs) ||
                    !speaker_pack(&r->speaker, we_serve ? server : client, sends_foreign(r));
}

/* keeps_takeover, keeps_max_window: a case that refers far back cannot do with less. */
static bool keeps(const struct run *r, const struct ws_permessage *agreed)
{
    bool we_serve = r->options.role == ROLE_CLIENT;
    struct ws_permessage_way ours =
        we_serve ? ws_permessage_from_server(agreed) : ws_permessage_from_client(agreed);

    return (ours.takeover || !r->keeps_takeover) &&
           (ours.bits == WS_DEFLATE_BITS_MAX || !r->keeps_window);
}

void agreement_made(struct run *r, const struct http1_head *response)
{
    struct ws_permessage agreed;

    if (ws_permessage_agreed(response, &agreed)) {
        set_up(r, &agreed);
        if (!keeps(r, &agreed))
            run_cannot(r, "the agreement lets us refer back less than the case has to");
    } else if (r->wants_deflate) {
        run_cannot(r, "the target did not take permessage-deflate as it was offered");
    }
}

/* What one `extension` line asks for, as parameters. */
static bool wish_of(struct run *r, const struct step *step, struct ws_permessage *out)
{
    struct arena scratch = { 0 };
    const char *text = greeting_extension(r->options.role, &scratch, &step->as.extension);
    struct bytes rest = bytes_str(text);
    struct ws_extension e;
    const uint8_t *at;
    size_t bad_at;
    bool ok = text && ws_extension_next(&rest, &e, &bad_at) == WS_OK &&
              ws_permessage_read(&e, true, out, &at) == WS_RULE_NONE;

    r->no_memory |= !text;
    arena_free(&scratch);
    return ok;
}

static const struct entry *request_of(const struct run *r)
{
    for (size_t i = r->t->count; i-- > 0;)
        if (r->t->entries[i].kind == ENTRY_HEAD_IN && r->t->entries[i].connection == r->connection)
            return &r->t->entries[i];
    return NULL;
}

/* The first wish that the client's offers leave room for, as our answer; what they demand of a
 * server is met with it. */
static bool answer_client(struct run *r, const struct http1_head *request)
{
    struct ws_permessage wish, answer;
    struct buf text;
    bool ok = false;

    for (size_t i = 0; i < r->n_greeting && !ok; i++)
        ok = is_permessage(r->greeting[i]) && wish_of(r, r->greeting[i], &wish) &&
             ws_permessage_answer(request, &wish, &answer) &&
             (wish.client_bits == 0 || answer.client_bits != 0);
    if (!ok)
        return false;
    buf_init(&text, 1024);
    r->answer =
        ws_permessage_print(&answer, &text) ? arena_str(&r->scratch, buf_bytes(&text)) : NULL;
    r->no_memory |= !r->answer;
    buf_free(&text);
    return true;
}

bool agreement_prepare(struct run *r)
{
    const struct entry *e = request_of(r);
    struct http1_head request;

    r->wants_deflate = r->keeps_takeover = r->keeps_window = false;
    r->answer = NULL;
    for (size_t i = 0; i < r->n_greeting; i++) {
        if (!is_permessage(r->greeting[i]))
            continue;
        r->wants_deflate = true;
        r->keeps_takeover |= has_param(r->greeting[i], "keeps_takeover");
        r->keeps_window |= has_param(r->greeting[i], "keeps_max_window");
    }
    if (!r->wants_deflate || r->options.role == ROLE_SERVER)
        return true;
    if (e && talk_head(e, &request) && answer_client(r, &request))
        return true;
    if (!r->no_memory)
        run_cannot(r,
                   "the client does not offer permessage-deflate with room for these parameters");
    return false;
}
