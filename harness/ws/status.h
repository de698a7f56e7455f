#ifndef WS_STATUS_H
#define WS_STATUS_H

/* What a decoder says of its input. WS_MORE is not an error: the same bytes and more, please. */
enum ws_status {
    WS_OK,
    WS_MORE,
    WS_BROKEN, /* the peer broke a rule; the violation that was asked for tells which */
    WS_NOMEM   /* the heap said no; nothing is known about the peer */
};

#endif
