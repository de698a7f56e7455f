#include <criterion/criterion.h>
#include <string.h>

#include "peer/client.h"

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
};

static const struct {
    const char *text, *word;
} bad[] = {
    { "http://a/", "ws://" },    { "a", "ws://" },           { "", "ws://" },
    { "ws://", "no host" },      { "ws:///x", "no host" },   { "ws://:80/", "no host" },
    { "ws://a/#f", "fragment" }, { "ws://a/b c", "blank" },  { "ws://a/\r\nX: y", "blank" },
    { "ws://a:x/", "port" },     { "ws://a:0/", "port" },    { "ws://a:65536/", "port" },
    { "ws://[::1/", "]" },       { "ws://[::1]x/", "port" }, { "ws://[]/", "no host" },
    { "ws://u@a/", "user" },
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

Test(peer_url, what_is_too_long_is_refused)
{
    char text[4096] = "ws://";
    struct peer_url url;
    struct err err;

    memset(text + 5, 'a', 256);
    cr_assert_not(peer_url_parse(text, &url, &err));
    memset(text + 5, 0, 256);
    strcpy(text, "ws://a/");
    memset(text + 7, 'b', 2045);
    cr_assert(peer_url_parse(text, &url, &err));
    cr_assert_eq(strlen(url.target), 2046);
    text[7 + 2045] = 'b';
    cr_assert_not(peer_url_parse(text, &url, &err));
}
