#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "peer/client.h"

static bool refuse(struct err *err, const char *text, const char *why)
{
    return err_set(err, ERR_USAGE, "%s is no WebSocket URL: %s", text, why);
}

/* Characters that would break out of a request line, and the fragment, which a WebSocket URL must
 * not have. RFC 6455 3. */
static const char *foreign_character(struct bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] <= ' ' || in.ptr[i] == 0x7F)
            return "it holds a blank or a control character";
        if (in.ptr[i] == '#')
            return "it has a fragment (#…)";
    }
    return NULL;
}

static bool take_scheme(struct bytes *rest, struct peer_url *out)
{
    static const struct {
        struct bytes prefix;
        bool secure;
    } schemes[] = { { BYTES_LIT("ws://"), false }, { BYTES_LIT("wss://"), true } };

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (bytes_eq_nocase(bytes_take(*rest, schemes[i].prefix.len), schemes[i].prefix)) {
            *rest = bytes_skip(*rest, schemes[i].prefix.len);
            out->secure = schemes[i].secure;
            return true;
        }
    }
    return false;
}

/* What stands before the path or the query. */
static struct bytes take_authority(struct bytes *rest)
{
    size_t len = bytes_index(*rest, 0, '/'), query = bytes_index(*rest, 0, '?');
    struct bytes authority = bytes_take(*rest, len < query ? len : query);

    *rest = bytes_skip(*rest, authority.len);
    return authority;
}

/* Splits host[:port]; an IPv6 address has its colons between brackets. */
static const char *split(struct bytes authority, struct bytes *host, struct bytes *port)
{
    size_t end;

    *port = (struct bytes){ 0 };
    if (bytes_index(authority, 0, '@') < authority.len)
        return "user names are not for WebSockets";
    if (authority.len > 0 && authority.ptr[0] == '[') {
        end = bytes_index(authority, 0, ']');
        if (end == authority.len)
            return "the ] of the address is missing";
        *host = bytes_take(bytes_skip(authority, 1), end - 1);
        end++;
    } else {
        end = bytes_index(authority, 0, ':');
        *host = bytes_take(authority, end);
    }
    if (end < authority.len && authority.ptr[end] != ':')
        return "only a port may follow the host";
    *port = bytes_skip(authority, end + 1);
    return host->len == 0 ? "it has no host" : NULL;
}

static const char *fill_authority(struct bytes authority, struct peer_url *out)
{
    struct bytes host, port;
    uint64_t number = out->secure ? 443 : 80, usual = number;
    const char *why = split(authority, &host, &port);

    if (why)
        return why;
    if (host.len >= sizeof out->host)
        return "the host name is longer than 255 characters";
    if (port.len > 0 && (!text_number(port, 65535, &number) || number == 0))
        return "the port is no number from 1 to 65535";
    out->port = (uint16_t)number;
    snprintf(out->host, sizeof out->host, "%.*s", BYTES_ARG(host));
    bool brackets = authority.ptr[0] == '[';
    int n = snprintf(out->authority, sizeof out->authority, "%s%s%s", brackets ? "[" : "",
                     out->host, brackets ? "]" : "");
    if (number != usual)
        snprintf(out->authority + n, sizeof out->authority - (size_t)n, ":%u", (unsigned)out->port);
    return NULL;
}

bool peer_url_parse(const char *text, struct peer_url *out, struct err *err)
{
    struct bytes rest = bytes_str(text);

    *out = (struct peer_url){ 0 };
    const char *why = foreign_character(rest);
    if (!why && !take_scheme(&rest, out))
        why = "it does not begin with ws:// or wss://";
    if (!why)
        why = fill_authority(take_authority(&rest), out);
    if (!why && rest.len + 2 > sizeof out->target)
        why = "its path is too long";
    if (why)
        return refuse(err, text, why);
    bool slash = rest.len == 0 || rest.ptr[0] != '/';
    snprintf(out->target, sizeof out->target, "%s%.*s", slash ? "/" : "", BYTES_ARG(rest));
    return true;
}
