#ifndef DRIVE_SCHEDULE_PARTS_H
#define DRIVE_SCHEDULE_PARTS_H

#include "drive/again.h"
#include "drive/deaths.h"
#include "drive/doubt.h"
#include "drive/quarantine.h"

/* What the two halves of the schedule share: who runs when (schedule.c), and whose fault it is that
 * the server died (schedule_deaths.c). */
struct schedule {
    struct target *target;
    const struct script_case *const *cases;
    size_t n_cases, next;
    struct schedule_options options;
    const struct probe *probe;
    struct slot *slots;
    unsigned n_slots;
    struct again_queue again;
    struct again now_alone;
    struct doubt_looks looks;     /* at warns */
    struct quarantine quarantine; /* for a server that we started */
    struct peer_client *knock;    /* for who waits there when nobody else comes */
    uint64_t knocked_us;
    struct deaths deaths;
    unsigned served; /* cases, since the last start */
    bool alone;      /* the phase */
    bool interrupted;
    bool spoilt;  /* the server answers nobody, or its memory is not what it was: start it afresh */
    bool mourned; /* its death has its suspects, or its convict */
    bool confirms; /* it is started afresh for a suspect: that counts as no death more */
    unsigned lost, restarts;
    struct arena arena;
};

/* The server has died: those that may have been the cause are suspects, or the one that it was is
 * convicted and its slot over. Once for each death. */
void schedule_target_died(struct schedule *s);
NODISCARD bool schedule_restart_target(struct schedule *s, struct err *err);

/* Asks the server for a sign of life when somebody waits for one and no case will bring it. */
void schedule_knock(struct schedule *s);
bool schedule_take_knock(struct schedule *s, const struct io_event *event); /* it was its own */
void schedule_forget_knock(struct schedule *s);

#endif
