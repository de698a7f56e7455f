#ifndef DRIVE_TARGET_H
#define DRIVE_TARGET_H

#include "drive/announce.h"
#include "io/file.h"
#include "io/process.h"
#include "io/tcp.h"
#include "peer/client.h"
#include "script/case.h"

/* What is under test, and how to reach it: a server at a URL, a server that we start, or a client
 * that we start once for each case. */
#define TARGET_START_MS 15000 /* a server on a busy machine needs a while to accept */
#define TARGET_STDERR_MAX 8192

struct profile;

/* How we know where a server is. */
enum target_address {
    TARGET_GIVEN,  /* a URL was given */
    TARGET_PORT,   /* its command has {port} or {url}: a free port of 127.0.0.1 */
    TARGET_SOCKET, /* it has {socket}: a UNIX socket in a folder of ours; {url} says so too */
    TARGET_TELLS   /* none of these: what it prints first that is an address, after each start */
};

struct target_options {
    enum case_role role;
    const char *url;     /* servers: where; NULL with `command`: see enum target_address */
    const char *command; /* NULL: it runs already */
    const char *sni;
    const char *cacert;       /* what {cacert} in the command stands for; NULL: nothing */
    const struct io_tls *tls; /* NULL: plain */
    /* Servers: becomes `tls` when a TARGET_TELLS tells a wss:// URL. */
    const struct io_tls *tls_if_told;
    const struct io_tls *flawed[IO_TLS_FLAWS]; /* clients: what cases show them; NULL: not made */
    const struct profile *profile; /* clients: what their command gets in addition; NULL: none */
};

struct target {
    struct target_options options;
    struct io_loop *loop;
    struct peer_url url;
    char url_text[2400], base[400], port_text[8];
    enum target_address address;
    struct announce told;         /* of TARGET_TELLS: what this start has printed */
    char dir[IO_DIR_PRIVATE_MAX]; /* of TARGET_SOCKET, until target_free; "": not made yet */
    char socket[IO_LOCAL_MAX + 1];
    struct io_process *process; /* of a server that we started */
    bool exited;                /* it is gone; its status is in `how` */
    char how[352];              /* "exited with 1", and what its stderr says of a crash */
    struct buf err_output;      /* the end of its stderr */
    uint64_t err_bytes;         /* so many came on it, of all starts */
    unsigned starts, deaths;    /* deaths: it ended by itself */
};

/* Checks the URL or the command; starts nothing yet. */
NODISCARD bool target_init(struct target *t, struct io_loop *loop,
                           const struct target_options *options, struct err *err);
void target_free(struct target *t);

enum target_address target_address_of(const struct target_options *options);

/* Starts the server that --exec names; a running one is ended. probe_reach waits until it is ready,
 * and until a TARGET_TELLS has told its address: `url` and what belongs to it change in place. */
NODISCARD bool target_start(struct target *t, struct err *err);
void target_stop(struct target *t);
bool target_is_known(const struct target *t); /* where it is */

/* "ws://127.0.0.1:9001", where the client of one case finds it. */
void target_client_base(const struct target *t, uint16_t port, char out[64]);

/* Starts the client that --exec names, for one case that listens on `port`. `url`: what it is told;
 * NULL: the base and a slash. `more`: words behind its command, with places too; NULL: none. */
NODISCARD struct io_process *target_start_client(struct target *t, uint16_t port, const char *url,
                                                 const char *more, struct err *err);
bool target_tells_url(const struct target_options *options); /* its command has {url} */

/* Takes what belongs to the server's process. */
bool target_take(struct target *t, const struct io_event *event);

/* What came on its stderr since `err_bytes` stood at `from`; of much only the end. A view until the
 * next event. */
struct bytes target_said_since(const struct target *t, uint64_t from);

/* Memory of the server's process tree in bytes; false when it is not ours or gone. */
NODISCARD bool target_memory(const struct target *t, uint64_t *bytes);

/* "exited with 1", "was killed by signal 11 (Segmentation fault)". */
void target_status_text(const struct io_process_status *status, char *out, size_t size);

#endif
