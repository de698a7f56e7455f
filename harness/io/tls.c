#include "io/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>

#include "base/alloc.h"
#include "io/source.h"
#include "io/tls_certificate.h"
#include "io/tls_session.h"

/* A certificate with its chain is a few KiB. */
#define PEM_MAX (1u << 20)

static bool refused(struct err *err, const char *verb, const char *path)
{
    /* The first of them is nearest to what happened: "no start line", not "PEM lib". */
    const unsigned long code = ERR_peek_error();
    const char *reason =
        ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);

    return err_set(err, ERR_SYSTEM, "cannot %s %s: %s", verb, path, reason ? reason : "no reason");
}

static bool use_files(SSL_CTX *ctx, const char *cert, const char *key, struct err *err)
{
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
        return refused(err, "use the certificate", cert);
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
        return refused(err, "use the key", key);
    return true;
}

static bool find_authority(struct io_tls *tls, const struct io_tls_options *options,
                           struct err *err)
{
    if (!options->authority || !options->authority->authority.cert)
        return tls_authority_make(&tls->authority, err);
    tls->authority = tls_identity_share(&options->authority->authority);
    return true;
}

static bool use_self_made(struct io_tls *tls, const struct io_tls_options *options, struct err *err)
{
    struct tls_identity own;

    if (!find_authority(tls, options, err) ||
        !tls_certificate_make(&tls->authority, options->flaw, &own, err))
        return false;
    bool ok = SSL_CTX_use_certificate(tls->ctx, own.cert) == 1 &&
              SSL_CTX_use_PrivateKey(tls->ctx, own.key) == 1;
    tls_identity_free(&own);
    return ok || refused(err, "use", "the self-made certificate");
}

static bool use_own(struct io_tls *tls, const struct io_tls_options *options, struct err *err)
{
    if (!options->cert != !options->key)
        return err_set(err, ERR_USAGE, "a certificate and its key are given together, or neither");
    if (options->cert)
        return use_files(tls->ctx, options->cert, options->key, err);
    return !options->server || use_self_made(tls, options, err);
}

/* Whom a client trusts. A server asks nobody for a certificate. */
static bool use_trust(SSL_CTX *ctx, const struct io_tls_options *options, struct err *err)
{
    if (options->server || options->insecure)
        return true;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    if (!options->cacert)
        return SSL_CTX_set_default_verify_paths(ctx) == 1 ||
               refused(err, "use", "the system's CAs");
    return SSL_CTX_load_verify_file(ctx, options->cacert) == 1 ||
           refused(err, "trust", options->cacert);
}

/* Ours if the client offers it; else no ALPN, as a server does that knows nothing of it. */
static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *offer, unsigned offer_len, void *arg)
{
    const struct io_tls *tls = arg;

    (void)ssl;
    for (unsigned at = 0; at < offer_len; at += offer[at] + 1u) {
        if (offer_len - at >= tls->alpn_len && memcmp(offer + at, tls->alpn, tls->alpn_len) == 0) {
            *out = offer + at + 1;
            *out_len = offer[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_NOACK;
}

static bool use_alpn(struct io_tls *tls, const char *name, struct err *err)
{
    size_t len = name ? strlen(name) : 0;

    if (len == 0)
        return true;
    if (len >= sizeof tls->alpn)
        return err_set(err, ERR_USAGE, "an ALPN name has at most 255 bytes");
    tls->alpn[0] = (uint8_t)len;
    memcpy(tls->alpn + 1, name, len);
    tls->alpn_len = len + 1;
    if (tls->server)
        SSL_CTX_set_alpn_select_cb(tls->ctx, choose_alpn, tls);
    else if (SSL_CTX_set_alpn_protos(tls->ctx, tls->alpn, (unsigned)tls->alpn_len) != 0)
        return refused(err, "offer ALPN", name);
    return true;
}

/* No session tickets: a client that never reads after its last send would leave them unread, and
 * its close(2) would then be a reset instead of a FIN. */
static bool set_up(struct io_tls *tls, const struct io_tls_options *options, struct err *err)
{
    tls->server = options->server;
    tls->ctx = SSL_CTX_new(options->server ? TLS_server_method() : TLS_client_method());
    if (!tls->ctx)
        return refused(err, "set up", "TLS");
    SSL_CTX_set_mode(tls->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(tls->ctx, 1);
    SSL_CTX_set_num_tickets(tls->ctx, 0);
    return use_own(tls, options, err) && use_trust(tls->ctx, options, err) &&
           use_alpn(tls, options->alpn, err);
}

struct io_tls *io_tls_new(const struct io_tls_options *options, struct err *err)
{
    struct io_tls *tls = io_alloc(sizeof *tls, "TLS settings", err);

    if (!tls)
        return NULL;
    ERR_clear_error();
    if (set_up(tls, options, err))
        return tls;
    io_tls_free(tls);
    return NULL;
}

void io_tls_free(struct io_tls *tls)
{
    if (!tls)
        return;
    SSL_CTX_free(tls->ctx);
    tls_identity_free(&tls->authority);
    alloc_free(tls);
}

bool io_tls_certificate(const struct io_tls *tls, struct buf *out, struct err *err)
{
    X509 *cert = tls->authority.cert ? tls->authority.cert : SSL_CTX_get0_certificate(tls->ctx);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    bool ok = false;

    buf_clear(out);
    if (out->max < PEM_MAX)
        out->max = PEM_MAX;
    if (cert && bio && PEM_write_bio_X509(bio, cert) == 1) {
        long len = BIO_get_mem_data(bio, &text);
        ok = len > 0 && buf_append(out, bytes_of(text, (size_t)len));
    }
    BIO_free(bio);
    return ok || err_set(err, ERR_SYSTEM, "cannot write out the certificate");
}
