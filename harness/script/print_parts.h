#ifndef SCRIPT_PRINT_PARTS_H
#define SCRIPT_PRINT_PARTS_H

#include "base/buf.h"
#include "script/case.h"

/* Pieces of the case language written back. All give false when `out` does not take it. */

/* A string in quotes. `places`: a text with ${path} … and doubled dollars, as payload_fill takes.
 */
NODISCARD bool script_put_string(struct bytes text, bool places, struct buf *out);
NODISCARD bool script_put_size(uint64_t n, struct buf *out);
NODISCARD bool script_put_duration(uint64_t ms, struct buf *out);
NODISCARD bool script_put_payload(const struct payload *p, struct buf *out);
NODISCARD bool script_put_let(const struct let *let, struct buf *out);
NODISCARD bool script_put_blocks(const struct blocks *blocks, struct buf *out);
NODISCARD bool script_put_send(const struct send *send, struct buf *out);
NODISCARD bool script_put_expect(const struct expect *expect, struct buf *out);
NODISCARD bool script_put_values(const char *const *values, size_t count, struct buf *out);

/* A step without the block of steps behind it. `lines`: one line for each edit of a request. */
NODISCARD bool script_put_step(const struct step *step, bool lines, struct buf *out);

/* Indentation, spacing and the order of options; any text of tokens, whether it parses or not. */
NODISCARD bool script_layout(struct bytes text, struct buf *out);

#endif
