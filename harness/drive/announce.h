#ifndef DRIVE_ANNOUNCE_H
#define DRIVE_ANNOUNCE_H

#include "base/bytes.h"

/* What a server that chose its port itself prints about it. */
#define ANNOUNCE_URL_MAX 400
#define ANNOUNCE_LINE_MAX 200

/* The address that one line of output tells, as a URL:
 *   - a good ws://, wss://, ws+unix: or wss+unix: URL, as it is;
 *   - else, where the line says that somebody listens, serves, runs, is started, bound or ready,
 *     HOST:N with an IPv4 or bracketed address, localhost, * or no HOST at all, also in an http://
 *     or https:// URL;
 *   - else "port N", "port: N", "port=N".
 * "All addresses" (0.0.0.0, [::], *, none) is reached at loopback. False: it tells none. A pure
 * function. */
bool announce_read(struct bytes line, char url[ANNOUNCE_URL_MAX]);

/* The output of one start of a server, up to the line that tells. A zeroed one has heard nothing.
 */
struct announce {
    char pending[2][ANNOUNCE_LINE_MAX]; /* the beginning of an unfinished line: stdout, stderr */
    size_t len[2];
    bool known;
    char url[ANNOUNCE_URL_MAX];   /* when known */
    char line[ANNOUNCE_LINE_MAX]; /* that was believed, or else the last one that was not empty */
};

/* Any bytes, cut anywhere; lines of each stream count as they are finished, those longer than
 * ANNOUNCE_LINE_MAX by their beginning. True: this told the address. */
bool announce_feed(struct announce *a, bool is_stderr, struct bytes output);

#endif
