#include "drive/schedule.h"

#define QUIET_US 100000 /* so long nothing comes from one who has no more to say */

void schedule_usual(const struct target *target, const struct embedded *suite,
                    const struct requirements *requirements, struct schedule_options *out)
{
    const struct target_options *of = &target->options;

    *out = (struct schedule_options){
        .run = { .role = of->role,
                 .host = target->url.authority,
                 .path = target->url.target,
                 .port = target->port_text,
                 .base = target->base,
                 .expect_us = SCHEDULE_EXPECT_MS * UINT64_C(1000),
                 .quiet_us = QUIET_US,
                 .barriers = true,
                 .echoes = true,
                 .tells_url = of->role == ROLE_CLIENT && target_tells_url(of),
                 .setup = of->profile ? &of->profile->setup : NULL,
                 .data = suite },
        .verdict = { .role = of->role, .requirements = requirements, .data = suite },
        .jobs = 1,
        .case_us = SCHEDULE_CASE_MS * UINT64_C(1000),
        .profile = of->profile,
    };
}
