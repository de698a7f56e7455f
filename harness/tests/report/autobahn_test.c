#include "report/autobahn.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/autobahn_table.h"
#include "report/autobahn_wire.h"
#include "ws/close.h"

#define OUT_MAX (16u << 20)
#define EVIL "<script>alert(1)</script></style>\"'&\\\n\t\x01\x7f\xff\xc3"

static struct result result_of(const char *autobahn, enum dropin_behavior behavior,
                               enum dropin_close close, int code)
{
    static struct dropin grades[64];
    static size_t n;
    struct dropin *grade = &grades[n++ % 64];

    *grade = (struct dropin){
        .behavior = behavior,
        .close = close,
        .ending = { .closed_by_me = true,
                    .was_clean = code >= 0,
                    .local_code = 1000,
                    .remote_code = code },
        .expected = { .closed_by_me = true, .codes = { 1000, 1001 }, .n_codes = 2 },
    };
    return (struct result){
        .id = "a/one",
        .title = "One",
        .group = "First",
        .path = "a.case",
        .source = "case one \"One\" {\n}\n",
        .autobahn = autobahn,
        .duration_us = 2499,
        .verdict = { .entry = ENTRY_NO_STEP },
        .dropin = grade,
    };
}

static struct run_report run_of(struct result *results, size_t n)
{
    return (struct run_report){ .version = "0.1.0",
                                .target = "ws://host/",
                                .role = "server",
                                .started_s = 1770091506,
                                .results = results,
                                .n_results = n };
}

static const char *text_of(struct buf *out)
{
    cr_assert(buf_push(out, '\0'));
    out->len--;
    return (const char *)out->ptr;
}

static size_t count_of(const char *text, const char *needle)
{
    size_t n = 0;

    for (const char *at = strstr(text, needle); at; at = strstr(at + 1, needle))
        n++;
    return n;
}

static void expect_index(const struct autobahn_agent *agents, size_t n, const char *expected)
{
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(autobahn_index_json(agents, n, &out));
    cr_expect_str_eq(text_of(&out), expected, "%s", (const char *)out.ptr);
    buf_free(&out);
}

/* What json.dumps(index, sort_keys=True, indent=3, separators=(",", ": ")) gives. */
static const char as_python[] = "{\n"
                                "   \"Zebra \\u00fc/1\": {},\n"
                                "   \"a \\\"b\\\"\": {\n"
                                "      \"1.1.1\": {\n"
                                "         \"behavior\": \"OK\",\n"
                                "         \"behaviorClose\": \"OK\",\n"
                                "         \"duration\": 2,\n"
                                "         \"remoteCloseCode\": 1000,\n"
                                "         \"reportfile\": \"a__b_case_1_1_1.json\"\n"
                                "      },\n"
                                "      \"10.1.1\": {\n"
                                "         \"behavior\": \"FAILED\",\n"
                                "         \"behaviorClose\": \"UNCLEAN\",\n"
                                "         \"duration\": 2,\n"
                                "         \"remoteCloseCode\": null,\n"
                                "         \"reportfile\": \"a__b_case_10_1_1.json\"\n"
                                "      },\n"
                                "      \"2.1\": {\n"
                                "         \"behavior\": \"NON-STRICT\",\n"
                                "         \"behaviorClose\": \"WRONG CODE\",\n"
                                "         \"duration\": 2,\n"
                                "         \"remoteCloseCode\": 1002,\n"
                                "         \"reportfile\": \"a__b_case_2_1.json\"\n"
                                "      }\n"
                                "   }\n"
                                "}";

Test(autobahn, the_index_is_laid_out_as_python_lays_it_out)
{
    struct result results[] = {
        result_of("2.1", DROPIN_NON_STRICT, DROPIN_CLOSE_WRONG_CODE, 1002),
        result_of(NULL, DROPIN_OK, DROPIN_CLOSE_OK, 1000),
        result_of("1.1.1", DROPIN_FAILED, DROPIN_CLOSE_FAILED, -1), /* run again below */
        result_of("10.1.1", DROPIN_FAILED, DROPIN_CLOSE_UNCLEAN, -1),
        result_of("1.1.1", DROPIN_OK, DROPIN_CLOSE_OK, 1000),
    };
    struct run_report run = run_of(results, 5), none = run_of(results, 0);
    const struct autobahn_agent agents[] = { { "a \"b\"", &none },
                                             { "a \"b\"", &run },
                                             { "Zebra \xc3\xbc/1", &none } };

    expect_index(agents, 3, as_python);
    expect_index(agents, 0, "{}");
}

