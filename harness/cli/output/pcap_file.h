#ifndef CLI_OUTPUT_PCAP_FILE_H
#define CLI_OUTPUT_PCAP_FILE_H

#include "base/arena.h"
#include "io/capture.h"

/* --pcap FILE: what a loop's connections carry, written as it comes. A zeroed one writes nothing,
 * and every function may be called on it. */
struct pcap_file {
    const char *path;
    struct io_capture *capture;
    struct arena arena; /* the flows */
    struct pcap_flow *flows;
    size_t flows_cap;
};

/* Starts the file and listens from now on. `path` NULL: does nothing. */
NODISCARD bool pcap_file_open(struct pcap_file *p, const char *path, struct io_loop *loop,
                              struct err *err);

/* Appends what has come when that is worth a visit to the file; `all`: in any case. */
NODISCARD bool pcap_file_write(struct pcap_file *p, bool all, struct err *err);

/* Behind the loop's end; what has come since the last write is left out. */
void pcap_file_free(struct pcap_file *p);

#endif
