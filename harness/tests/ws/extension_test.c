#include "support/guard.h"

#include <criterion/criterion.h>

#include "wire.h"
#include "ws/extension.h"

static void log_extension(struct buf *log, const struct ws_extension *e)
{
    cr_assert(buf_print(log, "[%.*s", BYTES_ARG(e->name)));
    for (size_t i = 0; i < e->n_params; i++) {
        const struct ws_extension_param *p = &e->params[i];
        cr_assert(buf_print(log, " %.*s", BYTES_ARG(p->name)));
        if (p->has_value)
            cr_assert(buf_print(log, p->quoted ? "=\"%.*s\"" : "=%.*s", BYTES_ARG(p->value)));
    }
    cr_assert(buf_print(log, "]"));
}

static void expect(const char *value, const char *expected)
{
    struct guard g = guard_copy(bytes_str(value));
    struct bytes rest = guard_bytes(&g);
    struct buf log = wire_new();
    struct ws_extension e;
    enum ws_status status;
    size_t bad = 0;

    while ((status = ws_extension_next(&rest, &e, &bad)) == WS_OK)
        log_extension(&log, &e);
    if (status == WS_BROKEN)
        cr_assert(buf_print(&log, " broken at %zu", (size_t)(rest.ptr - g.ptr) + bad));
    cr_assert(bytes_eq_str(buf_bytes(&log), expected), "%.*s\nnot %s\nfor %s",
              BYTES_ARG(buf_bytes(&log)), expected, value);
    buf_free(&log);
    guard_free(&g);
}

Test(ws_extension, reads_lists)
{
    expect("", "");
    expect(" , ,", "");
    expect("permessage-deflate", "[permessage-deflate]");
    expect("a;b;c=1,d", "[a b c=1][d]");
    expect(" a ; b = 1 ; c = \"x\" ,, d ", "[a b=1 c=\"x\"][d]");
    expect("a;\r\n b", "[a b]");
    expect("a; b=\"\\x\\y\"", "[a b=\"\\x\\y\"]");
}

Test(ws_extension, names_the_byte_that_breaks_the_grammar)
{
    expect(";a", " broken at 0");
    expect("a b", " broken at 2");
    expect("a, b c", "[a] broken at 5");
    expect("a;", " broken at 2");
    expect("a;;b", " broken at 2");
    expect("a;=1", " broken at 2");
    expect("a;b=", " broken at 4");
    expect("a;b=,", " broken at 4");
    expect("a;b=\"\"", " broken at 5");
    expect("a;b=\"x", " broken at 6");
    expect("a;b=\"x y\"", " broken at 6");
    expect("a;b=\"x\\ y\"", " broken at 7");
    expect("a;b=\"x\\", " broken at 7");
    expect("a;b=\"x\"y", " broken at 7");
    expect("a;b=1=2", " broken at 5");
    expect("a\xe9", " broken at 1");
    expect("a=1", " broken at 1");
}

Test(ws_extension, takes_sixteen_parameters_and_no_more)
{
    expect("a;1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16",
           "[a 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16]");
    expect("a;1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17", " broken at 40");
}

Test(ws_extension, finds_parameters_with_case)
{
    struct bytes rest = BYTES_LIT("x; a=1; b");
    struct ws_extension e;
    size_t bad;

    cr_assert_eq(ws_extension_next(&rest, &e, &bad), WS_OK);
    cr_assert(bytes_eq_str(ws_extension_param(&e, "a")->value, "1"));
    cr_assert_not(ws_extension_param(&e, "b")->has_value);
    cr_assert_null(ws_extension_param(&e, "A"));
}
