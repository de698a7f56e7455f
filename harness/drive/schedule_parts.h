#ifndef DRIVE_SCHEDULE_PARTS_H
#define DRIVE_SCHEDULE_PARTS_H

#include "drive/again.h"
#include "drive/deaths.h"
#include "drive/doubt.h"
#include "drive/quarantine.h"

/* What the parts of the schedule share: who runs when (schedule.c), what a run that has ended is
 * worth (schedule_settle.c), whose fault it is that the server died (schedule_deaths.c), and how
 * long it still takes (schedule_left.c). */
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
    struct forecast forecast; /* of what is over; see schedule_left.c */
    size_t alone_ahead;       /* from `next` on: those that want to be alone */
    uint64_t counted_us;      /* until when the forecast has counted */
    struct arena arena;
};

/* A slot that has ended: an outcome, or once more alone (false). The slot is free then. */
NODISCARD bool schedule_settle(struct schedule *s, struct slot *slot, struct outcome *out);

/* The outcome of a case that was not run, or of no transcript. */
void schedule_plain(const struct schedule *s, size_t index, struct verdict verdict,
                    struct outcome *out);

/* A case has ended, and its slot is not free yet: what it took. */
void schedule_count_ended(struct schedule *s, const struct slot *slot);

/* What measures, watches the process or may destroy runs alone from the start. */
bool schedule_wants_alone(const struct script_case *c);

/* A warn whose like held alone often enough comes out as it was seen. */
bool schedule_believes(const struct schedule *s, const struct again *a);

/* The server has died: those that may have been the cause are suspects, or the one that it was is
 * convicted and its slot over. Once for each death. */
void schedule_target_died(struct schedule *s);
NODISCARD bool schedule_restart_target(struct schedule *s, struct err *err);

/* Asks the server for a sign of life when somebody waits for one and no case will bring it. */
void schedule_knock(struct schedule *s);
bool schedule_take_knock(struct schedule *s, const struct io_event *event); /* it was its own */
void schedule_forget_knock(struct schedule *s);

#endif
