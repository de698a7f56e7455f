#include "support/case_log.h"

/* Mistakes: each with its place and its words. */

struct row {
    const char *text, *where, *what;
};

static void parse(const char *text, struct diagnostics *diags)
{
    struct arena a = { 0 };
    struct script_file file;
    bool ok = script_parse(&a, "f.case", bytes_str(text), NULL, &file, diags);

    cr_expect_eq(ok, diags->count == 0);
    arena_free(&a);
}

static void check(const struct row *row)
{
    struct diagnostics diags;
    char where[32];

    parse(row->text, &diags);
    cr_assert_neq(diags.count, 0, "no mistake was found in: %s", row->text);
    snprintf(where, sizeof where, "%u:%u+%u", diags.list[0].line, diags.list[0].col,
             diags.list[0].len);
    cr_expect_str_eq(diags.list[0].text, row->what, "%s\n  gave %s\n  want %s", row->text,
                     diags.list[0].text, row->what);
    cr_expect_str_eq(where, row->where, "%s\n  gave %s\n  want %s", row->text, where, row->where);
}

/* The steps begin at column 1 of line 2. */
#define IN_CASE(steps) "case a \"A\" { note \"n\"\n" steps "\n}"

Test(script_errors, of_a_file)
{
    static const struct row rows[] = {
        { "foo", "1:1+3", "expected group, let, for or case, found \"foo\"" },
        { "group G", "1:7+1", "expected the group's title in quotes, found \"G\"" },
        { "group \"a\"\ngroup \"b\"", "2:1+5", "a file holds one group" },
        { "case A \"a\" { note \"n\" }", "1:6+1",
          "expected the case's name, of a-z 0-9 . and -, found \"A\"" },
        { "case", "1:5+1",
          "expected the case's name, of a-z 0-9 . and -, found the end of the file" },
        { "case a \"t\"\nnote", "1:11+1", "expected \"{\", found the end of the line" },
        { "case a \"t\" { note \"n\"", "1:22+1",
          "expected a step or \"}\", found the end of the file" },
        { "case a \"t\" { send ping }", "1:6+1",
          "a case says what it proves, or why it is here in a note" },
        { "case a \"t\" { note \"n\" }\ncase a \"u\" { note \"n\" }", "2:6+1",
          "the id \"f/a\" is taken by the case in line 1" },
        { "case a \"t { note", "1:8+9", "this string has no closing quote on its line" },
        { "let fin = \"a\"", "1:5+3", "\"fin\" has a meaning already" },
        { "let a = \"a\"\nlet a = \"b\"", "2:5+1", "\"a\" is taken by the let in line 1" },
        { "let a \"b\"", "1:7+3", "expected \"=\", found \"b\"" },
        { "for x in 1 2 { foo }", "1:16+3", "expected case, for or \"}\", found \"foo\"" },
        { "for x in { }", "1:10+1", "expected at least one value behind \"in\"" },
        { "for X in 1 { }", "1:5+1", "expected a name of small letters, found \"X\"" },
        { "for key in 1 { }", "1:5+3", "\"${key}\" has a meaning already" },
        { "for x in 1 { for x in 2 { } }", "1:18+1", "\"x\" is in use around this" },
        { "for x, y in (1 2) (3) { }", "1:19+1", "expected 2 values in the brackets, found 1" },
        { "for x in 5..1 { }", "1:10+4",
          "expected a range as 1000..1003, the smaller number first" },
        { "for x in 0..100000 { }", "1:10+9", "more than 100000 values" },
        { "for x on 1 { }", "1:7+2", "expected \"in\", found \"on\"" },
        { "for x in 0..99999 { for y in 0..9 { } }", "1:37+1",
          "more than 100000 rounds in a file" },
        { "for x in 1 { case a-${y} \"t\" { } }", "1:23+1",
          "nothing is called \"y\": did you mean \"x\"?" },
        { "# \xCF\x80 \xFF", "1:5+1", "this byte is no UTF-8" },
        { "\n \xC0", "2:2+1", "this byte is no UTF-8" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(script_errors, before_the_steps)
{
    static const struct row rows[] = {
        { IN_CASE("needs ehco"), "2:7+4",
          "expected something a target may have, as echo or permessage-deflate, found \"ehco\": "
          "did "
          "you mean \"echo\"?" },
        { IN_CASE("role server!"), "2:12+1", "no word of the language has this character in it" },
        { IN_CASE("role serverr"), "2:6+7",
          "expected server or client, found \"serverr\": did you mean \"server\"?" },
        { IN_CASE("level"), "2:6+1", "expected must, should or may, found the end of the line" },
        { IN_CASE("timeout 30"), "2:9+2",
          "expected a time of at most an hour, as 100ms or 2s, found \"30\"" },
        { IN_CASE("timeout 2000m"), "2:9+5",
          "expected a time of at most an hour, as 100ms or 2s, found \"2000m\"" },
        { IN_CASE("cut on"), "2:5+2", "expected off, found \"on\"" },
        { IN_CASE("note \"${key}\""), "2:9+3",
          "only a connection can fill this, and here is none" },
        { IN_CASE("note \"a\\0b\""), "2:6+6", "no zero byte can stand here" },
        { IN_CASE("also autobahn 1.1 { okay { } }"), "2:21+4",
          "expected ok, nonstrict, informational or \"}\", found \"okay\": did you mean \"ok\"?" },
        { IN_CASE("also autobahn 1.1 { ok { send ping } }"), "2:26+4",
          "\"send\" cannot stand in \"either\", which only looks: prefer … otherwise may send" },
        { IN_CASE("send ping\nproves A-1"), "3:1+6", "\"proves\" stands before the steps" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(script_errors, of_steps)
{
    static const struct row rows[] = {
        { IN_CASE("sned ping"), "2:1+4", "unknown step \"sned\": did you mean \"send\"?" },
        { IN_CASE("{"), "2:1+1", "expected a step or \"}\", found \"{\"" },
        { IN_CASE("send\nping"), "2:5+1",
          "expected text, binary, continuation, ping, pong, close, opcode, raw or more, found the "
          "end of the line" },
        { IN_CASE("send txet"), "2:6+4",
          "expected text, binary, continuation, ping, pong, close, opcode, raw or more, found "
          "\"txet\": did you mean \"text\"?" },
        { IN_CASE("send opcode 16"), "2:13+2",
          "expected an opcode from 0 to 15, and 16 is more than 15" },
        { IN_CASE("send close 65536"), "2:12+5",
          "expected a close code, and 65536 is more than 65535" },
        { IN_CASE("send close 99999999999999999999999"), "2:12+23",
          "expected a close code, and 99999999999999999999999 is more than 65535" },
        { IN_CASE("send text \"a\" fin=2"), "2:19+1", "expected 0 or 1, found \"2\"" },
        { IN_CASE("send text \"a\" fin 0"), "2:19+1", "expected \"=\", found \"0\"" },
        { IN_CASE("send text \"a\" fin=0 fin=1"), "2:21+3", "\"fin\" stands here twice" },
        { IN_CASE("send text \"a\" mask=x\"01\""), "2:20+5",
          "expected a masking key of 4 bytes, found 1" },
        { IN_CASE("send text \"a\" length=8"), "2:22+1", "expected 7, 16 or 64, found \"8\"" },
        { IN_CASE("send text \"a\" cut=0"), "2:19+1", "expected a number of bytes above 0" },
        { IN_CASE("send text \"a\" pace=1ms"), "2:20+3",
          "pace is the time between cuts: it needs cut=N beside it" },
        { IN_CASE("send raw"), "2:9+1",
          "expected a payload: \"…\", x\"…\", random, words, file or a name, found the end of the "
          "line" },
        { IN_CASE("send raw \"a\" fin=0"), "2:14+3",
          "raw bytes have no \"fin\", only cut and pace" },
        { IN_CASE("send text \"\\u{D800}\""), "2:12+8",
          "no character has this number: write the bytes as x\"…\"" },
        { IN_CASE("send text \"\\q\""), "2:12+2",
          "unknown escape: \\n \\r \\t \\0 \\\\ \\\" \\$ \\xHH \\u{…} are known" },
        { IN_CASE("send text \"\\x1\""), "2:12+2", "expected two hex digits behind \\x" },
        { IN_CASE("send text \"\\u{}\""), "2:12+2", "expected \\u{…} with one to six hex digits" },
        { IN_CASE("send ping ${key}"), "2:11+6", "expected a step or \"}\", found \"${key}\"" },
        { IN_CASE("response { add \"A\" accept(of ${path}) }"), "2:30+7",
          "expected a key: ${key} or a text in quotes, found \"${path}\"" },
        { IN_CASE("tags ${key}"), "2:6+6", "expected a tag, found \"${key}\"" },
        { IN_CASE("send text \"${pth}\""), "2:14+3",
          "nothing is called \"pth\": did you mean \"path\"?" },
        { IN_CASE("send text \"${path\""), "2:12+2",
          "this ${ has no closing brace: write \\$ for a dollar sign" },
        { IN_CASE("send text x\"0g\""), "2:14+1", "expected two hex digits a byte" },
        { IN_CASE("send text file \"no\""), "2:16+4", "there is no data/no" },
        { IN_CASE("send text \"a\" * 2G"), "2:17+2",
          "expected how many times, and 2G is more than 1073741824" },
        { IN_CASE("send text \"aa\" * 1G"), "2:11+4", "a payload of more than 1G" },
        { IN_CASE("send text ((((((((((((((((\"a\"))))))))))))))))"), "2:26+1",
          "more than 16 blocks or brackets inside each other" },
        { IN_CASE("send ping raw"), "2:11+3", "\"raw\" is the first step of a case or none" },
        { IN_CASE("either { send ping } or { }"), "2:10+4",
          "\"send\" cannot stand in \"either\", which only looks: prefer … otherwise may send" },
        { IN_CASE("unordered { close }"), "2:13+5",
          "\"close\" cannot stand in \"unordered\", which only looks" },
        { IN_CASE("together { expect echo }"), "2:12+6",
          "\"expect\" cannot stand in \"together\", which is one write" },
        { IN_CASE("repeat 2 { each x in 1 { } }"), "2:12+4",
          "\"each\" cannot stand inside another block" },
        { IN_CASE("each x in 0..70000 { send close ${x} }"), "2:33+4",
          "expected a close code, and 70000 is more than 65535" },
        { IN_CASE("either { expect echo }"), "2:1+6",
          "a single branch chooses nothing: expected \"or\" behind it" },
        { IN_CASE("either { expect echo } or warn { }"), "2:32+1",
          "expected why, as a text for the report, found \"{\"" },
        { IN_CASE("expect ehco"), "2:8+4",
          "expected what is expected: text, echo, close, eof, fail, …, found \"ehco\": did you "
          "mean "
          "\"echo\"?" },
        { IN_CASE("expect close 1000 or\nsend ping"), "2:21+1",
          "expected a close code, found the end of the line" },
        { IN_CASE("expect memory 64M"), "2:15+3",
          "expected \"grows below\" and a size, found \"64M\"" },
        { IN_CASE("expect refused 99"), "2:16+2", "expected a status as 426 or 4xx, found \"99\"" },
        { IN_CASE("expect response 101 { header \"A\" are }"), "2:34+3",
          "expected is, has or absent, found \"are\"" },
        { IN_CASE("expect report"), "2:14+1",
          "expected what the client reports, as closed 1006, found the end of the line" },
        { IN_CASE("expect echo within"), "2:19+1",
          "expected a time of at most an hour, as 100ms or 2s, found the end of the line" },
        { IN_CASE("request { haeder \"a\" \"b\" }"), "2:11+6",
          "expected line, header, add, omit, rawline or body, found \"haeder\": did you mean "
          "\"header\"?" },
        { IN_CASE("response { header \"A\" accept(upper \"k\") }"), "2:30+5",
          "expected lower, flip or of, found \"upper\"" },
        { IN_CASE("tls { cert old }"), "2:12+3",
          "expected expired, wrong-host or self-signed, found \"old\"" },
        { IN_CASE("read maybe"), "2:6+5", "expected on or off, found \"maybe\"" },
        { IN_CASE("repeat 9 until stuck { }"), "2:16+5", "expected stalled, found \"stuck\"" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(script_errors, each_case_tells_its_own_and_the_others_stay)
{
    static const char text[] = "case a \"A\" { note \"n\"\n sned ping { } }\n"
                               "case b \"B\" { note \"n\" }\n"
                               "for x in 1 2 { case c-${x} \"C\" { note \"n\" expect ehco } }\n"
                               "case d \"D\" {\n note \"n\" repeat 2 { send ping\n"
                               "case e \"E\" { note \"n\" }\n";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    cr_expect_not(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags));
    cr_assert_eq(diags.count, 3);
    cr_expect_eq(diags.list[0].line, 2);
    cr_expect_eq(diags.list[1].line, 4);
    cr_expect_eq(diags.list[2].line, 7);
    cr_assert_eq(file.n_cases, 2);
    cr_expect_str_eq(file.cases[0].id, "f/b");
    cr_expect_str_eq(file.cases[1].id, "f/e");
    arena_free(&a);
}

Test(script_errors, ten_are_kept_and_all_are_counted)
{
    struct diagnostics diags;
    char text[1024] = "";

    for (size_t i = 0; i < 15; i++)
        strcat(text, "case A \"t\" { }\n");
    parse(text, &diags);
    cr_expect_eq(diags.count, 15);
    cr_expect_eq(diags.list[9].line, 10);
}

Test(script_errors, a_caret_stands_below_the_mistake)
{
    static const struct {
        const char *text, *shown;
    } rows[] = {
        { "foo bar", "f.case:1:1: error: expected group, let, for or case, found \"foo\"\n"
                     "foo bar\n^~~\n" },
        { "case a \"\xCF\x80\" {\n\tnote \"n\" sned\n}",
          "f.case:2:11: error: unknown step \"sned\": did you mean \"send\"?\n"
          "\tnote \"n\" sned\n\t         ^~~~\n" },
        { "group \"\xCF\x80\" \x1B",
          "f.case:1:11: error: expected group, let, for or case, found \"\x1B\"\n"
          "group \"\xCF\x80\" ?\n          ^\n" },
    };

    for (size_t i = 0; i < 3; i++) {
        struct diagnostics diags;
        struct buf out;
        buf_init(&out, 4096);
        parse(rows[i].text, &diags);
        cr_assert(script_diag_print("f.case", bytes_str(rows[i].text), &diags.list[0], &out));
        if (i < 2)
            cr_expect(bytes_eq_str(buf_bytes(&out), rows[i].shown), "%.*s",
                      BYTES_ARG(buf_bytes(&out)));
        else
            cr_expect_eq(bytes_index(buf_bytes(&out), 0, 0x1B), out.len, "%.*s",
                         BYTES_ARG(buf_bytes(&out)));
        buf_free(&out);
    }
}
