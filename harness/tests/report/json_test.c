#include "report/json.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rand.h"

#define OUT_MAX (8u << 20)

static struct bytes random_bytes(struct arena *a, struct rand *r, size_t max)
{
    uint8_t raw[ENTRY_DATA_MAX];
    size_t len = (size_t)rand_below(r, max + 1);

    rand_fill(r, raw, len);
    return arena_copy(a, bytes_of(raw, len));
}

/* Half of them plain, half of them any bytes but NUL. */
static const char *random_text(struct arena *a, struct rand *r)
{
    struct bytes raw = random_bytes(a, r, 12);
    bool plain = rand_below(r, 2);
    uint8_t *text = (uint8_t *)arena_str(a, raw);

    for (size_t i = 0; i < raw.len; i++)
        text[i] = plain || text[i] == 0 ? (uint8_t)(' ' + text[i] % 95) : text[i];
    return (const char *)text;
}

/* Small, enormous and in between. */
static uint64_t random_number(struct rand *r)
{
    return rand_next(r) >> rand_below(r, 64);
}

static void random_head(struct rand *r, struct ws_head *h)
{
    static const enum ws_len_form forms[] = { WS_LEN_7, WS_LEN_16, WS_LEN_64 };

    h->fin = rand_below(r, 2);
    h->rsv = (uint8_t)rand_below(r, 8);
    h->opcode = (uint8_t)rand_below(r, 16);
    h->masked = rand_below(r, 2);
    rand_fill(r, h->key, rand_below(r, 2) * 4);
    h->len_form = forms[rand_below(r, 3)];
    h->payload_len = random_number(r);
}

static struct entry random_entry(struct arena *a, struct rand *r)
{
    struct entry e = {
        .kind = (enum entry_kind)rand_below(r, ENTRY_KINDS),
        .by = (enum entry_by)rand_below(r, 2),
        .end = (enum entry_end)rand_below(r, END_ERROR + 1),
        .flag = rand_below(r, 2),
        .us = random_number(r),
        .connection = (uint32_t)rand_below(r, 3),
        .round = (uint32_t)random_number(r),
        .step = rand_below(r, 2) ? ENTRY_NO_STEP : (size_t)random_number(r),
        .at = random_number(r),
        .data = random_bytes(a, r, ENTRY_DATA_MAX),
        .len = random_number(r),
        .hash = rand_next(r),
        .diff_at = rand_below(r, 2) ? ENTRY_NO_DIFF : random_number(r),
        .text = rand_below(r, 2) ? random_text(a, r) : NULL,
    };
    if (rand_below(r, 2))
        random_head(r, &e.head);
    return e;
}

static void assert_same_text(const char *a, const char *b)
{
    cr_assert_eq(a == NULL, b == NULL);
    if (a)
        cr_assert_str_eq(a, b);
}

static void assert_same_entry(const struct entry *a, const struct entry *b)
{
    cr_assert_eq(a->kind, b->kind);
    cr_assert_eq(a->by, b->by);
    cr_assert_eq(a->end, b->end);
    cr_assert_eq(a->flag, b->flag);
    cr_assert_eq(a->us, b->us);
    cr_assert_eq(a->connection, b->connection);
    cr_assert_eq(a->round, b->round);
    cr_assert_eq(a->step, b->step);
    cr_assert_eq(a->at, b->at);
    cr_assert_eq(a->head.fin, b->head.fin);
    cr_assert_eq(a->head.rsv, b->head.rsv);
    cr_assert_eq(a->head.opcode, b->head.opcode);
    cr_assert_eq(a->head.masked, b->head.masked);
    cr_assert_arr_eq(a->head.key, b->head.key, 4);
    cr_assert_eq(a->head.len_form, b->head.len_form);
    cr_assert_eq(a->head.payload_len, b->head.payload_len);
    cr_assert(bytes_eq(a->data, b->data));
    cr_assert_eq(a->len, b->len);
    cr_assert_eq(a->hash, b->hash);
    cr_assert_eq(a->diff_at, b->diff_at);
    assert_same_text(a->text, b->text);
}

