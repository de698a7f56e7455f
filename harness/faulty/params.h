#ifndef FAULTY_PARAMS_H
#define FAULTY_PARAMS_H

#include "base/bytes.h"

/* One extension of a Sec-WebSocket-Extensions value: its name, then its parameters (RFC 6455 9.1).
 * Views into the element. */
#define PARAMS_MAX 16

struct param {
    struct bytes name;
    struct bytes value; /* without the quotes */
    bool has_value;
};

struct params {
    struct bytes extension;
    struct param list[PARAMS_MAX];
    size_t count;
};

/* Takes one element of the list apart. False when it does not follow the grammar, or has more
 * parameters than there is room for. */
NODISCARD bool params_read(struct bytes element, struct params *out);

#endif
