#ifndef IO_FILE_H
#define IO_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Whole files. Errors name the path and the reason. */
NODISCARD bool io_file_read(const char *path, size_t max, struct buf *out, struct err *err);

/* Writes beside it and renames, so that a reader sees the old file or the new one. */
NODISCARD bool io_file_write(const char *path, struct bytes text, struct err *err);
/* Never over another file: *there says that there is one already, and nothing was written. */
NODISCARD bool io_file_create(const char *path, struct bytes text, bool *there, struct err *err);
NODISCARD bool io_file_append(const char *path, struct bytes text, struct err *err);
NODISCARD bool io_dir_make(const char *path,
                           struct err *err); /* with its parents; existing is fine */

/* A new folder for us alone, in TMPDIR if that suits or /tmp; `out` gets its path, at most
 * IO_DIR_PRIVATE_MAX. */
#define IO_DIR_PRIVATE_MAX 80 /* leaves room for a UNIX socket's name in it */
NODISCARD bool io_dir_private(char out[IO_DIR_PRIVATE_MAX], struct err *err);
void io_dir_remove(const char *path); /* with the files in it, but not with folders */

bool io_file_exists(const char *path);
void io_file_remove(const char *path);

/* What a path leads to, links followed. */
enum io_file_kind { IO_FILE_NONE, IO_FILE_PLAIN, IO_FILE_DIR, IO_FILE_OTHER };
enum io_file_kind io_file_kind(const char *path);

/* Does it lead to something that lies at or below `root`, whatever links and ".." are on the way?
 */
bool io_file_below(const char *root, const char *path);

/* The names in one folder, sorted, each ended by a NUL, those of folders by a slash and a NUL;
 * names that begin with a dot are left out. */
NODISCARD bool io_dir_names(const char *dir, struct buf *out, struct err *err);

/* Calls nobody back: fills `out` with the paths below `dir` that end in `suffix`, sorted, each
 * ended by a NUL, relative to `dir`. */
NODISCARD bool io_dir_list(const char *dir, const char *suffix, struct buf *out, struct err *err);

#endif
