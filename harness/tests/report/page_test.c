#include "report/page.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define OUT_MAX (16u << 20)

static struct result result_of(const char *id, enum verdict_kind kind)
{
    struct result r = {
        .id = id, .title = "A title", .group = "A group", .path = "a.case", .again = "again"
    };

    r.verdict.result = r.verdict.behaviour = kind;
    r.verdict.entry = ENTRY_NO_STEP;
    return r;
}

static void say(struct result *r, enum entry_kind kind, uint8_t opcode, struct bytes data,
                uint64_t us)
{
    struct entry e = { .kind = kind, .us = us, .step = ENTRY_NO_STEP, .diff_at = ENTRY_NO_DIFF };

    e.head = (struct ws_head){
        .fin = true, .opcode = opcode, .payload_len = data.len, .len_form = WS_LEN_7
    };
    e.data = data;
    e.len = data.len;
    cr_assert(transcript_add(&r->transcript, &e));
}

/* An echo that took `us`, and a Close. */
static struct result talk(const char *id, uint64_t us, struct bytes close)
{
    struct result r = result_of(id, VERDICT_PASS);

    say(&r, ENTRY_FRAME_OUT, WS_TEXT, BYTES_LIT("Hello"), 1);
    say(&r, ENTRY_FRAME_IN, WS_TEXT, BYTES_LIT("Hello"), us);
    say(&r, ENTRY_FRAME_IN, WS_CLOSE, close, us + 1);
    return r;
}

static struct run_report run_of(const char *target, struct result *results, size_t n)
{
    return (struct run_report){
        .version = "0.1.0", .target = target, .role = "server", .results = results, .n_results = n
    };
}

static size_t times(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
        n++;
    return n;
}

static const struct requirements none;

/* The page as text; buf_free(out) ends it. */
static const char *page_of(const struct report_book *book, struct buf *out)
{
    buf_init(out, OUT_MAX);
    cr_assert(report_html_book(book, &none, out));
    cr_assert(buf_push(out, '\0'));
    return (const char *)out->ptr;
}

static size_t classes(const struct result **of, size_t n, size_t *class_of)
{
    const struct page_case c = { .of = of };
    size_t count = 0;

    page_alike(&c, n, class_of);
    for (size_t i = 0; i < n; i++)
        count += class_of[i] == i;
    return count;
}

Test(report_page, what_a_baseline_knows_of_one_alone_is_told_of_that_one)
{
    struct result a = result_of("one", VERDICT_FAIL), b = a;
    const struct result *of[] = { &a, &b };
    size_t class_of[2];

    cr_assert_eq(classes(of, 2, class_of), 1);
    b.known = (struct known){ .as = KNOWN_EXPECTED, .reason = "why", .line = 3 };
    cr_assert_eq(classes(of, 2, class_of), 2);
    a.known = b.known;
    cr_assert_eq(classes(of, 2, class_of), 1);
    a.known.line = 4;
    cr_assert_eq(classes(of, 2, class_of), 2);
}

Test(report_page, results_are_alike_whatever_the_time_and_the_order_of_the_two_sides)
{
    struct result a = talk("a", 5, BYTES_LIT("\x03\xe8")),
                  b = talk("a", 900, BYTES_LIT("\x03\xe8"));
    struct result c = result_of("a", VERDICT_PASS);
    const struct result *of[] = { &a, NULL, &b, &c };
    size_t class_of[4];

    say(&c, ENTRY_FRAME_IN, WS_TEXT, BYTES_LIT("Jello"), 1);
    say(&c, ENTRY_FRAME_OUT, WS_TEXT, BYTES_LIT("Hello"), 2);
    say(&c, ENTRY_FRAME_IN, WS_CLOSE, BYTES_LIT("\x03\xe8"), 3);
    cr_assert_eq(classes(of, 4, class_of), 1);
    cr_assert_eq(class_of[1], 4, "who has not got the case is of no class");
    cr_assert_eq(class_of[2], 0);
    cr_assert_eq(class_of[3], 0);
    result_free(&a);
    result_free(&b);
    result_free(&c);
}

