#include "support/heap.h"

#include <criterion/criterion.h>
#include <string.h>

#include "report/spec.h"

static struct arena arena;
static struct spec spec;
static struct err err;

static bool read_spec(enum spec_kind kind, const char *text)
{
    err = (struct err){ 0 };
    return report_spec_read(kind, bytes_str(text), &arena, &spec, &err);
}

static void expect_read(enum spec_kind kind, const char *text)
{
    cr_assert(read_spec(kind, text), "%s: %s", text, err.text);
}

Test(spec, of_a_fuzzingclient_names_servers_and_cases)
{
    expect_read(SPEC_FUZZINGCLIENT,
                "{\"outdir\": \"./out\", \"options\": {\"failByDrop\": false, "
                "\"openHandshakeTimeout\": 7.5, \"closeHandshakeTimeout\": 2},\n"
                "\"servers\": [{\"agent\": \"A\", \"url\": \"ws://a:1\", \"hostname\": \"h\", "
                "\"origin\": \"http://o\", \"protocols\": [\"p\", \"q\"], \"options\": "
                "{\"version\": 18, \"closeHandshakeTimeout\": 30}}, {\"url\": \"wss://b\"}],\n"
                "\"cases\": [\"1.*\", \"11.*\"], \"exclude-cases\": [\"1.1.1\"],\n"
                "\"exclude-agent-cases\": {\"old*\": [\"2.*\", \"3.1\"], \"x\": []}}");
    cr_expect_str_eq(spec.outdir, "./out");
    cr_assert_eq(spec.n_servers, 2);
    cr_expect_str_eq(spec.servers[0].agent, "A");
    cr_expect_str_eq(spec.servers[0].url, "ws://a:1");
    cr_expect_str_eq(spec.servers[0].hostname, "h");
    cr_expect_str_eq(spec.servers[0].origin, "http://o");
    cr_expect_eq(spec.servers[0].n_protocols, 2);
    cr_expect_eq(spec.servers[0].options.timeout_ms, 30000);
    cr_expect_eq(spec.servers[1].options.timeout_ms, 7500);
    cr_expect_null(spec.servers[1].agent);
    cr_expect_eq(spec.cases.count, 2);
    cr_expect_str_eq(spec.cases.list[1], "11.*");
    cr_expect_str_eq(spec.exclude_cases.list[0], "1.1.1");
    cr_assert_eq(spec.n_exclude_agents, 2);
    cr_expect_str_eq(spec.exclude_agents[0].agent, "old*");
    cr_expect_eq(spec.exclude_agents[0].cases.count, 2);
    cr_expect_eq(spec.n_remarks, 0);
    arena_free(&arena);
}

Test(spec, of_a_fuzzingserver_says_where_to_listen)
{
    expect_read(SPEC_FUZZINGSERVER,
                "{\"url\": \"wss://0.0.0.0:9001\", \"key\": \"k.pem\", \"cert\": \"c.pem\", "
                "\"options\": {\"allowedOrigins\": [\"http://a*\"]}, \"cases\": [\"*\"]}");
    cr_expect_str_eq(spec.url, "wss://0.0.0.0:9001");
    cr_expect_str_eq(spec.outdir, "./reports/clients");
    cr_expect_str_eq(spec.key, "k.pem");
    cr_expect_str_eq(spec.cert, "c.pem");
    cr_expect_eq(spec.options.n_origins, 1);
    arena_free(&arena);
}

Test(spec, of_a_massconnect_has_numbers)
{
    expect_read(SPEC_MASSCONNECT,
                "{\"options\": {\"connections\": 7, \"batchsize\": 2, \"batchdelay\": 3, "
                "\"retrydelay\": 4}, \"servers\": [{\"name\": \"n\", \"uri\": \"ws://a\", "
                "\"desc\": \"d\"}]}");
    cr_expect(spec.connections == 7 && spec.batch_size == 2 && spec.batch_delay_ms == 3 &&
              spec.retry_delay_ms == 4);
    cr_expect_str_eq(spec.servers[0].url, "ws://a");
    cr_expect_str_eq(spec.servers[0].agent, "n");
    arena_free(&arena);
}

Test(spec, what_nobody_knows_is_remarked_and_left_out)
{
    expect_read(SPEC_FUZZINGCLIENT,
                "{\"cases\": [\"*\"], \"casses\": 1, \"options\": {\"failByDrp\": true},"
                "\"servers\": [{\"url\": \"ws://a\", \"agnet\": 3, \"options\": {\"x\": 1}}]}");
    cr_assert_eq(spec.n_remarks, 4);
    for (size_t i = 0; i < spec.n_remarks; i++)
        cr_expect(strstr(spec.remarks[i], "nobody knows"), "%s", spec.remarks[i]);
    arena_free(&arena);
}

