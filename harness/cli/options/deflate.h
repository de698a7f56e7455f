#ifndef CLI_OPTIONS_DEFLATE_H
#define CLI_OPTIONS_DEFLATE_H

#include "cli/options/args.h"
#include "ws/conn.h"

#define DEFLATE_NOT_GIVEN UINT64_MAX

/* How the reference server and client compress: the options that both have. Starts as
 * DEFLATE_NONE_GIVEN. */
struct deflate_options {
    bool off, no_takeover;
    uint64_t bits, min_size, level; /* or DEFLATE_NOT_GIVEN */
    struct ws_permessage offer;     /* of the client */
    struct ws_conn_deflate deflate;
    const struct ws_conn_deflate *use; /* after deflate_options_read; NULL: no compression */
};

#define DEFLATE_NONE_GIVEN                                                                         \
    {                                                                                              \
        .bits = DEFLATE_NOT_GIVEN, .min_size = DEFLATE_NOT_GIVEN, .level = DEFLATE_NOT_GIVEN       \
    }

#define DEFLATE_ROWS(given)                                                                        \
    { "--no-deflate", 0, ARG_FLAG, &(given).off, NULL, "no permessage-deflate" },                  \
        { "--deflate-bits", 0, ARG_NUMBER, &(given).bits, "N", "windows of 2^N bytes, 8 to 15" },  \
        { "--deflate-no-takeover", 0,    ARG_FLAG,                                                 \
          &(given).no_takeover,    NULL, "forget the window behind each message" },                \
        { "--deflate-min",   0,      ARG_NUMBER,                                                   \
          &(given).min_size, "SIZE", "send shorter messages as they are" },                        \
    {                                                                                              \
        "--deflate-level", 0, ARG_NUMBER, &(given).level, "N", "of zlib, 1 to 9 (6)"               \
    }

/* `server`: wishes that are added to its answer; else they make its offer. */
NODISCARD bool deflate_options_read(struct deflate_options *given, bool server, struct err *err);

#endif