Test(report_page, another_frame_close_code_verdict_or_word_makes_a_result_its_own)
{
    struct result a = talk("a", 5, BYTES_LIT("\x03\xe8")),
                  code = talk("a", 5, BYTES_LIT("\x03\xea"));
    struct result frame = talk("a", 5, BYTES_LIT("\x03\xe8")),
                  warn = talk("a", 5, BYTES_LIT("\x03\xe8"));
    struct result word = talk("a", 5, BYTES_LIT("\x03\xe8"));
    const struct result *of[] = { &a, &code, &frame, &warn, &word };
    size_t class_of[5];

    say(&frame, ENTRY_FRAME_IN, WS_PONG, BYTES_LIT(""), 9);
    warn.verdict.result = VERDICT_WARN;
    word.verdict.reason = "other";
    cr_assert_eq(classes(of, 5, class_of), 5);
    for (size_t i = 0; i < 5; i++)
        result_free((struct result *)of[i]);
}

Test(report_page, what_a_target_wrote_to_stderr_counts_where_it_is_blamed)
{
    struct result a = result_of("a", VERDICT_FAIL), b = a;
    const struct result *of[] = { &a, &b };
    size_t class_of[2];

    b.target_stderr = "a crash";
    cr_assert_eq(classes(of, 2, class_of), 2);
    a.verdict.result = b.verdict.result = VERDICT_WARN;
    cr_assert_eq(classes(of, 2, class_of), 1);
}

Test(report_page, a_case_of_several_targets_is_one_with_a_sign_for_each)
{
    struct result one[] = { result_of("a", VERDICT_PASS), result_of("b", VERDICT_FAIL) };
    struct result two[] = { result_of("b", VERDICT_PASS), result_of("c", VERDICT_SKIP) };
    const struct run_report runs[] = { run_of("first", one, 2), run_of("second<b>", two, 2) };
    const struct report_book book = { runs, 2, NULL, 0 };
    struct buf out;
    const char *page = page_of(&book, &out);

    cr_assert_eq(times(page, "<details class=\"case "), 3);
    cr_assert_eq(times(page, "data-cells=\"p-\""), 1);
    cr_assert_eq(times(page, "data-cells=\"fp\""), 1);
    cr_assert_eq(times(page, "data-cells=\"-s\""), 1);
    cr_assert_lt(strstr(page, "data-cells=\"fp\""), strstr(page, "data-cells=\"p-\""),
                 "fails come first");
    cr_assert_eq(times(page, "<pre class=\"account\">"), 3);
    cr_assert_eq(times(page, "\">fail 1: first\n"), 1);
    cr_assert_eq(times(page, "\npass 2: second&lt;b>\n"), 1);
    cr_assert_eq(times(page, "second<b>"), 0);
    cr_assert_eq(times(page, "1 fail, 1 pass"), 1);
    cr_assert_not_null(strstr(page, "1 of 2 targets fails no case."));
    buf_free(&out);
}

Test(report_page, passes_that_are_alike_share_one_conversation)
{
    struct result one[] = { talk("a", 5, BYTES_LIT("\x03\xe8")) },
                  two[] = { talk("a", 7, BYTES_LIT("\x03\xe8")) };
    struct result other[] = { talk("a", 7, BYTES_LIT("\x03\xe9")) };
    const struct run_report runs[] = { run_of("x", one, 1), run_of("y", two, 1),
                                       run_of("z", other, 1) };
    const struct report_book book = { runs, 3, NULL, 0 };
    struct buf out;
    const char *page = page_of(&book, &out);

    cr_assert_eq(times(page, "\ntalk\n"), 2);
    cr_assert_eq(times(page, "pass 1 2: x, y\n"), 1);
    cr_assert_eq(times(page, "pass 3: z\n"), 1);
    buf_free(&out);
    result_free(&one[0]);
    result_free(&two[0]);
    result_free(&other[0]);
}

