#ifndef REPORT_COMMAND_H
#define REPORT_COMMAND_H

#include "base/arena.h"
#include "base/err.h"

/* What a client in Autobahn's direct command mode says: ["sendframe", { … }], ["sendframes",
 * [{ … }, …]], ["echo", { … }] or ["close", { … }], as frames to be sent. */
#define COMMAND_FRAMES_MAX 1000
#define COMMAND_PAYLOAD_MAX (16u << 20) /* of all frames together */

struct command_frame {
    uint8_t opcode; /* 0..15 */
    bool fin;
    uint8_t rsv; /* 0..7 */
    bool masked;
    uint8_t key[4];
    struct bytes payload; /* as often as "payload_len" wants it */
    uint64_t chop;        /* bytes a write; 0: one write */
};

struct command {
    struct command_frame *frames;
    size_t n_frames; /* 0: it is a Close */
    uint16_t code;   /* 0: none */
    struct bytes reason;
};

/* It lives in `a`. False with ERR_SYNTAX (no such command), ERR_MEMORY. */
NODISCARD bool report_command_read(struct bytes text, struct arena *a, struct command *out,
                                   struct err *err);

#endif
