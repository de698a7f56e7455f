#include <criterion/criterion.h>
#include <string.h>

#include "peer/url.h"

static const struct {
    const char *text, *host, *authority, *target;
    unsigned port;
    bool secure;
} good[] = {
    { "ws://a", "a", "a", "/", 80, false },
    { "WSS://Example.org/x?y=1", "Example.org", "Example.org", "/x?y=1", 443, true },
    { "ws://127.0.0.1:9001/", "127.0.0.1", "127.0.0.1:9001", "/", 9001, false },
    { "ws://a:80/", "a", "a", "/", 80, false },
    { "wss://a:80", "a", "a:80", "/", 80, true },
    { "ws://a:/", "a", "a", "/", 80, false },
    { "ws://[::1]:9001/a", "::1", "[::1]:9001", "/a", 9001, false },
    { "wss://[::1]", "::1", "[::1]", "/", 443, true },
    { "ws://a?q=/x", "a", "a", "/?q=/x", 80, false },
    { "ws://a:7?q", "a", "a:7", "/?q", 7, false },
    { "wS://a.b-c_d.:00443/", "a.b-c_d.", "a.b-c_d.:443", "/", 443, false },
    { "wss://a:443/", "a", "a", "/", 443, true },
    /* An empty query is none: RFC 6455 3. */
    { "ws://a?", "a", "a", "/", 80, false },
    { "ws://a/x?", "a", "a", "/x", 80, false },
    { "ws://a/x??", "a", "a", "/x??", 80, false },
    /* What is allowed stays as it is, dots and doubled slashes too. */
    { "ws://a//b/../.?q=//", "a", "a", "//b/../.?q=//", 80, false },
    { "ws://a/%23%2f%C3%bc", "a", "a", "/%23%2f%C3%bc", 80, false },
    { "ws://a/-._~!$&'()*+,;=:@?-._~!$&'()*+,;=:@/?", "a", "a",
      "/-._~!$&'()*+,;=:@?-._~!$&'()*+,;=:@/?", 80, false },
    /* Not allowed, but printable: RFC 6455 11.1.1. */
    { "ws://a/b c", "a", "a", "/b%20c", 80, false },
    { "ws://a/\"<>[\\]^`{|}", "a", "a", "/%22%3C%3E%5B%5C%5D%5E%60%7B%7C%7D", 80, false },
    { "ws://a/\xC3\xBC?\xC3\xA9=\xF0\x9F\x98\x80", "a", "a", "/%C3%BC?%C3%A9=%F0%9F%98%80", 80,
      false },
    /* Hosts: bücher.test, also in upper case, decomposed and percent-encoded; faß.de; 例え.jp. */
    { "ws://b\xC3\xBC"
      "cher.test",
      "xn--bcher-kva.test", "xn--bcher-kva.test", "/", 80, false },
    { "wss://B\xC3\x9C"
      "CHER.test:9/",
      "xn--bcher-kva.test", "xn--bcher-kva.test:9", "/", 9, true },
    { "ws://bu\xCC\x88"
      "cher.test",
      "xn--bcher-kva.test", "xn--bcher-kva.test", "/", 80, false },
    { "ws://b%C3%BCcher.test", "xn--bcher-kva.test", "xn--bcher-kva.test", "/", 80, false },
    { "ws://fa\xC3\x9F.de", "xn--fa-hia.de", "xn--fa-hia.de", "/", 80, false },
    { "ws://\xE4\xBE\x8B\xE3\x81\x88.jp", "xn--r8jz45g.jp", "xn--r8jz45g.jp", "/", 80, false },
    { "ws://%61.test", "a.test", "a.test", "/", 80, false },
    /* UNIX sockets. */
    { "ws+unix:/run/a.sock", "/run/a.sock", "localhost", "/", 80, false },
    { "ws+unix:/run/a.sock:", "/run/a.sock", "localhost", "/", 80, false },
    { "ws+unix:/run/a.sock:/", "/run/a.sock", "localhost", "/", 80, false },
    { "WSS+Unix:/run/a.sock:/chat?x=:1", "/run/a.sock", "localhost", "/chat?x=:1", 443, true },
    { "ws+unix:a.sock", "./a.sock", "localhost", "/", 80, false },
    { "ws+unix:../a.sock:/b c", "../a.sock", "localhost", "/b%20c", 80, false },
    { "ws+unix:///run/a.sock", "/run/a.sock", "localhost", "/", 80, false },
    { "ws+unix:/run/%3A%23%3f%20\xC3\xBC", "/run/:#? \xC3\xBC", "localhost", "/", 80, false },
    { "ws://[2001:DB8::1.2.3.4]:80/", "2001:DB8::1.2.3.4", "[2001:DB8::1.2.3.4]", "/", 80, false },
};

