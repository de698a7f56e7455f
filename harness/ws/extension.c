#include "ws/extension.h"

#include "ws/http1.h"

/* Linear white space may stand around every separator; CR and LF only come in folded values. */
static struct bytes skip_blanks(struct bytes in)
{
    while (in.len > 0 &&
           (in.ptr[0] == ' ' || in.ptr[0] == '\t' || in.ptr[0] == '\r' || in.ptr[0] == '\n'))
        in = bytes_skip(in, 1);
    return in;
}

static bool at(struct bytes in, uint8_t byte)
{
    return in.len > 0 && in.ptr[0] == byte;
}

static bool token_at(struct bytes in)
{
    return in.len > 0 && http1_is_token(bytes_take(in, 1));
}

static bool take_token(struct bytes *in, struct bytes *out)
{
    const struct bytes from = *in;

    while (token_at(*in))
        *in = bytes_skip(*in, 1);
    *out = bytes_take(from, from.len - in->len);
    return out->len > 0;
}

/* Behind the opening quote. What is quoted, once its backslashes are gone, has to be a token.
 * Leaves `in` at the byte that breaks this. RFC 6455 9.1. */
static bool take_quoted(struct bytes *in, struct bytes *out)
{
    const struct bytes from = *in;

    while (token_at(*in) || at(*in, '\\')) {
        if (at(*in, '\\'))
            *in = bytes_skip(*in, 1);
        if (!token_at(*in))
            return false;
        *in = bytes_skip(*in, 1);
    }
    *out = bytes_take(from, from.len - in->len);
    if (out->len == 0 || !at(*in, '"'))
        return false;
    *in = bytes_skip(*in, 1);
    return true;
}

/* Behind the semicolon. */
static bool take_param(struct bytes *in, struct ws_extension_param *out)
{
    *in = skip_blanks(*in);
    if (!take_token(in, &out->name))
        return false;
    const struct bytes behind = skip_blanks(*in);
    if (!at(behind, '='))
        return true;
    *in = skip_blanks(bytes_skip(behind, 1));
    out->has_value = true;
    out->quoted = at(*in, '"');
    if (!out->quoted)
        return take_token(in, &out->value);
    *in = bytes_skip(*in, 1);
    return take_quoted(in, &out->value);
}

static bool take_extension(struct bytes *in, struct ws_extension *out)
{
    if (!take_token(in, &out->name))
        return false;
    *in = skip_blanks(*in);
    while (at(*in, ';')) {
        if (out->n_params == WS_EXTENSION_PARAMS_MAX)
            return false;
        *in = bytes_skip(*in, 1);
        if (!take_param(in, &out->params[out->n_params]))
            return false;
        out->n_params++;
        *in = skip_blanks(*in);
    }
    return in->len == 0 || at(*in, ',');
}

enum ws_status ws_extension_next(struct bytes *rest, struct ws_extension *out, size_t *bad_at)
{
    struct bytes in = skip_blanks(*rest);

    while (at(in, ','))
        in = skip_blanks(bytes_skip(in, 1));
    *out = (struct ws_extension){ 0 };
    if (in.len > 0 && !take_extension(&in, out)) {
        *bad_at = rest->len - in.len;
        return WS_BROKEN;
    }
    *rest = in;
    return out->name.len > 0 ? WS_OK : WS_MORE;
}

const struct ws_extension_param *ws_extension_param(const struct ws_extension *e, const char *name)
{
    for (size_t i = 0; i < e->n_params; i++)
        if (bytes_eq_str(e->params[i].name, name))
            return &e->params[i];
    return NULL;
}
