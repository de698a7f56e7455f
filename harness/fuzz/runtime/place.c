#define _GNU_SOURCE /* dl_iterate_phdr */
#include "fuzz/runtime/cov.h"

#include <link.h>
#include <string.h>

#define MODULES_MAX 64 /* with code that counts by its place; of later ones it is slower */

struct module {
    const char *name; /* empty: the program itself */
    uintptr_t from, base;
    uint64_t salt; /* of its name: two modules may have code at the same offset */
    size_t size;   /* 0 until the others are written */
};

static struct module modules[MODULES_MAX];
static unsigned n_modules;

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 32)) * 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9u;
    return x ^ (x >> 32);
}

/* Called for every comparison of the target: one multiplication, its upper half in front. */
static uint64_t spread(uint64_t x)
{
    x *= 0x9e3779b97f4a7c15u;
    return x >> 32 | x << 32;
}

static uint64_t salt_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    uint64_t salt = 0;

    for (const char *c = slash ? slash + 1 : path; *c; c++)
        salt = mix(salt + (unsigned char)*c);
    return salt;
}

static int has_address(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct module *m = arg; /* m->from is what is looked for */

    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        if (info->dlpi_phdr[i].p_type != PT_LOAD || m->from - from >= info->dlpi_phdr[i].p_memsz)
            continue;
        *m = (struct module){ .name = info->dlpi_name ? info->dlpi_name : "",
                              .from = from,
                              .base = info->dlpi_addr,
                              .size = info->dlpi_phdr[i].p_memsz };
        return 1;
    }
    return 0;
}

/* Two threads may learn of the same module: then it stands there twice, and that is all. */
static uint64_t learn(uintptr_t pc)
{
    struct module found = { .from = pc };

    if (!dl_iterate_phdr(has_address, &found))
        return mix(pc); /* made at run time: nobody knows its place */
    found.salt = salt_of(found.name);
    unsigned at = __atomic_load_n(&n_modules, __ATOMIC_RELAXED);
    if (at < MODULES_MAX &&
        (at = __atomic_fetch_add(&n_modules, 1, __ATOMIC_RELAXED)) < MODULES_MAX) {
        size_t size = found.size;
        found.size = 0;
        modules[at] = found;
        __atomic_store_n(&modules[at].size, size, __ATOMIC_RELEASE);
    }
    return spread((pc - found.base) ^ found.salt);
}

uint64_t wsproof_cov_place(uintptr_t pc)
{
    unsigned n = __atomic_load_n(&n_modules, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < n && i < MODULES_MAX; i++) {
        size_t size = __atomic_load_n(&modules[i].size, __ATOMIC_ACQUIRE);
        if (pc - modules[i].from < size)
            return spread((pc - modules[i].base) ^ modules[i].salt);
    }
    return learn(pc);
}

const char *wsproof_cov_module_name(uintptr_t address)
{
    struct module found = { .from = address };

    return dl_iterate_phdr(has_address, &found) ? found.name : NULL;
}
