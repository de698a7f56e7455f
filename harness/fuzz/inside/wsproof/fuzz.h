#ifndef WSPROOF_FUZZ_H
#define WSPROOF_FUZZ_H

/* Fuzz a WebSocket implementation in process. You give four functions and a few facts, link
 * libwsproof-fuzz and -fsanitize=fuzzer, and get: inputs that are WebSocket frames, mutators that
 * know them, and an oracle that knows RFC 6455 and RFC 7692. What must not be accepted, what must
 * not be refused, a lost or changed message, a missing pong, and an answer that depends on how the
 * bytes were cut are findings, beside every crash.
 *
 *     const struct wsp_implementation wsp_under_test = {
 *         .name = "mine 1.0", .roles = WSP_SERVER,
 *         .open = my_open, .feed = my_feed, .drain = my_drain, .close = my_close,
 *     };
 *
 * Each finding is made small, printed as a case that `wsproof replay` runs, written to
 * SIGNATURE.case, and ends the process, so that libFuzzer keeps the input. Environment:
 *
 *     WSPROOF_FINDINGS=DIR  findings are written to DIR, one a signature, and the fuzzer goes on
 *     WSPROOF_ROLE=client   whom it plays, where `roles` has both: server, if it is not said
 *     WSPROOF_SHOW=1        print each input as a case before it is run: for the file of a crash
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum wsp_role { WSP_SERVER = 1, WSP_CLIENT = 2 };

/* permessage-deflate, as it was agreed on in a handshake that is over. */
enum wsp_extension {
    WSP_PLAIN = 0,
    WSP_DEFLATE = 1,             /* no parameter */
    WSP_DEFLATE_NO_TAKEOVER = 2, /* both no_context_takeover parameters */
    WSP_DEFLATE_SMALL_WINDOW = 4 /* the fuzzer's max_window_bits is 9 */
};

struct wsp_options {
    enum wsp_role role; /* of the implementation */
    enum wsp_extension extension;
};

struct wsp_report; /* ours: where you tell what the application sees */

struct wsp_implementation {
    const char *name; /* with its version: it stands in the findings */
    unsigned roles;   /* WSP_SERVER, WSP_CLIENT, or both */

    /* One connection, of which the opening handshake is over. No more than one is open at a time.
     * NULL: no memory; the input is left out. `report` is good until wsp_close. */
    void *(*open)(struct wsp_report *report, const struct wsp_options *options);

    /* Bytes have come from the peer. True: it wants more. False: it wants none, and once what it
     * has to say is drained the connection ends. Not called again behind a false. */
    bool (*feed)(void *connection, const uint8_t *bytes, size_t size);

    /* Bytes for the peer: at most `room` of them are written to `into`. Called again until it
     * gives 0. */
    size_t (*drain)(void *connection, uint8_t *into, size_t room);

    void (*close)(void *connection); /* TCP is gone; frees it all */

    unsigned extensions;      /* WSP_DEFLATE…, those that `open` can do */
    uint64_t message_max;     /* bytes; larger messages it refuses. 0: not known */
    bool ignores_utf8;        /* it leaves to its application to look at text */
    bool strict;              /* differences from a SHOULD, and unusual close codes, count too */
    const char *const *known; /* signatures of findings that are passed over; ends with NULL */
};

/* Yours: the one symbol that is looked for. */
extern const struct wsp_implementation wsp_under_test;

/* -- what you tell, from within feed, drain or open -- */

/* A whole message was given to the application. Whether that echoes it is not looked at. */
void wsp_message(struct wsp_report *report, bool text, const void *data, size_t size);

/* The application was told that the connection is over, and with which code: that of the peer's
 * Close, 1005 for none, 1006 for no Close. Optional. */
void wsp_closed(struct wsp_report *report, unsigned code);

/* The adapter cannot go on, and it is nobody's fault: this input is not judged. */
void wsp_failed(struct wsp_report *report);

#ifdef __cplusplus
}
#endif

#endif
