#ifndef IO_TLS_CERTIFICATE_H
#define IO_TLS_CERTIFICATE_H

#include <openssl/x509.h>

#include "base/err.h"
#include "io/tls.h"

/* A certificate and its key. A zeroed one is empty. */
struct tls_identity {
    EVP_PKEY *key;
    X509 *cert;
};

void tls_identity_free(struct tls_identity *identity);
struct tls_identity tls_identity_share(const struct tls_identity *of); /* freed apart from `of` */

/* Somebody who signs certificates, for a year from yesterday. Empty when it fails. */
NODISCARD bool tls_authority_make(struct tls_identity *out, struct err *err);

/* A server's certificate as `flaw` says, with a key of its own. Empty when it fails. */
NODISCARD bool tls_certificate_make(const struct tls_identity *authority, enum io_tls_flaw flaw,
                                    struct tls_identity *out, struct err *err);

#endif
