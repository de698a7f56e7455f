#ifndef IO_TLS_CERTIFICATE_H
#define IO_TLS_CERTIFICATE_H

#include <openssl/x509.h>

#include "base/err.h"

/* A key and a certificate signed by itself, for localhost, 127.0.0.1 and ::1, valid for a year from
 * yesterday. The caller frees both; they are NULL when it fails. */
NODISCARD bool tls_certificate_make(EVP_PKEY **key, X509 **cert, struct err *err);

#endif
