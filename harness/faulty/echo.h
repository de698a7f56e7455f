#ifndef FAULTY_ECHO_H
#define FAULTY_ECHO_H

struct peer;

/* What the application does: it sends every message back. */
void echo_message(struct peer *p);

/* A fragment that is not the last has ended, which only some faults mind. */
void echo_fragment(struct peer *p);

#endif
