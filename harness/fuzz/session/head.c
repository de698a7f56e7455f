#include "fuzz/session/head.h"

#include <string.h>

#include "fuzz/session/wire.h"
#include "run/greeting.h"

/* The session's edits as the steps of a case, which the runner knows how to carry out. */
struct draft {
    struct arena arena;
    struct edit edits[FUZZ_EDITS_MAX];
    struct step head, extension;
    struct ext_offer offer;
    struct ext_param params[2];
};

static bool take_edits(struct draft *d, const struct fuzz_session *s)
{
    for (size_t i = 0; i < s->n_edits; i++) {
        const struct fuzz_edit *from = &s->edits[i];
        char *name = arena_str(&d->arena, from->name);
        if (!name)
            return false;
        d->edits[i] = (struct edit){ .kind = from->kind, .name = name };
        d->edits[i].value = (struct value){ VALUE_TEXT, from->value };
    }
    d->head.as.head = (struct head_edits){ d->edits, s->n_edits };
    return true;
}

static void take_extension(struct draft *d, enum fuzz_extension extension)
{
    d->offer = (struct ext_offer){ .name = WS_PERMESSAGE_NAME, .params = d->params };
    switch (extension) {
    case FUZZ_PLAIN:
    case FUZZ_DEFLATE:
    case FUZZ_EXTENSIONS: break;
    case FUZZ_DEFLATE_NO_TAKEOVER:
        d->params[0] = (struct ext_param){ "ours_no_context_takeover", NULL };
        d->params[1] = (struct ext_param){ "theirs_no_context_takeover", NULL };
        d->offer.n_params = 2;
        break;
    case FUZZ_DEFLATE_SMALL_WINDOW:
        d->params[0] = (struct ext_param){ "ours_max_window_bits", "9" };
        d->offer.n_params = 1;
        break;
    }
    d->extension = (struct step){ .op = OP_EXTENSION };
    d->extension.as.extension = d->offer;
}

/* Our answer to what the client offers; NULL: it offers nothing that fits. */
static const char *answer(struct draft *d, const struct fuzz_session *s,
                          const struct http1_head *request, struct ws_permessage *agreed)
{
    struct ws_permessage wanted = fuzz_wire_permessage(s->extension, ROLE_CLIENT);
    const char *text = NULL;
    struct buf line;

    if (!request || !ws_permessage_answer(request, &wanted, agreed))
        return NULL;
    buf_init(&line, 256);
    if (ws_permessage_print(agreed, &line))
        text = arena_str(&d->arena, buf_bytes(&line));
    buf_free(&line);
    return text;
}

/* What the places of a value stand for. */
static bool take_places(struct draft *d, const struct fuzz_head_facts *facts,
                        struct payload_env *env, char accept[WS_ACCEPT_TEXT + 1])
{
    const struct http1_field *key =
        facts->request ? http1_field(facts->request, WS_FIELD_KEY, 0) : NULL;

    *env = (struct payload_env){ .path = facts->path, .host = facts->host, .key = facts->key };
    if (facts->role == ROLE_CLIENT && facts->request)
        env->path = arena_str(&d->arena, facts->request->target);
    if (facts->role == ROLE_CLIENT)
        env->key = arena_str(&d->arena, key ? key->value : (struct bytes){ 0 });
    env->accept = accept;
    return env->key && ws_handshake_accept(bytes_str(env->key), accept);
}

bool fuzz_head_make(const struct fuzz_session *s, const struct fuzz_head_facts *facts,
                    struct buf *out, bool *offered, struct ws_permessage *agreed)
{
    struct draft d = { .head.op = facts->role == ROLE_SERVER ? OP_REQUEST : OP_RESPONSE };
    const struct step *steps[] = { &d.extension, &d.head };
    char accept[WS_ACCEPT_TEXT + 1];
    struct payload_env env;
    struct greeting g = { .role = facts->role,
                          .env = &env,
                          .headers = facts->headers,
                          .n_headers = facts->n_headers,
                          .protocols = facts->protocols,
                          .n_protocols = facts->n_protocols,
                          .steps = steps,
                          .n_steps = 2 };

    *offered = s->extension != FUZZ_PLAIN;
    *agreed = fuzz_wire_permessage(s->extension, facts->role);
    take_extension(&d, s->extension);
    bool ok = take_edits(&d, s) && take_places(&d, facts, &env, accept);
    if (facts->role == ROLE_CLIENT && *offered) {
        g.answer = answer(&d, s, facts->request, agreed);
        *offered = g.answer != NULL;
    }
    /* What was not offered, or could not be agreed to, is not in the head. */
    if (!*offered || g.answer)
        g.steps++, g.n_steps--;
    ok = ok && greeting_write(&g, &d.arena, out);
    arena_free(&d.arena);
    return ok;
}
