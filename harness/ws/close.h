#ifndef WS_CLOSE_H
#define WS_CLOSE_H

#include "base/bytes.h"
#include "ws/rules.h"

/* Close frames and their codes. RFC 6455 5.5.1, 7.4. */
#define WS_CLOSE_REASON_MAX 123
#define WS_CLOSE_NO_CODE 1005 /* what an application is told for an empty Close; never sent */
#define WS_CLOSE_ABNORMAL 1006

struct ws_close {
    bool has_code;
    uint16_t code;
    struct bytes reason; /* looks into the payload */
};

/* Take a payload apart. A body of one byte has no code and that byte as its reason. */
struct ws_close ws_close_decode(struct bytes payload);

/* The first rule that a Close payload breaks; `at` is its offset in the payload. RULE_NONE if fine.
 */
struct violation ws_close_check(struct bytes payload);

/* Code and reason as payload; the reason is cut at 123 bytes between characters. Gives the
 * length, 2..125. */
size_t ws_close_encode(uint16_t code, struct bytes reason, uint8_t out[125]);

/* May an endpoint put this code into a Close frame? The rule that forbids it, or RULE_NONE.
 * 1000-1003, 1007-1014, 3000-4999 may; RFC 6455 7.4 and the IANA registry (1012-1014 came later).
 */
enum ws_rule ws_close_code_rule(uint16_t code);

/* "normal closure" for 1000; "" when it has no name. */
const char *ws_close_code_name(uint16_t code);

#endif
