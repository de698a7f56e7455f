#include "run/internal.h"

/* What every part of a run can do: write down what is, speak, close, end. */

struct entry run_entry(const struct run *r, enum entry_kind kind)
{
    return (struct entry){ .kind = kind,
                           .by = BY_RUNNER,
                           .us = r->now_us - r->start_us,
                           .connection = r->connection,
                           .round = r->round,
                           .step = ENTRY_NO_STEP,
                           .diff_at = ENTRY_NO_DIFF };
}

void run_add(struct run *r, const struct entry *e)
{
    if (!transcript_add(r->t, e))
        r->no_memory = true;
}

bool run_may_speak(const struct run *r)
{
    return r->up && r->open && !r->ended && !r->tcp_closed && !r->shut && !r->speaker.sent_close &&
           !r->listener.got_close && speaker_at_boundary(&r->speaker);
}

void run_speak(struct run *r, uint8_t opcode, struct bytes payload, enum entry_by by)
{
    size_t step = by == BY_CASE ? r->pc : ENTRY_NO_STEP;

    if (!speaker_frame(&r->speaker, &r->out, opcode, payload, by, step, r->now_us - r->start_us))
        r->no_memory = true;
}

void run_close(struct run *r, uint16_t code, enum entry_by by)
{
    uint8_t body[2] = { (uint8_t)(code >> 8), (uint8_t)code };
    run_speak(r, WS_CLOSE, bytes_of(body, 2), by);
}

void run_over(struct run *r)
{
    r->state = RUN_STATE_OVER;
}

void run_cannot(struct run *r, const char *why)
{
    r->unsupported = true;
    r->trouble = why;
    run_over(r);
}
