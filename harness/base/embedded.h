#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>
#include <stdint.h>

/* A file that the build put into the program. Tables end with a row whose path is NULL. */
struct embedded {
    const char *path; /* below the table's root: "rfc6455/5.2-reserved-bits.case" */
    const uint8_t *ptr;
    size_t len;
};

#endif
