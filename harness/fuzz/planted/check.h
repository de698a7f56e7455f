#ifndef PLANTED_CHECK_H
#define PLANTED_CHECK_H

#include "fuzz/planted/talk.h"

/* The head in t->frame: 0 when it is legal here, or the code to close with. RFC 6455 5.1 to 5.5,
 * RFC 7692 6. */
unsigned check_head(const struct talk *t);

#endif
