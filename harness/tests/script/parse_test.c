#include "support/case_log.h"
#include <string.h>

#include "base/text.h"

/* One case whose steps are `steps`; its golden log. */
struct row {
    const char *steps, *log;
};

static void check_row(const struct row *row, size_t index)
{
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    char *text = arena_print(&a, "case x \"title\" {\nnote \"why\"\n%s\n}\n", row->steps);
    struct buf out;

    buf_init(&out, 1 << 20);
    if (!script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags)) {
        case_log_mistakes("f.case", bytes_str(text), &diags);
        cr_assert_fail("row %zu does not parse: %s", index, row->steps);
    }
    case_log(&file.cases[0], &out);
    cr_expect(bytes_eq_str(buf_bytes(&out), row->log), "row %zu: %s\ngave\n%.*swanted\n%s", index,
              row->steps, BYTES_ARG(buf_bytes(&out)), row->log);
    buf_free(&out);
    arena_free(&a);
}

#define OPEN "[connect]\n[expect open]\n"

Test(script_parse, steps_are_read_as_written)
{
    static const struct row rows[] = {
        { "send text \"a\" fin=0 rsv1 rsv3 mask=x\"01020304\" length=64 declare=70000",
          OPEN "send text \"a\" fin=0 rsv1 rsv3 mask=x\"01 02 03 04\" length=64 declare=70000\n" },
        { "send binary \"*\" * 64K+1 fragment=1000 deflate cut=3 pace=10ms hold=0",
          OPEN "send binary \"*\" * 65537 fragment=1000 deflate cut=3 pace=10ms hold=0\n" },
        { "send close send close 1000 send close 1000 \"bye\" send close x\"03\"",
          OPEN "send close\nsend close 1000\nsend close 1000 \"bye\"\nsend close x\"03\"\n" },
        { "send opcode 1 send opcode 11 \"x\"", OPEN "send text\nsend opcode 11 \"x\"\n" },
        { "send raw x\"81\" + \"\\x05\" cut=1", OPEN "send raw x\"81\" + \"\\x05\" cut=1\n" },
        { "send text \"abc\" hold=1 send more 1 send more rest",
          OPEN "send text \"abc\" hold=1\nsend more 1\nsend more rest\n" },
        { "send text (\"a\" + \"b\") * 2 + random 64K + words 1M * 3 + x\"\"",
          OPEN "send text (\"a\" + \"b\") * 2 + random 64K + words 1M * 3 + x\"\"\n" },
        { "send text \"a\" * ${limit} + random ${limit+1} + words ${limit+limit+64K}",
          OPEN "send text \"a\" * ${limit} + random ${limit+1} + words ${limit+limit+64K}\n" },
        { "expect close provoked expect close 1000 or none or any or provoked \"x\"",
          OPEN "expect close provoked\nexpect close 1000 or none or any or provoked \"x\"\n" },
        { "send text \"${origin} ${served} ${guarded} ${credentials}\"",
          OPEN "send text \"${origin} ${served} ${guarded} ${credentials}\"\n" },
        { "send text sample json 64K + sample picture 1K * 2 send text sample prose 3 "
          "send text sample html 1M send text sample document 0",
          OPEN "send text sample json 64K + sample picture 1K * 2\nsend text sample prose 3\n"
               "send text sample html 1M\nsend text sample document 0\n" },
        { "repeat 9 { send text next 1K of \"a\" + words 3 * 2 fin=0 }",
          OPEN "repeat 9\n  send text next 1K of \"a\" + words 3 * 2 fin=0\n" },
        { "send text (next 1 of \"a\") + \"b\" send text \"b\" + next 1 of \"a\" + \"c\" "
          "send text (next 2 of \"a\") * 3 send text next 2 of next 3 of \"abcd\"",
          OPEN "send text (next 1 of \"a\") + \"b\"\nsend text \"b\" + (next 1 of \"a\" + \"c\")\n"
               "send text (next 2 of \"a\") * 3\nsend text next 2 of next 3 of \"abcd\"\n" },
        { "send text blocks {\n final fixed \"a\"\n  match 3 1\n cut\n} rsv1\nsend ping",
          OPEN "send text blocks { final fixed \"a\" match 3 1 cut } rsv1\nsend ping\n" },
        { "send text \"a\" +\n \"b\" *\n 2\nsend ping",
          OPEN "send text \"a\" + \"b\" * 2\nsend ping\n" },
        { "send text \"${path} \\${path} \\$ $ $$x\"",
          OPEN "send text \"${path} \\${path} $ $ $$x\"\n" },
        { "send text \"\\n\\r\\t\\0\\\"\\\\\\x7f\\u{3ba}\\u{1F600}\"",
          OPEN "send text \"\\n\\r\\t\\x00\\\"\\\\\\x7f\xCE\xBA\xF0\x9F\x98\x80\"\n" },
        { "send text \"\\xff\\u{e9}\"", OPEN "send text \"\\xff\\xc3\\xa9\"\n" },
        { "expect text expect binary x\"00\" expect echo within 2s expect ping expect pong \"a\"",
          OPEN "expect text\nexpect binary x\"00\"\nexpect echo within 2s\nexpect ping\n"
               "expect pong \"a\"\n" },
        { "expect frame expect frame opcode 3 expect frame text \"a\" length=7 masked=off rsv=4 "
          "fin=1",
          OPEN "expect frame\nexpect frame opcode 3\n"
               "expect frame text \"a\" fin=1 rsv=4 masked=off length=7\n" },
        { "expect close expect close any expect close none expect close 1000 1001 or none \"why\"",
          OPEN "expect close any\nexpect close any\nexpect close none\n"
               "expect close 1000 or 1001 or none \"why\"\n" },
        { "expect eof", "[connect]\nexpect eof\n" },
        { "expect eof clean", "[connect]\nexpect eof clean\n" },
        { "expect fail", "[connect]\nexpect fail\n" },
        { "expect fail 1002 or 1007 1009 within 1m",
          "[connect]\nexpect fail 1002 1007 1009 within 1m\n" },
        { "expect memory grows below 64M", OPEN "expect memory grows below 64M\n" },
        { "expect cpu below 1500ms within 9s", OPEN "expect cpu below 1500ms within 9s\n" },
        { "expect report closed 1006 \"a b\" within 1s",
          OPEN "expect report closed 1006 \"a b\" within 1s\n" },
        { "expect refused", "[connect]\nexpect refused\n" },
        { "expect response 101 { line \"HTTP/1.1 101 ${path}\" }",
          "[connect]\nexpect response 101 { line \"HTTP/1.1 101 ${path}\" }\n" },
        { "expect refused 400 4xx { header \"A\" has \"b\" header \"C\" absent }",
          "[connect]\nexpect refused 400 4xx { header \"A\" has \"b\" header \"C\" absent }\n" },
        { "expect response 101", "[connect]\nexpect response 101\n" },
        { "request { line \"GET ${path}\" header \"A\" \"b\" add \"C\" x\"64\" omit \"E\" rawline "
          "\"F\" body \"G\" }",
          "request { line \"GET ${path}\" header \"A\" \"b\" add \"C\" \"d\" omit \"E\" rawline "
          "\"F\" "
          "body \"G\" }\n" OPEN },
        { "response { header \"A\" accept(lower ${key}) header \"B\" accept(flip \"k\") "
          "header \"C\" accept(of \"k\") }",
          "response { header \"A\" accept(lower ${key}) header \"B\" accept(flip \"k\") "
          "header \"C\" accept(of \"k\") }\n" OPEN },
        { "extension \"a\" { x 9 y z \"q r\" } subprotocol \"chat\" url \"${base}/a\" tls { cert "
          "expired }",
          "extension \"a\" { x 9 y z \"q r\" }\nsubprotocol \"chat\"\nurl \"${base}/a\"\n"
          "tls { cert expired }\n" OPEN },
        { "tls { cert good } listen 443 header \"A\" \"b c\" expect request { sni \"${host}\" } "
          "expect request { sni absent line \"x\" }",
          "tls { cert good }\nlisten 443\nheader \"A\" \"b c\"\n"
          "expect request { sni \"${host}\" }\nexpect request { sni absent line \"x\" }\n" OPEN },
        { "respond expect another respond send ping expect another later",
          "connect\nexpect another\nconnect\n[expect open]\nsend ping\nexpect another later\n" },
        { "tls { cert expired } expect no request within 1s",
          "tls { cert expired }\nexpect no request within 1s\n" },
        { "repeat 3 { send ping } repeat 9 until stalled { send pong }",
          OPEN "repeat 3\n  send ping\nrepeat 9 until stalled\n  send pong\n" },
        { "wait 100ms read off read on drop reconnect shutdown provoke close close close 1001",
          OPEN "wait 100ms\nread off\nread on\ndrop\nreconnect\n[expect open]\nshutdown\n"
               "provoke close\nclose\nclose 1001\n" },
        { "measure \"x\" { send ping }", OPEN "measure \"x\"\n  send ping\n" },
        { "unordered { expect echo expect pong }",
          OPEN "unordered\n  expect echo\n  expect pong\n" },
        { "either { expect echo } or { expect text } or info \"i\" { expect eof } or fail \"f\" { "
          "expect close }",
          OPEN
          "either\n  pass\n    expect echo\n  pass\n    expect text\n  info \"i\"\n    expect eof\n"
          "  fail \"f\"\n    expect close any\n" },
        { "prefer { expect echo }\notherwise warn \"w\" { send ping }\nsend pong",
          OPEN "prefer\n  pass\n    expect echo\n  warn \"w\"\n    send ping\nsend pong\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i], i);
}

Test(script_parse, what_nobody_writes_is_implied)
{
    static const struct row rows[] = {
        { "", OPEN },
        { "connect", "connect\n[expect open]\n" },
        { "respond", "connect\n[expect open]\n" },
        { "connect expect open send ping", "connect\nexpect open\nsend ping\n" },
        { "connect expect refused", "connect\nexpect refused\n" },
        { "expect open", "[connect]\nexpect open\n" },
        { "expect alive", "[connect]\nexpect alive\n" },
        { "expect nothing", "[connect]\nexpect nothing\n" },
        { "either { expect fail } or info \"i\" { expect echo }",
          "[connect]\neither\n  pass\n    expect fail\n  info \"i\"\n    expect echo\n" },
        { "prefer { unordered { expect eof } } otherwise info \"i\" { expect echo }",
          "[connect]\nprefer\n  pass\n    unordered\n      expect eof\n  info \"i\"\n    expect "
          "echo\n" },
        { "prefer { send ping expect eof } otherwise info \"i\" { expect echo }",
          OPEN "prefer\n  pass\n    send ping\n    expect eof\n  info \"i\"\n    expect echo\n" },
        { "raw send raw \"GET\"", "raw\n[connect]\nsend raw \"GET\"\n" },
        { "raw connect send raw \"GET\"", "raw\nconnect\nsend raw \"GET\"\n" },
        { "raw expect request", "raw\n[connect]\nexpect request\n" },
        { "expect request { header \"A\" is \"b\" } response { omit \"A\" } expect eof",
          "expect request { header \"A\" is \"b\" }\nresponse { omit \"A\" }\n[connect]\nexpect "
          "eof\n" },
        { "expect request", "expect request\n" OPEN },
        { "together { respond send text \"a\" } expect echo",
          "together\n  connect\n  send text \"a\"\nexpect echo\n" },
        { "repeat 9 { connect drop }", "repeat 9\n  connect\n  [expect open]\n  drop\n" },
        { "reconnect expect refused", OPEN "reconnect\nexpect refused\n" },
        { "each code in 1 2 { send close ${code} }",
          "each code in 1 2\n  [connect]\n  [expect open]\n  send close 1\n" },
        { "extension \"a\" each code in 5..9 { send close ${code} } send ping",
          "extension \"a\"\neach code in 5..9\n  [connect]\n  [expect open]\n  send close 5\n" OPEN
          "send ping\n" },
        { "each x in 1 2 { send close } expect alive expect memory grows below 1M",
          "each x in 1 2\n  [connect]\n  [expect open]\n  send close\nexpect alive\n"
          "expect memory grows below 1M\n" },
        { "raw each b in 1..3 { send raw \"${b}\" }",
          "raw\neach b in 1..3\n  [connect]\n  send raw \"1\"\n" },
        { "each b in \"x y\" z { connect expect refused }",
          "each b in \"x y\" z\n  connect\n  expect refused\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(&rows[i], i);
}

/* A file; the log of all that its cases say. */
static void check_file(const char *text, const char *log)
{
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    struct buf out;

    buf_init(&out, 1 << 20);
    if (!script_parse(&a, "d/f.case", bytes_str(text), NULL, &file, &diags)) {
        case_log_mistakes("d/f.case", bytes_str(text), &diags);
        cr_assert_fail("does not parse:\n%s", text);
    }
    for (size_t i = 0; i < file.n_cases; i++)
        case_log_all(&file.cases[i], &out);
    cr_expect(bytes_eq_str(buf_bytes(&out), log), "gave\n%.*swanted\n%s",
              BYTES_ARG(buf_bytes(&out)), log);
    buf_free(&out);
    arena_free(&a);
}

Test(script_parse, what_stands_before_the_steps)
{
    check_file("group \"G\"\n"
               "case a \"A\" {\n proves X-1 X-2\n proves X-3\n role client\n needs echo tls\n"
               " level should\n severity critical\n tags slow limits\n timeout 30s\n"
               " note \"n\"\n contested \"c\"\n manual\n cut off\n also autobahn 3.1 3.2\n"
               " also autobahn 4.1 { ok { expect echo } nonstrict { expect eof } }\n"
               " send ping\n}\n",
               "d/f/a \"A\" role=2 level=2 severity=3 timeout=30000 manual=1 cut=1\n"
               "note=n contested=c\nproves X-1\nproves X-2\nproves X-3\nneeds echo\nneeds tls\n"
               "tag slow\ntag limits\nalso autobahn 3.1\nalso autobahn 3.2\nalso autobahn 4.1\n"
               "  pass\n    expect echo\n  warn\n    expect eof\n" OPEN "send ping\n");
}

Test(script_parse, words_bring_along_what_they_need)
{
    static const struct {
        const char *steps, *needs;
    } rows[] = {
        { "send ping", "" },
        { "tls { cert good }", " tls exec" },
        { "listen 80", " port exec" },
        { "header \"A\" \"b\" header \"B\" \"c\"", " header exec" },
        { "needs exec tls\ntls { cert good } expect no request", " exec tls" },
        { "needs echo\nprefer { expect another } otherwise info \"i\" { }", " echo exec" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a = { 0 };
        struct script_file file;
        struct diagnostics diags;
        char *text = arena_print(&a, "case a \"A\" { note \"n\"\n%s }", rows[i].steps);
        char needs[100] = "";
        cr_assert(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags), "%s", text);
        for (size_t k = 0; k < file.cases[0].n_needs; k++) {
            strcat(needs, " ");
            strcat(needs, file.cases[0].needs[k]);
        }
        cr_expect_str_eq(needs, rows[i].needs, "%s: %s", rows[i].steps, needs);
        arena_free(&a);
    }
}

Test(script_parse, role_and_severity_follow_from_the_steps)
{
    static const struct {
        const char *steps;
        enum case_role role;
        enum severity severity;
    } rows[] = {
        { "send ping", ROLE_BOTH, SEVERITY_MAJOR },
        { "request { omit \"Host\" }", ROLE_SERVER, SEVERITY_MAJOR },
        { "expect refused", ROLE_SERVER, SEVERITY_MINOR },
        { "expect response 101", ROLE_SERVER, SEVERITY_MAJOR },
        { "response { omit \"Upgrade\" } expect eof", ROLE_CLIENT, SEVERITY_MAJOR },
        { "expect request", ROLE_CLIENT, SEVERITY_MAJOR },
        { "expect report open", ROLE_CLIENT, SEVERITY_MAJOR },
        { "expect no request", ROLE_CLIENT, SEVERITY_MAJOR },
        { "expect another", ROLE_CLIENT, SEVERITY_MAJOR },
        { "listen 80", ROLE_CLIENT, SEVERITY_MAJOR },
        { "header \"A\" \"b\"", ROLE_CLIENT, SEVERITY_MAJOR },
        { "needs report\nsend ping", ROLE_CLIENT, SEVERITY_MAJOR },
        { "either { expect fail } or info \"i\" { expect echo }", ROLE_BOTH, SEVERITY_MINOR },
        { "role server severity pedantic expect fail", ROLE_SERVER, SEVERITY_PEDANTIC },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a = { 0 };
        struct script_file file;
        struct diagnostics diags;
        char *text = arena_print(&a, "case x \"t\" { note \"n\"\n%s\n}", rows[i].steps);
        cr_assert(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags), "%s",
                  diags.list[0].text);
        cr_expect_eq(file.cases[0].role, rows[i].role, "%s", rows[i].steps);
        cr_expect_eq(file.cases[0].severity, rows[i].severity, "%s", rows[i].steps);
        arena_free(&a);
    }
}

#define PLAIN(id, title, severity)                                                                 \
    "d/f/" id " \"" title "\" role=3 level=0 severity=" severity                                   \
    " timeout=0 manual=0 cut=0\nnote=n contested=-\n"

Test(script_parse, for_makes_a_case_of_each_value)
{
    check_file("for code in 1..2 4 \"x\" y { case c-${code} \"Code ${code}\" { note \"n\" } }",
               PLAIN("c-1", "Code 1", "2") OPEN PLAIN("c-2", "Code 2", "2")
                   OPEN PLAIN("c-4", "Code 4", "2") OPEN PLAIN("c-x", "Code x", "2")
                       OPEN PLAIN("c-y", "Code y", "2") OPEN);
}

Test(script_parse, for_takes_tuples_and_nests)
{
    check_file(
        "for code, why in (0 \"zero\") (9 \"\\${x} nine\") {\n"
        "  for on in 0 1 {\n"
        "    case c-${code}-${on} \"${why}\" { note \"n\"\n"
        "      send opcode ${code} \"*\" * ${code+1} + \"${why}\" fin=${on}\n    }\n  }\n}\n",
        PLAIN("c-0-0", "zero", "2") OPEN
        "send continuation \"*\" * 1 + \"zero\" fin=0\n" PLAIN("c-0-1", "zero", "2") OPEN
        "send continuation \"*\" * 1 + \"zero\"\n" PLAIN("c-9-0", "${x} nine", "2") OPEN
        "send ping \"*\" * 10 + \"\\${x} nine\" fin=0\n" PLAIN("c-9-1", "${x} nine", "2") OPEN
        "send ping \"*\" * 10 + \"\\${x} nine\"\n");
}

Test(script_parse, let_names_a_payload_for_what_follows)
{
    check_file("let a = \"x\" + random 3\nlet b = a * 2\n"
               "case c \"C\" { note \"n\" send text b + \"y\" expect text a }",
               PLAIN("c", "C", "2") OPEN "send text b + \"y\"\nexpect text a\n");
}

Test(script_parse, a_random_let_is_the_same_wherever_it_is_used)
{
    static const char text[] =
        "let r = random 32\n"
        "case a \"A\" { note \"n\" send binary random 32 send binary random 32 send binary r }\n"
        "case b \"B\" { note \"n\" send binary r }\n";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    uint64_t hash[4];

    cr_assert(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags));
    for (size_t i = 0; i < 3; i++)
        hash[i] = payload_hash(file.cases[0].steps[2 + i].as.send.payload, NULL);
    hash[3] = payload_hash(file.cases[1].steps[2].as.send.payload, NULL);
    cr_expect_neq(hash[0], hash[1]);
    cr_expect_neq(hash[0], hash[2]);
    cr_expect_eq(hash[2], hash[3]);
    arena_free(&a);
}

Test(script_parse, file_takes_what_the_table_holds)
{
    static const struct embedded data[] = { { "data/x.bin", (const uint8_t *)"ab\0c", 4 }, { 0 } };
    static const char text[] = "case a \"A\" { note \"n\" send binary file \"x.bin\" }";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    cr_assert(script_parse(&a, "f.case", bytes_str(text), data, &file, &diags));
    cr_expect(bytes_eq(file.cases[0].steps[2].as.send.payload->bytes, bytes_of("ab\0c", 4)));
    cr_expect_not(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags));
    arena_free(&a);
}

Test(script_parse, a_round_of_each_is_parsed_with_its_value)
{
    static const char text[] = "group \"G\"\nlet tail = \"!\"\n"
                               "for op in 1 2 {\n"
                               "    case c-${op} \"C\" {\n"
                               "        note \"n\"\n"
                               "        each what in \"one\" \"two\" {\n"
                               "            send opcode ${op} \"${what}\" + tail\n"
                               "            expect echo\n"
                               "        }\n"
                               "    }\n"
                               "}\n";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;
    struct step *steps;
    size_t n;
    struct buf out;

    buf_init(&out, 4096);
    cr_assert(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags));
    const struct script_case *c = &file.cases[1];
    cr_assert_eq(c->steps[0].op, OP_EACH);
    cr_assert(script_parse_round(&a, c, &c->steps[0], 1, NULL, &steps, &n, &diags));
    case_log_steps(steps, 0, n, 0, &out);
    cr_expect(bytes_eq_str(buf_bytes(&out), OPEN "send binary \"two\" + tail\nexpect echo\n"),
              "%.*s", BYTES_ARG(buf_bytes(&out)));
    cr_expect_eq(steps[2].line, 7);
    cr_expect_eq(steps[2].col, 13);
    buf_free(&out);
    arena_free(&a);
}