/* grep '"behavior"' index.json | sort | uniq -c */
Test(autobahn, a_line_of_the_index_holds_one_behavior_and_nothing_else)
{
    static const char *const lines[] = { "\n         \"behavior\": \"OK\",\n",
                                         "\n         \"behavior\": \"NON-STRICT\",\n",
                                         "\n         \"behavior\": \"INFORMATIONAL\",\n",
                                         "\n         \"behavior\": \"UNIMPLEMENTED\",\n",
                                         "\n         \"behavior\": \"FAILED\",\n" };
    static const char *const closes[] = {
        "\n         \"behaviorClose\": \"OK\",\n",
        "\n         \"behaviorClose\": \"INFORMATIONAL\",\n",
        "\n         \"behaviorClose\": \"WRONG CODE\",\n",
        "\n         \"behaviorClose\": \"UNCLEAN\",\n",
        "\n         \"behaviorClose\": \"FAILED BY CLIENT\",\n",
        "\n         \"behaviorClose\": \"FAILED\",\n",
    };
    static const char *const ids[] = { "1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6" };
    struct result results[6];
    struct run_report run = run_of(results, 6);
    struct buf out;

    for (size_t i = 0; i < 6; i++)
        results[i] = result_of(ids[i], (enum dropin_behavior)(i % 5), (enum dropin_close)i, -1);
    buf_init(&out, OUT_MAX);
    cr_assert(autobahn_index_json(&(struct autobahn_agent){ "x", &run }, 1, &out));
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(count_of(text_of(&out), lines[i]), i == 0 ? 2 : 1, "%s", lines[i]);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(count_of(text_of(&out), closes[i]), 1, "%s", closes[i]);
    buf_free(&out);
}

Test(autobahn, file_names_keep_letters_and_digits)
{
    static const struct {
        const char *agent, *id, *file;
    } rows[] = {
        { "AutobahnPython/25.10.1", "1.1.1", "autobahnpython_25_10_1_case_1_1_1.json" },
        { "a-b", "13.7.18", "a_b_case_13_7_18.json" },
        { " (a b) ", "2.1", "a_b_case_2_1.json" },
        { "../../etc/passwd", "2.1", "etc_passwd_case_2_1.json" },
        { "a\xc3\xa4z", "2.1", "a_z_case_2_1.json" },
        { "a\xff\xffz", "2.1", "a__z_case_2_1.json" },
        { "", "2.1", "_case_2_1.json" },
        { "x", "../1", "x_case____1.json" },
    };
    struct buf out;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_init(&out, 256);
        cr_assert(autobahn_file_name(rows[i].agent, rows[i].id, "json", &out));
        cr_expect_str_eq(text_of(&out), rows[i].file);
        buf_free(&out);
    }
}

Test(autobahn, the_table_has_every_case_once_in_its_order)
{
    struct bytes table = autobahn_table();
    struct autobahn_row row, found;
    unsigned last[3] = { 0 };
    size_t n = 0;

    while (autobahn_table_next(&table, &row)) {
        char id[16];
        unsigned now[3] = { 0 };
        snprintf(id, sizeof id, "%.*s", BYTES_ARG(row.id));
        cr_assert_geq(sscanf(id, "%u.%u.%u", &now[0], &now[1], &now[2]), 2, "%s", id);
        cr_expect(now[0] > last[0] || now[1] > last[1] || now[2] > last[2], "%s", id);
        cr_expect(autobahn_table_find(id, &found) && bytes_eq(found.title, row.title), "%s", id);
        cr_expect(row.category.len > 0 && row.title.len > 0, "%s", id);
        cr_expect_eq(row.subcategory.len > 0, now[2] > 0, "%s", id);
        memcpy(last, now, sizeof last);
        n++;
    }
    cr_expect_eq(n, AUTOBAHN_CASES);
    cr_expect(!autobahn_table_find("9.9.1", &found));
}

/* ---- a conversation ---- */

