#include <criterion/criterion.h>
#include <string.h>

#include "report/pcap.h"

static struct buf fresh(void)
{
    struct buf out;

    buf_init(&out, 1 << 24);
    return out;
}

static uint32_t u32_at(const struct buf *b, size_t at)
{
    uint32_t n;

    cr_assert_leq(at + 4, b->len);
    memcpy(&n, b->ptr + at, 4);
    return n;
}

static unsigned net16(const struct buf *b, size_t at)
{
    return (unsigned)b->ptr[at] << 8 | b->ptr[at + 1];
}

static uint32_t net32(const struct buf *b, size_t at)
{
    return (uint32_t)net16(b, at) << 16 | net16(b, at + 2);
}

static struct pcap_flow flow_of(uint16_t client, uint16_t server)
{
    struct pcap_flow flow = { .place = { { .address = { 127, 0, 0, 1 }, .port = client },
                                         { .address = { 127, 0, 0, 2 }, .port = server } } };
    return flow;
}

/* Walks the blocks, whose length stands before and behind; counts those of `type`. */
static size_t blocks_of(const struct buf *b, uint32_t type)
{
    size_t count = 0;

    for (size_t at = 0; at < b->len;) {
        uint32_t len = u32_at(b, at + 4);
        cr_assert_eq(len % 4, 0);
        cr_assert_geq(len, 12);
        cr_assert_eq(u32_at(b, at + len - 4), len, "the length behind the block at %zu", at);
        count += u32_at(b, at) == type;
        at += len;
    }
    return count;
}

/* The sum over a checksum and all that it covers is all ones. */
static uint16_t folded(const struct buf *b, size_t at, size_t len, uint32_t sum)
{
    for (size_t i = 0; i < len; i += 2)
        sum += (uint32_t)b->ptr[at + i] << 8 | (i + 1 < len ? b->ptr[at + i + 1] : 0);
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)sum;
}

#define PACKET 6u
#define IP 28 /* where a block's packet begins */
#define TCP (IP + 20)
#define DATA (TCP + 20)

Test(report_pcap, a_file_begins_with_its_byte_order_and_an_interface_of_raw_ip)
{
    struct buf out = fresh();

    cr_assert(pcap_begin("wsproof 1", &out));
    cr_assert_eq(u32_at(&out, 0), 0x0A0D0D0Au);
    cr_assert_eq(u32_at(&out, 8), 0x1A2B3C4Du);
    cr_assert_eq(blocks_of(&out, 0x0A0D0D0Au), 1);
    cr_assert_eq(blocks_of(&out, 1), 1);
    size_t interface = u32_at(&out, 4);
    cr_assert_eq(u32_at(&out, interface + 8), 101, "raw IP, and nothing reserved");
    cr_assert(bytes_find(buf_bytes(&out), BYTES_LIT("wsproof 1")) < out.len);
    buf_free(&out);
}

Test(report_pcap, secrets_are_a_block_of_a_tls_key_log_and_none_without_secrets)
{
    struct buf out = fresh();

    cr_assert(pcap_secrets((struct bytes){ 0 }, &out));
    cr_assert_eq(out.len, 0);
    cr_assert(pcap_secrets(BYTES_LIT("CLIENT_RANDOM aa bb\n"), &out));
    cr_assert_eq(blocks_of(&out, 0x0A), 1);
    cr_assert_eq(u32_at(&out, 8), 0x544C534Bu);
    cr_assert_eq(u32_at(&out, 12), 20);
    cr_assert_arr_eq(out.ptr + 16, "CLIENT_RANDOM aa bb\n", 20);
    buf_free(&out);
}

Test(report_pcap, data_is_a_segment_with_right_addresses_numbers_and_checksums)
{
    struct pcap_flow flow = flow_of(50000, 9001);
    struct buf out = fresh();

    cr_assert(pcap_open(&flow, 1, &out));
    cr_assert_eq(blocks_of(&out, PACKET), 3);
    buf_clear(&out);
    cr_assert(pcap_data(&flow, PCAP_CLIENT, 0x100000002, BYTES_LIT("Hello"), 5, &out));
    cr_assert_eq(u32_at(&out, 12), 1, "the time's high half");
    cr_assert_eq(u32_at(&out, 16), 2);
    cr_assert_eq(u32_at(&out, 20), 45, "captured");
    cr_assert_eq(u32_at(&out, 24), 45, "as it was");
    cr_assert_eq(out.ptr[IP], 0x45);
    cr_assert_eq(net16(&out, IP + 2), 45);
    cr_assert_eq(net32(&out, IP + 12), 0x7F000001u);
    cr_assert_eq(net32(&out, IP + 16), 0x7F000002u);
    cr_assert_eq(net16(&out, TCP), 50000);
    cr_assert_eq(net16(&out, TCP + 2), 9001);
    cr_assert_eq(net32(&out, TCP + 4), 1, "behind the SYN");
    cr_assert_eq(net32(&out, TCP + 8), 1, "the server's SYN is acknowledged");
    cr_assert_eq(out.ptr[TCP + 13], 0x18, "PSH and ACK");
    cr_assert_arr_eq(out.ptr + DATA, "Hello", 5);
    cr_assert_eq(folded(&out, IP, 20, 0), 0xFFFF);
    /* addresses, protocol and length stand before TCP in its sum */
    cr_assert_eq(folded(&out, IP + 12, 8, folded(&out, TCP, 25, 6 + 25)), 0xFFFF);
    buf_free(&out);
}

