#include "report/pcap.h"

#include <string.h>

/* Blocks of pcapng, each with its length before and behind, in the byte order of this machine, as
 * its first block says. */
#define BLOCK_SECTION 0x0A0D0D0Au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define BLOCK_SECRETS 0x0Au
#define BYTE_ORDER_MAGIC 0x1A2B3C4Du
#define OPTION_COMMENT 1u
#define OPTION_USERAPPL 4u
#define LINKTYPE_RAW 101u       /* the packet begins with the header of IPv4 or IPv6 */
#define SECRETS_TLS 0x544C534Bu /* "TLSK" */
#define BLOCK_MAX (1u << 30)    /* longer than any buffer of ours */
#define SEGMENT_MAX 65000u      /* of TCP data: with both headers it fits IP's 16 bits */

#define IPV4_HEAD 20u
#define IPV6_HEAD 40u
#define TCP_HEAD 20u
#define HEADS_MAX (IPV6_HEAD + TCP_HEAD)
#define PROTOCOL_TCP 6
#define HOP_LIMIT 64

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

/* ---- blocks ---- */

static bool put_u16(struct buf *out, uint16_t n)
{
    return buf_append(out, bytes_of(&n, sizeof n));
}

static bool put_u32(struct buf *out, uint32_t n)
{
    return buf_append(out, bytes_of(&n, sizeof n));
}

/* To a multiple of four bytes, as everything in a block. */
static bool pad(struct buf *out, size_t from)
{
    while ((out->len - from) % 4 != 0)
        if (!buf_push(out, 0))
            return false;
    return true;
}

static bool put_option(struct buf *out, uint16_t code, struct bytes text)
{
    const size_t from = out->len;

    text = bytes_take(text, 1024);
    return put_u16(out, code) && put_u16(out, (uint16_t)text.len) && buf_append(out, text) &&
           pad(out, from);
}

/* One option with a text, and the end of options; nothing without a text. */
static bool put_options(struct buf *out, uint16_t code, const char *text)
{
    return !text || (put_option(out, code, bytes_str(text)) && put_u32(out, 0));
}

/* Where a block begins; its length is filled in by block_end. */
static bool block_begin(struct buf *out, uint32_t type, size_t *from)
{
    *from = out->len;
    return put_u32(out, type) && put_u32(out, 0);
}

static bool block_end(struct buf *out, size_t from)
{
    const uint32_t len = (uint32_t)(out->len - from + 4);

    memcpy(out->ptr + from + 4, &len, sizeof len);
    return put_u32(out, len);
}

bool pcap_begin(const char *program, struct buf *out)
{
    const uint32_t unknown = UINT32_MAX; /* the section's length, 64 bits of it */
    size_t from;

    return block_begin(out, BLOCK_SECTION, &from) && put_u32(out, BYTE_ORDER_MAGIC) &&
           put_u16(out, 1) && put_u16(out, 0) && put_u32(out, unknown) && put_u32(out, unknown) &&
           put_options(out, OPTION_USERAPPL, program) && block_end(out, from) &&
           block_begin(out, BLOCK_INTERFACE, &from) && put_u16(out, LINKTYPE_RAW) &&
           put_u16(out, 0) && put_u32(out, 0) && block_end(out, from);
}

bool pcap_secrets(struct bytes key_log, struct buf *out)
{
    size_t from;

    if (key_log.len == 0)
        return true;
    return key_log.len < BLOCK_MAX && block_begin(out, BLOCK_SECRETS, &from) &&
           put_u32(out, SECRETS_TLS) && put_u32(out, (uint32_t)key_log.len) &&
           buf_append(out, key_log) && pad(out, from) && block_end(out, from);
}

/* ---- TCP/IP ---- */

struct segment {
    const struct pcap_place *from, *to;
    uint32_t at, taken; /* sequence and acknowledgement number */
    uint8_t flags;
    struct bytes data; /* as far as it is at hand */
    size_t len;        /* of the data in any case */
};

static void set_u16(uint8_t *at, size_t n)
{
    at[0] = (uint8_t)(n >> 8);
    at[1] = (uint8_t)n;
}

static void set_u32(uint8_t *at, uint32_t n)
{
    set_u16(at, n >> 16);
    set_u16(at + 2, n & 0xFFFF);
}

/* The sum of RFC 1071, to be folded by `checksum`. */
static uint64_t sum_of(struct bytes b, uint64_t sum)
{
    for (size_t i = 0; i + 1 < b.len; i += 2)
        sum += (uint64_t)b.ptr[i] << 8 | b.ptr[i + 1];
    return b.len % 2 ? sum + ((uint64_t)b.ptr[b.len - 1] << 8) : sum;
}