static void add(struct transcript *t, struct entry e)
{
    e.us = 1000 * t->count;
    if (e.head.opcode || e.head.len_form) {
        e.head.fin = true;
        e.head.payload_len = e.len = e.data.len;
        e.head.len_form = ws_frame_shortest(e.len);
    }
    cr_assert(transcript_add(t, &e));
}

static void converse(struct transcript *t, struct bytes payload)
{
    uint8_t close[125];
    size_t len = ws_close_encode(1000, BYTES_LIT("bye"), close);
    struct ws_head text = { .opcode = WS_TEXT, .masked = true, .key = { 0, 0xFF, 0, 0xFF } };

    add(t, (struct entry){ .kind = ENTRY_HEAD_OUT, .data = BYTES_LIT("GET / HTTP/1.1\r\n\r\n") });
    add(t, (struct entry){ .kind = ENTRY_HEAD_IN, .data = BYTES_LIT("HTTP/1.1 101 \xe9\r\n\r\n") });
    add(t, (struct entry){ .kind = ENTRY_FRAME_OUT, .head = text, .data = payload });
    text.masked = false;
    add(t, (struct entry){ .kind = ENTRY_FRAME_IN, .head = text, .data = payload });
    add(t, (struct entry){ .kind = ENTRY_MESSAGE_IN, .head = text, .data = payload });
    add(t, (struct entry){ .kind = ENTRY_FRAME_IN,
                           .head = { .opcode = WS_PONG },
                           .data = BYTES_LIT("\xff"),
                           .by = BY_CASE });
    add(t, (struct entry){ .kind = ENTRY_CLOSING });
    add(t, (struct entry){ .kind = ENTRY_FRAME_OUT,
                           .head = { .opcode = WS_CLOSE, .masked = true },
                           .data = bytes_of(close, len) });
    add(t, (struct entry){ .kind = ENTRY_FRAME_IN,
                           .head = { .opcode = WS_CLOSE },
                           .data = bytes_of(close, 2) });
    add(t, (struct entry){ .kind = ENTRY_SILENT });
}

Test(autobahn, the_wire_is_counted_by_opcode_and_by_size)
{
    struct transcript t = { 0 };
    struct autobahn_wire w;
    struct arena a = { 0 };

    converse(&t, BYTES_LIT("hi"));
    cr_assert(autobahn_wire_read(&t, &a, &w));
    cr_expect_eq(w.in.frames[WS_TEXT], 1);
    cr_expect_eq(w.in.frames[WS_PONG], 1);
    cr_expect_eq(w.in.frames[WS_CLOSE], 1);
    cr_expect_eq(w.in.n_frames, 3);
    cr_expect_eq(w.in.n_sizes, 3); /* 3: the pong, 4: text and Close, 18: the head */
    cr_expect_eq(w.in.sizes[1].octets, 4);
    cr_expect_eq(w.in.sizes[1].count, 2);
    cr_expect_eq(w.in.octets, 3 + 2 * 4 + 18);
    cr_expect_eq(w.in.before_open, 18);
    cr_expect_eq(w.in.payload, 2);
    cr_expect_eq(w.in.messages, 1);
    cr_expect_eq(w.in.app, 2);
    cr_expect_eq(w.in.close_reason.len, 0);
    cr_expect(bytes_eq_str(w.out.close_reason, "bye"));
    cr_expect(bytes_starts(w.head_out, BYTES_LIT("GET / ")));
    cr_expect(w.drop_timeout && !w.close_timeout && !w.open_timeout);
    arena_free(&a);
    transcript_free(&t);
}

static void expect_part(const char *text, const char *part)
{
    cr_expect(strstr(text, part), "no %s in %s", part, text);
}

