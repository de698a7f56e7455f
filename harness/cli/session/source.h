#ifndef CLI_SESSION_SOURCE_H
#define CLI_SESSION_SOURCE_H

#include "script/suite.h"
#include "verdict/requirements.h"

/* Where the cases come from: the suite inside the program, a folder, or one file. */
struct source {
    struct arena arena;
    const struct embedded *files;
    struct suite suite;
    struct requirements requirements;
};

/* `from` NULL: the embedded suite. Mistakes in case files are shown on stderr. */
NODISCARD bool source_load(struct source *s, const char *from, struct err *err);
bool source_is_case_file(const char *path); /* its name ends in .case */

/* Only the files, not read as cases yet; and the text of the catalogue that belongs to them. */
NODISCARD bool source_files(struct source *s, const char *from, struct err *err);
struct bytes source_catalogue(const struct source *s); /* empty: none */
void source_free(struct source *s);

#endif
