/* A program with coverage, for runtime_test.c: it does what each byte of its input says and answers
 * with a point, or with a question mark where it could not. Also its library and its plugin. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int library_path(int n);

#if defined(COVERED_PART_library)
int library_path(int n)
{
    return n > 10 ? n * 3 : n + 1;
}
#elif defined(COVERED_PART_plugin)
int plugin_path(int n);
int plugin_nothing(int n);

int plugin_path(int n)
{
    while (n < 20)
        n = n % 2 ? n * 3 : plugin_nothing(n);
    return n;
}

int plugin_nothing(int n)
{
    return n + 1;
}
#else
static volatile int sink;

__attribute__((noinline)) static void path(int n)
{
    if (n == 1)
        sink = 1;
    else if (n == 2)
        sink = 2;
    else
        sink += n;
}

static void *in_thread(void *arg)
{
    path(1);
    return arg;
}

static int thread(void)
{
    pthread_t t;

    return pthread_create(&t, NULL, in_thread, NULL) == 0 && pthread_join(t, NULL) == 0;
}

/* As a server that forks for each connection. */
static int child(void)
{
    int status = 1;
    pid_t pid = fork();

    if (pid == 0) {
        path(1);
        _exit(0);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* As a server with workers: what follows is done by a child that stays. */
static int worker(void)
{
    int status;
    pid_t pid = fork();

    if (pid > 0) {
        waitpid(pid, &status, 0);
        exit(0);
    }
    return pid == 0;
}

static int plugin(const char *program, const char *function)
{
    char name[4096];

    snprintf(name, sizeof name, "%s-plugin.so", program);
    void *at = dlopen(name, RTLD_NOW);
    int (*call)(int) = NULL;
    if (at)
        *(void **)&call = dlsym(at, function);
    return call && (sink = call(1)) && dlclose(at) == 0;
}

__attribute__((noinline)) static int compare(uint32_t value)
{
    return value == 0x5ec2e701u ? 2 : 1;
}

/* Where all sessions differ: with the number that follows, as four bytes. */
static int number(void)
{
    unsigned char in[4];
    uint32_t value;

    if (read(0, in, sizeof in) != sizeof in)
        return 0;
    memcpy(&value, in, sizeof value);
    sink = compare(value);
    return 1;
}

static int word(void)
{
    char in[8];
    static char secret[8] = "websock";
    static volatile size_t size = sizeof secret; /* else no memcmp would be called */

    if (read(0, in, sizeof in) != sizeof in)
        return 0;
    sink = memcmp(in, secret, size) == 0 ? 2 : 1;
    return 1;
}

static int again(char **argv)
{
    execv(argv[0], argv);
    return 0;
}

static int obey(char what, char **argv)
{
    switch (what) {
    case '1': path(1); return 1;
    case '2': path(2); return 1;
    case 'm':
        for (int i = 0; i < 1000; i++)
            path(1);
        return 1;
    case 'l': sink = library_path(1); return 1;
    case 'p': return plugin(argv[0], "plugin_path");
    case 'o': return plugin(argv[0], "plugin_nothing");
    case 't': return thread();
    case 'c': return child();
    case 'w': return worker();
    case 'n': return number();
    case 's': return word();
    case 'a': return again(argv);
    case '.': return 1;
    default: return 0;
    }
}

int main(int argc, char **argv)
{
    char what;

    (void)argc;
    while (read(0, &what, 1) == 1) {
        if (write(1, obey(what, argv) ? "." : "?", 1) != 1)
            return 1;
    }
    return 0;
}
#endif
