#include "io/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/clock.h"
#include "io/usage.h"
#include "io/watch.h"

/* How long a grandchild that holds the pipes open may delay the news of the exit. */
#define LINGER_MS 200

enum { OUT, ERR, PIPES };

struct io_process {
    struct source source;       /* first: the loop knows no more of us */
    struct watch *pipes[PIPES]; /* NULL once at its end */
    struct watch *exit;         /* NULL once it has exited */
    void *owner;
    pid_t pid; /* a zombie until io_process_free, so that nobody else gets the number */
    struct io_process_status status;
    bool exit_told;
};

/* ---- between vfork and exec: only what is safe there ---- */

/* What is started runs in our memory until it has a program of its own: our handlers would find
 * themselves in somebody else. Those that ignore a signal are nobody's code; only SIGPIPE is ours.
 */
static void forget_handlers(void)
{
    struct sigaction plain = { .sa_handler = SIG_DFL }, now;

    for (int number = 1; number < NSIG; number++)
        if (sigaction(number, NULL, &now) == 0 && (now.sa_handler != SIG_IGN || number == SIGPIPE))
            (void)sigaction(number, &plain, NULL);
}

static void become(char *const *argv, pid_t parent, int out, int err, volatile int *why)
{
    sigset_t none;

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    forget_handlers();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0 && dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2)
        execvp(argv[0], argv);
    *why = errno;
    _exit(127);
}

/* ---- starting ---- */

struct pipes {
    int out[2], err[2];
};

static void close_both(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
        pair[i] = -1;
    }
}

static void pipes_close(struct pipes *p)
{
    close_both(p->out);
    close_both(p->err);
}

static void close_end(int *fd)
{
    close(*fd);
    *fd = -1;
}

/* Not fork: to copy what we have in memory and to throw the copy away takes tens of milliseconds in
 * a large process, one with sanitizers above all, and meanwhile nobody is served. Gives errno, and
 * the child's pid if 0. Signals wait until it has a program, or they would meet our handlers. */
static int spawn(char *const *argv, const struct pipes *p, pid_t *pid)
{
    pid_t parent = getpid();
    volatile int why = 0; /* the child's word */
    sigset_t all, before;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = vfork();
    if (child == 0)
        become(argv, parent, p->out[1], p->err[1], &why);
    if (child < 0)
        why = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child > 0 && why != 0)
        waitpid(child, NULL, 0);
    *pid = child;
    return why;
}

static int start(char *const *argv, struct pipes *p, pid_t *pid)
{
    if (pipe2(p->out, O_CLOEXEC) != 0 || pipe2(p->err, O_CLOEXEC) != 0)
        return errno;
    int why = spawn(argv, p, pid);
    close_end(&p->out[1]);
    close_end(&p->err[1]);
    return why;
}

static struct watch *watch_end(struct io_process *p, int *fd, struct err *err)
{
    int taken = *fd;

    *fd = -1;
    struct watch *w = io_watch_open(&p->source, taken, err);
    if (w)
        io_watch_want(w, UV_READABLE);
    return w;
}

static bool watch_all(struct io_process *p, struct pipes *pipes, struct err *err)
{
    int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);

    if (fd < 0)
        return err_set(err, ERR_SYSTEM, "cannot watch process %ld: %s", (long)p->pid,
                       strerror(errno));
    return (p->exit = watch_end(p, &fd, err)) &&
           (p->pipes[OUT] = watch_end(p, &pipes->out[0], err)) &&
           (p->pipes[ERR] = watch_end(p, &pipes->err[0], err));
}

/* ---- events ---- */

static bool tell_output(struct io_process *p, int which, struct io_event *out)
{
    struct io_loop *loop = p->source.loop;
    struct watch *w = p->pipes[which];

    w->ready = 0;
    ssize_t n = read(w->fd, loop->buffer, sizeof loop->buffer);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        io_watch_close(w);
        p->pipes[which] = NULL;
        return false;
    }
    *out = (struct io_event){ .kind = IO_OUTPUT,
                              .process = p,
                              .owner = p->owner,
                              .data = loop->buffer,
                              .len = (size_t)n,
                              .is_stderr = which == ERR };
    return true;
}

/* The zombie is left: its number is the name of the group, which may live on. */
static void note_exit(struct io_process *p)
{
    siginfo_t info = { 0 };

    p->exit->ready = 0;
    if (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return;
    p->status.running = false;
    if (info.si_code == CLD_EXITED)
        p->status.exit_code = info.si_status;
    else
        p->status.signal = info.si_status;
    io_watch_close(p->exit);
    p->exit = NULL;
    io_source_limit(&p->source, io_now_ms() + LINGER_MS);
}

static bool may_tell_exit(const struct io_process *p)
{
    bool read_out = !p->pipes[OUT] && !p->pipes[ERR];

    return !p->exit && !p->exit_told && (read_out || p->source.expired);
}

static bool process_step(struct source *s, struct io_event *out)
{
    struct io_process *p = (struct io_process *)s;

    for (int i = 0; i < PIPES; i++) {
        if (p->pipes[i] && p->pipes[i]->ready && tell_output(p, i, out)) {
            io_source_again(s);
            return true;
        }
    }
    if (p->exit && p->exit->ready)
        note_exit(p);
    if (!may_tell_exit(p))
        return false;
    p->exit_told = true;
    io_source_limit(s, 0);
    out->kind = IO_EXITED;
    out->process = p;
    out->owner = p->owner;
    return true;
}

static void process_drop(struct source *s)
{
    struct io_process *p = (struct io_process *)s;

    io_source_close(s);
    for (int i = 0; i < PIPES; i++)
        io_watch_close(p->pipes[i]);
    io_watch_close(p->exit);
    if (p->pid > 0) {
        kill(-p->pid, SIGKILL);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    alloc_free(p);
}

/* ---- what owners may do ---- */

struct io_process *io_process_start(struct io_loop *loop, char *const *argv, void *owner,
                                    struct err *err)
{
    struct pipes pipes = { { -1, -1 }, { -1, -1 } };
    struct io_process *p = io_alloc(sizeof *p, "a process", err);

    if (!p)
        return NULL;
    io_source_open(&p->source, loop, process_step, process_drop);
    p->owner = owner;
    int why = start(argv, &pipes, &p->pid);
    bool ok = why == 0;
    if (!ok) {
        p->pid = 0;
        err_set(err, ERR_SYSTEM, "cannot start %s: %s", argv[0], strerror(why));
    } else {
        p->status.running = true;
        ok = watch_all(p, &pipes, err);
    }
    pipes_close(&pipes);
    if (ok)
        return p;
    process_drop(&p->source);
    return NULL;
}

struct io_process_status io_process_status(const struct io_process *p)
{
    return p->status;
}

long io_process_pid(const struct io_process *p)
{
    return p->pid;
}

bool io_process_is_ending(const struct io_process *p)
{
    return !p->status.running || usage_is_ending(p->pid);
}

void io_process_signal(struct io_process *p, int number)
{
    kill(-p->pid, number);
}

void io_process_free(struct io_process *p)
{
    if (p)
        process_drop(&p->source);
}

bool io_process_usage(const struct io_process *p, struct io_usage *out)
{
    return p->status.running && usage_of(p->pid, out);
}

bool io_process_mark(const struct io_process *p, struct io_mark *out)
{
    return p->status.running && usage_mark(p->pid, out);
}

bool io_process_since(const struct io_process *p, const struct io_mark *mark, struct io_growth *out)
{
    return p->status.running && usage_since(p->pid, mark, out);
}
