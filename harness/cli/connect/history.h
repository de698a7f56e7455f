#ifndef CLI_CONNECT_HISTORY_H
#define CLI_CONNECT_HISTORY_H

#include "base/buf.h"
#include "base/err.h"

/* The lines that were typed, kept from one run to the next in a file that only its owner reads: a
 * first line that says what it is, and then a line each, the newest last. */

/* More than twice so many are cut to these when the file is read. */
#define HISTORY_LINES 1000
/* Longer lines are not kept: nobody looks for one with the arrow keys. */
#define HISTORY_LINE_MAX 4096

/* $WSPROOF_HISTORY, $XDG_STATE_HOME and $HOME; NULL: not set. */
struct history_places {
    const char *named, *state, *home;
};

/* Where the history is kept: where `named` says, else wsproof/history in `state`, which has to
 * begin with a slash, or in .local/state of `home`. False: nowhere; `named` is empty, none of them
 * is set, or the path is longer than `size`, its end included. */
bool history_path(const struct history_places *places, char *out, size_t size);

/* Is it to be kept? Not if it is empty or long, and not if it begins with a blank, which is how
 * people say so. */
bool history_keeps(struct bytes line);

/* Reads the file's lines into `out`, each ended by a newline, HISTORY_LINES at most, and makes an
 * empty file and its folder where there is none. False: it is no file of ours, and is not touched;
 * or it cannot be read. */
NODISCARD bool history_read(const char *path, struct buf *out, struct err *err);

/* One more line at the end, whoever else writes there. */
NODISCARD bool history_add(const char *path, struct bytes line, struct err *err);

#endif
