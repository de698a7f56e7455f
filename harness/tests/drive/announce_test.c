#include <criterion/criterion.h>
#include <string.h>

#include "drive/announce.h"

static const struct {
    const char *line, *url;
} told[] = {
    { "listening on ws://127.0.0.1:9001/", "ws://127.0.0.1:9001/" },
    { "Open wss://localhost:9443/chat?x=1, and talk.", "wss://localhost:9443/chat?x=1" },
    { "ready (ws://[::1]:7)", "ws://[::1]:7" },
    { "url=\"WS://a.test:80/x\"", "WS://a.test:80/x" },
    { "listening on ws+unix:/run/echo.sock:/chat", "ws+unix:/run/echo.sock:/chat" },
    { "wss+unix:/run/echo.sock.", "wss+unix:/run/echo.sock" },
    { "see http://x.test/doc:1; at ws://h:1/", "ws://h:1/" },
    { "ws://0.0.0.0:9001/a", "ws://127.0.0.1:9001/a" },
    { "ws://[::]:9001", "ws://[::1]:9001" },
    { "listening on 127.0.0.1:39123", "ws://127.0.0.1:39123/" },
    { "2026/11/21 23:54:12 Listening on :8080", "ws://127.0.0.1:8080/" },
    { "Server running at http://127.0.0.1:8000/", "ws://127.0.0.1:8000/" },
    { "[12:30:59] server started on https://localhost:8443", "wss://localhost:8443/" },
    { "Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", "ws://127.0.0.1:8000/" },
    { "INFO:websockets.server:server listening on 127.0.0.1:41095", "ws://127.0.0.1:41095/" },
    { "server listening on [::1]:41095", "ws://[::1]:41095/" },
    { "bound to [::]:5.", "ws://[::1]:5/" },
    { "ready on *:65535", "ws://127.0.0.1:65535/" },
    { "ws://# listening on localhost:7", "ws://localhost:7/" },
    { "port 39123", "ws://127.0.0.1:39123/" },
    { "Echo at port: 39123!", "ws://127.0.0.1:39123/" },
    { "PORT=80", "ws://127.0.0.1:80/" },
    { "port #9, not port 10", "ws://127.0.0.1:9/" },
};

static const char *const silent[] = {
    "",
    "starting",
    "12:34:56 server started",
    "at 12:34 the server is ready",
    "server 1.2.3.4: ready",
    "listening with 4 workers",
    "listening on port",
    "port 0",
    "port 65536",
    "port 123456789012345678901234567890",
    "report 12",
    "port80",
    "port 80abc",
    "listening on 127.0.0.1:0",
    "listening on 127.0.0.1:1.5",
    "client 10.0.0.1:5555 is gone",
    "see https://x.test/manual",
    "http://127.0.0.1:8000/ is not it",
    "news://a:1/",
    "ws:// is the scheme",
    "version 1:2:3 running",
    "step 3: 12 ready",
};

Test(announce, a_line_that_tells_an_address_is_understood)
{
    char url[ANNOUNCE_URL_MAX];

    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        url[0] = '\0';
        cr_expect(announce_read(bytes_str(told[i].line), url), "%s", told[i].line);
        cr_expect_str_eq(url, told[i].url, "%s: %s", told[i].line, url);
    }
}

Test(announce, a_line_that_tells_none_is_not_believed)
{
    char url[ANNOUNCE_URL_MAX];

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        cr_expect_not(announce_read(bytes_str(silent[i]), url), "%s: %s", silent[i], url);
}

/* However it was cut, the first line that tells is believed, of either stream. */
Test(announce, the_first_finished_line_that_tells_counts)
{
    static const char output[] = "starting\r\n\nloaded 3 files\nlistening on 127.0.0.1:7001\n"
                                 "listening on 127.0.0.1:7002\n";

    for (size_t cut = 1; cut < sizeof output; cut++) {
        struct announce a = { 0 };
        bool told_now = false;
        (void)announce_feed(&a, true, BYTES_LIT("port 1"));
        for (size_t at = 0; at < sizeof output - 1; at += cut) {
            struct bytes part = bytes_take(bytes_skip(BYTES_LIT(output), at), cut);
            cr_assert_not(told_now && announce_feed(&a, false, part), "told twice");
            told_now |= announce_feed(&a, false, part);
        }
        cr_assert(told_now && a.known);
        cr_assert_str_eq(a.url, "ws://127.0.0.1:7001/");
        cr_assert_str_eq(a.line, "listening on 127.0.0.1:7001");
    }
}

Test(announce, a_long_line_is_read_as_far_as_it_is_kept)
{
    static char output[4 * ANNOUNCE_LINE_MAX];
    struct announce a = { 0 };

    memset(output, 'x', sizeof output);
    memcpy(output, "port 7 ", 7);
    output[sizeof output - 1] = '\n';
    cr_expect_not(announce_feed(&a, false, bytes_of(output, sizeof output - 1)));
    cr_expect(announce_feed(&a, false, bytes_of(output + sizeof output - 1, 1)));
    cr_expect_str_eq(a.url, "ws://127.0.0.1:7/");
    cr_expect_eq(strlen(a.line), ANNOUNCE_LINE_MAX - 1);
}
