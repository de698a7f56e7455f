#include "run/talk.h"

#include <stdio.h>
#include <string.h>

#include "ws/handshake.h"

bool talk_head(const struct entry *e, struct http1_head *out)
{
    struct violation why;
    size_t used;
    enum http1_kind kind =
        bytes_starts(e->data, BYTES_LIT("HTTP/")) ? HTTP1_RESPONSE : HTTP1_REQUEST;
    struct http1_limits limits = { .head_bytes = SIZE_MAX };

    return http1_decode(e->data, kind, limits, out, &used, &why) == WS_OK;
}

unsigned talk_status(const struct entry *e)
{
    struct http1_head head;
    return e->kind == ENTRY_HEAD_IN && talk_head(e, &head) ? head.status : 0;
}

static void copy(char *out, size_t size, struct bytes in)
{
    snprintf(out, size, "%.*s", BYTES_ARG(bytes_take(in, size - 1)));
}

static void split_port(struct talk_env *out)
{
    const char *colon = strrchr(out->host, ':');

    out->port[0] = '\0';
    if (colon && !strchr(colon, ']'))
        copy(out->port, sizeof out->port, bytes_str(colon + 1));
}

static void fill_from_request(const struct http1_head *head, struct talk_env *out)
{
    const struct http1_field *host = http1_field(head, "Host", 0);
    const struct http1_field *key = http1_field(head, "Sec-WebSocket-Key", 0);

    out->env = (struct payload_env){ .seed = out->env.seed };
    copy(out->path, sizeof out->path, head->target);
    out->env.path = out->path;
    if (host) {
        copy(out->host, sizeof out->host, host->value);
        split_port(out);
        out->env.host = out->host;
        out->env.port = out->port;
    }
    if (key && key->value.len < sizeof out->key) {
        copy(out->key, sizeof out->key, key->value);
        out->env.key = out->key;
        if (ws_handshake_accept(key->value, out->accept))
            out->env.accept = out->accept;
    }
}

/* What a client says of itself proves nothing: the address is what it was told. */
static void fill_told(const char *told, struct talk_env *out)
{
    copy(out->host, sizeof out->host, bytes_str(told));
    split_port(out);
    out->env.host = out->host;
    out->env.port = out->port;
}

static void fill_from_heads(const struct transcript *t, uint32_t connection, enum case_role role,
                            struct talk_env *out)
{
    enum entry_kind requests = role == ROLE_CLIENT ? ENTRY_HEAD_IN : ENTRY_HEAD_OUT;

    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        struct http1_head head;
        if (e->kind == requests && e->connection == connection && talk_head(e, &head))
            fill_from_request(&head, out);
    }
}

void talk_env(const struct transcript *t, uint32_t connection, enum case_role role,
              struct talk_env *out)
{
    memset(out, 0, sizeof *out);
    out->env.seed = t->seed;
    fill_from_heads(t, connection, role, out);
    if (role == ROLE_CLIENT && t->told)
        fill_told(t->told, out);
}

static const struct entry *close_out(const struct transcript *t, uint32_t connection, size_t before,
                                     bool runner_only)
{
    for (size_t i = 0; i < before && i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->kind == ENTRY_FRAME_OUT && e->connection == connection &&
            e->head.opcode == WS_CLOSE && (!runner_only || e->by == BY_RUNNER))
            return e;
    }
    return NULL;
}

const struct entry *talk_close_out(const struct transcript *t, uint32_t connection, size_t before)
{
    return close_out(t, connection, before, false);
}

bool talk_runner_closed(const struct transcript *t, uint32_t connection, size_t before)
{
    return close_out(t, connection, before, true) != NULL;
}

const struct entry *talk_provoked(const struct transcript *t, uint32_t connection, size_t before)
{
    for (size_t i = before < t->count ? before : t->count; i-- > 0;)
        if (t->entries[i].kind == ENTRY_PROVOKED && t->entries[i].connection == connection)
            return &t->entries[i];
    return NULL;
}

bool talk_answered(const struct transcript *t, uint32_t connection, size_t before)
{
    for (size_t i = 0; i < before && i < t->count; i++)
        if ((t->entries[i].kind == ENTRY_HEAD_OUT || t->entries[i].kind == ENTRY_RAW_OUT) &&
            t->entries[i].connection == connection)
            return true;
    return false;
}

const struct entry *talk_message_out(const struct transcript *t, uint32_t connection, size_t nth,
                                     size_t before)
{
    for (size_t i = 0; i < before && i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        if (e->kind == ENTRY_MESSAGE_OUT && e->by == BY_CASE && e->connection == connection &&
            nth-- == 0)
            return e;
    }
    return NULL;
}

static bool sent_by_case(const struct entry *e, uint32_t connection)
{
    return (e->kind == ENTRY_FRAME_OUT || e->kind == ENTRY_RAW_OUT) && e->by == BY_CASE &&
           e->connection == connection;
}

size_t talk_last_send(const struct transcript *t, uint32_t connection, size_t before)
{
    size_t first = before;
    size_t step = ENTRY_NO_STEP;

    for (size_t i = before < t->count ? before : t->count; i-- > 0;) {
        const struct entry *e = &t->entries[i];
        if (!sent_by_case(e, connection))
            continue;
        if (step != ENTRY_NO_STEP && e->step != step)
            break;
        step = e->step;
        first = i;
    }
    return first;
}

bool talk_same(const struct entry *a, const struct entry *b)
{
    return a->head.opcode == b->head.opcode && a->len == b->len && a->hash == b->hash;
}

bool talk_is(const struct entry *e, const struct payload *p, const struct payload_env *env)
{
    return !p || (e->len == payload_len(p, env) && e->hash == payload_hash(p, env));
}
