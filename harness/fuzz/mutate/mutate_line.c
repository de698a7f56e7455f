#include "fuzz/mutate/mutate_parts.h"
#include "ws/handshake.h"

/* Lines that each handshake has, with values that were made for them. */

/* Any good key; those characters of base64 that are neither letter nor digit come first at times.
 */
bool fuzz_add_key(struct mutator *m)
{
    uint8_t nonce[16];
    char key[WS_KEY_TEXT + 1];

    rand_fill(m->rand, nonce, sizeof nonce);
    if (fuzz_one_in(m, 4))
        nonce[0] = fuzz_one_in(m, 2) ? 0xff : 0xfb;
    ws_handshake_key(nonce, key);
    return fuzz_add_edit(m, (struct fuzz_edit){ EDIT_HEADER, BYTES_LIT("Sec-WebSocket-Key"),
                                                arena_copy(m->arena, bytes_str(key)) });
}

/* A line that is there anyway, with a value that people have seen there, or left out. */
bool fuzz_change_line(struct mutator *m)
{
    static const struct {
        const char *name, *value;
    } pairs[] = {
        { "Sec-WebSocket-Version", "8" },
        { "Sec-WebSocket-Version", "7" },
        { "Sec-WebSocket-Version", "0" },
        { "Sec-WebSocket-Version", "12" },
        { "Sec-WebSocket-Version", "14" },
        { "Sec-WebSocket-Version", "013" },
        { "Sec-WebSocket-Version", "13, 8" },
        { "Sec-WebSocket-Version", "" },
        { "Upgrade", "WebSocket" },
        { "Upgrade", "websocket/13" },
        { "Upgrade", "h2c, websocket" },
        { "Upgrade", "h2c" },
        { "Upgrade", "" },
        { "Connection", "upgrade" },
        { "Connection", "keep-alive, Upgrade" },
        { "Connection", "close" },
        { "Connection", "" },
        { "Sec-WebSocket-Accept", "" },
        { "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
        { "Sec-WebSocket-Accept", "${accept}=" },
        { "Sec-WebSocket-Accept", "${key}" },
        { "Sec-WebSocket-Extensions", "," },
        { "Sec-WebSocket-Extensions", "x;" },
        { "Sec-WebSocket-Extensions", "x, , y" },
        { "Sec-WebSocket-Extensions", "x,,y" },
        { "Sec-WebSocket-Extensions", "x; a=\"b" },
        { "Sec-WebSocket-Protocol", "," },
        { "Host", "" },
    };
    const size_t at = fuzz_pick(m, FUZZ_COUNT(pairs));

    const struct bytes name = bytes_str(pairs[at].name);

    if (fuzz_one_in(m, 5))
        return fuzz_add_edit(m, (struct fuzz_edit){ .kind = EDIT_OMIT, .name = name });
    return fuzz_add_edit(m, (struct fuzz_edit){ EDIT_HEADER, name, bytes_str(pairs[at].value) });
}