/* Several lists: every row of one with every row of the others, the last one first. */
Test(script_parse, lists_multiply)
{
    static const char text[] = "for op in ping pong, n in 1 2 {\n"
                               "    case ${op}-${n} \"C\" {\n"
                               "        note \"n\"\n"
                               "        each a, b in (x 1) (y 2), c in 7 8 9 {\n"
                               "            send ${op} \"${a}${b}${c}\"\n"
                               "        }\n"
                               "    }\n"
                               "}\n";
    static const char *const ids[] = { "f/ping-1", "f/ping-2", "f/pong-1", "f/pong-2" };
    static const char *const sent[] = { "x17", "x18", "x19", "y27", "y28", "y29" };
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    cr_assert(script_parse(&a, "f.case", bytes_str(text), NULL, &file, &diags));
    cr_assert_eq(file.n_cases, 4);
    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(file.cases[i].id, ids[i]);
    const struct script_case *c = &file.cases[3];
    cr_assert_eq(c->steps[0].as.each.count, 6);
    for (size_t i = 0; i < 6; i++) {
        struct step *steps;
        size_t n;
        cr_assert(script_parse_round(&a, c, &c->steps[0], i, NULL, &steps, &n, &diags));
        cr_expect_eq(steps[2].as.send.opcode, 10);
        cr_expect(bytes_eq_str(steps[2].as.send.payload->bytes, sent[i]), "%zu: %.*s", i,
                  BYTES_ARG(steps[2].as.send.payload->bytes));
    }
    arena_free(&a);
}

Test(script_parse, a_case_knows_its_text_and_lines)
{
    static const char text[] =
        "group \"G\"\n\n  case a \"A\" {\n note \"n\"\n }\ncase b \"B\" { note \"n\" }\n";
    struct arena a = { 0 };
    struct script_file file;
    struct diagnostics diags;

    cr_assert(script_parse(&a, "x/f.case", bytes_str(text), NULL, &file, &diags));
    cr_expect_str_eq(file.group, "G");
    cr_expect_str_eq(file.cases[1].group, "G");
    cr_expect_str_eq(file.cases[0].id, "x/f/a");
    cr_expect_eq(file.cases[0].line, 3);
    cr_expect_eq(file.cases[0].last_line, 5);
    cr_expect(bytes_eq_str(file.cases[0].source, "case a \"A\" {\n note \"n\"\n }"));
    cr_expect(bytes_eq_str(file.cases[1].source, "case b \"B\" { note \"n\" }"));
    arena_free(&a);
}
