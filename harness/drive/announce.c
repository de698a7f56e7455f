#include "drive/announce.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "peer/url.h"

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
}

/* Where `word` stands, in any case, from `from` on; the line's end: nowhere. */
static size_t find_word(struct bytes line, size_t from, const char *word)
{
    size_t len = strlen(word);

    for (size_t at = from; at + len <= line.len; at++)
        if (bytes_eq_nocase(bytes_of(line.ptr + at, len), bytes_str(word)))
            return at;
    return line.len;
}

/* A port behind which no number goes on: not the minutes of a time of day. */
static bool read_port(struct bytes in, unsigned *port)
{
    uint64_t number;
    size_t n = 0;

    while (n < in.len && is_digit(in.ptr[n]))
        n++;
    struct bytes next = bytes_skip(in, n);
    bool goes_on = next.len > 0 && (is_word(next.ptr[0]) || next.ptr[0] == ':' ||
                                    (next.ptr[0] == '.' && next.len > 1 && is_digit(next.ptr[1])));
    if (goes_on || !text_number(bytes_take(in, n), 65535, &number) || number == 0)
        return false;
    *port = (unsigned)number;
    return true;
}

/* ---- a URL ---- */

/* A URL ends where a sentence or a bracket around it may go on. */
static size_t url_len(struct bytes text)
{
    size_t n = 0;

    while (n < text.len && text.ptr[n] > ' ' && text.ptr[n] < 0x7F &&
           !strchr("\"'`<>(),;|", text.ptr[n]))
        n++;
    while (n > 0 && strchr(".!:", text.ptr[n - 1]))
        n--;
    return n;
}

/* Nobody listens at "all addresses": a client calls one of them. */
static void put_url(struct bytes text, char url[ANNOUNCE_URL_MAX])
{
    static const struct {
        const char *all, *one;
    } rows[] = { { "://0.0.0.0:", "://127.0.0.1:" },
                 { "://[::]:", "://[::1]:" },
                 { "://*:", "://127.0.0.1:" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t at = bytes_find(text, bytes_str(rows[i].all));
        if (at == text.len)
            continue;
        snprintf(url, ANNOUNCE_URL_MAX, "%.*s%s%.*s", BYTES_ARG(bytes_take(text, at)), rows[i].one,
                 BYTES_ARG(bytes_skip(text, at + strlen(rows[i].all))));
        return;
    }
    snprintf(url, ANNOUNCE_URL_MAX, "%.*s", BYTES_ARG(text));
}

static bool find_url(struct bytes line, char url[ANNOUNCE_URL_MAX])
{
    static const char *const schemes[] = { "ws://", "wss://", "ws+unix:", "wss+unix:" };

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t at = find_word(line, 0, schemes[i]);
        if (at == line.len || (at > 0 && is_word(line.ptr[at - 1])))
            continue;
        struct bytes text = bytes_skip(line, at);
        text = bytes_take(text, url_len(text));
        if (text.len == strlen(schemes[i]) || text.len >= ANNOUNCE_URL_MAX - 16)
            continue;
        put_url(text, url);
        return true;
    }
    return false;
}

/* ---- HOST:N ---- */

static bool says_ready(struct bytes line)
{
    static const char *const words[] = { "listen",  "serving", "server", "running",
                                         "started", "bound",   "ready",  "accept" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (find_word(line, 0, words[i]) < line.len)
            return true;
    return false;
}

static bool is_ipv4(struct bytes host)
{
    size_t dots = 0;

    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] == '.')
            dots++;
        else if (!is_digit(host.ptr[i]))
            return false;
    }
    return dots == 3 && host.len >= 7;
}

static bool is_ipv6(struct bytes host)
{
    bool brackets = host.len > 3 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';

    for (size_t i = 1; brackets && i + 1 < host.len; i++)
        if (host.ptr[i] != ':' && text_hex_digit(host.ptr[i]) < 0)
            return false;
    return brackets;
}

/* What stands in front of the colon at `colon`, back to a blank, a quote or a slash. */
static struct bytes host_before(struct bytes line, size_t colon)
{
    size_t from = colon;

    while (from > 0 && line.ptr[from - 1] > ' ' && !strchr("\"'`(=/<", line.ptr[from - 1]))
        from--;
    return bytes_take(bytes_skip(line, from), colon - from);
}

static const char *scheme_before(struct bytes line, struct bytes host)
{
    struct bytes front = bytes_of(line.ptr, (size_t)(host.ptr - line.ptr));
    size_t len = strlen("https://");

    return front.len >= len && bytes_eq_str(bytes_skip(front, front.len - len), "https://") ? "wss"
                                                                                            : "ws";
}

static bool find_host(struct bytes line, char url[ANNOUNCE_URL_MAX])
{
    unsigned port;

    if (!says_ready(line))
        return false;
    for (size_t colon = 0; (colon = bytes_index(line, colon, ':')) < line.len; colon++) {
        struct bytes host = host_before(line, colon);
        bool all = host.len == 0 || bytes_eq_str(host, "*");
        bool named =
            is_ipv4(host) || is_ipv6(host) || bytes_eq_nocase(host, BYTES_LIT("localhost"));
        char text[ANNOUNCE_URL_MAX];
        if ((!all && !named) || host.len > 64 || !read_port(bytes_skip(line, colon + 1), &port))
            continue;
        snprintf(text, sizeof text, "%s://%.*s:%u/", scheme_before(line, host),
                 BYTES_ARG(all ? BYTES_LIT("*") : host), port);
        put_url(bytes_str(text), url);
        return true;
    }
    return false;
}

/* ---- "port N" ---- */

static bool find_port(struct bytes line, char url[ANNOUNCE_URL_MAX])
{
    unsigned port;

    for (size_t at = 0; (at = find_word(line, at, "port")) < line.len; at++) {
        struct bytes rest = bytes_skip(line, at + 4);
        if (at > 0 && is_word(line.ptr[at - 1]))
            continue;
        while (rest.len > 0 && rest.ptr[0] != '\0' && strchr(" :=#", rest.ptr[0]))
            rest = bytes_skip(rest, 1);
        if (rest.ptr == line.ptr + at + 4 || !read_port(rest, &port))
            continue;
        snprintf(url, ANNOUNCE_URL_MAX, "ws://127.0.0.1:%u/", port);
        return true;
    }
    return false;
}

bool announce_read(struct bytes line, char url[ANNOUNCE_URL_MAX])
{
    struct peer_url parsed;

    return (find_url(line, url) && peer_url_parse(url, &parsed, NULL)) || find_host(line, url) ||
           find_port(line, url);
}

/* ---- the stream ---- */

static bool take_line(struct announce *a, struct bytes line)
{
    size_t n = 0;

    if (bytes_trim(line).len == 0)
        return false;
    for (; n < line.len && n < sizeof a->line - 1; n++)
        a->line[n] = line.ptr[n] >= ' ' && line.ptr[n] < 0x7F ? (char)line.ptr[n] : '?';
    a->line[n] = '\0';
    a->known = announce_read(line, a->url);
    return a->known;
}

bool announce_feed(struct announce *a, bool is_stderr, struct bytes output)
{
    char *line = a->pending[is_stderr];
    size_t *len = &a->len[is_stderr];

    for (size_t i = 0; i < output.len && !a->known; i++) {
        uint8_t c = output.ptr[i];
        if (c == '\n' || c == '\r') {
            (void)take_line(a, bytes_of(line, *len));
            *len = 0;
        } else if (*len < sizeof a->pending[0]) {
            line[(*len)++] = (char)c;
        }
        if (a->known)
            return true;
    }
    return false;
}