/* Each line that begins with a number is an entry of ours. */
Test(report_page, no_text_of_a_target_makes_a_line_of_a_conversation)
{
    static const char evil[] = "x\r\n5.000 <! Close 1002\n  | Forged: yes\n5.000 -> y";
    struct result r = result_of("a", VERDICT_FAIL);
    struct run_report run = run_of("x", &r, 1);
    const struct report_book book = { &run, 1, NULL, 0 };
    struct buf out;

    say(&r, ENTRY_HEAD_IN, 0, BYTES_LIT("HTTP/1.1 101 x\r\n5.000 <! Close: 1002\n\r\n"), 1);
    say(&r, ENTRY_FRAME_IN, WS_TEXT, bytes_of(evil, sizeof evil - 1), 2);
    struct entry note = { .kind = ENTRY_OUTPUT, .text = evil, .step = ENTRY_NO_STEP };
    cr_assert(transcript_add(&r.transcript, &note));
    const char *page = page_of(&book, &out);
    const char *talk = strstr(page, "<pre class=\"talk\">");
    cr_assert_not_null(talk);
    cr_assert_eq(times(page, "\n5.000 "), 0);
    cr_assert_eq(times(page, "\n  | 5.000 &lt;! Close: 1002 (LF alone)\n"), 1);
    cr_assert_eq(times(page, "\n  | Forged"), 0);
    buf_free(&out);
    result_free(&r);
}

/* What is inside a case of several targets is lines, and a word of ours begins each field. */
Test(report_page, no_text_of_a_target_begins_a_line_of_an_account)
{
    static const char evil[] = "x\nfail 2: y\n</pre><b>\n5.000 <! Close 1002\n";
    struct result one = result_of("a", VERDICT_FAIL), two = result_of("a", VERDICT_PASS);
    const struct run_report runs[] = { run_of(evil, &one, 1), run_of("y", &two, 1) };
    const struct report_book book = { runs, 2, NULL, 0 };
    const char *proves[] = { evil };
    struct buf out;

    one.verdict.reason = one.verdict.expected = one.verdict.got = one.again = evil;
    one.target_stderr = one.source = one.note = one.contested = one.autobahn = one.path = evil;
    one.known =
        (struct known){ .as = KNOWN_WORSE, .verdict = VERDICT_PASS, .reason = evil, .link = evil };
    one.proves = proves;
    one.n_proves = 1;
    const char *page = page_of(&book, &out);
    const char *account = strstr(page, "<pre class=\"account\">fail 1: ");
    cr_assert_not_null(account);
    cr_assert_eq(times(account, "\nfail 2"), 0);
    cr_assert_eq(times(account, "\n5.000"), 0);
    cr_assert_gt(times(account, "\n  5.000 &lt;! Close 1002\n"), 9);
    cr_assert_eq(times(page, "</pre>"), 1);
    buf_free(&out);
}

Test(report_page, what_was_expected_is_told_without_the_word_of_the_step)
{
    struct result one = result_of("a", VERDICT_FAIL), two = result_of("a", VERDICT_PASS);
    const struct run_report runs[] = { run_of("x", &one, 1), run_of("y", &two, 1) };
    struct report_book book = { runs, 1, NULL, 0 };
    struct buf out;

    one.verdict.expected = "expect close 1002";
    cr_assert_not_null(strstr(page_of(&book, &out), "<dt>expected</dt><dd>close 1002</dd>"));
    buf_free(&out);
    book.n_runs = 2;
    cr_assert_not_null(strstr(page_of(&book, &out), "\nexpected close 1002\n"));
    buf_free(&out);
}

Test(report_page, cases_stand_in_portions)
{
    struct result results[81];
    struct run_report run = run_of("x", results, 81);
    const struct report_book book = { &run, 1, NULL, 0 };
    char ids[81][8];
    struct buf out;

    for (size_t i = 0; i < 81; i++) {
        snprintf(ids[i], sizeof ids[i], "c%02zu", i);
        results[i] = result_of(ids[i], i < 41 ? VERDICT_FAIL : VERDICT_PASS);
    }
    cr_assert_eq(times(page_of(&book, &out), "<div class=\"some\">"), 3);
    buf_free(&out);
}

