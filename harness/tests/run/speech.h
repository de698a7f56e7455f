#ifndef TESTS_RUN_SPEECH_H
#define TESTS_RUN_SPEECH_H

#include "run/speaker.h"
#include "tests/support/one_case.h"

/* A speaker that says the sends of a case one after the other. */
struct speech {
    struct one_case one;
    struct transcript t;
    struct payload_env env;
    struct speaker s;
    struct buf out;
    bool ok;
};

static inline void speech_init(struct speech *p, const char *steps, bool masks)
{
    memset(p, 0, sizeof *p);
    one_case_init(&p->one, steps);
    p->env = (struct payload_env){ .seed = 7, .path = "/p", .host = "h" };
    speaker_init(&p->s, &p->t, &p->env, 7, masks);
    p->s.framing = true;
    buf_init(&p->out, 64u << 20);
    p->ok = true;
}

static inline void speech_free(struct speech *p)
{
    one_case_free(&p->one);
    transcript_free(&p->t);
    speaker_free(&p->s);
    buf_free(&p->out);
}

/* One send, as far as it goes now. */
static inline void say_step(struct speech *p, size_t i)
{
    const struct step *step = &p->one.c->steps[i];
    bool more = p->ok;

    if (step->op == OP_SEND)
        p->ok = speaker_begin(&p->s, step, i);
    else
        speaker_release(&p->s, step->as.more.rest, step->as.more.count);
    while (p->ok && more) {
        size_t before = p->out.len;
        p->ok = speaker_write(&p->s, &p->out, 3, &more);
        cr_assert_leq(p->out.len - before, SPEAKER_CHUNK);
    }
}

static inline void say_all(struct speech *p)
{
    for (size_t i = 0; p->ok && i < p->one.c->n_steps; i++)
        if (p->one.c->steps[i].op == OP_SEND || p->one.c->steps[i].op == OP_SEND_MORE)
            say_step(p, i);
}

#endif
