#include "io/tls_session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/source.h"

static bool is_address(const char *name)
{
    uint8_t address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

/* Asks for a name, and says which one the certificate has to carry. */
static bool name_server(SSL *ssl, const char *name, const char *sni)
{
    bool address = is_address(name);

    if (!sni && !address)
        sni = name;
    if (sni && SSL_set_tlsext_host_name(ssl, sni) != 1)
        return false;
    if (address)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    return SSL_set1_host(ssl, name) == 1;
}

static bool prepare(struct tls_session *s, const struct io_tls *tls, int fd,
                    const char *server_name, const char *sni)
{
    s->ssl = SSL_new(tls->ctx);
    s->server = tls->server;
    if (!s->ssl || SSL_set_fd(s->ssl, fd) != 1)
        return false;
    if (tls->server) {
        SSL_set_accept_state(s->ssl);
        return true;
    }
    SSL_set_connect_state(s->ssl);
    return name_server(s->ssl, server_name, sni);
}

struct tls_session *tls_session_new(const struct io_tls *tls, int fd, const char *server_name,
                                    const char *sni, struct err *err)
{
    struct tls_session *s = io_alloc(sizeof *s, "a TLS session", err);

    if (!s)
        return NULL;
    if (prepare(s, tls, fd, server_name, sni))
        return s;
    err_set(err, ERR_SYSTEM, "cannot begin TLS with %s", server_name ? server_name : "a client");
    tls_session_free(s);
    return NULL;
}

void tls_session_free(struct tls_session *s)
{
    if (!s)
        return;
    SSL_free(s->ssl);
    alloc_free(s);
}

/* What OpenSSL reads from the socket and writes to it. */
static long on_socket(BIO *bio, int oper, const char *data, size_t len, int argi, long argl,
                      int ret, size_t *done)
{
    struct capture_flow *flow = (struct capture_flow *)(void *)BIO_get_callback_arg(bio);

    (void)len, (void)argi, (void)argl;
    if (ret > 0 && done && oper == (BIO_CB_READ | BIO_CB_RETURN))
        capture_bytes(flow, false, bytes_of(data, *done));
    if (ret > 0 && done && oper == (BIO_CB_WRITE | BIO_CB_RETURN))
        capture_bytes(flow, true, bytes_of(data, *done));
    return ret;
}

/* The settings may be shared with connections that nobody captures. */
static void on_secret(const SSL *ssl, const char *line)
{
    struct capture_flow *flow = SSL_get_app_data(ssl);

    if (flow)
        capture_secret(flow, line);
}

void tls_session_capture(struct tls_session *s, struct capture_flow *flow)
{
    BIO *socket = SSL_get_rbio(s->ssl); /* SSL_set_fd makes one for both ways */

    if (!flow)
        return;
    SSL_set_app_data(s->ssl, flow);
    SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(s->ssl), on_secret);
    BIO_set_callback_arg(socket, (char *)flow);
    BIO_set_callback_ex(socket, on_socket);
}

static void say(struct tls_session *s, const char *what)
{
    snprintf(s->why, sizeof s->why, "%s", what);
}

/* The reason of a failed handshake or record, most telling first. */
static enum tls_result broken(struct tls_session *s)
{
    unsigned long code = ERR_peek_error();
    long verdict = SSL_get_verify_result(s->ssl);
    const char *reason = ERR_reason_error_string(code);

    if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        say(s, "the peer ended TCP in the middle of TLS");
        return TLS_CUT;
    }
    if (SSL_get_verify_mode(s->ssl) != SSL_VERIFY_NONE && verdict != X509_V_OK)
        snprintf(s->why, sizeof s->why, "the server's certificate is not accepted: %s",
                 X509_verify_cert_error_string(verdict));
    else
        say(s, reason ? reason : "TLS failed without a reason");
    return TLS_BROKEN;
}

/* OpenSSL 3.0 tells TCP's end on two ways, by version of the peer's TLS and state. */
static enum tls_result system_trouble(struct tls_session *s, int sys_errno)
{
    if (sys_errno == ECONNRESET || sys_errno == EPIPE) {
        say(s, "the peer reset the connection");
        return TLS_RESET;
    }
    say(s, sys_errno == 0 ? "the peer ended TCP in the middle of TLS" : strerror(sys_errno));
    return sys_errno == 0 ? TLS_CUT : TLS_BROKEN;
}

static enum tls_result result_of(struct tls_session *s, int ret)
{
    int sys_errno = errno;

    switch (SSL_get_error(s->ssl, ret)) {
    case SSL_ERROR_NONE: return TLS_DONE;
    case SSL_ERROR_WANT_READ: return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE: return TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN: return TLS_CLOSED;
    case SSL_ERROR_SYSCALL: return system_trouble(s, sys_errno);
    default: return broken(s);
    }
}

/* An error that an earlier call left behind, of this TLS session or another, would be taken for
 * ours.
 */
static void forget_errors(void)
{
    ERR_clear_error();
    errno = 0;
}

static void note_names(struct tls_session *s)
{
    const unsigned char *alpn;
    unsigned len;

    snprintf(s->name, sizeof s->name, "%s %s", SSL_get_version(s->ssl),
             SSL_get_cipher_name(s->ssl));
    SSL_get0_alpn_selected(s->ssl, &alpn, &len);
    if (len < sizeof s->alpn)
        snprintf(s->alpn, sizeof s->alpn, "%.*s", (int)len, (const char *)alpn);
}

enum tls_result tls_session_shake(struct tls_session *s)
{
    forget_errors();
    enum tls_result result = result_of(s, SSL_do_handshake(s->ssl));
    if (result == TLS_DONE)
        note_names(s);
    return result;
}

/* An end that was met behind bytes is kept: OpenSSL does not tell every one of them twice. */
enum tls_result tls_session_read(struct tls_session *s, uint8_t *out, size_t cap, size_t *n)
{
    enum tls_result result = s->end;

    *n = 0;
    while (result == TLS_DONE && *n < cap) {
        size_t got = 0;
        forget_errors();
        result = result_of(s, SSL_read_ex(s->ssl, out + *n, cap - *n, &got));
        *n += got;
    }
    if (result != TLS_DONE && result != TLS_WANTS_READ && result != TLS_WANTS_WRITE)
        s->end = result;
    return *n > 0 ? TLS_DONE : result;
}

enum tls_result tls_session_write(struct tls_session *s, struct bytes in, size_t *n)
{
    *n = 0;
    while (*n < in.len) {
        size_t went = 0;
        forget_errors();
        int ret = SSL_write_ex(s->ssl, in.ptr + *n, in.len - *n, &went);
        if (ret != 1)
            return result_of(s, ret);
        *n += went;
    }
    return TLS_DONE;
}

/* 0 is success here: our close_notify is out, the peer's has not come. */
enum tls_result tls_session_shutdown(struct tls_session *s)
{
    forget_errors();
    int ret = SSL_shutdown(s->ssl);
    return ret >= 0 ? TLS_DONE : result_of(s, ret);
}

bool tls_session_holds_more(const struct tls_session *s)
{
    return s->end != TLS_DONE || SSL_has_pending(s->ssl) == 1;
}
