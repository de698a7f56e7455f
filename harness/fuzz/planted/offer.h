#ifndef PLANTED_OFFER_H
#define PLANTED_OFFER_H

#include "fuzz/planted/head.h"
#include "fuzz/planted/squeeze.h"

/* As a server: takes the first offer of permessage-deflate that can be met; out->agreed says
 * whether there was one. False: the header is malformed. RFC 6455 9.1, RFC 7692 7.1. */
bool offer_choose(const struct head *request, struct params *out);

/* The value of the answer to it. At most OFFER_ANSWER_MAX bytes. */
#define OFFER_ANSWER_MAX 160
void offer_answer(const struct params *params, char *out);

/* As a client that offered permessage-deflate without parameters. False: it is no answer to that.
 */
bool offer_take(const struct head *response, struct params *out);

#endif