static struct result one_result(struct transcript *t)
{
    static const char *proves[] = { "RFC6455-5.2-3", "RFC6455-5.2-2" };
    static const char *tags[] = { "slow" };
    static const struct result_cut cuts[] = { { 0, VERDICT_PASS }, { 7, VERDICT_FAIL } };
    static const struct dropin grade = { .behavior = DROPIN_NON_STRICT,
                                         .close = DROPIN_CLOSE_FAILED_BY_CLIENT,
                                         .ending = { .remote_code = 1002 } };

    return (struct result){
        .id = "rfc6455/a/b",
        .title = "A \"title\" \xff with a broken byte",
        .group = "A group",
        .path = "rfc6455/a.case",
        .line = 7,
        .source = "case b \"…\" {\n    send ping\n}\n",
        .proves = proves,
        .n_proves = 2,
        .autobahn = "3.2",
        .dropin = &grade,
        .tags = tags,
        .n_tags = 1,
        .contested = "one reading, another",
        .severity = SEVERITY_MAJOR,
        .verdict = { .result = VERDICT_FAIL,
                     .behaviour = VERDICT_WARN,
                     .closing_grade = VERDICT_FAIL,
                     .closing = CLOSING_WRONG_CODE,
                     .severity = SEVERITY_CRITICAL,
                     .contested = true,
                     .rule = WS_RULE_MASK_PRESENT,
                     .requirement = "RFC6455-5.1-4",
                     .line = 9,
                     .reason = "a reason",
                     .expected = "this",
                     .got = "that",
                     .entry = 3,
                     .barrier = true,
                     .remarks = { "one", "two" },
                     .n_remarks = 2 },
        .transcript = *t,
        .duration_us = 1234,
        .attempts = 2,
        .cuts = cuts,
        .n_cuts = 2,
        .again = "wsproof test ws://localhost:9001 --cases rfc6455/a/b",
        .target_stderr = "line\nline\x01\n",
    };
}

static struct run_report one_run(struct result *results, size_t n)
{
    static struct run_options_row probe[] = { { "echo", "yes" } };
    static struct run_options_row options[] = { { "header", "A: b" }, { "header", "C: d" } };

    return (struct run_report){
        .version = "0.1.0",
        .target = "ws://127.0.0.1:9001/",
        .role = "server",
        .server_header = "thing/1.0",
        .probe = probe,
        .n_probe = 1,
        .options = options,
        .n_options = 2,
        .seed = UINT64_MAX,
        .started_s = 1770091506,
        .duration_ms = 4321,
        .own_cpu_ms = 99,
        .own_peak_kib = 12345,
        .deaths = 3,
        .unsolved = 2,
        .results = results,
        .n_results = n,
    };
}

static void free_all(struct run_report *r)
{
    for (size_t i = 0; i < r->n_results; i++)
        result_free(&r->results[i]);
}

Test(report_json, a_transcript_survives_whatever_is_in_it)
{
    struct arena a = { 0 };
    struct transcript t = { 0 };
    struct rand r;
    struct buf out;
    struct err err = { 0 };
    struct run_report back;

    rand_init(&r, 42);
    for (size_t i = 0; i < 3000; i++) {
        struct entry e = random_entry(&a, &r);
        cr_assert(transcript_add(&t, &e));
    }
    t.full = t.pushes = true;
    t.told = "localhost:9001";
    struct result result = one_result(&t);
    struct run_report run = one_run(&result, 1);
    buf_init(&out, OUT_MAX);
    cr_assert(report_json(&run, &out));
    cr_assert(report_read(&a, buf_bytes(&out), &back, &err), "%u:%u %s", err.line, err.col,
              err.text);
    cr_assert_eq(back.n_results, 1);
    const struct transcript *b = &back.results[0].transcript;
    cr_assert_eq(b->count, t.count);
    cr_assert(b->full);
    cr_assert(b->pushes);
    cr_assert_str_eq(b->told, t.told);
    for (size_t i = 0; i < t.count; i++)
        assert_same_entry(&t.entries[i], &b->entries[i]);
    buf_free(&out);
    transcript_free(&t);
    free_all(&back);
    arena_free(&a);
}

