#ifndef REPORT_PCAP_H
#define REPORT_PCAP_H

#include "base/buf.h"

/* A capture file that Wireshark opens: pcapng (draft-ietf-opsawg-pcapng) of raw IP packets. Each
 * function appends to `out`, and the pieces in a row are the file. What went over sockets is
 * dressed in TCP/IP: handshake, sequence numbers and checksums are made here. False: no memory. */
struct pcap_place {
    bool v6;
    uint8_t address[16]; /* 4 of them without `v6` */
    uint16_t port;
};

enum pcap_side { PCAP_CLIENT, PCAP_SERVER };

/* One connection. Zeroed but for `place`, both of one version of IP, and `comment`. */
struct pcap_flow {
    struct pcap_place place[2]; /* by side */
    uint32_t sent[2];           /* bytes, modulo 2^32 as TCP counts them */
    const char *comment;        /* with each packet, for filters; NULL: none */
};

/* The file's beginning. `program`: who writes it. */
NODISCARD bool pcap_begin(const char *program, struct buf *out);

/* What opens TLS, as an NSS key log has it: must stand before the packets that it opens. Empty:
 * nothing. */
NODISCARD bool pcap_secrets(struct bytes key_log, struct buf *out);

/* TCP's opening, in three packets. */
NODISCARD bool pcap_open(struct pcap_flow *flow, uint64_t us, struct buf *out);

/* What `from` sent at that time (microseconds since 1970): `len` bytes in as many packets as they
 * need, of which the first data.len are at hand; the rest is in the file as cut off. */
NODISCARD bool pcap_data(struct pcap_flow *flow, enum pcap_side from, uint64_t us,
                         struct bytes data, size_t len, struct buf *out);

/* FIN, or RST, of that side. */
NODISCARD bool pcap_end(struct pcap_flow *flow, enum pcap_side from, bool reset, uint64_t us,
                        struct buf *out);

#endif
