#include "run/expectation.h"

#include <criterion/criterion.h>

#include "tests/run/matching.h"

/* Every kind of expectation against every kind of thing that can come. Entries count from 0. */

Test(run_expectation, a_message_is_matched_by_type_and_payload)
{
    static const struct matching rows[] = {
        { .steps = "expect text \"a\"", .talk = "in text \"a\"", .says = "pass @2" },
        { .steps = "expect text", .talk = "in text \"anything\"", .says = "pass @2" },
        { .steps = "expect text \"a\"",
          .talk = "in text \"b\"",
          .says = "no @1: the message has another payload" },
        { .steps = "expect text \"a\"",
          .talk = "in binary \"a\"",
          .says = "no @1: the message has another type" },
        { .steps = "expect binary x\"00ff\"", .talk = "in binary x\"00ff\"", .says = "pass @2" },
        { .steps = "expect text \"ab\"",
          .talk = "in text nofin \"a\";in continuation \"b\"",
          .says = "more" },
        { .steps = "expect text \"ab\"",
          .talk = "in text nofin \"a\";in continuation \"b\";in message text \"ab\"",
          .says = "pass @3" },
        { .steps = "expect text \"a\"",
          .talk = "in ping \"p\";in pong \"q\";in text \"a\"",
          .says = "pass @4" },
        { .steps = "expect text \"a\"",
          .talk = "in text ours \"marker 1\";in text \"a\"",
          .says = "pass @4" },
        { .steps = "expect text \"a\"", .talk = "in close 1000", .says = "no @0: a Close came" },
        { .steps = "expect text \"a\"",
          .talk = "in message bad \"INFLATE_BROKEN\";in text \"a\"",
          .says = "no @0: a compressed message does not inflate" },
        { .steps = "expect echo",
          .talk = "out text \"a\";in text rsv=4 nofin x\"07\";in message bad",
          .says = "no @3: a compressed message does not inflate" },
        { .steps = "expect pong",
          .talk = "in message bad \"INFLATE_BROKEN\";in pong",
          .says = "pass @2" },
        { .steps = "expect text \"a\"",
          .talk = "in message bad #1;in text \"a\"",
          .says = "pass @3" },
        { .steps = "expect text \"a\"",
          .talk = "in text rsv=4 nofin x\"4a0400\";in message text \"a\"",
          .says = "pass @2" },
        { .steps = "expect text \"a\"", .talk = "turns 5 @2;in text \"a\"", .says = "pass @3" },
        { .steps = "expect text \"a\"",
          .talk = "in end fin",
          .says = "no @0: the connection ended" },
        { .steps = "expect text \"a\"",
          .talk = "in end reset",
          .says = "no @0 unsure: the connection was reset" },
        { .steps = "expect text \"a\"",
          .talk = "expect @2;silent",
          .says = "no silent: nothing came in time" },
        { .steps = "expect text \"a\"", .talk = "silent;expect @2", .says = "more" },
        { .steps = "expect text \"a\"", .talk = "expect @2;passed", .says = "more" },
        { .steps = "expect text \"a\"", .talk = "in text #1 \"a\"", .says = "more" },
        { .steps = "expect text \"a\"", .talk = "", .says = "more" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, an_echo_is_the_oldest_message_not_yet_echoed)
{
    static const struct matching rows[] = {
        { .steps = "expect echo", .talk = "out text \"a\";in text \"a\"", .says = "pass @4" },
        { .steps = "expect echo",
          .talk = "out text \"a\";in text \"b\"",
          .says = "no @3: it is not the echo of the oldest message sent" },
        { .steps = "expect echo",
          .talk = "out text \"a\";in binary \"a\"",
          .says = "no @3: it is not the echo of the oldest message sent" },
        { .steps = "expect echo",
          .talk = "out text \"a\";out text \"b\";in text \"b\"",
          .says = "no @5: it is not the echo of the oldest message sent" },
        { .steps = "expect echo\nexpect echo",
          .talk = "out text \"a\";out text \"b\";in text \"a\";in text \"b\"",
          .says = "pass @8" },
        { .steps = "expect echo\nexpect echo",
          .talk = "out text \"a\";out text \"b\";in text \"a\";in text \"a\"",
          .says = "no @7 step +1: it is not the echo of the oldest message sent" },
        { .steps = "expect text \"a\"\nexpect echo",
          .talk = "out text \"a\";out text \"b\";in text \"a\";in text \"b\"",
          .says = "pass @8" },
        { .steps = "expect text \"c\"\nexpect echo",
          .talk = "out text \"a\";in text \"c\";in text \"a\"",
          .says = "pass @6" },
        { .steps = "expect echo",
          .talk = "in text \"a\";out text \"a\"",
          .says = "no @1: it is not the echo of the oldest message sent" },
        { .steps = "expect echo",
          .talk = "out text #1 \"a\";in text \"a\"",
          .says = "no @3: it is not the echo of the oldest message sent" },
        { .steps = "expect echo",
          .talk = "out text nofin \"a\";in text \"a\"",
          .says = "no @2: it is not the echo of the oldest message sent" },
        { .steps = "expect echo",
          .talk = "out text \"a\";in close 1000",
          .says = "no @2: a Close came" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, a_pong_that_does_not_fit_proves_nothing)
{
    static const struct matching rows[] = {
        { .steps = "expect pong \"a\"", .talk = "in pong \"a\"", .says = "pass @1" },
        { .steps = "expect pong", .talk = "in pong \"a\"", .says = "pass @1" },
        { .steps = "expect pong \"a\"", .talk = "in pong \"b\"", .says = "more" },
        { .steps = "expect pong \"b\"", .talk = "in pong \"a\";in pong \"b\"", .says = "pass @2" },
        { .steps = "expect pong", .talk = "in pong ours \"barrier 1\"", .says = "more" },
        { .steps = "expect pong \"a\"", .talk = "in ping \"a\"", .says = "more" },
        { .steps = "expect ping \"a\"", .talk = "in ping \"a\"", .says = "pass @1" },
        { .steps = "expect ping \"a\"", .talk = "in pong \"a\"", .says = "more" },
        { .steps = "expect pong \"a\"", .talk = "in text \"a\"", .says = "no @1: a message came" },
        { .steps = "expect pong \"a\"",
          .talk = "in text ours \"marker 1\";in pong \"a\"",
          .says = "pass @3" },
        { .steps = "expect pong \"a\"", .talk = "in close 1000", .says = "no @0: a Close came" },
        { .steps = "expect pong \"a\"",
          .talk = "in end fin",
          .says = "no @0: the connection ended" },
        { .steps = "expect pong \"a\"",
          .talk = "expect @2;silent",
          .says = "no silent: nothing came in time" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, a_frame_is_matched_by_its_fields)
{
    static const struct matching rows[] = {
        { .steps = "expect frame text \"a\" fin=1", .talk = "in text \"a\"", .says = "pass @1" },
        { .steps = "expect frame text fin=0",
          .talk = "in text \"a\"",
          .says = "no @0: the frame has other fields" },
        { .steps = "expect frame text \"b\"",
          .talk = "in text \"a\"",
          .says = "no @0: the frame has another payload" },
        { .steps = "expect frame text masked=on",
          .talk = "in text masked \"a\"",
          .says = "pass @1" },
        { .steps = "expect frame text masked=off",
          .talk = "in text masked \"a\"",
          .says = "no @0: the frame has other fields" },
        { .steps = "expect frame text rsv=4", .talk = "in text rsv=4 \"a\"", .says = "pass @1" },
        { .steps = "expect frame text length=16",
          .talk = "in text form=16 \"a\"",
          .says = "pass @1" },
        { .steps = "expect frame text length=7",
          .talk = "in text form=16 \"a\"",
          .says = "no @0: the frame has other fields" },
        { .steps = "expect frame text \"a\"",
          .talk = "in ping \"p\";in text \"a\"",
          .says = "pass @2" },
        { .steps = "expect frame ping \"p\"",
          .talk = "in pong \"x\";in ping \"p\"",
          .says = "pass @2" },
        { .steps = "expect frame text",
          .talk = "in close 1000",
          .says = "no @0: the frame has other fields" },
        { .steps = "expect frame close", .talk = "in close 1000", .says = "pass @1" },
        { .steps = "expect frame text",
          .talk = "in end fin",
          .says = "no @0: the connection ended" },
        { .steps = "expect frame pong", .talk = "in pong ours \"barrier 1\"", .says = "more" },
        /* What was taken as a frame is no message any more; what was not still is. */
        { .steps = "expect frame text \"a\"\nexpect text \"b\"",
          .talk = "in text \"a\";in text \"b\"",
          .says = "pass @4" },
        { .steps = "expect frame text fin=0\nexpect text \"ab\"",
          .talk = "in text nofin \"a\";in continuation \"b\";in message text \"ab\"",
          .says = "pass @3" },
        { .steps = "expect frame text fin=0\nexpect frame continuation fin=1\nexpect nothing",
          .talk =
              "expect @2;in text nofin \"a\";in continuation \"b\";in message text \"ab\";passed",
          .says = "pass @5" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, a_close_is_matched_by_code_and_reason)
{
    static const struct matching rows[] = {
        { .steps = "expect close 1002", .talk = "in close 1002", .says = "pass @1" },
        { .steps = "expect close 1002 or 1007", .talk = "in close 1007", .says = "pass @1" },
        { .steps = "expect close 1002",
          .talk = "in close 1003",
          .says = "no @0: the Close has another code" },
        { .steps = "expect close 1002",
          .talk = "in close",
          .says = "no @0: the Close has another code" },
        { .steps = "expect close none", .talk = "in close", .says = "pass @1" },
        { .steps = "expect close none",
          .talk = "in close 1000",
          .says = "no @0: the Close has another code" },
        { .steps = "expect close none",
          .talk = "in close x\"03\"",
          .says = "no @0: the Close has another code" },
        { .steps = "expect close 1000 or none", .talk = "in close", .says = "pass @1" },
        { .steps = "expect close any", .talk = "in close 4999", .says = "pass @1" },
        { .steps = "expect close any", .talk = "in close", .says = "pass @1" },
        { .steps = "expect close", .talk = "in close", .says = "pass @1" },
        { .steps = "expect close provoked", .talk = "provoked;in close", .says = "pass @2" },
        { .steps = "expect close provoked",
          .talk = "provoked yes 3000;in close 3000 \"x\"",
          .says = "pass @2" },
        { .steps = "expect close provoked",
          .talk = "provoked yes 3000 \"x\";in text \"bye\";in close 3000 \"x\"",
          .says = "pass @4" },
        { .steps = "expect close provoked",
          .talk = "provoked yes 3000 \"x\";in close 3000",
          .says = "no @1: the Close has another code" },
        { .steps = "expect close 1000 or provoked",
          .talk = "provoked yes 3000;in close 1000",
          .says = "pass @2" },
        { .steps = "expect close provoked", .talk = "in close 3000", .says = "pass @1" },
        { .steps = "expect close provoked",
          .talk = "provoked #1 yes 3001;in close 3000",
          .says = "pass @2" },
        { .steps = "expect close 1000",
          .talk = "provoked;in text \"bye\";in close 1000",
          .says = "pass @4" },
        { .steps = "expect close 1000",
          .talk = "in text \"bye\";in close 1000",
          .says = "no @1: a message came" },
        { .steps = "expect close 1000 \"why\"",
          .talk = "in close 1000 \"why\"",
          .says = "pass @1" },
        { .steps = "expect close 1000 \"why\"",
          .talk = "in close 1000 \"who\"",
          .says = "no @0: the Close has another reason" },
        { .steps = "expect close 1000 \"why\"",
          .talk = "in close 1000",
          .says = "no @0: the Close has another reason" },
        { .steps = "expect close 1000", .talk = "in text \"a\"", .says = "no @1: a message came" },
        { .steps = "expect close 1000",
          .talk = "out text \"a\";in text \"a\";in close 1000",
          .says = "pass @5" },
        { .steps = "expect close 1000", .talk = "in pong \"a\";in close 1000", .says = "pass @2" },
        { .steps = "expect close 1000",
          .talk = "in end fin",
          .says = "no @0: the connection ended" },
        { .steps = "expect close 1000",
          .talk = "in end reset",
          .says = "no @0 unsure: the connection was reset" },
        { .steps = "expect close 1000",
          .talk = "expect @2;silent",
          .says = "no silent: nothing came in time" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, an_end_may_be_any_or_has_to_be_in_order)
{
    static const struct matching rows[] = {
        { .steps = "expect eof", .talk = "in end fin", .says = "pass @0" },
        { .steps = "expect eof", .talk = "in end reset", .says = "pass @0" },
        { .steps = "expect eof", .talk = "in end tls-cut", .says = "pass @0" },
        { .steps = "expect eof",
          .talk = "in head 500;in end fin",
          .says = "no @0: it answered the request" },
        { .steps = "expect eof", .talk = "in head 103;in end fin", .says = "pass @1" },
        { .steps = "expect eof clean", .talk = "in end fin", .says = "pass @0" },
        { .steps = "expect eof clean", .talk = "in end reset", .says = "no @0: TCP was reset" },
        { .steps = "expect eof clean",
          .talk = "in end tls-cut",
          .says = "no @0: TCP did not end in order" },
        { .steps = "expect eof",
          .talk = "in close 1000;in end fin",
          .says = "warn @1: a Close came first" },
        { .steps = "expect close 1000\nexpect eof",
          .talk = "in close 1000;in end fin",
          .says = "pass @1" },
        { .steps = "expect eof",
          .talk = "in text \"a\"",
          .says = "no @1: a message came: the connection lives on" },
        { .steps = "expect eof",
          .talk = "out close ours 1000;in close 1000",
          .says = "no @1: it answered our Close as if all were well" },
        { .steps = "expect eof", .talk = "in pong \"a\"", .says = "more barrier doubt" },
        { .steps = "expect eof",
          .talk = "expect @2;silent",
          .says = "no silent: nothing came in time" },
        { .steps = "expect eof", .talk = "in end fin #1", .says = "more barrier doubt" },
    };

    MATCHING_TABLE(rows);
}

/* CASE-LANGUAGE, Barriers: a pong never convicts; going on takes positive bytes. */
Test(run_expectation, failing_the_connection_has_shades)
{
    static const struct matching rows[] = {
        { .steps = "expect fail 1002", .talk = "in close 1002;in end fin", .says = "pass @1" },
        { .steps = "expect fail 1002", .talk = "in close 1002;in end reset", .says = "pass @1" },
        { .steps = "expect fail 1002 or 1007",
          .talk = "in close 1007;in end fin",
          .says = "pass @1" },
        { .steps = "expect fail 1002",
          .talk = "in close 1003;in end fin",
          .says = "warn @1: it failed the connection with another code" },
        { .steps = "expect fail 1002",
          .talk = "in close;in end fin",
          .says = "warn @1: it failed the connection with another code" },
        { .steps = "expect fail 1002",
          .talk = "in close 1000;in end fin",
          .says = "warn @1: it failed the connection with another code" },
        { .steps = "expect fail", .talk = "in close 1011;in end fin", .says = "pass @1" },
        { .steps = "expect fail",
          .talk = "in close 1000;in end fin",
          .says = "warn @1: it failed the connection with another code" },
        { .steps = "expect fail 1002", .talk = "in close 1002", .says = "more end" },
        { .steps = "expect fail 1002",
          .talk = "expect @2;in close 1002;silent",
          .says = "warn @3: it did not end TCP in time after its Close" },
        { .steps = "expect fail 1002",
          .talk = "in end fin",
          .says = "warn @0: it ended the connection without a Close" },
        { .steps = "expect fail 1002",
          .talk = "in end reset",
          .says = "pass @0 unsure: it was reset: a Close, if there was one, is lost" },
        { .steps = "expect fail 1002",
          .talk = "expect @2;in pong ours \"barrier 1\";passed",
          .says = "more barrier doubt" },
        { .steps = "expect fail 1002",
          .talk = "expect @2;in pong ours \"barrier 1\";passed;in close 1002;in end fin",
          .says = "warn @4: it failed the connection late" },
        { .steps = "expect fail 1002",
          .talk = "passed;expect @2;in close 1002;in end fin",
          .says = "pass @3" },
        { .steps = "expect fail 1002",
          .talk = "out close ours 1000;in close 1002;in end fin",
          .says = "warn @2: it failed the connection late" },
        { .steps = "expect fail 1002",
          .talk = "out close ours 1000;in close 1000;in end fin",
          .says = "no @1: it answered our Close as if all were well" },
        { .steps = "expect fail 1002",
          .talk = "out close ours 1000;in close;in end fin",
          .says = "no @1: it answered our Close as if all were well" },
        { .steps = "expect fail 1002",
          .talk = "out close ours 1000;in close 1003;in end fin",
          .says = "warn @2: it failed the connection with another code" },
        { .steps = "expect fail 1002",
          .talk = "out continuation @1 \"a\";out close @2 3393;expect @3;in close 3393",
          .says = "no @3: it answered our Close as if all were well" },
        { .steps = "expect fail 1002",
          .talk = "out close @1 3393;expect @2;in close 3394;in end fin",
          .says = "warn @3: it failed the connection with another code" },
        { .steps = "expect fail 1002",
          .talk = "out close @1 2000;expect @2;in close 2000;in end fin",
          .says = "warn @3: it failed the connection with another code" },
        { .steps = "expect fail 1002",
          .talk = "out close ours 1000;in end fin",
          .says = "warn @1: it ended the connection late, and without a Close" },
        { .steps = "expect fail 1002",
          .talk = "in text ours \"marker 1\"",
          .says = "no @1: it went on: it echoed a message that was sent after the violation" },
        { .steps = "expect fail 1002",
          .talk = "out text @1 \"good\";out text rsv=1 @2 \"bad\";expect @3;in text \"good\"",
          .says = "more barrier doubt" },
        { .steps = "expect fail 1002",
          .talk = "out text @1 \"good\";out text rsv=1 @2 \"bad\";expect @3;in text \"good\";in "
                  "close 1002;in end fin",
          .says = "pass @8" },
        { .steps = "expect fail 1002",
          .talk = "out text @1 \"good\";out text rsv=1 @2 \"bad\";expect @3;in text \"bad\"",
          .says = "no @6: it went on: it answered with a message" },
        { .steps = "expect fail 1002",
          .talk = "out text @1 \"good\";out text rsv=1 @2 \"bad\";expect @3;in text \"good\";in "
                  "text \"bad\"",
          .says = "no @8: it went on: it answered with a message" },
        { .steps = "expect fail 1002",
          .talk = "in text \"out of nowhere\"",
          .says = "no @1: it went on: it answered with a message" },
        { .steps = "expect fail 1002",
          .talk = "in pong \"a\";in ping \"b\"",
          .says = "more barrier doubt" },
        { .steps = "expect fail 1002",
          .talk = "expect @2;silent",
          .says = "no silent: nothing came in time" },
        { .steps = "expect fail 1002\nexpect eof",
          .talk = "in close 1002;in end fin",
          .says = "pass @1" },
        { .steps = "expect fail 1002",
          .talk = "in close 1002 #1;in end fin #1",
          .says = "more barrier doubt" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, nothing_is_proved_by_a_pong_or_by_time)
{
    static const struct matching rows[] = {
        { .steps = "expect nothing", .talk = "expect @2;passed", .says = "pass @2" },
        { .steps = "expect nothing", .talk = "passed;expect @2", .says = "more barrier" },
        { .steps = "expect nothing", .talk = "expect @2;silent", .says = "pass @2" },
        { .steps = "expect nothing",
          .talk = "expect @2;in text \"a\";passed",
          .says = "no @2: a message came" },
        { .steps = "expect nothing",
          .talk = "expect @2;in close 1000",
          .says = "no @1: a Close came" },
        { .steps = "expect nothing",
          .talk = "expect @2;in end fin",
          .says = "no @1: the connection ended" },
        { .steps = "expect nothing",
          .talk = "expect @2;in ping \"p\";in pong \"q\"",
          .says = "more barrier" },
        { .steps = "expect nothing\nexpect text \"a\"",
          .talk = "expect @2;passed;in text \"a\"",
          .says = "pass @4" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, a_refusal_is_a_4xx_or_one_of_those_named)
{
    static const struct matching rows[] = {
        { .steps = "expect refused", .talk = "in head 400", .says = "pass @1" },
        { .steps = "expect refused", .talk = "in head 426", .says = "pass @1" },
        { .steps = "expect refused",
          .talk = "in head 500",
          .says = "warn @1: it refused with another status" },
        { .steps = "expect refused 426",
          .talk = "in head 400",
          .says = "warn @1: it refused with another status" },
        { .steps = "expect refused 4xx or 501", .talk = "in head 501", .says = "pass @1" },
        { .steps = "expect refused",
          .talk = "in head 101",
          .says = "no @0: it accepted the handshake" },
        { .steps = "expect refused", .talk = "in head 100", .says = "more" },
        { .steps = "expect refused", .talk = "in head 103;in head 400", .says = "pass @2" },
        { .steps = "expect refused",
          .talk = "in end fin",
          .says = "warn @0: it ended the connection without an HTTP response" },
        { .steps = "expect refused",
          .talk = "in end reset",
          .says = "warn @0: it ended the connection without an HTTP response" },
        { .steps = "expect refused",
          .talk = "in bad \"SSH-2.0\"",
          .says = "warn @1: the answer is no HTTP response" },
        { .steps = "expect refused",
          .talk = "expect @1;silent",
          .says = "warn @2: it did not answer the request in time" },
        { .steps = "expect refused 426 {\nheader \"Sec-WebSocket-Version\" has \"13\"\n}",
          .talk = "in head 426 \"Sec-WebSocket-Version: 8, 13\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect refused 426 {\nheader \"Sec-WebSocket-Version\" has \"13\"\n}",
          .talk = "in head 426 \"Sec-WebSocket-Version: 8\\r\\nSec-WebSocket-Version: 13\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect refused 426 {\nheader \"Sec-WebSocket-Version\" has \"13\"\n}",
          .talk = "in head 426",
          .says = "no @0: the response lacks a header that it needs" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, a_response_has_a_status_and_headers)
{
    static const struct matching rows[] = {
        { .steps = "expect response 101", .talk = "in head 101", .says = "pass @1" },
        { .steps = "expect response 101", .talk = "in head 100;in head 101", .says = "pass @2" },
        { .steps = "expect response 4xx", .talk = "in head 404", .says = "pass @1" },
        { .steps = "expect response 4xx",
          .talk = "in head 500",
          .says = "no @0: it answered with another status" },
        { .steps = "expect response 101",
          .talk = "in bad \"x\"",
          .says = "no @0: what came is no HTTP head" },
        { .steps = "expect response 101",
          .talk = "in end fin",
          .says = "no @0: the connection ended" },
        { .steps = "expect response 101",
          .talk = "expect @1;silent",
          .says = "no silent: nothing came in time" },
        { .steps = "expect response 101 {\nheader \"X\" is \"a\"\n}",
          .talk = "in head 101 \"X: b\\r\\nX: a\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect response 101 {\nheader \"X\" is \"a\"\n}",
          .talk = "in head 101 \"X: A\\r\\n\"",
          .says = "no @0: the head is not as it has to be" },
        { .steps = "expect request {\nline \"GET / HTTP/1.1\"\n}",
          .talk = "in head GET",
          .says = "pass @1",
          .role = ROLE_CLIENT },
        { .steps = "expect request {\nline \"GET /a HTTP/1.1\"\n}",
          .talk = "in head GET",
          .says = "no @0: the head is not as it has to be",
          .role = ROLE_CLIENT },
        { .steps = "expect response 101 {\nheader \"X\" has \"\"\n}",
          .talk = "in head 101 \"x:\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect response 101 {\nheader \"X\" has \"\"\n}",
          .talk = "in head 101 \"y: 1\\r\\n\"",
          .says = "no @0: the head is not as it has to be" },
        { .steps = "expect response 101 {\nheader \"X\" absent\n}",
          .talk = "in head 101",
          .says = "pass @1" },
        { .steps = "expect response 101 {\nheader \"X\" absent\n}",
          .talk = "in head 101 \"x: 1\\r\\n\"",
          .says = "no @0: the head is not as it has to be" },
        { .steps = "expect response 101 {\nheader \"Sec-WebSocket-Accept\" is \"${accept}\"\n}",
          .talk = "out head GET;in head 101",
          .says = "pass @2" },
        { .steps = "expect response 101 {\nheader \"Sec-WebSocket-Accept\" is \"${accept}\"\n}",
          .talk = "out head GET #1;in head 101",
          .says = "no @1: the head is not as it has to be" },
        { .steps = "expect request {\nheader \"Upgrade\" has \"WebSocket\"\n}",
          .talk = "in head GET",
          .says = "pass @1",
          .role = ROLE_CLIENT },
        { .steps = "expect response 101 {\nheader \"X\" has \"d\"\n}",
          .talk = "in head 101 \"X: c, d; a=1 ; b\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect response 101 {\nheader \"X\" has \"A\"\n}",
          .talk = "in head 101 \"X: c, d; a = 1 ; b\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect response 101 {\nheader \"X\" has \"a=1\"\n}",
          .talk = "in head 101 \"X: c, d; a=1 ; b\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect response 101 {\nheader \"X\" has \"1\"\n}",
          .talk = "in head 101 \"X: c, d; a=1 ; b\\r\\n\"",
          .says = "no @0: the head is not as it has to be" },
        { .steps = "expect response 101 {\nheader \"X\" has \"a=2\"\n}",
          .talk = "in head 101 \"X: c, d; a=1 ; b\\r\\n\"",
          .says = "no @0: the head is not as it has to be" },
        { .steps = "expect response 101 {\nheader \"X\" lacks \"b\"\n}",
          .talk = "in head 101 \"X: c, d; a=1 ; b\\r\\n\"",
          .says = "no @0: the head is not as it has to be" },
        { .steps = "expect response 101 {\nheader \"X\" lacks \"e\"\n}",
          .talk = "in head 101 \"X: c, d; a=1\\r\\nX: e\\r\\n\"",
          .says = "no @0: the head is not as it has to be" },
        { .steps = "expect response 101 {\nheader \"X\" lacks \"bb\"\n}",
          .talk = "in head 101 \"X: c, d; a=1 ; b\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect response 101 {\nheader \"X\" lacks \"b\"\n}",
          .talk = "in head 101 \"Y: b\\r\\n\"",
          .says = "pass @1" },
        { .steps = "expect request {\nheader \"Host\" is \"${host}\"\n}",
          .talk = "in head GET",
          .says = "pass @1",
          .role = ROLE_CLIENT },
        { .steps = "expect request",
          .talk = "in bad \"x\"",
          .says = "no @0: what came is no HTTP head",
          .role = ROLE_CLIENT },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, open_is_a_101_from_a_server)
{
    static const struct matching rows[] = {
        { .steps = "expect open", .talk = "in head 101", .says = "pass @1" },
        { .steps = "expect open", .talk = "in head 103;in head 101", .says = "pass @2" },
        { .steps = "expect open", .talk = "in head 103", .says = "more" },
        { .steps = "expect open",
          .talk = "in head 400",
          .says = "no @0: the handshake was refused" },
        { .steps = "expect open",
          .talk = "in bad \"x\"",
          .says = "no @0: what came is no HTTP response" },
        { .steps = "expect open", .talk = "in end fin", .says = "no @0: the connection ended" },
        { .steps = "expect open",
          .talk = "expect @1;silent",
          .says = "no silent: nothing came in time" },
    };

    MATCHING_TABLE(rows);
}

Test(run_expectation, life_and_memory_go_past_connections)
{
    static const struct matching rows[] = {
        { .steps = "expect alive", .talk = "", .says = "more alive" },
        { .steps = "expect alive", .talk = "in end fin;alive yes", .says = "pass @2" },
        { .steps = "expect alive", .talk = "alive #1 yes", .says = "pass @1" },
        { .steps = "expect alive",
          .talk = "alive no",
          .says = "no @0: a fresh connection did not open and answer" },
        { .steps = "expect alive",
          .talk = "expect @1;silent",
          .says = "no silent: nothing came in time" },
        { .steps = "send ping\nexpect memory grows below 64K",
          .talk = "expect @3;memory 65535",
          .says = "pass @2" },
        { .steps = "send ping\nexpect memory grows below 64K",
          .talk = "expect @3;memory 65536",
          .says = "no @1: its memory grew beyond the limit" },
        { .steps = "send ping\nexpect memory grows below 64K",
          .talk = "memory 1;expect @3",
          .says = "more memory" },
        { .steps = "send ping\nexpect cpu below 2s",
          .talk = "expect @3;cpu 1999999",
          .says = "pass @2" },
        { .steps = "send ping\nexpect cpu below 2s",
          .talk = "expect @3;cpu 2000000",
          .says = "no @1: it used more CPU time than the limit" },
        { .steps = "send ping\nexpect cpu below 2s",
          .talk = "expect @3;cpu 1000000 yes;cpu 1999999 yes",
          .says = "more cpu" },
        { .steps = "send ping\nexpect cpu below 2s",
          .talk = "expect @3;cpu 1000000 yes;cpu 2000000 yes",
          .says = "no @2: it used more CPU time than the limit" },
        { .steps = "send ping\nexpect cpu below 2s",
          .talk = "expect @3;cpu 1000000 yes;silent",
          .says = "info @3: it was still busy when the time was up" },
        { .steps = "send ping\nexpect cpu below 2s",
          .talk = "cpu 9000000;expect @3",
          .says = "more cpu" },
        { .steps = "expect cpu below 2s", .talk = "in end fin;cpu 5", .says = "pass @2" },
    };

    MATCHING_TABLE(rows);
}

#define REPORT(what, lines, said)                                                                  \
    {                                                                                              \
        .steps = what, .talk = lines, .says = said, .role = ROLE_CLIENT                            \
    }

Test(run_expectation, reports_are_compared_word_by_word_and_a_wrong_one_convicts)
{
    static const char other[] = "no @0: the client reported something else";
    static const struct matching rows[] = {
        REPORT("expect report closed 1006", "output \"hello\";output \"closed 1006 why\"",
               "pass @0"),
        REPORT("expect report closed 1006", "output \"open\";output \"closed 1006\"", other),
        REPORT("expect report closed 1006", "stderr \"closed 1006\"", "more"),
        REPORT("expect report closed 1000", "output \"closed 10000\"", other),
        REPORT("expect report closed 1000", "output \"closed 1006\"", other),
        REPORT("expect report closed 1000", "output \"close 1006\"", "more"),
        REPORT("expect report closed 1000 \"\"", "output \"closed 1000\"", "pass @0"),
        REPORT("expect report closed 1000 \"\"", "output \"closed 1000 \"", "pass @0"),
        REPORT("expect report closed 1000 \"\"", "output \"closed 1000 \\x22\\x22\"", "pass @0"),
        REPORT("expect report closed 1000 \"\"", "output \"closed 1000 \\x22a\\x22\"", other),
        REPORT("expect report message text 5", "output \"message text 55\"", other),
        REPORT("expect report error", "output \"message text 1\";output \"error why\"", "pass @0"),
        REPORT("expect report error", "output \"open\"", other),
        REPORT("expect report error", "output \"errors\"", "more"),
        REPORT("expect report open", "expect @1;silent", "no silent: nothing came in time"),
    };

    MATCHING_TABLE(rows);
}

/* Standard output and the connection are two ways: what came by one says nothing of the other. */
Test(run_expectation, reports_have_an_order_of_their_own)
{
    static const struct matching rows[] = {
        REPORT("expect report closed 1006", "in end fin;output \"closed 1006\"", "pass @0"),
        REPORT("expect text\nexpect report open", "output \"open\";in text \"a\"", "pass @3"),
        REPORT("expect report open\nexpect text", "in text \"a\";output \"open\"", "pass @2"),
        REPORT("expect report open\nexpect report open", "output \"open\"", "more"),
        REPORT("expect report closed\nexpect report open", "output \"closed\";output \"x\"",
               "more"),
        REPORT("expect report open", "output \"open\";exited \"exited with 0\"", "pass @0"),
        REPORT("expect report open", "exited \"exited with 0\"",
               "no @0: the client ended without having reported it"),
        REPORT("expect report open", "exited #1 \"exited with 0\"", "more"),
    };

    MATCHING_TABLE(rows);
}

/* Who does not echo may send messages of its own at any time: they convict nobody. */
Test(run_expectation, messages_of_a_target_that_pushes_prove_nothing)
{
    static const struct matching rows[] = {
        { .steps = "expect pong", .talk = "pushes;in text \"tick\"", .says = "more" },
        { .steps = "expect pong", .talk = "pushes;in text \"t\";in pong", .says = "pass @3" },
        { .steps = "expect close", .talk = "pushes;in text \"t\";in close", .says = "pass @3" },
        { .steps = "expect nothing", .talk = "pushes;in text \"t\"", .says = "more barrier" },
        { .steps = "expect fail 1002",
          .talk = "pushes;in text \"t\";in close 1002;in end fin",
          .says = "pass @3" },
        { .steps = "expect fail 1002",
          .talk = "pushes;in text \"t\";in close 1000;in end fin",
          .says = "warn @3: it failed the connection with another code" },
        { .steps = "expect eof", .talk = "pushes;in text \"t\";in end fin", .says = "pass @2" },
        { .steps = "expect frame opcode 9",
          .talk = "pushes;in text \"t\";in ping",
          .says = "pass @3" },
        { .steps = "expect echo",
          .talk = "pushes;in text \"t\"",
          .says = "no @1: it is not the echo of the oldest message sent" },
    };

    MATCHING_TABLE(rows);
}
