#ifndef IO_PROCESS_H
#define IO_PROCESS_H

#include "io/loop.h"

/* A program that we start and watch. Its output arrives as IO_OUTPUT, its end as IO_EXITED. It dies
 * with us (PR_SET_PDEATHSIG) and leads a process group of its own. */
struct io_process_status {
    bool running;
    int exit_code; /* when not running and signal is 0 */
    int signal;
};

/* argv[0] is looked up in PATH. The strings are copied. An ERR_SYSTEM names the command. */
NODISCARD struct io_process *io_process_start(struct io_loop *loop, char *const *argv, void *owner,
                                              struct err *err);
struct io_process_status io_process_status(const struct io_process *process);
long io_process_pid(const struct io_process *process);

/* Has it begun to end, or ended? Its connections end before IO_EXITED can be told: whoever sees one
 * end can ask whether that is why. Costs a look into /proc. */
bool io_process_is_ending(const struct io_process *process);

void io_process_signal(struct io_process *process, int signal); /* to its whole group */
/* Kills the group if it still runs, and forgets it: the pointer is dead, no further event. */
void io_process_free(struct io_process *process);

/* What the process and all its descendants use now, read from /proc. False when it is gone. */
struct io_usage {
    uint64_t resident_kib;
    uint64_t reserved_kib; /* address space, whether anything lies there or not */
    uint64_t cpu_ms;       /* user and system since its start, children still alive included */
};
NODISCARD bool io_process_usage(const struct io_process *process, struct io_usage *out);

/* Where the process and its descendants stand, to be told later what they have used since. */
#define IO_MARK_MAX 64 /* descendants beyond are left out: nobody is accused for them */

struct io_mark {
    struct io_marked {
        long pid;
        uint64_t resident_kib, peak_kib;
    } of[IO_MARK_MAX];
    size_t count;
    uint64_t cpu_ms;
};

struct io_growth {
    uint64_t
        memory_kib; /* highest since, above what was resident then; too low rather than too high */
    uint64_t cpu_ms;
    bool busy; /* now: some thread runs, or waits for a CPU or a disk and not for somebody else */
};

/* Peaks begin anew with a mark, as far as the kernel allows (clear_refs of proc(5)); where it does
 * not, a peak counts only when it is a new one. A process that was forked since counts with the
 * memory that it shares with nobody. False when it is gone. */
NODISCARD bool io_process_mark(const struct io_process *process, struct io_mark *out);
NODISCARD bool io_process_since(const struct io_process *process, const struct io_mark *mark,
                                struct io_growth *out);

/* Splits a command line as a shell would, without one: blanks, '…', "…" and \ only; no variables,
 * no globs. `argv` comes from one block that alloc_free frees; NULL with `err` on an open quote. */
NODISCARD char **io_process_words(const char *command, struct err *err);

#endif
