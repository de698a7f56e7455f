#ifndef IO_TLS_H
#define IO_TLS_H

#include "base/buf.h"
#include "base/err.h"

/* TLS settings of one role, shared by many connections. OpenSSL lives here. */
struct io_tls;

struct io_tls_options {
    bool server;
    const char *cert, *key; /* PEM files. A server without them makes itself a certificate */
    const char *cacert;     /* PEM file of whom to trust; NULL: the system's */
    bool insecure;          /* client: do not verify */
    const char *alpn;       /* "http/1.1", or NULL for none */
};

NODISCARD struct io_tls *io_tls_new(const struct io_tls_options *options, struct err *err);
void io_tls_free(struct io_tls *tls);

/* The server's certificate as PEM, so that a client can be told to trust it. */
NODISCARD bool io_tls_certificate(const struct io_tls *tls, struct buf *out, struct err *err);

#endif
