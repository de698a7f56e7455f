#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include "faulty/harm.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "base/alloc.h"
#include "faulty/fault.h"
#include "faulty/fields.h"
#include "faulty/peer.h"

#define LATE_MS 50         /* from a reset to a late death */
#define FIELDS_SURVIVED 25 /* more than a browser sends, less than the cases do */
#define LINE_SURVIVED 1000 /* bytes */
#define LARGE ((uint64_t)1 << 30)
#define KEPT_OF_A_FRAME 2048 /* bytes */
#define BLOCKED_S 3
#define HEAD_NOT_PONDERED 30000 /* bytes */
#define PONDERED_S 4
#define DEAF ((size_t)256 << 10) /* bytes: nobody reads */

/* ---- the ways of doing it ---- */

/* At once, without a core and without a word: the tester has to notice by itself. */
static void die(void)
{
    raise(SIGKILL);
}

/* The signal that ends us is our own alarm. */
static void die_later(void)
{
    const struct itimerval when = { .it_value = { .tv_usec = LATE_MS * 1000 } };

    setitimer(ITIMER_REAL, &when, NULL);
}

/* Memory that is written to, so that it counts; never given back. */
static void keep(size_t bytes)
{
    static size_t kept;
    void *block = NULL;

    if (bytes <= HARM_MEMORY_MAX - kept)
        block = alloc_resize(NULL, bytes);
    if (!block)
        return;
    kept += bytes;
    memset(block, 0x5A, bytes);
}

/* Nobody is served meanwhile. */
static void block(time_t seconds)
{
    const struct timespec time = { .tv_sec = seconds };

    nanosleep(&time, NULL);
}

/* ---- the occasions ---- */

static bool has_long_line(struct bytes head)
{
    struct bytes line;

    do {
        line = bytes_take(head, bytes_find(head, BYTES_LIT("\r\n")));
        head = bytes_skip(head, line.len + 2);
    } while (line.len > 0 && line.len <= LINE_SURVIVED);
    return line.len > 0;
}

void harm_by_head_bytes(struct bytes in)
{
    struct bytes head = bytes_take(in, bytes_find(in, BYTES_LIT("\r\n\r\n")));

    if (fault_is(FAULT_PONDERS_A_LARGE_HEAD) && head.len > HEAD_NOT_PONDERED && head.len < in.len)
        block(PONDERED_S);
    if (fault_is(FAULT_DIES_OF_A_LONG_FIELD) && has_long_line(head))
        die();
}

void harm_by_head(const struct http1_head *head)
{
    if (fault_is(FAULT_DIES_OF_MANY_FIELDS) && head->n_fields > FIELDS_SURVIVED)
        die();
    if (fault_is(FAULT_DIES_OF_A_FOLDED_LINE) && fields_has_oddity(head, WS_RULE_HTTP_FOLDED))
        die();
    if (fault_is(FAULT_DIES_OF_AN_EMPTY_FIELD))
        for (size_t i = 0; i < head->n_fields; i++)
            if (head->fields[i].value.len == 0)
                die();
}

void harm_by_frame(const struct ws_head *head)
{
    if (head->payload_len >= LARGE && fault_is(FAULT_DIES_OF_A_LARGE_LENGTH))
        die();
    if (head->opcode == WS_CONTINUATION && fault_is(FAULT_KEEPS_EACH_FRAGMENT))
        keep(KEPT_OF_A_FRAME);
    if (head->opcode == WS_PONG && fault_is(FAULT_DIES_OF_AN_UNASKED_PONG))
        die();
}

void harm_by_end(const struct peer *p, enum io_end end)
{
    bool reset = end == IO_END_RESET;

    if (reset && fault_is(FAULT_DIES_OF_A_RESET))
        die();
    if (reset && fault_is(FAULT_DIES_LATE_OF_A_RESET))
        die_later();
    if (end == IO_END_FIN && p->stage == PEER_TALKING && fault_is(FAULT_DIES_OF_A_FIN))
        die();
    if (p->talk.in_frame && fault_is(FAULT_DIES_OF_A_CUT_FRAME))
        die();
    if (p->talk.in_message && !p->talk.in_frame && fault_is(FAULT_DIES_OF_A_CUT_MESSAGE))
        die();
    if (p->stage == PEER_GREETING && p->in.len > 0 && fault_is(FAULT_DIES_OF_A_CUT_HEAD))
        die();
}

void harm_by_waiting(size_t waiting)
{
    if (waiting > DEAF && fault_is(FAULT_WAITS_FOR_A_DEAF_PEER))
        block(BLOCKED_S);
}
