#include <criterion/criterion.h>
#include <string.h>

#include "cli/options/handshake.h"

static struct arg_list list_of(const char *a, const char *b)
{
    return (struct arg_list){ .items = { a, b }, .count = b ? 2 : 1 };
}

static bool refused(bool ok, const struct err *err, const char *words)
{
    return !ok && err->code == ERR_USAGE && strstr(err->text, words);
}

Test(handshake_options, a_header_is_a_name_and_a_value_on_one_line)
{
    struct arg_list list = list_of("X-One:  a: b ", "x:");
    struct ws_header out[2];
    struct err err = { 0 };

    cr_assert(handshake_headers(&list, out, &err));
    cr_expect(bytes_eq_str(out[0].name, "X-One") && bytes_eq_str(out[0].value, "a: b"));
    cr_expect(bytes_eq_str(out[1].name, "x") && out[1].value.len == 0);
    static const char *const wrong[] = {
        "", ":", "x", ": b", "a b: c", "a : b", "A: b\r\nC: d", "A: b\nC: d"
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        list = list_of("A: b", wrong[i]);
        cr_expect(refused(handshake_headers(&list, out, &err), &err, "'Name: value'"), "%s",
                  wrong[i]);
    }
}

Test(handshake_options, what_the_handshake_has_itself_is_not_said_twice)
{
    static const char *const names[] = {
        "Host: x",
        "UPGRADE: x",
        "connection: x",
        "Sec-WebSocket-Key: x",
        "Sec-WebSocket-Version: x",
        "Sec-WebSocket-Protocol: x",
        "Sec-WebSocket-Extensions: x",
    };
    struct ws_header out[2];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct arg_list list = list_of(names[i], NULL);
        struct err err = { 0 };
        cr_expect(refused(handshake_headers(&list, out, &err), &err, "cannot set"), "%s", names[i]);
    }
}

Test(handshake_options, a_subprotocol_is_a_token_and_there_once)
{
    static const char *const wrong[] = { "", "a b", "a,b", "\xC3\xA9" };
    struct arg_list list = list_of("chat", "Chat");
    struct err err = { 0 };

    cr_expect(handshake_protocols(&list, &err));
    list = list_of("chat", "chat");
    cr_expect(refused(handshake_protocols(&list, &err), &err, "twice"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        list = list_of("chat", wrong[i]);
        cr_expect(refused(handshake_protocols(&list, &err), &err, "without blanks"), "%s",
                  wrong[i]);
    }
}

Test(handshake_options, an_origin_is_as_a_browser_says_it)
{
    static const char *const right[] = { "null", "https://a.example", "http://a:8080",
                                         "http://[::1]:80", "chrome-extension://abc" };
    static const char *const wrong[] = { "",           "a.example",   "https://",        "://a",
                                         "https://a/", "https://a b", "https://\xC3\xA9" };
    struct arg_list list;
    struct err err = { 0 };

    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        list = list_of(right[i], NULL);
        cr_expect(handshake_origins(&list, &err), "%s", right[i]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        list = list_of("null", wrong[i]);
        cr_expect(refused(handshake_origins(&list, &err), &err, "as a browser says it"), "%s",
                  wrong[i]);
    }
}
