#ifndef FAULTY_SHA1_H
#define FAULTY_SHA1_H

#include "base/bytes.h"

#define SHA1_SIZE 20
#define SHA1_INPUT_MAX 4096

/* FIPS 180-4, for short inputs: at most SHA1_INPUT_MAX bytes, the rest is left out. A second
 * reading of the standard, so that a wrong Sec-WebSocket-Accept cannot be right twice. */
void sha1(struct bytes in, uint8_t out[SHA1_SIZE]);

#endif