static uint16_t checksum(uint64_t sum)
{
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

static size_t address_len(const struct pcap_place *p)
{
    return p->v6 ? 16 : 4;
}

/* RFC 9293 3.1, without its checksum. The initial sequence number of both sides is 0. */
static void write_tcp(uint8_t *h, const struct segment *s)
{
    memset(h, 0, TCP_HEAD);
    set_u16(h, s->from->port);
    set_u16(h + 2, s->to->port);
    set_u32(h + 4, s->at);
    set_u32(h + 8, s->taken);
    h[12] = TCP_HEAD / 4 << 4;
    h[13] = s->flags;
    set_u16(h + 14, 65535); /* the window */
}

/* With the pseudo header of RFC 9293 3.1 or RFC 8200 8.1. */
static uint16_t tcp_checksum(const uint8_t *h, const struct segment *s)
{
    uint64_t sum = PROTOCOL_TCP + TCP_HEAD + s->len;

    sum = sum_of(bytes_of(s->from->address, address_len(s->from)), sum);
    sum = sum_of(bytes_of(s->to->address, address_len(s->to)), sum);
    return checksum(sum_of(s->data, sum_of(bytes_of(h, TCP_HEAD), sum)));
}

/* RFC 791 3.1. */
static size_t write_ipv4(uint8_t *h, const struct segment *s)
{
    memset(h, 0, IPV4_HEAD);
    h[0] = 4 << 4 | IPV4_HEAD / 4;
    set_u16(h + 2, IPV4_HEAD + TCP_HEAD + s->len);
    h[6] = 0x40; /* not to be fragmented */
    h[8] = HOP_LIMIT;
    h[9] = PROTOCOL_TCP;
    memcpy(h + 12, s->from->address, 4);
    memcpy(h + 16, s->to->address, 4);
    set_u16(h + 10, checksum(sum_of(bytes_of(h, IPV4_HEAD), 0)));
    return IPV4_HEAD;
}

/* RFC 8200 3. */
static size_t write_ipv6(uint8_t *h, const struct segment *s)
{
    memset(h, 0, IPV6_HEAD);
    h[0] = 6 << 4;
    set_u16(h + 4, TCP_HEAD + s->len);
    h[6] = PROTOCOL_TCP;
    h[7] = HOP_LIMIT;
    memcpy(h + 8, s->from->address, 16);
    memcpy(h + 24, s->to->address, 16);
    return IPV6_HEAD;
}

static size_t write_heads(uint8_t *h, const struct segment *s)
{
    const size_t ip = s->from->v6 ? write_ipv6(h, s) : write_ipv4(h, s);

    write_tcp(h + ip, s);
    set_u16(h + ip + 16, tcp_checksum(h + ip, s));
    return ip + TCP_HEAD;
}

/* ---- packets ---- */

static bool put_packet(const struct segment *s, uint64_t us, const char *comment, struct buf *out)
{
    uint8_t heads[HEADS_MAX];
    const size_t heads_len = write_heads(heads, s);
    size_t from, data_from;

    if (!block_begin(out, BLOCK_PACKET, &from) || !put_u32(out, 0) ||
        !put_u32(out, (uint32_t)(us >> 32)) || !put_u32(out, (uint32_t)us) ||
        !put_u32(out, (uint32_t)(heads_len + s->data.len)) ||
        !put_u32(out, (uint32_t)(heads_len + s->len)))
        return false;
    data_from = out->len;
    return buf_append(out, bytes_of(heads, heads_len)) && buf_append(out, s->data) &&
           pad(out, data_from) && put_options(out, OPTION_COMMENT, comment) && block_end(out, from);
}

static enum pcap_side other(enum pcap_side side)
{
    return side == PCAP_CLIENT ? PCAP_SERVER : PCAP_CLIENT;
}

/* `counts`: what it is long to TCP, data or a flag that stands for a byte. */
static bool send(struct pcap_flow *flow, enum pcap_side from, uint8_t flags, struct bytes data,
                 size_t len, size_t counts, uint64_t us, struct buf *out)
{
    const enum pcap_side to = other(from);
    const struct segment s = { .from = &flow->place[from],
                               .to = &flow->place[to],
                               .at = flow->sent[from],
                               .taken = flags & TCP_ACK ? flow->sent[to] : 0,
                               .flags = flags,
                               .data = data,
                               .len = len };

    flow->sent[from] += (uint32_t)counts;
    return put_packet(&s, us, flow->comment, out);
}

bool pcap_open(struct pcap_flow *flow, uint64_t us, struct buf *out)
{
    const struct bytes none = { 0 };

    return send(flow, PCAP_CLIENT, TCP_SYN, none, 0, 1, us, out) &&
           send(flow, PCAP_SERVER, TCP_SYN | TCP_ACK, none, 0, 1, us, out) &&
           send(flow, PCAP_CLIENT, TCP_ACK, none, 0, 0, us, out);
}

bool pcap_data(struct pcap_flow *flow, enum pcap_side from, uint64_t us, struct bytes data,
               size_t len, struct buf *out)
{
    while (len > 0) {
        const size_t n = len < SEGMENT_MAX ? len : SEGMENT_MAX;
        if (!send(flow, from, TCP_PSH | TCP_ACK, bytes_take(data, n), n, n, us, out))
            return false;
        data = bytes_skip(data, n);
        len -= n;
    }
    return true;
}

bool pcap_end(struct pcap_flow *flow, enum pcap_side from, bool reset, uint64_t us, struct buf *out)
{
    return send(flow, from, (reset ? TCP_RST : TCP_FIN) | TCP_ACK, (struct bytes){ 0 }, 0, 1, us,
                out);
}
