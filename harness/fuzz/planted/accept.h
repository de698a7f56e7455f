#ifndef PLANTED_ACCEPT_H
#define PLANTED_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

#define ACCEPT_SIZE 29 /* 28 characters and the end */
#define KEY_SIZE 25

/* Base64 of sixteen bytes, as Sec-WebSocket-Key has it. */
void accept_key(const uint8_t bytes[16], char out[KEY_SIZE]);
bool accept_is_key(const char *text);

/* What Sec-WebSocket-Accept says to a key of 24 characters. RFC 6455 4.2.2. */
void accept_of(const char *key, char out[ACCEPT_SIZE]);

#endif
