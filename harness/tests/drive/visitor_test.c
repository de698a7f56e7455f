#include "support/guard.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "drive/visitor.h"

static enum ws_status parse_target(const char *target, struct visit *out)
{
    char head[2048];

    snprintf(head, sizeof head,
             "GET %s HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
             target);
    *out = (struct visit){ 0 };
    return visit_parse(bytes_str(head), out);
}

Test(visitor, a_request_target_is_a_path_and_its_parameters)
{
    static const struct {
        const char *target;
        struct visit visit;
    } rows[] = {
        { "/getCaseCount", { .path = VISIT_COUNT } },
        { "/getCaseCount?", { .path = VISIT_COUNT } },
        { "/runCase?case=1&agent=me", { .path = VISIT_RUN, .number = 1, .agent = "me" } },
        { "/runCase/12?agent=me&case=12", { .path = VISIT_RUN, .number = 12, .agent = "me" } },
        { "/runCase?case=1&case=1&agent=me",
          { .path = VISIT_RUN, .number = 1, .agent = "me", .twice = true } },
        { "/runCases?case=1", { .path = VISIT_OTHER, .number = 1 } },
        { "/runCase?agent=me&case=12", { .path = VISIT_RUN, .number = 12, .agent = "me" } },
        { "/runCase?casetuple=1.1.1&agent=a", { .path = VISIT_RUN, .id = "1.1.1", .agent = "a" } },
        { "/runCase?casetuple=a%2Fb%2fc", { .path = VISIT_RUN, .id = "a/b/c" } },
        { "/runCase?agent=My+agent%2f1.0", { .path = VISIT_RUN, .agent = "My agent/1.0" } },
        { "/runCase?agent=100%&case=2", { .path = VISIT_RUN, .number = 2, .agent = "100%" } },
        { "/runCase?agent=%zz%4", { .path = VISIT_RUN, .agent = "%zz%4" } },
        { "/runCase?&&case=3&", { .path = VISIT_RUN, .number = 3 } },
        { "/runCase?case=0", { .path = VISIT_RUN } },
        { "/runCase?case=-1", { .path = VISIT_RUN } },
        { "/runCase?case=1x", { .path = VISIT_RUN } },
        { "/runCase?case=99999999999999999999", { .path = VISIT_RUN } },
        { "/runCase?case", { .path = VISIT_RUN } },
        { "/getCaseInfo?case=7", { .path = VISIT_INFO, .number = 7 } },
        { "/getCaseStatus?case=7&agent=x", { .path = VISIT_STATUS, .number = 7, .agent = "x" } },
        { "/updateReports?agent=x", { .path = VISIT_REPORTS, .agent = "x" } },
        { "/updateReports?agent=x&shutdownOnComplete=true",
          { .path = VISIT_REPORTS, .agent = "x", .shutdown = true } },
        { "/updateReports?shutdownOnComplete=yes", { .path = VISIT_REPORTS, .shutdown = true } },
        { "/updateReports?shutdownOnComplete=false", { .path = VISIT_REPORTS } },
        { "/stopServer", { .path = VISIT_STOP } },
        { "/", { .path = VISIT_HOME } },
        { "/index.html", { .path = VISIT_OTHER } },
        { "/runcase?case=1", { .path = VISIT_OTHER, .number = 1 } },
        { "/getCaseCount/", { .path = VISIT_OTHER } },
        { "/runCase/", { .path = VISIT_OTHER } },
        { "/reports/?agent=a%2Fb", { .path = VISIT_READ, .agent = "a/b" } },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit v;
        cr_assert_eq(parse_target(rows[i].target, &v), WS_OK, "%s", rows[i].target);
        cr_expect_eq(v.path, rows[i].visit.path, "%s", rows[i].target);
        cr_expect_eq(v.number, rows[i].visit.number, "%s", rows[i].target);
        cr_expect_str_eq(v.id, rows[i].visit.id, "%s: %s", rows[i].target, v.id);
        cr_expect_str_eq(v.agent, rows[i].visit.agent, "%s: %s", rows[i].target, v.agent);
        cr_expect_eq(v.shutdown, rows[i].visit.shutdown, "%s", rows[i].target);
        cr_expect_eq(v.twice, rows[i].visit.twice, "%s", rows[i].target);
        cr_expect(v.upgrade, "%s", rows[i].target);
    }
}

Test(visitor, names_that_are_too_long_are_cut)
{
    char target[1024];
    struct visit v;

    snprintf(target, sizeof target, "/runCase?agent=%0300d&casetuple=%0400d", 0, 0);
    cr_assert_eq(parse_target(target, &v), WS_OK);
    cr_expect_eq(strlen(v.agent), sizeof v.agent - 1);
    cr_expect_eq(strlen(v.id), sizeof v.id - 1);
}

Test(visitor, a_plain_request_wants_no_websocket)
{
    struct visit v;

    cr_assert_eq(visit_parse(BYTES_LIT("GET /getCaseCount HTTP/1.1\r\nHost: a\r\n\r\n"), &v),
                 WS_OK);
    cr_expect_eq(v.path, VISIT_COUNT);
    cr_expect_not(v.upgrade);
}

Test(visitor, a_head_that_is_not_whole_waits_for_more)
{
    struct bytes head = BYTES_LIT("GET /runCase?case=1&agent=%61 HTTP/1.1\r\nHost: a\r\n\r\n");
    struct visit v;

    for (size_t len = 0; len < head.len; len++) {
        struct guard g = guard_copy(bytes_take(head, len));
        cr_expect_eq(visit_parse(guard_bytes(&g), &v), WS_MORE, "%zu bytes", len);
        guard_free(&g);
    }
    struct guard g = guard_copy(head);
    cr_expect_eq(visit_parse(guard_bytes(&g), &v), WS_OK);
    cr_expect_str_eq(v.agent, "a");
    guard_free(&g);
}

Test(visitor, what_is_no_request_is_broken)
{
    const struct bytes rows[] = {
        BYTES_LIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"),
        BYTES_LIT("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        BYTES_LIT("GET\r\n\r\n"),
        BYTES_LIT("GET /runCase HTTP/1.1\r\nno colon\r\n\r\n"),
    };
    struct visit v;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(visit_parse(rows[i], &v), WS_BROKEN, "row %zu", i);
}