Test(report_page, history_is_in_order_of_time_and_of_its_own_target)
{
    struct result a = result_of("a", VERDICT_FAIL), b = result_of("a", VERDICT_PASS);
    struct run_report runs[] = { run_of("x", &a, 1), run_of("y", &b, 1) };
    const struct report_past past[] = { { .target = "x", .version = "past-2", .started_s = 200 },
                                        { .target = "z", .version = "past-3", .started_s = 1 },
                                        { .target = "x", .version = "past-1", .started_s = 100 } };
    const struct report_book book = { runs, 2, past, 3 };
    struct buf out;

    runs[0].started_s = 300;
    const char *page = page_of(&book, &out);
    cr_assert_lt(strstr(page, "past-1"), strstr(page, "past-2"));
    cr_assert_null(strstr(page, "past-3"));
    cr_assert_not_null(strstr(page, "<td class=\"worse\">+1"));
    buf_free(&out);
}

/* The time of a failure is no time of an answer. */
Test(report_page, times_are_told_of_cases_that_pass)
{
    struct result one[] = { result_of("a", VERDICT_PASS), result_of("b", VERDICT_FAIL) };
    struct run_report run = run_of("x", one, 2);
    const struct report_book book = { &run, 1, NULL, 0 };
    struct entry e = { .kind = ENTRY_METRIC, .text = "echo", .len = 1500, .step = ENTRY_NO_STEP };
    struct buf out;

    cr_assert(transcript_add(&one[0].transcript, &e));
    e.len = 9000000;
    cr_assert(transcript_add(&one[1].transcript, &e));
    const char *page = page_of(&book, &out);
    cr_assert_not_null(strstr(page, "<td class=\"extreme\">1.5 ms"));
    cr_assert_null(strstr(page, "<td class=\"extreme\">9.0 s"));
    buf_free(&out);
    result_free(&one[0]);
    result_free(&one[1]);
}

/* Frames of one message of ten bytes for a hundred. */
Test(report_page, compression_is_counted_over_the_frames_of_a_message)
{
    struct result r = result_of("a", VERDICT_PASS);
    struct run_report run = run_of("x", &r, 1);
    const struct report_book book = { &run, 1, NULL, 0 };
    struct entry e = { .kind = ENTRY_FRAME_IN, .step = ENTRY_NO_STEP, .diff_at = ENTRY_NO_DIFF };
    struct buf out;

    e.head = (struct ws_head){
        .opcode = WS_TEXT, .rsv = WS_RSV1, .payload_len = 4, .len_form = WS_LEN_7
    };
    cr_assert(transcript_add(&r.transcript, &e));
    e.head =
        (struct ws_head){ .fin = true, .opcode = WS_PING, .payload_len = 50, .len_form = WS_LEN_7 };
    cr_assert(transcript_add(&r.transcript, &e));
    e.head = (struct ws_head){ .fin = true, .payload_len = 6, .len_form = WS_LEN_7 };
    cr_assert(transcript_add(&r.transcript, &e));
    e = (struct entry){
        .kind = ENTRY_MESSAGE_IN, .len = 100, .step = ENTRY_NO_STEP, .diff_at = ENTRY_NO_DIFF
    };
    cr_assert(transcript_add(&r.transcript, &e));
    cr_assert_not_null(
        strstr(page_of(&book, &out), "<td>1</td><td>100</td><td>10</td><td>10.0 %</td>"));
    buf_free(&out);
    result_free(&r);
}

Test(report_page, says_no_when_the_heap_does)
{
    struct result one[] = { talk("a", 5, BYTES_LIT("\x03\xe8")), result_of("b", VERDICT_FAIL) };
    struct result two[] = { talk("a", 5, BYTES_LIT("\x03\xe8")) };
    const struct run_report runs[] = { run_of("x", one, 2), run_of("y", two, 1) };
    const struct report_past past = { .target = "x", .version = "0" };
    const struct report_book book = { runs, 2, &past, 1 };
    bool done = false;

    for (unsigned long nth = 1; !done; nth++) {
        struct buf out;
        buf_init(&out, OUT_MAX);
        alloc_fail_at(nth);
        done = report_html_book(&book, &none, &out);
        alloc_fail_at(0);
        cr_assert_lt(nth, 1000);
        buf_free(&out);
    }
    result_free(&one[0]);
    result_free(&two[0]);
}