static const struct {
    const char *text, *word;
} bad[] = {
    /* the scheme */
    { "http://a/", "ws://" },
    { "a", "ws://" },
    { "", "ws://" },
    { "ws:/a", "ws://" },
    { "ws:a", "ws://" },
    { "wsss://a", "ws://" },
    { " ws://a", "ws://" },
    /* the host */
    { "ws://", "no host" },
    { "ws:///x", "no host" },
    { "ws://:80/", "no host" },
    { "ws://?x", "no host" },
    { "ws://[]/", "no host" },
    { "ws://[::1/", "]" },
    { "ws://[::1]x/", "port" },
    { "ws://[1.2.3.4]/", "IPv6" },
    { "ws://[fe80::1%25eth0]/", "IPv6" },
    { "ws://[v1.x]/", "IPv6" },
    { "ws://[::1::]/", "IPv6" },
    { "ws://::1/", "no host" },
    { "ws://u@a/", "user" },
    { "ws://u:p@a/", "user" },
    { "ws://a b/", "no host name has" },
    { "ws://a%20b/", "no host name has" },
    { "ws://a%2Fb/", "no host name has" },
    { "ws://a%0D%0Ab/", "no host name has" },
    { "ws://a%00b/", "NUL" },
    { "ws://a\\b/", "no host name has" },
    { "ws://a..b/", "dots" },
    { "ws://.a/", "dots" },
    { "ws://%C3/", "WebSocket URL" },
    { "ws://\xE2\x80\x8B/", "WebSocket URL" },
    /* the port */
    { "ws://a:x/", "port" },
    { "ws://a:0/", "port" },
    { "ws://a:65536/", "port" },
    { "ws://a:99999999999999999999/", "port" },
    { "ws://a:-1/", "port" },
    { "ws://a:+1/", "port" },
    { "ws://a: 1/", "port" },
    { "ws://a:1:2/", "port" },
    { "ws://a:8%30/", "port" },
    /* UNIX sockets */
    { "ws+unix:", "no path" },
    { "ws+unix::/x", "no path" },
    { "ws+unix://host/run/a.sock", "no host" },
    { "ws+unix:/run/a.sock:x", "second colon" },
    { "ws+unix:/run/a.sock:?x", "second colon" },
    { "ws+unix:/run/a.sock?x", "query" },
    { "ws+unix:/run/a%00.sock", "107" },
    { "ws+unix:/run/a.sock#x", "fragment" },
    { "http+unix:/run/a.sock", "ws+unix:" },
    /* the rest */
    { "ws://a/#f", "fragment" },
    { "ws://a#f", "fragment" },
    { "ws://a/?q#", "fragment" },
    { "ws://a/\r\nX: y", "control" },
    { "ws://a/\x7F", "control" },
    { "ws://a/\tb", "control" },
    { "ws://a/%", "%" },
    { "ws://a/%2", "%" },
    { "ws://a/%2g", "%" },
    { "ws://a/?%zz", "%" },
    { "ws://a/\xC3", "UTF-8" },
    { "ws://a/\xED\xA0\x80", "UTF-8" },
};

Test(peer_url, good_ones_are_taken_apart_and_bad_ones_say_why)
{
    struct peer_url url;
    struct err err;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        err = (struct err){ 0 };
        cr_assert(peer_url_parse(good[i].text, &url, &err), "%s: %s", good[i].text, err.text);
        cr_assert_str_eq(url.host, good[i].host, "%s: %s", good[i].text, url.host);
        cr_assert_str_eq(url.authority, good[i].authority, "%s: %s", good[i].text, url.authority);
        cr_assert_str_eq(url.target, good[i].target, "%s: %s", good[i].text, url.target);
        cr_assert_eq(url.port, good[i].port, "%s: %u", good[i].text, url.port);
        cr_assert_eq(url.secure, good[i].secure, "%s", good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err = (struct err){ 0 };
        cr_assert_not(peer_url_parse(bad[i].text, &url, &err), "%s", bad[i].text);
        cr_assert_eq(err.code, ERR_USAGE);
        cr_assert(strstr(err.text, bad[i].word), "%s: %s", bad[i].text, err.text);
    }
}

