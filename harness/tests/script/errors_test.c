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

Test(script_errors, of_expect_model)
{
#define BEHIND(what) "\"expect model\" cannot stand behind " what
    static const struct row rows[] = {
        { IN_CASE("repeat 2 { send ping }\nexpect model"), "3:1+6", BEHIND("repeat") },
        { IN_CASE("send ping \"a\" hold=0\nexpect model"), "3:1+6",
          BEHIND("hold=, or declare= with fragment=") },
        { IN_CASE("send ping mask=off\nexpect model"), "3:1+6",
          BEHIND("mask= in a case without \"role server\" or \"role client\"") },
        { IN_CASE("send text \"a\" deflate\nexpect model"), "3:1+6",
          BEHIND("deflate without \"extension\"") },
        { IN_CASE("send text \"a\" declare=2\nexpect model"), "3:1+6",
          BEHIND("a frame that is cut off") },
        { IN_CASE("send text x\"ff\" fin=0\nexpect model"), "3:1+6",
          BEHIND("a mistake in a frame or message that is not complete") },
        { IN_CASE("send text \"ab\" declare=1\nexpect model"), "3:1+6",
          BEHIND("a frame with more bytes than its length tells") },
        { IN_CASE("send text random 5\nexpect model"), "3:1+6",
          BEHIND("a payload that is large, or made only when the case runs") },
        { IN_CASE("send text \"a\" * 65537\nexpect model"), "3:1+6",
          BEHIND("a payload that is large, or made only when the case runs") },
        { IN_CASE("shutdown\nexpect model"), "3:1+6", BEHIND("shutdown") },
        { IN_CASE("extension \"x\"\nexpect model"), "3:1+6",
          BEHIND("an extension other than permessage-deflate") },
        { IN_CASE("send close\nexpect model\nexpect model"), "4:1+6",
          BEHIND("the end of the connection, of which an earlier one has told") },
        { IN_CASE("send close 1004\nexpect model"), "3:1+6",
          "the RFC does not decide this: a Close frame carries a code that nobody has defined" },
        { IN_CASE("unordered { expect model }"), "2:13+6",
          "\"expect model\" cannot stand in \"unordered\"" },
    };
#undef BEHIND

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

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
        { "for x in 1 2, y in { }", "1:20+1", "expected at least one value behind \"in\"" },
        { "for x in 1, x in 2 { }", "1:13+1", "\"x\" is in use around this" },
        { "for x in 1, 2 { }", "1:13+1", "expected a name of small letters, found \"2\"" },
        { "for a in 0..999, b in 0..99 { }", "1:23+5", "more than 100000 values" },
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
        { IN_CASE("send text \"a\" * ${limit-1}"), "2:17+10",
          "expected ${limit}, and only + behind it: ${limit+1}" },
        { IN_CASE("send text random ${limit+x}"), "2:18+10",
          "expected ${limit}, and only + behind it: ${limit+1}" },
        { IN_CASE("send text random ${limit+limit+limit+limit}"), "2:18+26",
          "expected at most 3 times the limit and 1G" },
        { IN_CASE("send text random ${limit+2G}"), "2:18+11",
          "expected ${limit}, and only + behind it: ${limit+1}" },
        { IN_CASE("send text \"a\" fragment=${limit}"), "2:24+8",
          "expected a number of bytes, found \"${limit}\"" },
        { IN_CASE("expect text \"a\" * ${limit}"), "2:13+3",
          "${limit} is for what is sent: \"expect echo\" wants that back" },
        { IN_CASE("send text blocks { fixed \"a\" * ${limit} }"), "2:26+3",
          "${limit} cannot stand in blocks, which are packed before the run" },
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
          "expected a payload: \"…\", x\"…\", random, words, sample, next, blocks, file or a name, "
          "found the end of the line" },
        { IN_CASE("send raw \"a\" fin=0"), "2:14+3",
          "raw bytes have no \"fin\", only cut, pace and hold" },
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
        { IN_CASE("expect cpu 2s"), "2:12+2", "expected \"below\" and a time, found \"2s\"" },
        { IN_CASE("expect cpu below 2"), "2:18+1",
          "expected a time of at most an hour, as 100ms or 2s, found \"2\"" },
        { IN_CASE("expect refused 99"), "2:16+2", "expected a status as 426 or 4xx, found \"99\"" },
        { IN_CASE("expect response 101 { header \"A\" are }"), "2:34+3",
          "expected is, has, lacks or absent, found \"are\"" },
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
          "expected good, expired, wrong-host or self-signed, found \"old\"" },
        { IN_CASE("listen 0"), "2:8+1", "a port is from 1 to 65535" },
        { IN_CASE("listen 65536"), "2:8+5", "expected a port, and 65536 is more than 65535" },
        { IN_CASE("header Cookie \"a\""), "2:8+6",
          "expected a header name in quotes, found \"Cookie\"" },
        { IN_CASE("header \"A\" \"it's\""), "2:12+6",
          "no quotes, braces and backslashes: it becomes a word of the client's command" },
        { IN_CASE("expect no text"), "2:11+4", "expected request, found \"text\"" },
        { IN_CASE("expect request { sni localhost }"), "2:22+9",
          "expected a name in quotes, or absent, found \"localhost\"" },
        { IN_CASE("read maybe"), "2:6+5", "expected on or off, found \"maybe\"" },
        { IN_CASE("repeat 9 until stuck { }"), "2:16+5", "expected stalled, found \"stuck\"" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(script_errors, of_samples_and_turns)
{
    static const struct row rows[] = {
        { IN_CASE("send text sample"), "2:17+1",
          "expected json, picture, prose, html or document, found the end of the line" },
        { IN_CASE("send text sample jsn 1K"), "2:18+3",
          "expected json, picture, prose, html or document, found \"jsn\": did you mean "
          "\"json\"?" },
        { IN_CASE("send text sample json"), "2:22+1",
          "expected a size, found the end of the line" },
        { IN_CASE("send text sample json 2G"), "2:23+2",
          "expected a size, and 2G is more than 1073741824" },
        { IN_CASE("send text next of"), "2:16+2", "expected a size, found \"of\"" },
        { IN_CASE("send text next 5 \"a\""), "2:18+3",
          "expected \"of\" and the payload that the bytes are taken from, found \"a\"" },
        { IN_CASE("send text next 5 of"), "2:20+1",
          "expected a payload: \"…\", x\"…\", random, words, sample, next, blocks, file or a name, "
          "found the end of the line" },
        { IN_CASE("send text next 5 of \"\" * 3"), "2:21+2",
          "there are no bytes in this to take the next from" },
        { IN_CASE("send text (next 1G of \"a\") * 2"), "2:11+1", "a payload of more than 1G" },
        { IN_CASE("expect text next 5 of \"abc\""), "2:13+4",
          "\"next\" cannot be expected, only sent: \"expect echo\" wants back what was sent" },
        { IN_CASE("repeat 2 { expect close 1000 \"a\" + (next 5 of \"abc\") }"), "2:30+3",
          "\"next\" cannot be expected, only sent: \"expect echo\" wants back what was sent" },
        { "let n = next 2 of \"abc\"\n" IN_CASE("expect frame ping n"), "3:19+1",
          "\"next\" cannot be expected, only sent: \"expect echo\" wants back what was sent" },
        { "let sample = \"a\"", "1:5+6", "\"sample\" has a meaning already" },
        { "let match = \"a\"", "1:5+5", "\"match\" has a meaning already" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

#define BLOCKS(inside) IN_CASE("send text blocks { " inside " } rsv1")
#define PARTS "a payload, match, symbol, distance, "
#define ITEMS "stored, fixed, dynamic, reserved, stored-lie, bomb, final, keep, cut or \"}\""

Test(script_errors, of_blocks)
{
    static const struct row rows[] = {
        { IN_CASE("send text blocks fixed \"a\""), "2:18+5",
          "expected \"{\" before the blocks, found \"fixed\"" },
        { "case a \"A\" { note \"n\" send text blocks { fixed \"a\"", "1:51+1",
          "expected " PARTS ITEMS ", found the end of the file" },
        { BLOCKS("fixed \"a\" mach 3 1"), "2:30+4",
          "expected " PARTS ITEMS ", found \"mach\": did you mean \"match\"?" },
        { BLOCKS("stored \"a\" match 3 1"), "2:31+5", "expected " ITEMS ", found \"match\"" },
        { BLOCKS("fixd \"a\""), "2:20+4",
          "expected " ITEMS ", found \"fixd\": did you mean \"fixed\"?" },
        { BLOCKS("\"a\""), "2:20+3", "expected " ITEMS ", found \"a\"" },
        { BLOCKS("\n\n  \"a\""), "4:3+3", "expected " ITEMS ", found \"a\"" },
        { BLOCKS("final bomb 1K"), "2:26+4",
          "expected stored, fixed, dynamic, reserved or stored-lie, found \"bomb\"" },
        { BLOCKS("stored"), "2:27+1",
          "expected a payload: \"…\", x\"…\", random, words, sample, next, blocks, file or a name, "
          "found \"}\"" },
        { BLOCKS("fixed match 2 1"), "2:32+1", "expected a length from 3 to 258, found \"2\"" },
        { BLOCKS("fixed match 259 1"), "2:32+3",
          "expected a length from 3 to 258, and 259 is more than 258" },
        { BLOCKS("fixed match 3 0"), "2:34+1", "expected a distance from 1 to 32768, found \"0\"" },
        { BLOCKS("fixed match 3 32769"), "2:34+5",
          "expected a distance from 1 to 32768, and 32769 is more than 32768" },
        { BLOCKS("fixed match 3\n1"), "2:33+1",
          "expected a distance from 1 to 32768, found the end of the line" },
        { BLOCKS("fixed symbol 288"), "2:33+3",
          "expected a symbol of literals or lengths, and 288 is more than 287" },
        { BLOCKS("dynamic symbol 286"), "2:35+3",
          "expected a symbol of literals or lengths, and 286 is more than 285" },
        { BLOCKS("fixed distance 32"), "2:35+2",
          "expected a symbol of distances, and 32 is more than 31" },
        { BLOCKS("dynamic distance 30"), "2:37+2",
          "expected a symbol of distances, and 30 is more than 29" },
        { BLOCKS("keep 0"), "2:25+1", "expected 1 to 4 bytes of 00 00 ff ff, found \"0\"" },
        { BLOCKS("keep 5"), "2:25+1",
          "expected 1 to 4 bytes of 00 00 ff ff, and 5 is more than 4" },
        { BLOCKS("cut fixed \"a\""), "2:24+5",
          "expected \"}\", since this is how the message ends, found \"fixed\"" },
        { BLOCKS("bomb 0"), "2:25+1", "expected a size above 0, found \"0\"" },
        { BLOCKS("bomb 2G"), "2:25+2", "expected a size above 0, and 2G is more than 1073741824" },
        { BLOCKS("bomb 1M ratio 3"), "2:34+1", "expected a ratio from 4 to 1032, found \"3\"" },
        { BLOCKS("stored-lie 65536 0"), "2:31+5",
          "expected a length, and 65536 is more than 65535" },
        { BLOCKS("stored-lie 1 \"a\""), "2:33+3", "expected the length's complement, found \"a\"" },
        { BLOCKS("stored random 5"), "2:27+6",
          "\"random\" cannot stand in blocks, which are packed before the run" },
        { BLOCKS("fixed \"a\" + \"${path}\""), "2:26+3",
          "${…} cannot stand in blocks, which are packed before the run" },
        { BLOCKS("stored next 5 of \"abc\""), "2:27+4",
          "\"next\" cannot stand in blocks, which are packed before the run" },
        { "let r = random 5\n" BLOCKS("fixed \"a\" r"), "3:30+1",
          "\"random\" cannot stand in blocks, which are packed before the run" },
        { BLOCKS("stored \"a\" * 64M"), "2:11+6",
          "the blocks of a file may make 64M, and these pass it" },
        { BLOCKS("bomb 1G ratio 10"), "2:11+6",
          "the blocks of a file may make 64M, and these pass it" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(&rows[i]);
}

Test(script_errors, blocks_of_too_many_parts_are_refused)
{
    struct diagnostics diags;
    struct buf text;

    buf_init(&text, 1 << 20);
    cr_assert(buf_print(&text, "case a \"A\" { note \"n\"\nsend text blocks { fixed"));
    for (int i = 0; i < 2000; i++)
        cr_assert(buf_print(&text, " symbol 65"));
    cr_assert(buf_print(&text, " } }") && buf_push(&text, 0));
    parse((const char *)text.ptr, &diags);
    cr_expect_str_eq(diags.list[0].text, "blocks of more than 1024 parts");
    buf_free(&text);
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
