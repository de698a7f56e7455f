#ifndef FAULTY_FIELDS_H
#define FAULTY_FIELDS_H

#include "base/buf.h"
#include "ws/http1.h"

/* Looking at a head, as both sides of the opening handshake do it. */

/* The value of the first field of that name; empty when there is none. */
struct bytes fields_value(const struct http1_head *h, const char *name);
bool fields_has(const struct http1_head *h, const char *name);
bool fields_has_oddity(const struct http1_head *h, enum ws_rule rule);

/* Blanks around the value, beyond the one behind the colon. */
bool fields_is_padded(const struct http1_head *h, const char *name);

/* No blank behind the colon. */
bool fields_is_tight(const struct http1_head *h, const char *name);

/* Is `word` somewhere in `value`, in any case? */
bool fields_contains(struct bytes value, const char *word);

/* A whole head that does not decode, mended into `out`: with another start line, or without the
 * lines that are no field. False: no memory. */
NODISCARD bool fields_mend_start(struct bytes head, const char *line, struct buf *out);
NODISCARD bool fields_mend_fields(struct bytes head, struct buf *out);

#endif