static void assert_same_verdict(const struct verdict *a, const struct verdict *b)
{
    cr_assert_eq(a->result, b->result);
    cr_assert_eq(a->behaviour, b->behaviour);
    cr_assert_eq(a->closing, b->closing);
    cr_assert_eq(a->closing_grade, b->closing_grade);
    cr_assert_eq(a->severity, b->severity);
    cr_assert_eq(a->contested, b->contested);
    cr_assert_eq(a->rule, b->rule);
    assert_same_text(a->requirement, b->requirement);
    cr_assert_eq(a->line, b->line);
    assert_same_text(a->reason, b->reason);
    assert_same_text(a->expected, b->expected);
    assert_same_text(a->got, b->got);
    cr_assert_eq(a->entry, b->entry);
    cr_assert_eq(a->barrier, b->barrier);
    cr_assert_eq(a->retry, b->retry);
    cr_assert_eq(a->n_remarks, b->n_remarks);
    for (size_t i = 0; i < a->n_remarks; i++)
        assert_same_text(a->remarks[i], b->remarks[i]);
}

static void assert_same_result(const struct result *a, const struct result *b)
{
    assert_same_text(a->id, b->id);
    cr_assert_str_eq(b->title, "A \"title\" \xEF\xBF\xBD with a broken byte");
    assert_same_text(a->group, b->group);
    assert_same_text(a->path, b->path);
    cr_assert_eq(a->line, b->line);
    assert_same_text(a->source, b->source);
    cr_assert_eq(b->n_proves, 2);
    assert_same_text(b->proves[1], "RFC6455-5.2-2");
    assert_same_text(a->autobahn, b->autobahn);
    cr_assert_eq(!a->dropin, !b->dropin);
    if (a->dropin) {
        cr_expect_eq(a->dropin->behavior, b->dropin->behavior);
        cr_expect_eq(a->dropin->close, b->dropin->close);
        cr_expect_eq(a->dropin->ending.remote_code, b->dropin->ending.remote_code);
    }
    cr_assert_eq(b->n_tags, 1);
    assert_same_text(b->tags[0], "slow");
    assert_same_text(a->note, b->note);
    assert_same_text(a->contested, b->contested);
    cr_assert_eq(a->severity, b->severity);
    assert_same_verdict(&a->verdict, &b->verdict);
    cr_assert_eq(a->duration_us, b->duration_us);
    cr_assert_eq(a->attempts, b->attempts);
    cr_assert_eq(a->n_cuts, b->n_cuts);
    for (size_t i = 0; i < a->n_cuts; i++) {
        cr_expect_eq(a->cuts[i].size, b->cuts[i].size);
        cr_expect_eq(a->cuts[i].verdict, b->cuts[i].verdict);
    }
    assert_same_text(a->again, b->again);
    assert_same_text(a->target_stderr, b->target_stderr);
}

Test(report_json, a_run_reads_back_as_it_was_from_the_file_and_from_the_journal)
{
    struct transcript none = { 0 };
    struct result result = one_result(&none);
    struct run_report run = one_run(&result, 1);

    for (int journal = 0; journal < 2; journal++) {
        struct arena a = { 0 };
        struct run_report back;
        struct err err = { 0 };
        struct buf out;
        buf_init(&out, OUT_MAX);
        if (journal)
            cr_assert(report_journal_run(&run, &out) && report_journal_result(&result, &out));
        else
            cr_assert(report_json(&run, &out));
        cr_assert(report_read(&a, buf_bytes(&out), &back, &err), "%s", err.text);
        cr_assert_eq(err.code, ERR_NONE);
        assert_same_text(run.version, back.version);
        assert_same_text(run.target, back.target);
        assert_same_text(run.role, back.role);
        assert_same_text(run.server_header, back.server_header);
        cr_assert_eq(back.n_probe, 1);
        assert_same_text(back.probe[0].value, "yes");
        cr_assert_eq(back.n_options, 2);
        assert_same_text(back.options[1].value, "C: d");
        cr_assert_eq(run.seed, back.seed);
        cr_assert_eq(run.started_s, back.started_s);
        cr_assert_eq(run.duration_ms, back.duration_ms);
        cr_assert_eq(run.own_cpu_ms, back.own_cpu_ms);
        cr_assert_eq(run.own_peak_kib, back.own_peak_kib);
        cr_assert_eq(run.deaths, back.deaths);
        cr_assert_eq(run.unsolved, back.unsolved);
        cr_assert_eq(back.unfinished, journal);
        cr_assert_null(back.trouble);
        cr_assert_eq(back.n_results, 1);
        assert_same_result(&result, &back.results[0]);
        free_all(&back);
        buf_free(&out);
        arena_free(&a);
    }
}

