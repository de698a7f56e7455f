#ifndef IO_TLS_SESSION_H
#define IO_TLS_SESSION_H

#include <openssl/ssl.h>

#include "io/capture_flow.h"
#include "io/tls.h"
#include "io/tls_certificate.h"

/* Inside of io: TLS on one non-blocking socket. */
struct io_tls {
    SSL_CTX *ctx;
    struct tls_identity authority; /* of a self-made certificate; else NULLs */
    bool server;
    uint8_t alpn[256]; /* as it goes on the wire: length, name */
    size_t alpn_len;
};

enum tls_result {
    TLS_DONE,
    TLS_WANTS_READ,  /* call again when the socket can be read */
    TLS_WANTS_WRITE, /* or written */
    TLS_CLOSED,      /* close_notify came */
    TLS_CUT,         /* TCP's end came without it */
    TLS_RESET,
    TLS_BROKEN /* see tls_session_why */
};

struct tls_session {
    SSL *ssl;
    bool server;
    enum tls_result end; /* what reading has come to; TLS_DONE: it goes on */
    char name[64], alpn[64];
    char why[200];
};

/* `server_name` (client): the name asked for and held against the certificate; it may be an
 * address, which is only compared. `sni` overrides what is asked for; NULL: as said. */
NODISCARD struct tls_session *tls_session_new(const struct io_tls *tls, int fd,
                                              const char *server_name, const char *sni,
                                              struct err *err);
void tls_session_free(struct tls_session *s); /* NULL is harmless */

/* From here on its records and secrets go to `flow`; NULL: nothing. */
void tls_session_capture(struct tls_session *s, struct capture_flow *flow);

enum tls_result tls_session_shake(struct tls_session *s);
/* As many records as there are and `cap` (at least 1) holds, as a read from TCP gives all there is:
 * one at a time, a peer that writes little ones would be served the slower. *n is 0 unless
 * TLS_DONE. */
enum tls_result tls_session_read(struct tls_session *s, uint8_t *out, size_t cap, size_t *n);
/* *n tells how much went out, in any case. */
enum tls_result tls_session_write(struct tls_session *s, struct bytes in, size_t *n);
enum tls_result tls_session_shutdown(struct tls_session *s); /* sends close_notify */

/* Has it read more from the socket than it gave out, the end too? The kernel will not tell of that
 * again. */
bool tls_session_holds_more(const struct tls_session *s);

#endif
