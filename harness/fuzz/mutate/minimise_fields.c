#include "fuzz/mutate/minimise_fields.h"

#include <string.h>

static bool clear(bool *flag)
{
    bool was = *flag;

    *flag = false;
    return was;
}

static bool plain_join(struct fuzz_step *step)
{
    return clear(&step->joined);
}

static bool plain_cut(struct fuzz_step *step)
{
    bool was = step->cut > 0;

    step->cut = 0;
    return was;
}

static bool once(struct fuzz_step *step)
{
    bool was = step->times > 1;

    step->times = 0;
    return was;
}

static bool half_as_often(struct fuzz_step *step)
{
    bool was = step->times > 1;

    step->times /= 2;
    return was;
}

static bool less_often(struct fuzz_step *step)
{
    bool was = step->times > 1;

    step->times -= was;
    return was;
}

static bool plain_form(struct fuzz_step *step)
{
    bool was = step->len_form != 0;

    step->len_form = 0;
    return was;
}

static bool honest(struct fuzz_step *step)
{
    return clear(&step->declares);
}

static bool plain_mask(struct fuzz_step *step)
{
    bool was = step->mask != FUZZ_MASK_RIGHT;

    step->mask = FUZZ_MASK_RIGHT;
    return was;
}

static bool zero_key(struct fuzz_step *step)
{
    const uint8_t zero[4] = { 0 };
    bool was = memcmp(step->key, zero, sizeof zero) != 0;

    memset(step->key, 0, sizeof step->key);
    return was;
}

static bool plain_rsv(struct fuzz_step *step)
{
    bool was = step->rsv != 0;

    step->rsv = 0;
    return was;
}

/* The lowest bit that is set goes. */
static bool less_rsv(struct fuzz_step *step)
{
    bool was = step->rsv != 0;

    step->rsv &= (uint8_t)(step->rsv - was);
    return was;
}

static bool plain_deflate(struct fuzz_step *step)
{
    return clear(&step->deflate);
}

static bool no_code(struct fuzz_step *step)
{
    return clear(&step->has_code);
}

static bool plain_code(struct fuzz_step *step)
{
    bool was = step->has_code && step->code != 1000;

    if (was)
        step->code = 1000;
    return was;
}

static bool whole(struct fuzz_step *step)
{
    bool was = !step->fin && step->kind == FUZZ_FRAME;

    if (was)
        step->fin = true;
    return was;
}

bool (*const minimise_fields[])(struct fuzz_step *) = {
    plain_join, plain_cut, once,     half_as_often, less_often, plain_form, honest, plain_mask,
    zero_key,   plain_rsv, less_rsv, plain_deflate, no_code,    plain_code, whole,
};
const size_t minimise_fields_count = sizeof minimise_fields / sizeof minimise_fields[0];
