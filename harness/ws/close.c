#include "ws/close.h"

#include <string.h>

#include "ws/utf8.h"

struct ws_close ws_close_decode(struct bytes payload)
{
    if (payload.len < 2)
        return (struct ws_close){ .reason = payload };
    return (struct ws_close){
        .has_code = true,
        .code = (uint16_t)(payload.ptr[0] << 8 | payload.ptr[1]),
        .reason = bytes_skip(payload, 2),
    };
}

struct violation ws_close_check(struct bytes payload)
{
    const struct ws_close close = ws_close_decode(payload);
    struct ws_utf8 text = { 0 };

    if (payload.len == 1)
        return (struct violation){ WS_RULE_CLOSE_LEN_1, 0 };
    if (close.has_code && ws_close_code_rule(close.code) != WS_RULE_NONE)
        return (struct violation){ ws_close_code_rule(close.code), 0 };
    if (!ws_utf8_feed(&text, close.reason) || !ws_utf8_complete(&text))
        return (struct violation){ WS_RULE_CLOSE_REASON_UTF8, 2 + text.at };
    return (struct violation){ WS_RULE_NONE, 0 };
}

/* Where to cut a reason that is too long: not inside a character, if it is text at all. */
static size_t reason_len(struct bytes reason)
{
    size_t len = WS_CLOSE_REASON_MAX;

    if (reason.len <= len)
        return reason.len;
    for (size_t back = 0; back < 4; back++)
        if ((reason.ptr[len - back] & 0xC0) != 0x80)
            return len - back;
    return len;
}

size_t ws_close_encode(uint16_t code, struct bytes reason, uint8_t out[125])
{
    const size_t len = reason_len(reason);

    out[0] = (uint8_t)(code >> 8);
    out[1] = (uint8_t)code;
    if (len > 0)
        memcpy(out + 2, reason.ptr, len);
    return 2 + len;
}

enum ws_rule ws_close_code_rule(uint16_t code)
{
    if (code < 1000)
        return WS_RULE_CLOSE_CODE_RANGE;
    if (code == WS_CLOSE_NO_CODE || code == WS_CLOSE_ABNORMAL || code == 1015)
        return WS_RULE_CLOSE_CODE_NEVER;
    if (code == 1004 || (code > 1015 && code < 3000) || code >= 5000)
        return WS_RULE_CLOSE_CODE_RESERVED;
    return WS_RULE_NONE;
}

const char *ws_close_code_name(uint16_t code)
{
    switch (code) {
    case 1000: return "normal closure";
    case 1001: return "going away";
    case 1002: return "protocol error";
    case 1003: return "unsupported data";
    case WS_CLOSE_NO_CODE: return "no code received";
    case WS_CLOSE_ABNORMAL: return "abnormal closure";
    case 1007: return "invalid payload data";
    case 1008: return "policy violation";
    case 1009: return "message too big";
    case 1010: return "mandatory extension";
    case 1011: return "internal error";
    case 1012: return "service restart";
    case 1013: return "try again later";
    case 1014: return "bad gateway";
    case 1015: return "TLS handshake failed";
    default: return "";
    }
}
