#include "peer/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/tcp.h"
#include "peer/idna.h"
#include "ws/utf8.h"

#define LABEL_MAX 63 /* RFC 1035 2.3.4 */

struct scheme {
    struct bytes prefix;
    bool secure, local;
};

static bool is_alnum(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(uint8_t c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

/* ---- the whole ---- */

static const char *foreign_character(struct bytes in)
{
    if (!ws_utf8_valid(in))
        return "it is not UTF-8";
    for (size_t i = 0; i < in.len; i++) {
        bool escaped = i + 2 < in.len && text_hex_digit(in.ptr[i + 1]) >= 0 &&
                       text_hex_digit(in.ptr[i + 2]) >= 0;
        if (in.ptr[i] < ' ' || in.ptr[i] == 0x7F)
            return "it holds a control character";
        if (in.ptr[i] == '#')
            return "it has a fragment (#…), and a literal # is written %23";
        if (in.ptr[i] == '%' && !escaped)
            return "it has a % that is not followed by two hex digits";
    }
    return NULL;
}

static const struct scheme *take_scheme(struct bytes *rest, const struct scheme *schemes, size_t n,
                                        struct peer_url *out)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes_eq_nocase(bytes_take(*rest, schemes[i].prefix.len), schemes[i].prefix)) {
            *rest = bytes_skip(*rest, schemes[i].prefix.len);
            out->secure = schemes[i].secure;
            return &schemes[i];
        }
    }
    return NULL;
}

/* What stands before the path or the query. */
static struct bytes take_authority(struct bytes *rest)
{
    size_t len = bytes_index(*rest, 0, '/'), query = bytes_index(*rest, 0, '?');
    struct bytes authority = bytes_take(*rest, len < query ? len : query);

    *rest = bytes_skip(*rest, authority.len);
    return authority;
}

/* ---- host and port ---- */

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

/* Letters, digits and - as DNS has them, and the _ that private names have; one dot may end it. */
static const char *check_name(struct bytes name)
{
    size_t label = 0;

    if (name.len == 0)
        return "nothing of its host can be looked up";
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        label = c == '.' ? 0 : label + 1;
        if (c == '.' && (i == 0 || name.ptr[i - 1] == '.'))
            return "two dots of the host name have nothing between them";
        if (c != '.' && !is_alnum(c) && !is_one_of(c, "-_"))
            return "it holds a character that no host name has";
        if (label > LABEL_MAX)
            return "a part of the host name is longer than 63 characters";
    }
    return NULL;
}

/* Percent-encoding in a host stands for UTF-8: RFC 3986 3.2.2. False: too long. */
static bool decode_name(struct bytes raw, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < raw.len && n < size; i++, n++) {
        out[n] = (char)raw.ptr[i];
        if (raw.ptr[i] != '%')
            continue;
        out[n] = (char)(text_hex_digit(raw.ptr[i + 1]) << 4 | text_hex_digit(raw.ptr[i + 2]));
        i += 2;
    }
    if (n == size)
        return false;
    out[n] = '\0';
    return strlen(out) == n;
}

static bool is_ascii(const char *text)
{
    while (*text && (uint8_t)*text < 0x80)
        text++;
    return *text == '\0';
}

static const char *read_name(struct bytes raw, char out[PEER_HOST_MAX])
{
    char name[PEER_HOST_MAX];
    const char *why = NULL;

    if (!decode_name(raw, name, sizeof name))
        return "the host name holds a NUL or more than 255 characters";
    if (is_ascii(name))
        memcpy(out, name, sizeof name);
    else
        why = peer_idna(name, out, PEER_HOST_MAX);
    return why ? why : check_name(bytes_str(out));
}

static const char *read_address(struct bytes raw, char out[PEER_HOST_MAX])
{
    struct in6_addr address;

    snprintf(out, PEER_HOST_MAX, "%.*s", raw.len < PEER_HOST_MAX ? (int)raw.len : 0,
             (const char *)raw.ptr);
    return inet_pton(AF_INET6, out, &address) == 1 ? NULL : "there is no IPv6 address between []";
}

static const char *read_authority(struct bytes authority, struct peer_url *out)
{
    struct bytes host, port;
    uint64_t number = out->secure ? 443 : 80, usual = number;
    const char *why = split(authority, &host, &port);
    bool brackets = authority.len > 0 && authority.ptr[0] == '[';

    if (!why)
        why = brackets ? read_address(host, out->host) : read_name(host, out->host);
    if (why)
        return why;
    if (port.len > 0 && (!text_number(port, 65535, &number) || number == 0))
        return "the port is no number from 1 to 65535";
    out->port = (uint16_t)number;
    int n = snprintf(out->authority, sizeof out->authority, "%s%s%s", brackets ? "[" : "",
                     out->host, brackets ? "]" : "");
    if (number != usual)
        snprintf(out->authority + n, sizeof out->authority - (size_t)n, ":%u", (unsigned)out->port);
    return NULL;
}