/* Some letters, `len` of them in all, behind a beginning. */
static const char *padded(const char *begin, size_t len)
{
    static char text[8192];
    size_t n = strlen(begin);

    memcpy(text, begin, n);
    memset(text + n, 'b', len);
    text[n + len] = '\0';
    return text;
}

Test(peer_url, what_is_too_long_is_refused)
{
    struct peer_url url;
    struct err err;
    const char *label = "ws://a.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.";

    cr_assert(peer_url_parse(padded("ws://", 63), &url, &err));
    cr_assert_not(peer_url_parse(padded("ws://", 64), &url, &err));
    cr_assert(peer_url_parse(padded(label, 63), &url, &err), "%s", err.text);
    cr_assert_not(peer_url_parse(padded("ws://", 256), &url, &err));
    cr_assert_not(peer_url_parse(padded("ws://", 8000), &url, &err));
    cr_assert(peer_url_parse(padded("ws+unix:/", 106), &url, &err), "%s", err.text);
    cr_assert_eq(strlen(url.host), 107);
    cr_assert_not(peer_url_parse(padded("ws+unix:/", 107), &url, &err));
    cr_assert(strstr(err.text, "107 bytes"), "%s", err.text);
    cr_assert(peer_url_parse(padded("ws+unix:", 105), &url, &err), "%s", err.text);
    cr_assert_not(peer_url_parse(padded("ws+unix:", 106), &url, &err));
    cr_assert_not(peer_url_parse(padded("ws+unix:", 8000), &url, &err));
    cr_assert_not(peer_url_parse(padded("ws://[", 8000), &url, &err));
    cr_assert_not(peer_url_parse(padded("ws://\xC3\xBC", 8000), &url, &err));
    cr_assert(peer_url_parse(padded("ws://a/", 2046), &url, &err));
    cr_assert_eq(strlen(url.target), 2047);
    cr_assert_not(peer_url_parse(padded("ws://a/", 2047), &url, &err));
    cr_assert_not(peer_url_parse(padded("ws://a/ ", 2044), &url, &err));
    cr_assert(peer_url_parse(padded("ws://a/ ", 2043), &url, &err));
}

Test(peer_url, a_proxy_is_plain_http_and_has_no_path)
{
    struct peer_url url;
    struct err err;

    cr_assert(peer_url_parse_proxy("HTTP://p:3128", &url, &err), "%s", err.text);
    cr_assert_str_eq(url.host, "p");
    cr_assert_eq(url.port, 3128);
    cr_assert(peer_url_parse_proxy("http://[::1]/", &url, &err), "%s", err.text);
    cr_assert_eq(url.port, 80);
    static const char *const wrong[] = { "ws://p:1",   "https://p:1",  "p:3128",     "http://p/x",
                                         "http://p?x", "http://u:p@p", "http://p:0", "http://" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        err = (struct err){ 0 };
        cr_assert_not(peer_url_parse_proxy(wrong[i], &url, &err), "%s", wrong[i]);
        cr_assert(strstr(err.text, "proxy"), "%s", err.text);
    }
}

Test(peer_url, a_socket_s_url_leads_back_to_its_path)
{
    static const char *const paths[] = { "/run/a.sock", "./a", "/t m/\xC3\xBC", "/a:b?c#d%41/e",
                                         "/%%%" };
    char text[PEER_LOCAL_URL_MAX], longest[108];
    struct peer_url url;
    struct err err;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cr_assert(peer_url_of_local(paths[i], i & 1, text, sizeof text));
        cr_assert(peer_url_parse(text, &url, &err), "%s: %s", text, err.text);
        cr_expect_str_eq(url.host, paths[i], "%s", text);
        cr_expect_str_eq(url.target, "/");
        cr_expect_eq(url.secure, i & 1);
    }
    cr_expect(peer_url_of_local("/run/a.sock", false, text, 20));
    cr_expect_str_eq(text, "ws+unix:/run/a.sock");
    cr_expect_not(peer_url_of_local("/run/a.sock", false, text, 19));
    memset(longest, ':', 107);
    longest[107] = '\0';
    cr_expect(peer_url_of_local(longest, true, text, sizeof text));
}