Test(report_pcap, each_side_counts_its_own_bytes_and_acknowledges_the_others)
{
    struct pcap_flow flow = flow_of(50000, 9001);
    struct buf out = fresh();

    cr_assert(pcap_open(&flow, 1, &out) &&
              pcap_data(&flow, PCAP_CLIENT, 2, BYTES_LIT("Hello"), 5, &out));
    buf_clear(&out);
    cr_assert(pcap_data(&flow, PCAP_SERVER, 3, BYTES_LIT("Hi"), 2, &out));
    cr_assert_eq(net16(&out, TCP), 9001);
    cr_assert_eq(net32(&out, TCP + 4), 1);
    cr_assert_eq(net32(&out, TCP + 8), 6);
    buf_clear(&out);
    cr_assert(pcap_end(&flow, PCAP_SERVER, false, 4, &out));
    cr_assert_eq(out.ptr[TCP + 13], 0x11, "FIN and ACK");
    cr_assert_eq(net32(&out, TCP + 4), 3);
    buf_clear(&out);
    cr_assert(pcap_end(&flow, PCAP_CLIENT, true, 5, &out));
    cr_assert_eq(out.ptr[TCP + 13], 0x14, "RST and ACK");
    cr_assert_eq(net32(&out, TCP + 8), 4, "a FIN counts as a byte");
    buf_free(&out);
}

Test(report_pcap, much_data_is_several_packets_that_follow_each_other)
{
    static uint8_t data[130001];
    struct pcap_flow flow = flow_of(50000, 9001);
    struct buf out = fresh();

    cr_assert(pcap_data(&flow, PCAP_CLIENT, 1, bytes_of(data, sizeof data), sizeof data, &out));
    cr_assert_eq(blocks_of(&out, PACKET), 3);
    size_t second = u32_at(&out, 4);
    cr_assert_eq(net32(&out, second + TCP + 4), 65000);
    cr_assert_eq(flow.sent[PCAP_CLIENT], sizeof data);
    buf_free(&out);
}

Test(report_pcap, what_is_not_at_hand_is_cut_off_and_still_counted)
{
    struct pcap_flow flow = flow_of(50000, 9001);
    struct buf out = fresh();

    cr_assert(pcap_data(&flow, PCAP_CLIENT, 1, BYTES_LIT("He"), 1000, &out));
    cr_assert_eq(u32_at(&out, 20), 42);
    cr_assert_eq(u32_at(&out, 24), 1040);
    cr_assert_eq(net16(&out, IP + 2), 1040);
    cr_assert_eq(flow.sent[PCAP_CLIENT], 1000);
    buf_free(&out);
}

Test(report_pcap, sequence_numbers_go_round)
{
    struct pcap_flow flow = flow_of(50000, 9001);
    struct buf out = fresh();

    flow.sent[PCAP_SERVER] = UINT32_MAX;
    cr_assert(pcap_data(&flow, PCAP_SERVER, 1, BYTES_LIT("abc"), 3, &out));
    cr_assert_eq(flow.sent[PCAP_SERVER], 2);
    buf_free(&out);
}

Test(report_pcap, ipv6_has_its_own_head_and_sum)
{
    struct pcap_flow flow = { .place = { { .v6 = true, .address = { [15] = 1 }, .port = 50000 },
                                         { .v6 = true, .address = { [15] = 2 }, .port = 9001 } } };
    struct buf out = fresh();

    cr_assert(pcap_data(&flow, PCAP_CLIENT, 1, BYTES_LIT("Hello"), 5, &out));
    cr_assert_eq(out.ptr[IP], 0x60);
    cr_assert_eq(net16(&out, IP + 4), 25);
    cr_assert_eq(out.ptr[IP + 6], 6);
    cr_assert_eq(out.ptr[IP + 23], 1);
    cr_assert_eq(out.ptr[IP + 39], 2);
    cr_assert_eq(folded(&out, IP + 8, 32, folded(&out, IP + 40, 25, 6 + 25)), 0xFFFF);
    buf_free(&out);
}

Test(report_pcap, a_comment_goes_with_each_packet)
{
    struct pcap_flow flow = flow_of(50000, 9001);
    struct buf out = fresh();

    flow.comment = "rfc6455/a/b";
    cr_assert(pcap_open(&flow, 1, &out));
    cr_assert_eq(blocks_of(&out, PACKET), 3);
    struct bytes rest = buf_bytes(&out);
    for (int i = 0; i < 3; i++) {
        size_t at = bytes_find(rest, BYTES_LIT("rfc6455/a/b"));
        cr_assert_lt(at, rest.len, "packet %d", i);
        rest = bytes_skip(rest, at + 11);
    }
    buf_free(&out);
}

Test(report_pcap, no_room_is_said)
{
    struct pcap_flow flow = flow_of(50000, 9001);
    struct buf out;

    for (size_t max = 0; max < 64; max++) {
        buf_init(&out, max);
        cr_assert_not(pcap_data(&flow, PCAP_CLIENT, 1, BYTES_LIT("Hello"), 5, &out));
        buf_free(&out);
    }
}
