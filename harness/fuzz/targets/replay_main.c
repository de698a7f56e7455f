#define _DEFAULT_SOURCE /* folders and their files are beyond C11 */

/* Runs a fuzz target over inputs that are there, without a fuzzer: files, and the files of folders.
 * Says how many it ran; none at all is a failure. */

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/targets/mutator.h"
#include "fuzz/targets/target.h"

#define PATH_LEN_MAX 4096
#define INPUT_MAX (16u << 20)

static size_t ran;
static const char *running = ""; /* the input's path */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t cap)
{
    (void)data, (void)cap;
    return size;
}

static bool trouble(const char *path)
{
    perror(path);
    return false;
}

/* In memory of its own size, so that a byte too many is seen by who looks for that. */
static bool run(FILE *file, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    const bool ok = data && fread(data, 1, size, file) == size;

    if (ok)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    ran += ok;
    return ok;
}

/* Names the input that ended us. */
static void on_death(int signal_number)
{
    (void)!write(STDERR_FILENO, "input: ", 7);
    (void)!write(STDERR_FILENO, running, strlen(running));
    (void)!write(STDERR_FILENO, "\n", 1);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static bool run_file(const char *path, const struct stat *st)
{
    FILE *file = fopen(path, "rb");

    if (!file)
        return trouble(path);
    running = path;
    const bool ok = st->st_size <= INPUT_MAX && run(file, (size_t)st->st_size);
    fclose(file);
    return ok || trouble(path);
}

static bool run_path(const char *path);

static bool run_folder(const char *path)
{
    char inside[PATH_LEN_MAX];
    struct dirent *entry;
    bool ok = true;
    DIR *dir = opendir(path);

    if (!dir)
        return trouble(path);
    while ((entry = readdir(dir)) != NULL) {
        const int len = snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            ok = len < PATH_LEN_MAX && run_path(inside) && ok;
    }
    closedir(dir);
    return ok;
}

static bool run_path(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return trouble(path);
    return S_ISDIR(st.st_mode) ? run_folder(path) : run_file(path, &st);
}

int main(int argc, char **argv)
{
    static const int deaths[] = { SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE };
    bool ok = true;

    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++)
        signal(deaths[i], on_death);
    for (int i = 1; i < argc; i++)
        ok = run_path(argv[i]) && ok;
    printf("%zu inputs\n", ran);
    return ok && ran > 0 ? 0 : 1;
}
