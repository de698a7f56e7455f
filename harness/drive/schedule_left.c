#include "drive/schedule.h"
#include "drive/schedule_parts.h"
#include "io/clock.h"

/* The time since somebody counted last. */
static uint64_t lap_us(struct schedule *s)
{
    uint64_t now = io_now_us(), lap = now - s->counted_us;

    s->counted_us = now;
    return lap;
}

void schedule_count_ended(struct schedule *s, const struct slot *slot)
{
    struct forecast *f = &s->forecast;

    if (!slot->alone) {
        f->together_us += lap_us(s);
        f->together_ended++;
    } else if (s->now_alone.took_us == 0) {
        f->alone_us += lap_us(s);
        f->alone_ended++;
    } else {
        (void)lap_us(s);
    }
}

/* Of the time that the one under way alone was thought to take, what has passed. */
static uint64_t spent_us(const struct schedule *s)
{
    const struct forecast *f = &s->forecast;
    uint64_t spent = io_now_us() - s->counted_us, all = s->now_alone.took_us;

    if (all == 0 && f->alone_ended > 0)
        all = f->alone_us / f->alone_ended;
    return spent < all ? spent : all;
}

static void add_alone(struct forecast *f, const struct again *a)
{
    f->alone_left += a->took_us == 0;
    f->again_us += a->took_us;
}

struct forecast_left schedule_left(const struct schedule *s)
{
    struct forecast f = s->forecast;
    size_t running = schedule_running(s);

    if (!s->alone)
        f.together_us += io_now_us() - s->counted_us; /* in which none has ended */
    f.alone_left = s->alone_ahead;
    f.together_left = s->n_cases - s->next - s->alone_ahead + (s->alone ? 0 : running);
    for (size_t i = s->again.next; i < s->again.count; i++)
        if (!schedule_believes(s, &s->again.of[i]))
            add_alone(&f, &s->again.of[i]);
    if (s->alone && running > 0) {
        add_alone(&f, &s->now_alone);
        f.spent_us = spent_us(s);
    }
    return forecast_left(&f);
}