Test(spec, what_stands_in_projects_is_read_without_a_remark)
{
    static const struct {
        enum spec_kind kind;
        const char *text;
    } rows[] = {
        { SPEC_FUZZINGCLIENT,
          "{\"options\": {\"failByDrop\": false}, \"outdir\": \"./reports\", "
          "\"servers\": [{\"agent\": \"uWS\", \"url\": \"ws://127.0.0.1:9001\", "
          "\"options\": {\"version\": 18}}], \"cases\": [\"1.*\", \"11.*\"], "
          "\"exclude-cases\": [], \"exclude-agent-cases\": {}}" },
        { SPEC_FUZZINGSERVER, "{\"url\": \"ws://127.0.0.1:9001\", \"outdir\": \"./r\", "
                              "\"cases\": [\"*\"], \"exclude-cases\": [\"6.*\", \"7.5.1\"], "
                              "\"exclude-agent-cases\": {}, \"options\": {\"failByDrop\": true}}" },
        { SPEC_FUZZINGSERVER,
          "\xEF\xBB\xBF{\"url\": \"ws://0.0.0.0:9001\", \"cases\": [\"*\"], "
          "\"enable-ssl\": false, \"webport\": 8080, \"protocols\": [\"chat\"]}" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_read(rows[i].kind, rows[i].text);
        cr_expect_eq(spec.n_remarks, 0, "row %zu: %s", i, spec.remarks[0]);
    }
    for (int kind = SPEC_FUZZINGCLIENT; kind <= SPEC_MASSCONNECT; kind++) {
        expect_read((enum spec_kind)kind, report_spec_default((enum spec_kind)kind));
        cr_expect_eq(spec.n_remarks, 0);
    }
    arena_free(&arena);
}

Test(spec, mistakes_are_told_with_their_place)
{
    static const struct {
        enum spec_kind kind;
        const char *text, *said;
        unsigned line;
    } rows[] = {
        { SPEC_FUZZINGCLIENT, "", "not JSON", 1 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [\"*\"],\n}", "not JSON", 2 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [\"*\"]} x", "not JSON", 1 },
        { SPEC_FUZZINGCLIENT, "[]", "a spec of fuzzingclient is a JSON object", 0 },
        { SPEC_FUZZINGCLIENT, "{}", "\"cases\" is missing", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": \"*\"}", "cases: expected an array", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [\"*\", 1]}", "cases[1]: expected a string", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"servers\": {}}", "servers: expected an array", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"servers\": [1]}", "servers[0]: expected an object",
          0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"servers\": [{}]}",
          "servers[0].url: expected a URL", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"servers\": [{\"url\": 1}]}",
          "servers[0].url: expected a string", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"exclude-agent-cases\": []}",
          "exclude-agent-cases: expected an object", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"exclude-agent-cases\": {\"a\": 1}}",
          "exclude-agent-cases.a: expected an array", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"options\": 3}", "options: expected an object", 0 },
        { SPEC_FUZZINGCLIENT, "{\"cases\": [], \"options\": {\"openHandshakeTimeout\": -1}}",
          "options.openHandshakeTimeout: expected seconds", 0 },
        { SPEC_FUZZINGSERVER, "{\"cases\": [\"*\"]}", "\"url\" is missing", 0 },
        { SPEC_FUZZINGSERVER, "{\"url\": \"ws://a\"}", "\"cases\" is missing", 0 },
        { SPEC_FUZZINGSERVER, "{\"url\": 1, \"cases\": [\"*\"]}", "url: expected a string", 0 },
        { SPEC_MASSCONNECT, "{\"options\": {}}", "no server is named", 0 },
        { SPEC_MASSCONNECT, "{\"options\": {\"connections\": 0}, \"servers\": [{\"uri\": \"a\"}]}",
          "at least 1", 0 },
        { SPEC_MASSCONNECT, "{\"options\": {\"batchsize\": \"x\"}}", "options.batchsize: expected",
          0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_not(read_spec(rows[i].kind, rows[i].text), "row %zu", i);
        cr_expect_eq(err.code, ERR_SYNTAX);
        cr_expect(strstr(err.text, rows[i].said), "row %zu: %s", i, err.text);
        cr_expect_eq(err.line, rows[i].line, "row %zu: line %u", i, err.line);
    }
    arena_free(&arena);
}

static bool read_whole(void *text)
{
    bool ok = read_spec(SPEC_FUZZINGCLIENT, text);

    if (!ok)
        cr_expect_eq(err.code, ERR_MEMORY, "%s", err.text);
    arena_free(&arena);
    return ok;
}

Test(spec, every_failing_allocation_is_an_error)
{
    static char text[] = "{\"cases\": [\"*\"], \"odd\": 1, \"servers\": [{\"url\": \"ws://a\"}], "
                         "\"exclude-agent-cases\": {\"a\": [\"1.*\"]}}";

    heap_fail_each(read_whole, text);
}
