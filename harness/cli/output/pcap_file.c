#include "cli/output/pcap_file.h"

#include <stdio.h>
#include <string.h>

#include "io/file.h"
#include "report/pcap.h"

#define PIECE_MAX (256u << 20) /* twice what a capture holds, less with the headers of TCP */
#define WORTH_WRITING (1u << 20)
#define PROGRAM "wsproof " WSPROOF_VERSION

static bool write_piece(struct pcap_file *p, bool first, struct buf *piece, struct err *err)
{
    return first ? io_file_write(p->path, buf_bytes(piece), err)
                 : io_file_append(p->path, buf_bytes(piece), err);
}

bool pcap_file_open(struct pcap_file *p, const char *path, struct io_loop *loop, struct err *err)
{
    struct buf piece;

    *p = (struct pcap_file){ .path = path };
    if (!path)
        return true;
    buf_init(&piece, PIECE_MAX);
    bool ok = pcap_begin(PROGRAM, &piece) ? write_piece(p, true, &piece, err)
                                          : err_memory(err, "a capture file");
    buf_free(&piece);
    p->capture = ok ? io_capture_new(err) : NULL;
    if (p->capture)
        io_loop_capture(loop, p->capture);
    return p->capture != NULL;
}

static struct pcap_place place_of(const struct io_place *from)
{
    struct pcap_place place = { .v6 = from->v6, .port = from->port };

    memcpy(place.address, from->address, sizeof place.address);
    return place;
}

static enum pcap_side side_of(const struct io_flow *flow, bool from_us)
{
    return flow->accepted == from_us ? PCAP_SERVER : PCAP_CLIENT;
}

/* Ours of that connection; NULL: no memory. */
static struct pcap_flow *flow_of(struct pcap_file *p, const struct io_flow *flow)
{
    void *flows = p->flows;

    if (!arena_grow(&p->arena, &flows, &p->flows_cap, flow->number + 1, sizeof *p->flows))
        return NULL;
    p->flows = flows;
    struct pcap_flow *own = &p->flows[flow->number];
    if (own->place[PCAP_CLIENT].port == 0) { /* it is new */
        own->place[side_of(flow, true)] = place_of(&flow->us);
        own->place[side_of(flow, false)] = place_of(&flow->peer);
    }
    own->comment = flow->label;
    return own;
}

static bool put(struct pcap_file *p, const struct io_captured *c, struct buf *piece)
{
    struct pcap_flow *flow = flow_of(p, c->flow);
    enum pcap_side from = side_of(c->flow, c->from_us);

    if (!flow)
        return false;
    switch (c->kind) {
    case IO_CAPTURED_OPEN: return pcap_open(flow, c->us, piece);
    case IO_CAPTURED_BYTES: return pcap_data(flow, from, c->us, c->data, c->len, piece);
    case IO_CAPTURED_FIN: return pcap_end(flow, from, false, c->us, piece);
    case IO_CAPTURED_RESET: return pcap_end(flow, from, true, c->us, piece);
    }
    return true;
}

/* The secrets first: a reader needs them before what they open. */
static bool put_secrets(struct pcap_file *p, struct buf *piece)
{
    struct buf secrets;

    buf_init(&secrets, PIECE_MAX);
    bool ok = io_capture_secrets(p->capture, &secrets) && pcap_secrets(buf_bytes(&secrets), piece);
    buf_free(&secrets);
    return ok;
}

bool pcap_file_write(struct pcap_file *p, bool all, struct err *err)
{
    struct io_captured captured;
    struct buf piece;

    if (!p->capture || io_capture_waiting(p->capture) < (all ? 1 : WORTH_WRITING))
        return true;
    buf_init(&piece, PIECE_MAX);
    bool ok = put_secrets(p, &piece);
    while (io_capture_next(p->capture, &captured))
        ok = ok && put(p, &captured, &piece);
    ok = ok ? write_piece(p, false, &piece, err) : err_memory(err, "a capture file");
    buf_free(&piece);
    return ok;
}

void pcap_file_free(struct pcap_file *p)
{
    if (p->capture && io_capture_lost(p->capture) > 0)
        fprintf(stderr, "%s: %llu records are missing, there was no room for them\n", p->path,
                (unsigned long long)io_capture_lost(p->capture));
    io_capture_free(p->capture);
    arena_free(&p->arena);
    *p = (struct pcap_file){ 0 };
}