static const char journal[] =
    "{\"format\":\"wsproof-results\",\"version\":1}\n"
    "{\"id\":\"a/b\",\"verdict\":\"pass\"}\n"
    "{\"id\":\"a/c\",\"verdict\":\"fail\",\"log\":[{\"kind\":\"note\"}]}\n";

Test(report_json, a_journal_cut_anywhere_keeps_the_cases_that_were_whole)
{
    const size_t first = bytes_index(BYTES_LIT(journal), 0, '\n');
    const size_t second = bytes_index(BYTES_LIT(journal), first + 1, '\n');

    for (size_t len = first; len < sizeof journal; len++) {
        struct arena a = { 0 };
        struct run_report back;
        struct err err = { 0 };
        cr_assert(report_read(&a, bytes_of(journal, len), &back, &err), "cut at %zu: %s", len,
                  err.text);
        size_t want = len < second ? 0 : len < sizeof journal - 2 ? 1 : 2;
        cr_assert_eq(back.n_results, want, "cut at %zu", len);
        cr_assert(back.unfinished);
        cr_assert_eq(err.code, ERR_NONE);
        free_all(&back);
        arena_free(&a);
    }
}

#define TOP "{\"format\":\"wsproof-results\",\"version\":1,"
#define CASE TOP "\"cases\":[{\"id\":\"a\",\"verdict\":\"pass\","
#define ENTRY CASE "\"log\":[{\"kind\":\"note\"},{\"kind\":\"note\","