Test(autobahn, a_cases_file_tells_the_conversation)
{
    struct result results[] = { result_of("2.1", DROPIN_OK, DROPIN_CLOSE_OK, 1000),
                                result_of("12.1.1", DROPIN_OK, DROPIN_CLOSE_OK, 1000) };
    struct run_report run = run_of(results, 2);
    const struct autobahn_agent agent = { "x", &run };
    struct buf out;

    converse(&results[1].transcript, BYTES_LIT("hi"));
    buf_init(&out, OUT_MAX);
    cr_assert(autobahn_case_json(&agent, &results[1], &out));
    const char *text = text_of(&out);
    expect_part(text, "\n   \"case\": 2,\n");
    expect_part(text, "\n   \"expectedClose\": {\n      \"closeCode\": [\n         1000,\n"
                      "         1001\n      ],\n      \"closedByMe\": true,\n"
                      "      \"requireClean\": false\n   },\n");
    expect_part(text, "\n   \"httpResponse\": \"HTTP/1.1 101 \\ufffd\\r\\n\\r\\n\",\n");
    expect_part(text, "\n   \"localCloseReason\": \"bye\",\n");
    expect_part(text, "\n   \"remoteCloseReason\": null,\n");
    expect_part(text, "\n   \"reportCompressionRatio\": true,\n   \"reportTime\": true,\n");
    expect_part(text, "\n   \"started\": 1770091506.0,\n");
    expect_part(text,
                "\n   \"rxFrameStats\": {\n      \"1\": 1,\n      \"8\": 1,\n      \"10\": 1\n"
                "   },\n   \"rxOctetStats\": {\n      \"3\": 1,\n      \"4\": 2,\n"
                "      \"18\": 1\n   },\n");
    expect_part(text, "\n   \"received\": [\n      [\n         \"message\",\n         \"hi\",\n"
                      "         false\n      ],\n      [\n         \"pong\",\n         \"0xff\"\n"
                      "      ]\n   ],\n");
    /* The frame, then its octets as they went: 81 82, the key, "hi" under it. */
    expect_part(text, "         \"TF\",\n         [\n            2,\n            \"hi\"\n"
                      "         ],\n         1,\n         true,\n         0,\n         true,\n"
                      "         \"00ff00ff\"\n      ],\n      [\n         \"TO\",\n         [\n"
                      "            8,\n            \"818200ff00ff6896\"\n         ],\n"
                      "         false\n      ],\n");
    expect_part(text, "\n   \"wasServerConnectionDropTimeout\": true,\n   \"wirelog\": [\n");
    expect_part(text, "      [\n         \"TIE\"\n      ]\n   ]\n}");
    buf_free(&out);
    transcript_free(&results[1].transcript);
}

/* Who speaks first is not who tests. */
Test(autobahn, the_request_of_a_client_is_what_came)
{
    struct result r = result_of("1.1.1", DROPIN_OK, DROPIN_CLOSE_OK, 1000);
    struct run_report run = run_of(&r, 1);
    struct buf out;

    run.role = "client";
    add(&r.transcript, (struct entry){ .kind = ENTRY_HEAD_IN, .data = BYTES_LIT("theirs") });
    add(&r.transcript, (struct entry){ .kind = ENTRY_HEAD_OUT, .data = BYTES_LIT("ours") });
    buf_init(&out, OUT_MAX);
    cr_assert(autobahn_case_json(&(struct autobahn_agent){ "x", &run }, &r, &out));
    expect_part(text_of(&out), "\"httpRequest\": \"theirs\",\n   \"httpResponse\": \"ours\",\n");
    expect_part(text_of(&out), "\"isServer\": true,\n");
    buf_free(&out);
    transcript_free(&r.transcript);
}

/* ---- what a target would like to do to a report ---- */

static struct result hostile(void)
{
    struct result r = result_of("1.1.1", DROPIN_FAILED, DROPIN_CLOSE_UNCLEAN, -1);

    struct dropin *grade = (struct dropin *)(uintptr_t)r.dropin;
    snprintf(grade->result, sizeof grade->result, "%s", EVIL);
    snprintf(grade->result_close, sizeof grade->result_close, "%s", EVIL);
    r.source = r.verdict.reason = EVIL;
    r.verdict.expected = r.verdict.got = EVIL;
    converse(&r.transcript, BYTES_LIT(EVIL));
    add(&r.transcript, (struct entry){ .kind = ENTRY_HEAD_BAD, .data = BYTES_LIT(EVIL) });
    return r;
}

static void expect_tame_json(struct buf *out)
{
    for (size_t i = 0; i < out->len; i++)
        cr_assert(out->ptr[i] == '\n' || (out->ptr[i] >= 0x20 && out->ptr[i] < 0x7F), "at %zu", i);
    expect_part(text_of(out), "<script>alert(1)</script></style>\\\"'&\\\\\\n\\t\\u0001\\u007f"
                              "\\ufffd\\ufffd");
    buf_clear(out);
}

