#ifndef VERDICT_MONITOR_H
#define VERDICT_MONITOR_H

#include "run/transcript.h"
#include "script/case.h"
#include "verdict/keys.h"
#include "ws/check.h"

/* Watches every byte that the target sends, in every case, whatever the case expects. Entry by
 * entry, so that a live run can use it too; it looks at nothing but the transcript. */
#define MONITOR_FINDINGS_MAX 16
#define MONITOR_SAME_KEYS                                                                          \
    20 /* frames in a row with one masking key: chance is out of the question */

struct finding {
    struct violation broken;
    size_t entry;
};

struct monitor {
    enum case_role role; /* who is under test */
    struct ws_law law;   /* of the target's stream on the connection under way */
    uint32_t connection;
    uint8_t key[4];
    unsigned same_keys;
    struct keys keys; /* of the connection under way */
    struct finding findings[MONITOR_FINDINGS_MAX];
    size_t count; /* all of them; the first are kept */
};

void monitor_init(struct monitor *m, enum case_role role);
void monitor_take(struct monitor *m, const struct transcript *t, size_t entry);

/* The worst that was found: the first MUST, else the first SHOULD, else NULL. A MAY is a remark. */
const struct finding *monitor_worst(const struct monitor *m);

#endif
