#include "faulty/params.h"

#include <string.h>

#include "ws/http1.h"

/* The view up to the first ";" that stands in no quotes. */
static struct bytes part(struct bytes in)
{
    bool quoted = false;
    size_t i = 0;

    for (; i < in.len && (quoted || in.ptr[i] != ';'); i++)
        quoted ^= in.ptr[i] == '"';
    return bytes_take(in, i);
}

/* What stands in quotes has to be a token as well: RFC 6455 9.1. */
static bool read_value(struct bytes in, struct bytes *out)
{
    bool quoted = in.len >= 2 && in.ptr[0] == '"' && in.ptr[in.len - 1] == '"';

    *out = quoted ? bytes_of(in.ptr + 1, in.len - 2) : in;
    return http1_is_token(*out);
}

static bool read_param(struct bytes in, struct param *out)
{
    size_t equals = bytes_index(in, 0, '=');

    out->name = bytes_trim(bytes_take(in, equals));
    out->has_value = equals < in.len;
    if (!http1_is_token(out->name))
        return false;
    return !out->has_value || read_value(bytes_trim(bytes_skip(in, equals + 1)), &out->value);
}

bool params_read(struct bytes element, struct params *out)
{
    struct bytes name = part(element), rest = bytes_skip(element, name.len);

    memset(out, 0, sizeof *out);
    out->extension = bytes_trim(name);
    if (!http1_is_token(out->extension))
        return false;
    while (rest.len > 0) {
        struct bytes text = part(bytes_skip(rest, 1));
        rest = bytes_skip(rest, 1 + text.len);
        if (out->count == PARAMS_MAX || !read_param(bytes_trim(text), &out->list[out->count++]))
            return false;
    }
    return true;
}
