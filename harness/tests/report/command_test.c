#include "support/heap.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "report/command.h"

/* A command as text: "text fin 'ab'", … or "close 1000 'bye'". */
static const char *told(const char *text)
{
    static char line[512];
    struct arena a = { 0 };
    struct err err = { 0 };
    struct command c;
    size_t n = 0;

    line[0] = '\0';
    if (!report_command_read(bytes_str(text), &a, &c, &err))
        snprintf(line, sizeof line, "no: %.400s", err.text);
    else if (c.n_frames == 0)
        snprintf(line, sizeof line, "close %u '%.*s'", c.code, BYTES_ARG(c.reason));
    for (size_t i = 0; i < c.n_frames; i++) {
        const struct command_frame *f = &c.frames[i];
        n += (size_t)snprintf(line + n, sizeof line - n, "%s%u%s rsv%u%s%.4s '%.*s' %llu",
                              i ? "; " : "", f->opcode, f->fin ? " fin" : "", f->rsv,
                              f->masked ? " mask" : "", f->masked ? (const char *)f->key : "",
                              BYTES_ARG(f->payload), (unsigned long long)f->chop);
    }
    arena_free(&a);
    return line;
}

Test(command, says_what_is_to_be_sent)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        { "[\"sendframe\", {\"opcode\": 9, \"payload\": \"p\"}]", "9 fin rsv0 'p' 0" },
        { "[\"sendframe\", {\"opcode\": 1, \"payload\": \"ab\", \"payload_len\": 5, \"fin\": "
          "false, "
          "\"rsv\": 4, \"mask\": \"abcd\", \"chopsize\": 2, \"sync\": true}]",
          "1 rsv4 maskabcd 'ababa' 2" },
        { "[\"sendframe\", {\"opcode\": 2, \"mask\": null, \"payload_len\": null}]",
          "2 fin rsv0 '' 0" },
        { "[\"sendframes\", [{\"opcode\": 1, \"fin\": false, \"payload\": \"x\"}, {\"opcode\": "
          "0}]]",
          "1 rsv0 'x' 0; 0 fin rsv0 '' 0" },
        { "[\"echo\", {\"payload\": \"hi\", \"payload_len\": 3}]", "1 fin rsv0 'hih' 0" },
        { "[\"close\", {\"code\": 3000, \"reason\": \"bye\"}]", "close 3000 'bye'" },
        { "[\"close\", {}]", "close 0 ''" },
        { "[\"close\"]", "close 0 ''" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(told(rows[i].text), rows[i].told, "%s: %s", rows[i].text,
                         told(rows[i].text));
}

Test(command, nonsense_is_an_error)
{
    static const char *const rows[] = {
        "",
        "nonsense",
        "{}",
        "[]",
        "[1]",
        "[\"fly\", {}]",
        "[\"sendframe\"]",
        "[\"sendframe\", 1]",
        "[\"sendframe\", {\"opcode\": 16}]",
        "[\"sendframe\", {\"rsv\": 8}]",
        "[\"sendframe\", {\"mask\": \"abc\"}]",
        "[\"sendframe\", {\"payload\": 1}]",
        "[\"sendframe\", {\"payload\": \"a\", \"payload_len\": 99999999999}]",
        "[\"sendframes\", []]",
        "[\"sendframes\", {}]",
        "[\"sendframes\", [1]]",
        "[\"echo\"]",
        "[\"close\", {\"code\": 65536}]",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect(strncmp(told(rows[i]), "no: ", 4) == 0, "%s: %s", rows[i], told(rows[i]));
}

static bool read_whole(void *text)
{
    struct arena a = { 0 };
    struct err err = { 0 };
    struct command c;
    bool ok = report_command_read(bytes_str(text), &a, &c, &err);

    arena_free(&a);
    return ok;
}

Test(command, every_failing_allocation_is_an_error)
{
    static char text[] =
        "[\"sendframes\", [{\"opcode\": 1, \"payload\": \"x\", \"payload_len\": 9}, "
        "{\"opcode\": 0, \"mask\": \"abcd\"}]]";

    heap_fail_each(read_whole, text);
}
