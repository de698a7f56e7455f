#include "io/loop.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/clock.h"
#include "io/source.h"

/* Waking later than this is no scheduling any more. */
#define STALL_US 50000

/* It only ends the waiting: the clock is looked at afterwards. A timer may be over before libuv
 * sleeps, and then nothing else would wake it. */
static void on_timer(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct io_loop *loop = handle->data;

    loop->signal = number;
}

struct io_loop *io_loop_new(struct err *err)
{
    struct io_loop *loop = io_alloc(sizeof *loop, "the event loop", err);

    if (!loop)
        return NULL;
    int uv_err = uv_loop_init(&loop->uv);
    if (uv_err != 0) {
        err_set(err, ERR_SYSTEM, "cannot make an event loop: %s", uv_strerror(uv_err));
        alloc_free(loop);
        return NULL;
    }
    uv_timer_init(&loop->uv, &loop->timer);
    link_init(&loop->ready);
    link_init(&loop->later);
    link_init(&loop->all);
    link_init(&loop->limits);
    loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    /* OpenSSL writes with write(2), which has no MSG_NOSIGNAL. */
    signal(SIGPIPE, SIG_IGN);
    return loop;
}

void io_loop_free(struct io_loop *loop)
{
    if (!loop)
        return;
    for (struct link *l; (l = link_pop(&loop->all));) {
        struct source *s = LINK_OWNER(l, struct source, all);
        s->drop(s);
    }
    uv_close((uv_handle_t *)&loop->timer, NULL);
    for (int i = 0; loop->watches_signals && i < 2; i++)
        uv_close((uv_handle_t *)&loop->signals[i], NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    if (loop->spare_fd >= 0)
        close(loop->spare_fd);
    alloc_free(loop);
}

/* The sources whose limit has passed have something to tell. */
static void expire(struct io_loop *loop, uint64_t now_ms)
{
    while (!link_alone(&loop->limits)) {
        struct source *s = LINK_OWNER(loop->limits.next, struct source, limit);
        if (s->limit_ms > now_ms)
            return;
        link_remove(&s->limit);
        s->expired = true;
        io_source_ready(s);
    }
}

static uint64_t wake_at(const struct io_loop *loop, uint64_t deadline_ms)
{
    if (link_alone(&loop->limits))
        return deadline_ms;
    uint64_t limit = LINK_OWNER(loop->limits.next, struct source, limit)->limit_ms;
    return limit < deadline_ms ? limit : deadline_ms;
}

/* A machine that is busy or asleep wakes us late, and the target no sooner: that time is nobody's
 * silence. `planned_us`: when the visit to the kernel was to be over. */
static void forgive_stall(uint64_t planned_us)
{
    uint64_t now = io_now_us();

    if (now > planned_us && now - planned_us > STALL_US)
        io_clock_skip(now - planned_us);
}

/* One visit to the kernel: sleeps only when nothing waits to be asked. */
static bool wait_for_more(struct io_loop *loop, uint64_t deadline_ms, struct err *err)
{
    uint64_t now = io_now_ms(), wake = wake_at(loop, deadline_ms);
    bool sleeps = link_alone(&loop->later) && wake > now;

    if (sleeps && wake != UINT64_MAX) {
        uv_update_time(&loop->uv);
        uv_timer_start(&loop->timer, on_timer, wake - now, 0);
    }
    int alive = uv_run(&loop->uv, sleeps ? UV_RUN_ONCE : UV_RUN_NOWAIT);
    uv_timer_stop(&loop->timer);
    if (!sleeps || wake != UINT64_MAX)
        forgive_stall((sleeps ? wake : now + 1) * 1000);
    link_move_all(&loop->ready, &loop->later);
    expire(loop, io_now_ms());
    /* With nothing to watch and no deadline this would be for ever. */
    if (!alive && sleeps && wake == UINT64_MAX && link_alone(&loop->ready))
        return err_set(err, ERR_INTERNAL, "waiting without anything to wait for");
    return true;
}

static bool tell_time(struct io_loop *loop, struct io_event *out)
{
    loop->served = loop->last_round = false;
    *out = (struct io_event){ .kind = IO_TIME };
    return true;
}

static bool tell_signal(struct io_loop *loop, struct io_event *out)
{
    *out = (struct io_event){ .kind = IO_SIGNAL, .signal = loop->signal };
    loop->signal = 0;
    loop->served = true;
    return true;
}

static bool tell_next(struct io_loop *loop, struct io_event *out)
{
    for (struct link *l; (l = link_pop(&loop->ready));) {
        struct source *s = LINK_OWNER(l, struct source, ready);
        *out = (struct io_event){ 0 };
        if (s->step(s, out))
            return loop->served = true;
    }
    return false;
}

/* Sources are served in rounds. Behind a round a deadline that has passed is told, lest a busy
 * connection keep the time away; but only behind one that began after it had passed, lest bytes be
 * taken for late that were here before. */
bool io_loop_next(struct io_loop *loop, uint64_t deadline_ms, struct io_event *out, struct err *err)
{
    for (;;) {
        if (loop->signal != 0)
            return tell_signal(loop, out);
        if (tell_next(loop, out))
            return true;
        if (loop->served && io_now_ms() >= deadline_ms && loop->last_round)
            return tell_time(loop, out);
        loop->last_round = io_now_ms() >= deadline_ms;
        if (!wait_for_more(loop, deadline_ms, err))
            return false;
        if (link_alone(&loop->ready) && loop->signal == 0 && io_now_ms() >= deadline_ms)
            return tell_time(loop, out);
    }
}

bool io_loop_watch_signals(struct io_loop *loop, struct err *err)
{
    static const int numbers[2] = { SIGINT, SIGTERM };

    for (int i = 0; !loop->watches_signals && i < 2; i++) {
        uv_signal_init(&loop->uv, &loop->signals[i]);
        loop->signals[i].data = loop;
    }
    loop->watches_signals = true;
    for (int i = 0; i < 2; i++) {
        int uv_err = uv_signal_start(&loop->signals[i], on_signal, numbers[i]);
        if (uv_err != 0)
            return err_set(err, ERR_SYSTEM, "cannot catch signals: %s", uv_strerror(uv_err));
    }
    return true;
}

void io_allow_many_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}
