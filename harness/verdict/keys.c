#include "verdict/keys.h"

#include <string.h>

static bool is_kept(const struct keys *k, const uint8_t key[4])
{
    unsigned kept = k->count < KEYS_KEPT ? k->count : KEYS_KEPT;

    for (unsigned i = 0; i < kept; i++)
        if (memcmp(k->kept[i], key, 4) == 0)
            return true;
    return false;
}

/* Of one key many times in a row only the first repetition counts. */
static bool comes_back(struct keys *k, const struct ws_head *head)
{
    bool in_row = k->any && memcmp(k->last, head->key, 4) == 0;
    bool again = ws_opcode_is_control(head->opcode) && is_kept(k, head->key);
    bool counts = in_row ? !k->last_was_repeat : again;

    k->last_was_repeat = in_row || again;
    k->repeats += counts;
    return counts && k->repeats == KEYS_REPEATS;
}

static uint32_t number(const uint8_t key[4], bool backwards)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < 4; i++)
        n = n << 8 | key[backwards ? 3 - i : i];
    return n;
}

/* Is it as far from the last key as that was from the one before, once more? */
static bool goes_on(struct keys *k, const uint8_t key[4], bool backwards)
{
    unsigned *same = &k->same_steps[backwards];

    if (k->count == 0)
        return false;
    const uint8_t *last = k->kept[(k->count - 1) % KEYS_KEPT];
    uint32_t step = number(key, backwards) - number(last, backwards);
    *same = step != 0 && k->count > 1 && step == k->step[backwards] ? *same + 1 : 0;
    k->step[backwards] = step;
    return *same == KEYS_STEPS;
}

static bool is_counted(struct keys *k, const struct ws_head *head)
{
    if (!ws_opcode_is_control(head->opcode))
        return false;
    bool forwards = goes_on(k, head->key, false), backwards = goes_on(k, head->key, true);
    memcpy(k->kept[k->count++ % KEYS_KEPT], head->key, 4);
    bool tells = (forwards || backwards) && !k->told_counted;
    k->told_counted |= tells;
    return tells;
}

void keys_pass(struct keys *k, const uint8_t key[4])
{
    memcpy(k->last, key, 4);
    k->any = true;
    k->last_was_repeat = false;
}

enum ws_rule keys_take(struct keys *k, const struct ws_head *head)
{
    bool repeated = comes_back(k, head), counted = is_counted(k, head);

    memcpy(k->last, head->key, 4);
    k->any = true;
    if (repeated)
        return WS_RULE_MASK_KEY_REPEATED;
    return counted ? WS_RULE_MASK_KEY_COUNTED : WS_RULE_NONE;
}