Test(report_json, what_is_wrong_is_an_error_that_names_the_place)
{
    const struct {
        const char *text, *says;
    } rows[] = {
        { "", "not JSON" },
        { "{", "not JSON" },
        { "[]", "the file: expected an object, found an array" },
        { "{}", "format: expected \"wsproof-results\", found nothing" },
        { "{\"format\":\"autobahn\",\"version\":1}", "format: expected" },
        { "{\"format\":\"wsproof-results\",\"version\":2}", "version: expected version 1" },
        { "{\"format\":\"wsproof-results\",\"version\":\"x\"}", "version: expected a whole" },
        { TOP "\"target\":[]}", "target: expected an object" },
        { TOP "\"target\":{\"role\":7}}", "target.role: expected a string, found a number" },
        { TOP "\"started\":\"yesterday\"}", "started: expected a time" },
        { TOP "\"seed\":-1}", "seed: expected a whole number" },
        { TOP "\"seed\":1.5}", "seed: expected a whole number" },
        { TOP "\"seed\":\"18446744073709551616\"}", "seed: expected a whole number" },
        { TOP "\"cases\":{}}", "cases: expected an array, found an object" },
        { TOP "\"cases\":[7]}", "cases[0]: expected an object" },
        { TOP "\"cases\":[{}]}", "cases[0].id: expected the id" },
        { TOP "\"cases\":[{\"id\":\"a\"}]}", "cases[0].verdict: expected a verdict" },
        { TOP "\"cases\":[{\"id\":\"a\",\"verdict\":\"good\"}]}",
          "cases[0].verdict: expected one" },
        { CASE "\"unfinished\":0,\"line\":4294967296}]}", "cases[0].line: expected a whole" },
        { CASE "\"proves\":[\"a\",3]}]}", "cases[0].proves[1]: expected a string" },
        { CASE "\"remarks\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]}]}", "no more remarks" },
        { CASE "\"severity\":\"huge\"}]}", "cases[0].severity: expected one" },
        { CASE "\"log\":7}]}", "cases[0].log: expected an array" },
        { CASE "\"log\":[{}]}]}", "cases[0].log[0].kind: expected the kind" },
        { ENTRY "\"us\":true}]}]}", "cases[0].log[1].us: expected a whole" },
        { ENTRY "\"data\":\"4\"}]}]}", "cases[0].log[1].data: expected hex digits" },
        { ENTRY "\"hash\":\"00\"}]}]}", "cases[0].log[1].hash: expected eight" },
        { ENTRY "\"frame\":{\"key\":\"0102\"}}]}]}", "log[1].frame.key: expected four" },
        { ENTRY "\"frame\":{\"opcode\":16}}]}]}", "log[1].frame.opcode: expected" },
        { ENTRY "\"frame\":{\"len_form\":8}}]}]}", "log[1].frame.len_form: expected 7, 16" },
        { "{\"format\":\"wsproof-results\",\"version\":1}\n{\"id\":1}\n{\"id\":", "id: expected" },
        { "{\"format\":\"wsproof-results\",\"version\":1}\n{\"id\n{}\n", "not JSON" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a = { 0 };
        struct run_report back;
        struct err err = { 0 };
        cr_assert_not(report_read(&a, bytes_str(rows[i].text), &back, &err), "row %zu", i);
        cr_assert_eq(err.code, ERR_SYNTAX, "row %zu", i);
        cr_assert_not_null(strstr(err.text, rows[i].says), "row %zu: %s", i, err.text);
        cr_assert_eq(back.n_results, 0);
        arena_free(&a);
    }
}

Test(report_json, a_broken_file_is_refused_and_nothing_worse)
{
    struct transcript t = { 0 };
    struct arena a = { 0 };
    struct rand r;
    struct buf out;

    rand_init(&r, 7);
    for (size_t i = 0; i < 6; i++) {
        struct entry e = random_entry(&a, &r);
        cr_assert(transcript_add(&t, &e));
    }
    struct result result = one_result(&t);
    struct run_report run = one_run(&result, 1);
    buf_init(&out, OUT_MAX);
    cr_assert(report_json(&run, &out));
    for (size_t i = 0; i < 5000; i++) {
        struct arena scratch = { 0 };
        struct run_report back;
        struct bytes text = arena_copy(&scratch, buf_bytes(&out));
        size_t at = (size_t)rand_below(&r, text.len);
        ((uint8_t *)(uintptr_t)text.ptr)[at] = (uint8_t)rand_below(&r, 256);
        text.len = rand_below(&r, 2) ? text.len : (size_t)rand_below(&r, text.len);
        if (report_read(&scratch, text, &back, NULL))
            free_all(&back);
        arena_free(&scratch);
    }
    buf_free(&out);
    transcript_free(&t);
    arena_free(&a);
}

Test(report_json, brackets_without_end_are_an_error)
{
    static char deep[1 << 20];
    struct arena a = { 0 };
    struct run_report back;
    struct err err = { 0 };

    memset(deep, '[', sizeof deep);
    cr_assert_not(report_read(&a, bytes_of(deep, sizeof deep), &back, &err));
    cr_assert_eq(err.code, ERR_SYNTAX);
    arena_free(&a);
}

Test(report_json, says_no_when_the_heap_does)
{
    struct transcript t = { 0 };
    struct entry e = { .kind = ENTRY_NOTE, .text = "x\xff", .data = BYTES_LIT("abc") };
    struct buf out;
    bool done = false;

    cr_assert(transcript_add(&t, &e));
    struct result result = one_result(&t);
    struct run_report run = one_run(&result, 1);
    for (unsigned long nth = 1; !done; nth++) {
        buf_init(&out, OUT_MAX);
        alloc_fail_at(nth);
        done = report_json(&run, &out);
        alloc_fail_at(0);
        if (!done)
            buf_free(&out);
    }
    done = false;
    for (unsigned long nth = 1; !done; nth++) {
        struct arena a = { 0 };
        struct run_report back;
        struct err err = { 0 };
        alloc_fail_at(nth);
        done = report_read(&a, buf_bytes(&out), &back, &err);
        alloc_fail_at(0);
        cr_assert(done || err.code == ERR_MEMORY, "call %lu: %s", nth, err.text);
        cr_assert_lt(nth, 2000);
        free_all(&back);
        arena_free(&a);
    }
    buf_free(&out);
    transcript_free(&t);
}
