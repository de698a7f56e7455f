#include "drive/forecast.h"

/* So many of a kind say what the others of it take. */
#define TOGETHER_MIN 5
#define ALONE_MIN 3

/* `left` more of what took `us` for `ended`. */
static uint64_t rate(uint64_t us, size_t ended, size_t left)
{
    return (uint64_t)((double)us / (double)ended * (double)left);
}

struct forecast_left forecast_left(const struct forecast *f)
{
    struct forecast_left out = { .us = f->again_us };

    if (f->together_left > 0 && f->together_ended < TOGETHER_MIN)
        return (struct forecast_left){ 0 };
    out.known = true;
    if (f->together_left > 0)
        out.us += rate(f->together_us, f->together_ended, f->together_left);
    out.at_least = f->alone_left > 0 && f->alone_ended < ALONE_MIN;
    if (f->alone_left > 0 && !out.at_least)
        out.us += rate(f->alone_us, f->alone_ended, f->alone_left);
    out.us -= f->spent_us < out.us ? f->spent_us : out.us;
    return out;
}
