#ifndef PLANTED_LINK_H
#define PLANTED_LINK_H

#include "fuzz/planted/accept.h"
#include "fuzz/planted/talk.h"

/* One TCP connection, from the opening handshake to the end. */
enum link_state {
    LINK_GREETING, /* the head of the other side has not come */
    LINK_TALKING,
    LINK_ENDING /* all is said; what still comes is thrown away until the other side is done too */
};

struct link {
    int fd;
    bool is_server, is_shut;
    enum link_state state;
    char key[KEY_SIZE]; /* that a client sent */
    struct store head;  /* while greeting */
    struct talk talk;
    int64_t deadline_ms; /* of the ending */
};

/* Takes the socket, which does not block. A client has sent its request by link_ask. */
void link_begin(struct link *l, int fd, bool is_server);
void link_ask(struct link *l, const char *host, const char *path);

short link_events(const struct link *l); /* for poll */

/* Does what can be done. False: it is over, and link_end frees it. */
bool link_turn(struct link *l, short events);
void link_end(struct link *l);

#define LINK_PATIENCE_MS 1000 /* for the other side to end, when we have */

#endif
