#include "fuzz/planted/accept.h"

#include <string.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define TEXT_LEN 60 /* of a key and the GUID: with its padding two blocks of SHA-1 */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64(const uint8_t *in, unsigned len, char *out)
{
    for (unsigned i = 0; i < len; i += 3) {
        uint32_t three = (uint32_t)in[i] << 16;
        three |= i + 1 < len ? (uint32_t)in[i + 1] << 8 : 0;
        three |= i + 2 < len ? in[i + 2] : 0;
        *out++ = alphabet[three >> 18];
        *out++ = alphabet[three >> 12 & 63];
        *out++ = i + 1 < len ? alphabet[three >> 6 & 63] : '=';
        *out++ = i + 2 < len ? alphabet[three & 63] : '=';
    }
    *out = '\0';
}

static uint32_t rotate(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

/* RFC 3174 6.1, with the names it has. */
static void sha1_block(uint32_t h[5], const uint8_t block[64])
{
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], w[80], f;

    for (unsigned t = 0; t < 80; t++) {
        if (t < 16)
            w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
                   (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
        else
            w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        if (t < 20)
            f = (d ^ (b & (c ^ d))) + 0x5A827999u;
        else if (t < 40)
            f = (b ^ c ^ d) + 0x6ED9EBA1u;
        else if (t < 60)
            f = ((b & c) | (d & (b | c))) + 0x8F1BBCDCu;
        else
            f = (b ^ c ^ d) + 0xCA62C1D6u;
        f += rotate(a, 5) + e + w[t];
        e = d, d = c, c = rotate(b, 30), b = a, a = f;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

void accept_key(const uint8_t bytes[16], char out[KEY_SIZE])
{
    base64(bytes, 16, out);
}

bool accept_is_key(const char *text)
{
    return strlen(text) == 24 && strspn(text, alphabet) == 22 && strcmp(text + 22, "==") == 0;
}

void accept_of(const char *key, char out[ACCEPT_SIZE])
{
    uint32_t h[5] = { 0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u };
    uint8_t text[128] = { 0 }, digest[20];

    memcpy(text, key, 24);
    memcpy(text + 24, GUID, TEXT_LEN - 24);
    text[TEXT_LEN] = 0x80;
    text[126] = TEXT_LEN * 8 >> 8;
    text[127] = TEXT_LEN * 8 & 0xFF;
    sha1_block(h, text);
    sha1_block(h, text + 64);
    for (unsigned i = 0; i < 20; i++)
        digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
    base64(digest, 20, out);
}
