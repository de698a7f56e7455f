#ifndef PEER_IDNA_H
#define PEER_IDNA_H

#include "base/bytes.h"

/* A host name with characters beyond ASCII as DNS has it: "bücher.test" gives "xn--bcher-kva.test".
 * `name` is UTF-8; `out` is written with its NUL on success. NULL, or why there is no such name
 * (static). RFC 5891, with the mapping that browsers use (UTS 46). */
NODISCARD const char *peer_idna(const char *name, char *out, size_t size);

#endif
