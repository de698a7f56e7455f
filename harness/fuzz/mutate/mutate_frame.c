#include "fuzz/mutate/mutate_parts.h"

#include <string.h>

/* One field of a frame's header, to a value that some implementation is likely to get wrong. */

uint16_t fuzz_pick_code(struct mutator *m)
{
    static const uint16_t good[] = { 1000, 1000, 1001, 1002, 1003, 1007, 1008, 1009,
                                     1010, 1011, 1012, 1014, 3000, 3999, 4000, 4999 };
    static const uint16_t bad[] = { 0,    1,    999,  1004, 1005, 1006,  1015,
                                    1016, 1100, 2000, 2999, 5000, 32768, 65535 };

    if (!fuzz_one_in(m, 3))
        return good[fuzz_pick(m, FUZZ_COUNT(good))];
    return fuzz_one_in(m, 6) ? (uint16_t)rand_next(m->rand) : bad[fuzz_pick(m, FUZZ_COUNT(bad))];
}

uint8_t fuzz_pick_reserved(struct mutator *m)
{
    static const uint8_t opcodes[] = { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 };

    return opcodes[fuzz_pick(m, FUZZ_COUNT(opcodes))];
}

static bool change_code(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step || step->opcode != WS_CLOSE)
        return false;
    step->has_code = !fuzz_one_in(m, 8);
    step->code = fuzz_pick_code(m);
    return true;
}

static bool change_mask(struct mutator *m)
{
    static const uint8_t keys[][4] = {
        { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0xff, 0xff, 0xff, 0xff }, { 1, 2, 3, 4 }, { 0, 0, 0, 1 }
    };
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    step->mask = fuzz_one_in(m, 3) ? FUZZ_MASK_WRONG : FUZZ_MASK_KEY;
    memcpy(step->key, keys[fuzz_pick(m, FUZZ_COUNT(keys))], sizeof step->key);
    return true;
}

static bool change_form(struct mutator *m)
{
    static const unsigned forms[] = { 0, WS_LEN_7, WS_LEN_16, WS_LEN_16, WS_LEN_64, WS_LEN_64 };
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    step->len_form = forms[fuzz_pick(m, FUZZ_COUNT(forms))];
    return true;
}

static uint64_t spread(const struct fuzz_step *step)
{
    return fuzz_step_bytes(step) + (step->has_code ? 2 : 0);
}

uint64_t fuzz_pick_lie(struct mutator *m)
{
    static const uint64_t lies[] = { 0,
                                     1,
                                     125,
                                     126,
                                     127,
                                     65535,
                                     65536,
                                     (UINT64_C(1) << 31) - 1,
                                     UINT64_C(1) << 31,
                                     UINT64_C(1) << 32,
                                     INT64_MAX,
                                     UINT64_C(1) << 63,
                                     UINT64_MAX - 1,
                                     UINT64_MAX };

    return lies[fuzz_pick(m, FUZZ_COUNT(lies))];
}

/* A header that tells another length than what comes. */
static bool change_declare(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    step->declares = true;
    if (fuzz_one_in(m, 2))
        step->declare = fuzz_pick_lie(m);
    else
        step->declare = spread(step) + (fuzz_one_in(m, 2) ? 1 : UINT64_MAX); /* one more or less */
    return true;
}

static bool change_opcode(struct mutator *m)
{
    static const uint8_t usual[] = {
        WS_CONTINUATION, WS_TEXT, WS_BINARY, WS_CLOSE, WS_PING, WS_PONG
    };
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    step->opcode =
        fuzz_one_in(m, 3) ? fuzz_pick_reserved(m) : usual[fuzz_pick(m, FUZZ_COUNT(usual))];
    return true;
}

/* Text for binary and the other way round: what was valid mostly stays valid. */
static bool change_type(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    switch (step->opcode) {
    case WS_TEXT: step->opcode = WS_BINARY; return true;
    case WS_BINARY: step->opcode = WS_TEXT; return true;
    case WS_PING: step->opcode = WS_PONG; return true;
    case WS_PONG: step->opcode = WS_PING; return true;
    default: return false; /* any other number has no twin */
    }
}

static bool change_rsv(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    step->rsv ^= (uint8_t)(1u << fuzz_pick(m, 3));
    return true;
}

static bool change_fin(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    step->fin = !step->fin;
    return true;
}

static bool change_deflate(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step || ws_opcode_is_control(step->opcode))
        return false;
    step->deflate = !step->deflate;
    if (step->deflate && m->s->extension == FUZZ_PLAIN)
        m->s->extension = FUZZ_DEFLATE;
    return true;
}

/* As a good peer writes it: what lies behind a mistake is reached again. */
static bool mend(struct mutator *m)
{
    struct fuzz_step *step = fuzz_pick_frame(m);

    if (!step)
        return false;
    step->rsv = 0;
    step->mask = FUZZ_MASK_RIGHT;
    step->len_form = 0;
    step->declares = false;
    step->fin = step->fin || ws_opcode_is_control(step->opcode);
    return true;
}

static const struct mutation fields[] = {
    { 4, change_code }, { 2, change_mask },    { 2, change_form }, { 2, change_declare },
    { 2, change_fin },  { 2, change_opcode },  { 3, change_type }, { 2, change_rsv },
    { 4, mend },        { 3, change_deflate },
};

bool fuzz_mutate_field(struct mutator *m)
{
    return fuzz_mutate_by(m, fields, FUZZ_COUNT(fields));
}
