#include "support/guard.h"
#include "support/heap.h"

#include "script/lint.h"
#include "script/print.h"
#include "script/suite.h"

/* Whatever a case file holds: no crash, no byte read behind its end, and no memory is an answer. */

static const char everything[] =
    "group \"G\"\n"
    "let a = \"x\" * 3 + random 5\n"
    "for n, w in (1 \"one\") (2 \"two\") {\n"
    "  case c-${n} \"Case ${w}\" {\n"
    "    proves R-1 R-2\n    also autobahn 1.1 { ok { expect echo } }\n    needs echo\n    role "
    "server\n"
    "    level must\n    severity minor\n    tags t\n    timeout 1s\n    note \"n\"\n"
    "    contested \"c\"\n    manual\n    cut off\n"
    "    request { line \"GET ${path}\" header \"A\" accept(flip \"${key}\") omit \"B\" }\n"
    "    extension \"e\" { p 1 q \"r\" }\n    subprotocol \"s\"\n"
    "    send text a + (x\"00 ff\" + words 1K) fin=0 rsv1 mask=x\"01020304\" cut=1 pace=1ms "
    "hold=0\n"
    "    send more rest\n    send close ${n+1} \"\\u{20ac}\\x00\\n\"\n"
    "    either { unordered { expect pong \"a\" expect echo } } or warn \"w\" { expect fail 1002 "
    "or 1007 }\n"
    "    prefer { expect eof clean } otherwise info \"i\" { reconnect }\n"
    "    expect refused 400 4xx { header \"A\" is \"b\" }\n"
    "    expect frame text \"a\" fin=1 masked=off\n    expect report closed 1006 \"a\" within 2s\n"
    "    expect memory grows below 64M\n    repeat 3 until stalled { together { send ping } }\n"
    "    measure \"m\" { wait 1ms }\n    close 1000\n"
    "    repeat 2 { send text (next 3 of sample json 9) + a }\n"
    "    send text blocks { final fixed \"a\" match 3 1 symbol 9 distance 3\n stored words 9\n"
    "      dynamic \"b\" reserved bomb 9 ratio 5 stored-lie 1 2 \"c\" keep 3 } rsv1\n"
    "    each v in 1..3 \"x\" { send ping \"${v}\" }\n"
    "  }\n"
    "}\n";

Test(script_robust, every_prefix_of_a_file_is_taken_at_a_guard_page)
{
    for (size_t len = 0; len < sizeof everything; len++) {
        struct guard g = guard_copy(bytes_of(everything, len));
        struct arena a = { 0 };
        struct script_file file;
        struct diagnostics diags;
        bool ok = script_parse(&a, "f.case", guard_bytes(&g), NULL, &file, &diags);
        cr_expect(ok || diags.count > 0, "refused without a word at %zu", len);
        cr_expect(!ok || len < 12 || len >= sizeof everything - 2 || file.n_cases == 0, "%zu", len);
        arena_free(&a);
        guard_free(&g);
    }
}

Test(script_robust, a_byte_changed_anywhere_breaks_nothing_but_the_file)
{
    static const uint8_t bytes[] = { 0, '\n', '"', '{', '}', '$', '\\', '(', '=', '9', ' ', 0xFF };
    char text[sizeof everything];

    for (size_t i = 0; i + 1 < sizeof everything; i++) {
        for (size_t k = 0; k < sizeof bytes; k++) {
            struct arena a = { 0 };
            struct script_file file;
            struct diagnostics diags;
            memcpy(text, everything, sizeof text);
            text[i] = (char)bytes[k];
            bool ok =
                script_parse(&a, "f.case", bytes_of(text, sizeof text - 1), NULL, &file, &diags);
            cr_expect_eq(ok, diags.count == 0, "byte %zu", i);
            arena_free(&a);
        }
    }
}

static bool parse_once(void *ctx)
{
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    struct buf out;
    bool *told = ctx;

    buf_init(&out, 1 << 20);
    bool ok = script_parse(&a, "f.case", bytes_of(everything, sizeof everything - 1), NULL, &file,
                           &diags);
    *told = *told && (ok || strcmp(diags.list[0].text, "out of memory") == 0);
    for (size_t i = 0; ok && i < file.n_cases; i++)
        ok = script_print_case(&file.cases[i], &out);
    if (ok)
        ok = script_format(bytes_of(everything, sizeof everything - 1), &out, &diags);
    buf_free(&out);
    arena_free(&a);
    return ok;
}

Test(script_robust, no_memory_is_told_and_nothing_leaks)
{
    bool told = true;

    cr_expect_gt(heap_fail_each(parse_once, &told), 3);
    cr_expect(told);
}

static bool load_once(void *ctx)
{
    static const struct embedded files[] = {
        { "a.case", (const uint8_t *)everything, sizeof everything - 1 },
        { 0 },
    };
    struct suite s;
    struct suite_fault fault;
    struct arena a = { 0 };
    struct selection by = { 0 };
    const struct script_case **cases;
    size_t count;

    (void)ctx;
    bool ok = suite_load(&s, files, &fault) && suite_select(&s, &by, &a, &cases, &count, NULL);
    arena_free(&a);
    suite_free(&s);
    return ok;
}

Test(script_robust, a_suite_without_memory_is_no_suite)
{
    cr_expect_gt(heap_fail_each(load_once, NULL), 2);
}

Test(script_robust, deep_and_endless_files_are_refused)
{
    static const char *const rows[] = { "case a \"A\" { note \"n\" repeat 1 ",
                                        "let a = ", "for x in 1 " };
    static const char *const more[] = { "{ repeat 1 ", "(", "{ for x in 1 " };
    static char text[60000];

    for (size_t i = 0; i < 3; i++) {
        struct arena a = { 0 };
        struct script_file file;
        struct diagnostics diags;
        size_t len = strlen(rows[i]);
        memcpy(text, rows[i], len);
        for (size_t n = strlen(more[i]); len + n < sizeof text; len += n)
            memcpy(text + len, more[i], n);
        cr_expect_not(script_parse(&a, "f.case", bytes_of(text, len), NULL, &file, &diags));
        arena_free(&a);
    }
}

Test(script_robust, lets_cannot_multiply_beyond_bounds)
{
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    struct buf text;

    buf_init(&text, 1 << 20);
    cr_assert(buf_print(&text, "let a0 = \"\"\n"));
    for (int i = 1; i < 100; i++)
        cr_assert(buf_print(&text, "let a%d = a%d + a%d\n", i, i - 1, i - 1));
    cr_expect_not(script_parse(&a, "f.case", buf_bytes(&text), NULL, &file, &diags));
    cr_expect_str_eq(diags.list[0].text, "a payload of more than 1024 parts");
    buf_free(&text);
    arena_free(&a);
}
