#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <string.h>
#include <time.h>

#include "fuzz/live/lane_parts.h"
#include "ws/mask.h"

/* Single bytes come together again before anybody reads them, unless he gets the time for it. */
#define PACE_NS 30000
#define PACED_MAX 64
/* Each write costs as much as the rest of a small session. What cuts do is seen in the first. */
#define CUTS_MAX 6

/* Where the `nth` write ends. */
static size_t cut_at(const struct fuzz_wire *w, enum lane_cuts cuts, size_t nth)
{
    if (cuts == LANE_CUTS_NONE || nth == LANE_WRITES_MAX ||
        (cuts == LANE_CUTS_OF_SESSION && nth == CUTS_MAX))
        return w->bytes.len;
    if (cuts == LANE_CUTS_SINGLE)
        return nth + 1;
    return nth < w->n_ends ? w->ends[nth] : w->bytes.len;
}

void lane_write_frames(struct lane *l, enum lane_cuts cuts)
{
    const struct timespec pace = { .tv_nsec = PACE_NS };
    struct bytes all = buf_bytes(&l->wire.bytes);
    size_t at = 0;

    for (size_t nth = 0; at < all.len; nth++) {
        size_t to = cut_at(&l->wire, cuts, nth);
        (void)io_conn_send(l->conn, bytes_of(all.ptr + at, to - at));
        at = to;
        if (cuts == LANE_CUTS_SINGLE && nth < PACED_MAX && at < all.len)
            nanosleep(&pace, NULL);
    }
}

void lane_write_close(struct lane *l)
{
    uint8_t out[WS_HEAD_MAX + 2] = { 0 };
    struct ws_head head = { .fin = true, .opcode = WS_CLOSE, .len_form = WS_LEN_7 };
    uint8_t code[2] = { 1000 >> 8, 1000 & 0xff };

    head.payload_len = sizeof code;
    head.masked = l->o.target->options.role == ROLE_SERVER;
    memcpy(head.key, "\x37\xfa\x21\x3d", head.masked ? 4 : 0);
    size_t n = ws_frame_encode(&head, out);
    if (head.masked)
        ws_mask(code, sizeof code, head.key, 0);
    memcpy(out + n, code, sizeof code);
    (void)io_conn_send(l->conn, bytes_of(out, n + sizeof code));
}
