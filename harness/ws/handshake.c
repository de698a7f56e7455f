#include "ws/handshake.h"

#include <openssl/evp.h>

#include "base/text.h"

#define ACCEPT_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 1.3 */
#define SHA1_BYTES 20
#define NONCE_BYTES 16

/* Base64 needs a buf; one over a local array of the exact size can neither grow nor fail. */
static void base64_text(const uint8_t *in, size_t len, char *out, size_t text_len)
{
    struct buf b = { .ptr = (uint8_t *)out, .cap = text_len, .max = text_len };

    out[text_base64(bytes_of(in, len), &b) ? b.len : 0] = '\0';
}

void ws_handshake_key(const uint8_t nonce[16], char out[WS_KEY_TEXT + 1])
{
    base64_text(nonce, NONCE_BYTES, out, WS_KEY_TEXT);
}

static bool sha1(struct bytes a, struct bytes b, uint8_t out[SHA1_BYTES])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
                    EVP_DigestUpdate(ctx, a.ptr, a.len) == 1 &&
                    EVP_DigestUpdate(ctx, b.ptr, b.len) == 1 &&
                    EVP_DigestFinal_ex(ctx, out, NULL) == 1;

    EVP_MD_CTX_free(ctx);
    return ok;
}

bool ws_handshake_accept(struct bytes key, char out[WS_ACCEPT_TEXT + 1])
{
    uint8_t digest[SHA1_BYTES];

    if (!sha1(key, BYTES_LIT(ACCEPT_GUID), digest))
        return false;
    base64_text(digest, SHA1_BYTES, out, WS_ACCEPT_TEXT);
    return true;
}

static bool put(struct buf *out, const char *text)
{
    return buf_append(out, bytes_str(text));
}

static bool put_field(struct buf *out, const char *name, struct bytes value)
{
    return put(out, name) && put(out, ": ") && buf_append(out, value) && put(out, "\r\n");
}

static bool put_fields(struct buf *out, const struct ws_header *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!buf_append(out, fields[i].name) || !put(out, ": ") ||
            !buf_append(out, fields[i].value) || !put(out, "\r\n"))
            return false;
    return true;
}

bool ws_handshake_write_request(struct buf *out, struct bytes target, struct bytes host,
                                struct bytes key, const struct ws_header *more, size_t n_more)
{
    return put(out, "GET ") && buf_append(out, target) && put(out, " HTTP/1.1\r\n") &&
           put_field(out, "Host", host) &&
           put(out, "Upgrade: websocket\r\nConnection: Upgrade\r\n") &&
           put_field(out, WS_FIELD_KEY, key) && put(out, WS_FIELD_VERSION ": 13\r\n") &&
           put_fields(out, more, n_more) && put(out, "\r\n");
}

bool ws_handshake_write_accept(struct buf *out, struct bytes accept, const struct ws_header *more,
                               size_t n_more)
{
    return put(out, "HTTP/1.1 101 Switching Protocols\r\n"
                    "Upgrade: websocket\r\nConnection: Upgrade\r\n") &&
           put_field(out, WS_FIELD_ACCEPT, accept) && put_fields(out, more, n_more) &&
           put(out, "\r\n");
}

bool ws_handshake_write_refusal(struct buf *out, unsigned status, const struct ws_header *more,
                                size_t n_more, struct bytes body)
{
    return buf_print(out, "HTTP/1.1 %u %s\r\n", status, http1_reason(status)) &&
           put_fields(out, more, n_more) &&
           put(out, "Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n") &&
           buf_print(out, "Content-Length: %zu\r\n\r\n", body.len) && buf_append(out, body);
}
