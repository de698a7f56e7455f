#define _GNU_SOURCE /* O_CLOEXEC beside C11 */
#include "fuzz/runtime/cov.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct wsproof_cov wsproof_cov;

static void *map_file(const char *name)
{
    struct stat s;
    int fd = open(name, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return MAP_FAILED;
    void *at = MAP_FAILED;
    errno = EINVAL;
    if (fstat(fd, &s) == 0 && s.st_size >= (off_t)COVERAGE_SIZE)
        at = mmap(NULL, COVERAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int why = errno;
    close(fd);
    errno = why;
    return at;
}

int wsproof_cov_attach(void)
{
    static int tried;
    const char *name = tried ? NULL : getenv(COVERAGE_ENV);

    tried = 1;
    if (!name || !*name)
        return wsproof_cov.head != NULL;
    void *at = map_file(name);
    if (at == MAP_FAILED) {
        fprintf(stderr, "wsproof-cov: %s: cannot map %s: %s\n", COVERAGE_ENV, name,
                strerror(errno));
        return 0;
    }
    wsproof_cov.edges = (uint8_t *)at + COVERAGE_HEAD;
    wsproof_cov.compares = wsproof_cov.edges + COVERAGE_EDGES;
    wsproof_cov.words = (struct coverage_word *)(void *)(wsproof_cov.compares + COVERAGE_COMPARES);
    wsproof_cov.head = at;
    wsproof_cov.token = wsproof_cov.head->token;
    wsproof_cov.head->magic = COVERAGE_MAGIC;
    return 1;
}

__attribute__((constructor)) static void attach_early(void)
{
    wsproof_cov_attach();
}