/* ---- path and query ---- */

/* What RFC 3986 3.3 and 3.4 let stand as it is; % has been looked at. */
static bool stays(uint8_t c)
{
    return is_alnum(c) || is_one_of(c, "-._~!$&'()*+,;=:@/?%");
}

static bool put(struct peer_url *out, size_t *n, const char *fmt, uint8_t c)
{
    int more = snprintf(out->target + *n, sizeof out->target - *n, fmt, c);

    *n += (size_t)more;
    return *n < sizeof out->target;
}

/* RFC 6455 3 and 11.1.1: the path is at least "/", and an empty query has no question mark. */
static const char *read_target(struct bytes rest, struct peer_url *out)
{
    size_t n = 0;
    bool fits = true;

    if (bytes_index(rest, 0, '?') + 1 == rest.len)
        rest.len--;
    if (rest.len == 0 || rest.ptr[0] != '/')
        fits = put(out, &n, "%c", '/');
    for (size_t i = 0; fits && i < rest.len; i++)
        fits = put(out, &n, stays(rest.ptr[i]) ? "%c" : "%%%02X", rest.ptr[i]);
    return fits ? NULL : "its path is too long";
}

/* ---- UNIX sockets ---- */

/* ws+unix:///run/x means ws+unix:/run/x; a name without any slash is one of this folder. */
static const char *read_local(struct bytes *rest, struct peer_url *out)
{
    size_t colon = bytes_index(*rest, 0, ':');
    struct bytes path = bytes_take(*rest, colon);
    size_t dot = 0;

    *rest = bytes_skip(*rest, colon + 1);
    if (bytes_index(path, 0, '?') < path.len)
        return "a query stands behind the resource: ws+unix:PATH:/?QUERY";
    if (rest->len > 0 && rest->ptr[0] != '/')
        return "what follows the second colon is no resource: ws+unix:PATH:/RESOURCE";
    if (bytes_starts(path, BYTES_LIT("///")))
        path = bytes_skip(path, 2);
    else if (bytes_starts(path, BYTES_LIT("//")))
        return "a UNIX socket has no host: ws+unix:PATH";
    if (bytes_index(path, 0, '/') == path.len) {
        memcpy(out->host, "./", 2);
        dot = 2;
    }
    if (path.len == 0 || !decode_name(path, out->host + dot, PEER_HOST_MAX - dot) ||
        strlen(out->host) > IO_LOCAL_MAX)
        return path.len == 0 ? "it has no path" : "the path of a UNIX socket has 1 to 107 bytes";
    out->port = out->secure ? 443 : 80;
    memcpy(out->authority, "localhost", sizeof "localhost");
    return NULL;
}

bool peer_url_of_local(const char *path, bool secure, char *out, size_t size)
{
    int n = snprintf(out, size, "%s+unix:", secure ? "wss" : "ws");

    for (; n >= 0 && (size_t)n < size && *path; path++) {
        uint8_t c = (uint8_t)*path;
        bool plain = stays(c) && !is_one_of(c, ":?%");
        n += snprintf(out + n, size - (size_t)n, plain ? "%c" : "%%%02X", c);
    }
    return n >= 0 && (size_t)n < size;
}

bool peer_url_parse(const char *text, struct peer_url *out, struct err *err)
{
    static const struct scheme schemes[] = { { BYTES_LIT("ws://"), false, false },
                                             { BYTES_LIT("wss://"), true, false },
                                             { BYTES_LIT("ws+unix:"), false, true },
                                             { BYTES_LIT("wss+unix:"), true, true } };
    struct bytes rest = bytes_str(text);
    const char *why = foreign_character(rest);
    const struct scheme *scheme = NULL;

    *out = (struct peer_url){ 0 };
    if (!why && !(scheme = take_scheme(&rest, schemes, sizeof schemes / sizeof *schemes, out)))
        why = "it does not begin with ws://, wss:// or ws+unix:";
    if (!why)
        why = scheme->local ? read_local(&rest, out) : read_authority(take_authority(&rest), out);
    if (!why)
        why = read_target(rest, out);
    return !why || err_set(err, ERR_USAGE, "%.200s is no WebSocket URL: %s", text, why);
}

bool peer_url_parse_proxy(const char *text, struct peer_url *out, struct err *err)
{
    static const struct scheme schemes[] = { { BYTES_LIT("http://"), false, false } };
    struct bytes rest = bytes_str(text);
    const char *why = foreign_character(rest);

    *out = (struct peer_url){ .target = "/" };
    if (!why && !take_scheme(&rest, schemes, 1, out))
        why = "it does not begin with http://";
    if (!why)
        why = read_authority(take_authority(&rest), out);
    if (!why && rest.len > 0 && !bytes_eq_str(rest, "/"))
        why = "it has a path";
    return !why || err_set(err, ERR_USAGE, "%.200s is no address of a proxy: %s", text, why);
}
