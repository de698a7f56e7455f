#ifndef IO_TLS_H
#define IO_TLS_H

#include "base/buf.h"
#include "base/err.h"

/* TLS settings of one role, shared by many connections. OpenSSL lives here. */
struct io_tls;

/* What a self-made certificate is like: for localhost, 127.0.0.1 and ::1, signed by an authority of
 * our own, valid for a year from yesterday; or wrong in one of these ways. */
enum io_tls_flaw {
    IO_TLS_GOOD,
    IO_TLS_EXPIRED,     /* since a month */
    IO_TLS_WRONG_HOST,  /* for another name, and no address */
    IO_TLS_SELF_SIGNED, /* by nobody else */
    IO_TLS_FLAWS
};

struct io_tls_options {
    bool server;
    const char *cert, *key; /* PEM files. A server without them makes itself a certificate */
    enum io_tls_flaw flaw;  /* of that */
    const struct io_tls *authority; /* signed by the authority of this one; NULL: by a new one */
    const char *cacert;             /* PEM file of whom to trust; NULL: the system's */
    bool insecure;                  /* client: do not verify */
    const char *alpn;               /* "http/1.1", or NULL for none */
};

NODISCARD struct io_tls *io_tls_new(const struct io_tls_options *options, struct err *err);
void io_tls_free(struct io_tls *tls);

/* Whom a client has to trust, as PEM: the authority of a self-made certificate, or the one that was
 * given. */
NODISCARD bool io_tls_certificate(const struct io_tls *tls, struct buf *out, struct err *err);

#endif
