#include "cli/options/handshake.h"

#include <string.h>

/* Those that it writes itself, and what says them otherwise. */
static const struct {
    const char *name, *instead;
} taken[] = {
    { "Host", "the URL says it" },
    { "Upgrade", "it never differs" },
    { "Connection", "it never differs" },
    { "Sec-WebSocket-Key", "each handshake has one of its own" },
    { "Sec-WebSocket-Version", "it never differs" },
    { "Sec-WebSocket-Protocol", "--subprotocol says it" },
    { "Sec-WebSocket-Extensions", "it is what can be spoken" },
};

static bool is_free(struct bytes name, struct err *err)
{
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (bytes_eq_nocase(name, bytes_str(taken[i].name)))
            return err_set(err, ERR_USAGE, "--header cannot set %s: %s", taken[i].name,
                           taken[i].instead);
    return true;
}

static bool read_header(const char *text, struct ws_header *out, struct err *err)
{
    const struct bytes all = bytes_str(text);
    const size_t colon = bytes_index(all, 0, ':');

    *out = (struct ws_header){ bytes_take(all, colon), bytes_trim(bytes_skip(all, colon + 1)) };
    if (colon == all.len || !http1_is_token(out->name) || strpbrk(text, "\r\n"))
        return err_set(err, ERR_USAGE, "--header expects 'Name: value', found \"%s\"", text);
    return is_free(out->name, err);
}

bool handshake_headers(const struct arg_list *lines, struct ws_header *out, struct err *err)
{
    for (size_t i = 0; i < lines->count; i++)
        if (!read_header(lines->items[i], &out[i], err))
            return false;
    return true;
}

static bool is_twice(const struct arg_list *names, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(names->items[k], names->items[i]) == 0)
            return true;
    return false;
}

bool handshake_protocols(const struct arg_list *names, struct err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!http1_is_token(bytes_str(names->items[i])))
            return err_set(err, ERR_USAGE,
                           "--subprotocol expects a name without blanks, as chat, found \"%s\"",
                           names->items[i]);
        if (is_twice(names, i))
            return err_set(err, ERR_USAGE, "--subprotocol %s is there twice", names->items[i]);
    }
    return true;
}

static bool is_origin(struct bytes text)
{
    const struct bytes between = BYTES_LIT("://");
    const size_t scheme = bytes_find(text, between);
    const struct bytes host = bytes_skip(text, scheme + between.len);

    if (scheme == 0 || host.len == 0 || bytes_index(host, 0, '/') < host.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7F)
            return false;
    return true;
}

bool handshake_origins(const struct arg_list *origins, struct err *err)
{
    for (size_t i = 0; i < origins->count; i++)
        if (strcmp(origins->items[i], "null") != 0 && !is_origin(bytes_str(origins->items[i])))
            return err_set(err, ERR_USAGE,
                           "--origin expects one as a browser says it, https://example.org or "
                           "null, found \"%s\"",
                           origins->items[i]);
    return true;
}
