#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include "fuzz/live/engine.h"

/* libFuzzer as the source of sessions: it keeps the corpus, mutates with fuzz/mutate/mutate.h, and
 * is led by the engine's counters. It owns main's thread until it is over, and never comes back. */

/* Was libFuzzer there when this program was built? False: `err` says what is missing. */
NODISCARD bool driver_there(struct err *err);

/* Runs sessions until the engine's runs or time are over, a signal comes, or it cannot go on; then
 * says so to the supervisor, closes the engine and ends the process: exit code 0, or what
 * `exit_code` makes of the error. False: it did not start. */
NODISCARD bool driver_run(struct engine *e, int (*exit_code)(const struct err *err),
                          struct err *err);

#endif
