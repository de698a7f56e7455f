#ifndef VERDICT_KEYS_H
#define VERDICT_KEYS_H

#include "ws/frame.h"
#include "ws/rules.h"

/* Do the masking keys of a connection come by chance? RFC 6455 5.3 and 10.3. Zeroed: none came.
 *
 * Looked at are keys that serve two frames in a row, and, of control frames, those that come back
 * among the next KEYS_KEPT: chance in one of a hundred million frames or more, KEYS_REPEATS of them
 * never. Neither is KEYS_STEPS times the same difference. Data frames count for the first alone,
 * since turns of a repeat that went well are not told frame by frame (run/turns.c). */
#define KEYS_KEPT 32
#define KEYS_REPEATS 3
#define KEYS_STEPS 6

struct keys {
    uint8_t last[4]; /* of any frame */
    bool any, last_was_repeat, told_counted;
    uint8_t kept[KEYS_KEPT][4]; /* of control frames, the last ones */
    unsigned count;             /* of all control frames */
    unsigned repeats;
    uint32_t step[2]; /* between the last two control frames, read from either end */
    unsigned same_steps[2];
};

/* The next frame, which is masked. The rule that its key breaks, told once; WS_RULE_NONE. One key
 * on all frames is told by none of these. */
enum ws_rule keys_take(struct keys *k, const struct ws_head *head);

/* Frames that are not told have passed; the last of them had this key. */
void keys_pass(struct keys *k, const uint8_t key[4]);

#endif
