#ifndef CLI_CONNECT_TALK_H
#define CLI_CONNECT_TALK_H

#include "peer/client.h"

/* One connection of `wsproof connect`: what comes on it is echoed, shown to a person or reported to
 * a program, and one message may make it close. */
struct talk_manner {
    bool echo;
    bool raw;             /* binary messages go out as they are, not as hex */
    bool report;          /* lines for a program on stdout: see client_report.h */
    const char *close_on; /* a message equal to it starts the closing handshake; NULL: none */
    uint16_t close_code;
    struct bytes close_reason;
};

/* Zero bytes are a talk that has not begun. */
struct talk {
    const struct talk_manner *manner;
    struct peer_client *client; /* owned; NULL: not begun */
    bool was_open, got_close, told_end;
    uint16_t code; /* of the first Close that came; 0: it had none */
    char reason[WS_CONTROL_MAX];
    size_t reason_len;
};

/* Takes `client` over. */
void talk_begin(struct talk *t, const struct talk_manner *manner, struct peer_client *client);
void talk_free(struct talk *t); /* zeroed again */

/* An event of the loop if it is its own, and what became of it; also to be called when
 * peer_client_deadline has come. False: we cannot go on. */
NODISCARD bool talk_take(struct talk *t, const struct io_event *event, struct err *err);

bool talk_connecting(const struct talk *t);
bool talk_over(const struct talk *t);

/* It ended, or never began, without anybody's having said why: worth another try. RFC 6455 7.2.3.
 */
bool talk_lost(const struct talk *t);

#endif
