#include "cli/options/deflate.h"

static bool is_given(uint64_t value)
{
    return value != DEFLATE_NOT_GIVEN;
}

static bool fits(uint64_t value, uint64_t least, uint64_t most)
{
    return !is_given(value) || (value >= least && value <= most);
}

static bool check(const struct deflate_options *given, struct err *err)
{
    if (!fits(given->bits, WS_DEFLATE_BITS_MIN, WS_DEFLATE_BITS_MAX))
        return err_set(err, ERR_USAGE, "--deflate-bits wants a number from 8 to 15");
    if (!fits(given->level, 1, 9))
        return err_set(err, ERR_USAGE, "--deflate-level wants a number from 1 to 9");
    if (given->off && (given->no_takeover || is_given(given->bits) || is_given(given->level) ||
                       is_given(given->min_size)))
        return err_set(err, ERR_USAGE, "--no-deflate leaves nothing for the other options to do");
    return true;
}

bool deflate_options_read(struct deflate_options *given, bool server, struct err *err)
{
    const uint8_t bits = is_given(given->bits) ? (uint8_t)given->bits : 0;
    const struct ws_permessage wanted = {
        .server_no_takeover = given->no_takeover,
        .client_no_takeover = given->no_takeover,
        .server_bits = bits,
        .client_bits = bits,
        .client_bits_hint = !server && bits == 0,
    };

    if (!check(given, err))
        return false;
    given->offer = wanted;
    given->deflate = (struct ws_conn_deflate){
        .wanted = wanted,
        .offers = &given->offer,
        .n_offers = 1,
        .level = is_given(given->level) ? (int)given->level : 0,
        .min_size = is_given(given->min_size) ? (size_t)given->min_size : 0,
    };
    given->use = given->off ? NULL : &given->deflate;
    return true;
}