static void expect_tame_html(struct buf *out)
{
    const char *text = text_of(out);

    cr_expect_eq(count_of(text, "<script"), 1); /* our own */
    cr_expect_eq(count_of(text, "</style>"), 1);
    expect_part(text, "&lt;script&gt;alert(1)&lt;/script&gt;&lt;/style&gt;&quot;&#39;&amp;");
    cr_expect(!strchr(text, '\x01') && !strchr(text, '\x7f') && !strchr(text, '\xff'));
    buf_clear(out);
}

Test(autobahn, what_a_target_says_stays_text)
{
    struct result r = hostile();
    struct run_report run = run_of(&r, 1);
    const struct autobahn_agent agent = { EVIL, &run };
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(autobahn_index_json(&agent, 1, &out));
    expect_tame_json(&out);
    cr_assert(autobahn_case_json(&agent, &r, &out));
    expect_tame_json(&out);
    cr_assert(autobahn_index_html(&agent, 1, &out));
    expect_tame_html(&out);
    cr_assert(autobahn_case_html(&agent, &r, &out));
    expect_tame_html(&out);
    buf_free(&out);
    transcript_free(&r.transcript);
}

Test(autobahn, the_page_has_a_row_for_every_case)
{
    struct result results[] = { result_of("1.1.1", DROPIN_OK, DROPIN_CLOSE_OK, 1000),
                                result_of("9.1.1", DROPIN_FAILED, DROPIN_CLOSE_UNCLEAN, -1) };
    struct run_report run = run_of(results, 2);
    const struct autobahn_agent agents[] = { { "One", &run }, { "Two", &run } };
    struct buf out;

    buf_init(&out, OUT_MAX);
    cr_assert(autobahn_index_html(agents, 2, &out));
    const char *text = text_of(&out);
    expect_part(text, "id=\"master_report_header\"");
    expect_part(text, "<table id=\"agent_case_results\">");
    expect_part(text, "<button id=\"toggle_details\"");
    cr_expect_eq(count_of(text, "<tr class=\"agent_case_result_row\""), AUTOBAHN_CASES);
    cr_expect_eq(count_of(text, "<td class=\"case_missing\">Missing</td>"),
                 2 * (AUTOBAHN_CASES - 2));
    expect_part(text, "<td class=\"case_ok\"><a href=\"one_case_1_1_1.html\">Pass</a></td>"
                      "<td class=\"close case_ok\">1000</td>");
    expect_part(text, "<a href=\"two_case_9_1_1.html\">Fail</a> <span class=\"time\">2 ms</span>"
                      "</td><td class=\"close case_failed\">Unclean</td>");
    buf_free(&out);
}

Test(autobahn, a_full_buffer_is_told)
{
    struct result r = hostile();
    struct run_report run = run_of(&r, 1);
    const struct autobahn_agent agent = { "x", &run };

    for (size_t max = 0; max < 2000; max += 97) {
        struct buf out;
        buf_init(&out, max);
        cr_expect(max > 150 || !autobahn_index_json(&agent, 1, &out));
        buf_clear(&out);
        cr_expect(!autobahn_case_json(&agent, &r, &out));
        buf_clear(&out);
        cr_expect(!autobahn_index_html(&agent, 1, &out));
        buf_clear(&out);
        cr_expect(!autobahn_case_html(&agent, &r, &out));
        buf_free(&out);
    }
    transcript_free(&r.transcript);
}

Test(autobahn, no_memory_is_told)
{
    struct result r = hostile();
    struct run_report run = run_of(&r, 1);
    const struct autobahn_agent agent = { EVIL, &run };
    bool done = false;

    for (unsigned long nth = 1; !done; nth++) {
        struct buf out;
        buf_init(&out, OUT_MAX);
        alloc_fail_at(nth);
        done = autobahn_index_json(&agent, 1, &out);
        done = autobahn_case_json(&agent, &r, &out) && done;
        done = autobahn_index_html(&agent, 1, &out) && done;
        done = autobahn_case_html(&agent, &r, &out) && done;
        alloc_fail_at(0);
        cr_assert_lt(nth, 1000);
        buf_free(&out);
    }
    transcript_free(&r.transcript);
}
