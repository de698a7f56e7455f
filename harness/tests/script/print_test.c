#include "support/case_log.h"
#include <string.h>

#include "script/embedded_cases.h"
#include "script/print_parts.h"
#include "script/suite.h"

#define TEXT_MAX (4u << 20)

/* Prints `c`, parses that, prints it again: the same text, and the same case in every respect. */
static void check_round_trip(const struct script_case *c)
{
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    struct buf once, twice, was, is;

    buf_init(&once, TEXT_MAX);
    buf_init(&twice, TEXT_MAX);
    buf_init(&was, TEXT_MAX);
    buf_init(&is, TEXT_MAX);
    cr_assert(script_print_case(c, &once), "%s", c->id);
    if (!script_parse(&a, c->path, buf_bytes(&once), embedded_cases, &file, &diags)) {
        case_log_mistakes(c->path, buf_bytes(&once), &diags);
        cr_assert_fail("%s is printed in a form that does not parse", c->id);
    }
    cr_assert_eq(file.n_cases, 1);
    cr_assert(script_print_case(&file.cases[0], &twice));
    cr_expect(bytes_eq(buf_bytes(&once), buf_bytes(&twice)), "printed\n%.*sand then\n%.*s",
              BYTES_ARG(buf_bytes(&once)), BYTES_ARG(buf_bytes(&twice)));
    case_log_all(c, &was);
    case_log_all(&file.cases[0], &is);
    cr_expect(bytes_eq(buf_bytes(&was), buf_bytes(&is)), "was\n%.*sis\n%.*s",
              BYTES_ARG(buf_bytes(&was)), BYTES_ARG(buf_bytes(&is)));
    buf_free(&once);
    buf_free(&twice);
    buf_free(&was);
    buf_free(&is);
    arena_free(&a);
}

Test(script_print, every_embedded_case_survives_printing)
{
    struct suite s;
    struct suite_fault fault;

    if (!suite_load(&s, embedded_cases, &fault)) {
        case_log_mistakes(fault.path, fault.text, &fault.diags);
        cr_assert_fail("the suite has mistakes");
    }
    for (size_t i = 0; i < s.n_cases; i++)
        check_round_trip(s.cases[i]);
    suite_free(&s);
}

Test(script_print, what_the_suite_may_not_have_survives_too)
{
    static const char text[] =
        "group \"G \\\"q\\\" \\${x}\"\n"
        "let a = random 7 + \"x\"\nlet b = a * 3\nlet unused = x\"00\"\nlet c = \"c\" + \"d\"\n"
        "case one \"t\" { note \"n\" level may timeout 90s manual cut off contested \"a\\nb\"\n"
        " also autobahn 1.2 { ok { expect close 1000 } nonstrict { expect text a } "
        "informational { expect eof } }\n"
        " url \"${base}/\\${x}?$\" tls { cert wrong-host } listen 80\n"
        " header \"A\" \"$b c\" expect request { sni \"${host}\" } expect no request\n"
        " response { header \"A\" \"$$ \\${key} ${key}\" body x\"ff 00\" }\n"
        " connect send text b + (\"p\" + \"q\") * 2 * 3 send raw \"\\$\\${path}${path}\"\n"
        " send ping \"\\u{20ac}\\x07\" send text \"\\xff${path}\"\n"
        " send text (next 3 of a + sample json 9) * 2 + (next 3 of \"x\")\n"
        " send text blocks { stored c * 2 final fixed c \"l\" match 3 1 bomb 1K\n keep 1 } rsv1 }\n"
        "for x, y in (1 \"q \\\"\\${base}\") (2 z) { case two-${x} \"t ${x}\" { note \"n\"\n"
        " each v in 0..9 11 12 007 008 \"a b\" word { send opcode ${x} \"${v}${y}\" # remark }\n"
        " }\n expect close 1000 or none } }\n"
        "case four \"t\" { note \"n\" each v, w in (text 0) (ping 1),\n u in 5..7 {\n"
        " send ${v} \"${u}\" fin=${w}\n expect model } }\n"
        "case five \"t\" { note \"n\" send text \"a\" send ping x\"ff\" send close 3000\n"
        " send text \"b\"\n expect model }\n";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    if (!script_parse(&a, "d/f.case", bytes_str(text), NULL, &file, &diags)) {
        case_log_mistakes("d/f.case", bytes_str(text), &diags);
        cr_assert_fail("does not parse");
    }
    cr_assert_eq(file.n_cases, 5);
    for (size_t i = 0; i < file.n_cases; i++)
        check_round_trip(&file.cases[i]);
    arena_free(&a);
}

static void check_format(const char *text, const char *want)
{
    struct diagnostics diags;
    struct buf once, twice;

    buf_init(&once, TEXT_MAX);
    buf_init(&twice, TEXT_MAX);
    if (!script_format(bytes_str(text), &once, &diags)) {
        case_log_mistakes("f.case", bytes_str(text), &diags);
        cr_assert_fail("does not parse");
    }
    cr_expect(bytes_eq_str(buf_bytes(&once), want), "gave\n%.*swanted\n%s",
              BYTES_ARG(buf_bytes(&once)), want);
    cr_assert(script_format(buf_bytes(&once), &twice, &diags));
    cr_expect(bytes_eq(buf_bytes(&once), buf_bytes(&twice)), "not stable");
    buf_free(&once);
    buf_free(&twice);
}

