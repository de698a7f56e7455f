#include "ws/policy.h"

#include <string.h>

static const struct ws_header challenge[] = {
    { BYTES_LIT("WWW-Authenticate"), BYTES_LIT("Bearer realm=\"wsproof\"") },
};

static const struct ws_refusal no_path = { 404, "nothing is served at this path", NULL, 0 };
static const struct ws_refusal no_origin = { 403, "this origin is not let in", NULL, 0 };
static const struct ws_refusal no_token = { 401, "this path asks for credentials", challenge, 1 };

static bool is_one_of(struct bytes text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes_eq_str(text, list[i]))
            return true;
    return false;
}

struct bytes ws_policy_path(struct bytes target)
{
    struct bytes path = bytes_take(target, bytes_index(target, 0, '?'));

    if (path.len == 0 || path.ptr[0] == '/')
        return path;
    size_t authority = bytes_find(path, BYTES_LIT("://")) + 3;
    path = bytes_skip(path, bytes_index(path, authority, '/'));
    return path.len > 0 ? path : BYTES_LIT("/");
}

static bool serves(const struct ws_policy *p, struct bytes path)
{
    return p->n_paths == 0 || is_one_of(path, p->paths, p->n_paths) ||
           is_one_of(path, p->guarded, p->n_guarded);
}

static bool lets_in(const struct ws_policy *p, const struct http1_head *head)
{
    const struct http1_field *origin;

    for (size_t n = 0; p->n_origins > 0 && (origin = http1_field(head, "Origin", n)); n++)
        if (!is_one_of(origin->value, p->origins, p->n_origins))
            return false;
    return true;
}

/* The scheme has no case, the token does. RFC 6750 2.1. */
static bool is_bearer(struct bytes value, const char *token)
{
    const struct bytes scheme = BYTES_LIT("Bearer ");

    return bytes_eq_nocase(bytes_take(value, scheme.len), scheme) &&
           bytes_eq_str(bytes_trim(bytes_skip(value, scheme.len)), token);
}

static bool has_token(const struct ws_policy *p, const struct http1_head *head, struct bytes path)
{
    const struct http1_field *field = http1_field(head, "Authorization", 0);

    if (!p->token || (p->n_guarded > 0 && !is_one_of(path, p->guarded, p->n_guarded)))
        return true;
    return field && !http1_field(head, "Authorization", 1) && is_bearer(field->value, p->token);
}

/* Who has a key at hand wanted a WebSocket, and is told what was wrong. */
const struct ws_refusal *ws_policy_plain(const struct ws_policy *p, const struct http1_head *head,
                                         enum ws_rule first, struct ws_refusal *room)
{
    if (!p->plain || first != WS_RULE_REQ_UPGRADE || http1_count(head, "Upgrade") > 0 ||
        http1_count(head, WS_FIELD_KEY) > 0)
        return NULL;
    *room = (struct ws_refusal){ .status = 200, .why = p->plain };
    return room;
}

const struct ws_refusal *ws_policy_judge(const struct ws_policy *p, const struct http1_head *head)
{
    const struct bytes path = ws_policy_path(head->target);

    if (!serves(p, path))
        return &no_path;
    if (!lets_in(p, head))
        return &no_origin;
    return has_token(p, head, path) ? NULL : &no_token;
}
