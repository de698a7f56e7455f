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
    bool under_way;               /* a send is begun, and not all of it is packed */
    uint64_t at, len;             /* its bytes: packed, and all */
    struct buf packed;
    const struct payload *ring; /* whose turns are kept; NULL: none */
    struct arena arena;
    struct packed_turn *turns;
    uint64_t next_turn;       /* the one that goes on with the ring */
    struct packed_turn *turn; /* where what is under way will be kept; NULL: nowhere */
};

/* A zeroed packer is ready to be agreed on. */
NODISCARD bool packer_agree(struct packer *p, struct ws_permessage_way way); /* false: no memory */
void packer_free(struct packer *p); /* and as it was before anything was agreed on */

/* The payload of `send`, compressed: until the next call. Its plain bytes are added to *plain and
 * *len. A large one takes several calls, lest others wait for it: PACKER_MORE says that the same
 * send has to be given again, and that `out` is not written. */
enum packer_status { PACKER_DONE, PACKER_MORE, PACKER_NO_MEMORY };
NODISCARD enum packer_status packer_pack(struct packer *p, const struct send *send,
                                         const struct payload_env *env, struct hash *plain,
                                         uint64_t *len, struct bytes *out);

/* The case has sent something compressed that did not come from here. */
void packer_note_foreign(struct packer *p);

#endif
