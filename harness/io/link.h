#ifndef IO_LINK_H
#define IO_LINK_H

#include <stdbool.h>
#include <stddef.h>

/* A place in a ring; a ring's head is a link too. Not in any ring: both point at itself. Leaving
 * needs no search, so that what dies can leave every list it stands in. */
struct link {
    struct link *next, *prev;
};

/* The struct whose member `member` is at `link`. */
#define LINK_OWNER(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

void link_init(struct link *l);
bool link_alone(const struct link *l);              /* of a head: the ring is empty */
void link_add(struct link *before, struct link *l); /* with a head: as the last */
void link_remove(struct link *l);                   /* harmless when alone */
struct link *link_pop(struct link *head);           /* the first, or NULL */
void link_move_all(struct link *to, struct link *from);

#endif
