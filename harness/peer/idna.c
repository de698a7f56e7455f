#include "peer/idna.h"

#include <idn2.h>
#include <stdio.h>
#include <string.h>

const char *peer_idna(const char *name, char *out, size_t size)
{
    char *ascii = NULL;
    int status = idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL);
    const char *why = status == IDN2_OK ? NULL : idn2_strerror(status);

    if (!why && strlen(ascii) >= size)
        why = "the host name is too long";
    if (!why)
        snprintf(out, size, "%s", ascii);
    idn2_free(ascii);
    return why;
}
