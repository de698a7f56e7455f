#ifndef FUZZ_SPELLING_H
#define FUZZ_SPELLING_H

#include "base/buf.h"

/* Bytes as the case language spells them. All append to `out`; false when it does not take it. */

/* A payload: text where people can read it, else hex, long ones over several lines, long runs of
 * one byte as "*" * 1000; all that `times` times. At most FUZZ_PAYLOAD_MAX bytes, which the
 * parser's limit of parts allows for. */
NODISCARD bool fuzz_spell_payload(struct bytes payload, uint32_t times, struct buf *out);

/* The value of a head's line: ${path}, ${host}, ${key} and ${accept} are places, a dollar sign
 * before any other word is one. */
NODISCARD bool fuzz_spell_value(struct bytes value, struct buf *out);

/* A title or note; what cannot stand there becomes '?'. */
NODISCARD bool fuzz_spell_title(struct bytes text, struct buf *out);

#endif
