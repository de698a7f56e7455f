#include "ws/frame.h"

#include <string.h>

#include "fuzz/targets/target.h"
#include "ws/check.h"

/* Headers: every prefix of one wants more, what is decoded is encoded to the same bytes, the length
 * is read as RFC 6455 5.2 has it, and the law knows whose mask is missing. Input: the law, then a
 * header and whatever follows. */
static uint64_t big_endian(const uint8_t *in, size_t len)
{
    uint64_t number = 0;

    for (size_t i = 0; i < len; i++)
        number = number << 8 | in[i];
    return number;
}

/* From the second byte on. */
static uint64_t payload_len(const uint8_t *in)
{
    const unsigned len = in[1] & 0x7F;

    return len < 126 ? len : big_endian(in + 2, len == 126 ? 2 : 8);
}

static void check_law(const struct ws_head *head, unsigned settings)
{
    struct violation breaches[WS_HEAD_BREACHES_MAX];
    const struct ws_law law = {
        .from_client = settings & 1,
        .rsv_data = settings >> 1 & 7,
        .in_message = settings & 16,
        .after_close = settings & 32,
    };
    const size_t count = ws_check_head(head, &law, 7, breaches);
    const bool mask_wrong = head->masked != law.from_client;

    MUST(count <= WS_HEAD_BREACHES_MAX, "%zu breaches", count);
    MUST(mask_wrong == (count > 0 && (breaches[0].rule == WS_RULE_MASK_MISSING ||
                                      breaches[0].rule == WS_RULE_MASK_PRESENT)),
         "mask %d", head->masked);
    for (size_t i = 0; i < count; i++)
        MUST(breaches[i].at == 7 && breaches[i].rule != WS_RULE_NONE, "breach %zu", i);
    MUST(count > 0 || !law.after_close, "nothing may follow a Close");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    const unsigned settings = steer(&in);
    uint8_t again[WS_HEAD_MAX];
    struct ws_head head, none;
    size_t used, len;

    if (ws_frame_decode(in, &head, &used) != WS_OK) {
        MUST(in.len < WS_HEAD_MAX, "it wants more than a header's bytes");
        return 0;
    }
    for (size_t n = 0; n < used; n++)
        MUST(ws_frame_decode(bytes_take(in, n), &none, &len) == WS_MORE, "%zu of %zu", n, used);
    MUST(ws_frame_head_size(&head) == used, "%zu bytes", used);
    MUST(ws_frame_encode(&head, again) == used && memcmp(again, in.ptr, used) == 0, "encoded");
    MUST(head.payload_len == payload_len(in.ptr), "%llu", (unsigned long long)head.payload_len);
    MUST(ws_frame_shortest(head.payload_len) <= head.len_form, "form %d", head.len_form);
    check_law(&head, settings);
    return 0;
}
