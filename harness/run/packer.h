#ifndef RUN_PACKER_H
#define RUN_PACKER_H

#include "base/hash.h"
#include "script/case.h"
#include "ws/deflate.h"
#include "ws/permessage.h"

/* Compresses what a case sends with `deflate`. A repeat that walks round a ring of data (`next 64K
 * of …`) sends the same messages again and again, with the same bytes before each: what a message
 * became the first time is right every time, and is kept. Otherwise the tester would work as hard
 * as the target that it tests. */
struct packer {
    struct ws_deflater *deflater; /* NULL: no compression is agreed on */
    bool stale;                   /* the target's window holds what the deflater does not know */
    struct buf packed;
    const struct payload *ring; /* whose turns are kept; NULL: none */
    struct arena arena;
    struct packed_turn *turns;
    uint64_t next_turn; /* the one that goes on with the ring */
};

/* A zeroed packer is ready to be agreed on. */
NODISCARD bool packer_agree(struct packer *p, struct ws_permessage_way way); /* false: no memory */
void packer_free(struct packer *p); /* and as it was before anything was agreed on */

/* The payload of `send`, compressed: until the next call. Its plain bytes are added to *plain and
 * *len. False: no memory. */
NODISCARD bool packer_pack(struct packer *p, const struct send *send, const struct payload_env *env,
                           struct hash *plain, uint64_t *len, struct bytes *out);

/* The case has sent something compressed that did not come from here. */
void packer_note_foreign(struct packer *p);

#endif