Test(script_print, format_makes_the_layout_regular)
{
    check_format(
        "\n\n# top  \ngroup   \"G\"\n\n\n\nlet a=\"x\"+\n\"y\"\n"
        "case x \"t\" {\n\n# head\nproves A-1\nneeds   echo # why\nseverity major\nmanual\n\n"
        "send text a hold=1 rsv1 fin=0 # options\n"
        "request { header \"A\"   accept( lower \"k\" )\nomit \"B\"\n}\n"
        "either{expect echo}\nor warn \"w\" {\nexpect text\n\n}\n}\n\n",
        "# top\ngroup \"G\"\n\nlet a = \"x\" +\n    \"y\"\n"
        "case x \"t\" {\n    # head\n    proves   A-1\n    needs    echo # why\n"
        "    severity major\n    manual\n\n"
        "    send text a fin=0 rsv1 hold=1 # options\n"
        "    request { header \"A\" accept(lower \"k\")\n        omit \"B\"\n    }\n"
        "    either { expect echo }\n    or warn \"w\" {\n        expect text\n    }\n}\n");
    check_format("for a, b in (1 2)\n(3 4) {\ncase x-${a} \"t${a}\" { note \"n\" tags rsv2 rsv1\n"
                 "expect frame length=7 fin=1 within 2s } }\n",
                 "for a, b in (1 2)\n    (3 4) {\n"
                 "    case x-${a} \"t${a}\" { note \"n\" tags rsv2 rsv1\n"
                 "        expect frame fin=1 length=7 within 2s } }\n");
    check_format("let n=next   3 of (\"a\"+\"b\")\n"
                 "case x \"t\" { note \"n\"\nsend text   blocks{final fixed \"a\"\nmatch 3   1\n"
                 "stored sample  json 1K cut} rsv1 fin=0\nrepeat 2 { send text n }\n}\n",
                 "let n = next 3 of (\"a\" + \"b\")\n"
                 "case x \"t\" { note \"n\"\n    send text blocks { final fixed \"a\"\n"
                 "        match 3 1\n        stored sample json 1K cut } fin=0 rsv1\n"
                 "    repeat 2 { send text n }\n}\n");
    check_format("", "");
}

Test(script_print, format_changes_no_meaning_of_the_suite)
{
    for (const struct embedded *f = embedded_cases; f->path; f++) {
        struct arena a = { 0 };
        struct script_file before, after;
        struct diagnostics diags;
        struct buf once, twice, was, is;
        if (!strstr(f->path, ".case"))
            continue;
        buf_init(&once, TEXT_MAX);
        buf_init(&twice, TEXT_MAX);
        buf_init(&was, TEXT_MAX);
        buf_init(&is, TEXT_MAX);
        cr_assert(script_format(bytes_of(f->ptr, f->len), &once, &diags));
        cr_assert(script_format(buf_bytes(&once), &twice, &diags));
        cr_expect(bytes_eq(buf_bytes(&once), buf_bytes(&twice)), "%s is not stable", f->path);
        cr_assert(
            script_parse(&a, f->path, bytes_of(f->ptr, f->len), embedded_cases, &before, &diags));
        cr_assert(script_parse(&a, f->path, buf_bytes(&once), embedded_cases, &after, &diags));
        cr_assert_eq(before.n_cases, after.n_cases);
        for (size_t i = 0; i < before.n_cases; i++) {
            case_log_all(&before.cases[i], &was);
            case_log_all(&after.cases[i], &is);
        }
        cr_expect(bytes_eq(buf_bytes(&was), buf_bytes(&is)), "%s", f->path);
        buf_free(&once);
        buf_free(&twice);
        buf_free(&was);
        buf_free(&is);
        arena_free(&a);
    }
}

Test(script_print, format_refuses_what_does_not_parse)
{
    struct diagnostics diags;
    struct buf out;

    buf_init(&out, TEXT_MAX);
    cr_expect_not(script_format(BYTES_LIT("case x { note \"n\" sned }"), &out, &diags));
    cr_expect_eq(diags.count, 1);
    cr_expect(
        script_format(BYTES_LIT("case x { note \"n\" send text file \"unknown\" }"), &out, &diags));
    buf_free(&out);
}

Test(script_print, strings_are_written_so_that_they_can_be_read)
{
    static const struct {
        struct bytes in;
        bool places;
        const char *out;
    } rows[] = {
        { { (const uint8_t *)"a\0\x1f\x7f\"\\", 6 }, false, "\"a\\x00\\x1f\\x7f\\\"\\\\\"" },
        { { (const uint8_t *)"${path} $ ${", 12 }, false, "\"\\${path} $ \\${\"" },
        { { (const uint8_t *)"${path} $$ $${path} $$$$", 24 }, true, "\"${path} $ \\${path} $$\"" },
        { { (const uint8_t *)"\xCF\x80", 2 }, false, "\"\xCF\x80\"" },
        { { (const uint8_t *)"\xCF", 1 }, false, "\"\\xcf\"" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        buf_init(&out, 1000);
        cr_assert(script_put_string(rows[i].in, rows[i].places, &out));
        cr_expect(bytes_eq_str(buf_bytes(&out), rows[i].out), "row %zu: %.*s", i,
                  BYTES_ARG(buf_bytes(&out)));
        buf_free(&out);
    }
}
