#include <criterion/criterion.h>
#include <string.h>

#include "drive/crash_sign.h"

/* What programs really printed (Debian 12: clang 14, gcc 12, Go 1.19, Java 17, Python 3.11, Node
 * 20, Rust 1.95), shortened where nothing is read. */
static const char asan_clang[] =
    "listening\n"
    "=================================================================\n"
    "==29014==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60200000001a at pc "
    "0x55c5d353c52a bp 0x7ffe6c355710 sp 0x7ffe6c354ee0\n"
    "WRITE of size 40 at 0x60200000001a thread T0\n"
    "    #0 0x55c5d353c529 in __asan_memcpy (/src/crash/ca+0xa3529) (BuildId: 56795d1ca6509a48)\n"
    "    #1 0x55c5d3578a1b in copy /src/crash/a.c:5:51\n"
    "    #2 0x55c5d3578241 in main /src/crash/a.c:11:15\n"
    "    #3 0x7ffae573d249 in __libc_start_call_main "
    "csu/../sysdeps/nptl/libc_start_call_main.h:58:16\n"
    "\n"
    "0x60200000001a is located 0 bytes to the right of 10-byte region "
    "[0x602000000010,0x60200000001a)\n"
    "allocated by thread T0 here:\n"
    "    #0 0x55c5d353d14e in __interceptor_malloc (/src/crash/ca+0xa414e) (BuildId: 56795d1ca)\n"
    "    #1 0x55c5d3577fcc in main /src/crash/a.c:8:15\n"
    "\n"
    "SUMMARY: AddressSanitizer: heap-buffer-overflow (/src/crash/ca+0xa3529) (BuildId: 56795d1) in "
    "__asan_memcpy\n"
    "==29014==ABORTING\n";

static const char asan_gcc[] =
    "==29038==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60200000001a at pc "
    "0x7fc638248061 bp 0x7ffc9d8d1930 sp 0x7ffc9d8d10e0\n"
    "WRITE of size 40 at 0x60200000001a thread T0\n"
    "    #0 0x7fc638248060 in __interceptor_memcpy "
    "../../../../src/libsanitizer/sanitizer_common/sanitizer_common_interceptors.inc:827\n"
    "    #1 0x55b298ab93b4 in copy /src/crash/a.c:5\n"
    "    #2 0x55b298ab9647 in main /src/crash/a.c:11\n"
    "\n"
    "SUMMARY: AddressSanitizer: heap-buffer-overflow "
    "../../../../src/libsanitizer/sanitizer_common/sanitizer_common_interceptors.inc:827 in "
    "__interceptor_memcpy\n"
    "==29038==ABORTING\n";

/* A program without debug information, and one of which only the end was kept. */
static const char asan_stripped[] =
    "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000011 at pc "
    "0x5628c461f3ed "
    "bp 0x7ffd40c50d30 sp 0x7ffd40c50d28\n"
    "READ of size 1 at 0x602000000011 thread T0\n"
    "    #0 0x5628c461f3ec  (/srv/echo+0xdf3ec) (BuildId: 56795d1ca6509a48)\n"
    "    #1 0x7f14e913b249  (/lib/x86_64-linux-gnu/libc.so.6+0x27249) (BuildId: 82ce4e6e)\n"
    "\n"
    "SUMMARY: AddressSanitizer: heap-use-after-free (/srv/echo+0xdf3ec) (BuildId: "
    "56795d1ca6509a48) \n";

static const char asan_tail[] =
    "0x602000000011 is located 1 bytes inside of 10-byte region [0x602000000010,0x60200000001a)\n"
    "SUMMARY: AddressSanitizer: heap-use-after-free /src/crash/a.c:12:31 in main\n"
    "Shadow bytes around the buggy address:\n";

/* UBSan tells first and goes on; ASan has the last word. */
static const char both[] =
    "a.c:14:22: runtime error: load of null pointer of type 'int'\n"
    "AddressSanitizer:DEADLYSIGNAL\n"
    "==29044==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000 (pc 0x563680533812 "
    "bp "
    "0x7ffe6f3cdc20 sp 0x7ffe6f3cdb20 T0)\n"
    "==29044==The signal is caused by a READ memory access.\n"
    "==29044==Hint: address points to the zero page.\n"
    "    #0 0x563680533812 in main /src/crash/a.c:14\n"
    "    #1 0x7ff0de245249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58\n"
    "\n"
    "AddressSanitizer can not provide additional info.\n"
    "SUMMARY: AddressSanitizer: SEGV /src/crash/a.c:14 in main\n";

static const char ubsan_signal[] =
    "UndefinedBehaviorSanitizer:DEADLYSIGNAL\n"
    "==29081==ERROR: UndefinedBehaviorSanitizer: SEGV on unknown address 0x000000000000 (pc "
    "0x559afbbff0e2 bp 0x7ffcde041200 sp 0x7ffcde0410b0 T29081)\n"
    "==29081==The signal is caused by a READ memory access.\n"
    "    #0 0x559afbbff0e2 in main /src/crash/a.c:14:22\n"
    "\n"
    "SUMMARY: UndefinedBehaviorSanitizer: SEGV /src/crash/a.c:14:22 in main\n";

static const char ubsan[] =
    "/src/a.c:15:39: runtime error: signed integer overflow: 2147483647 + 2 cannot be represented "
    "in "
    "type 'int'\n"
    "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior a.c:15:39 in \n";

static const char lsan[] = "==29051==ERROR: LeakSanitizer: detected memory leaks\n"
                           "\n"
                           "Direct leak of 10 byte(s) in 1 object(s) allocated from:\n"
                           "    #0 0x7f62370b89cf in __interceptor_malloc "
                           "../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:69\n"
                           "    #1 0x5639624bf462 in open_conn /src/crash/a.c:8\n"
                           "\n"
                           "SUMMARY: AddressSanitizer: 10 byte(s) leaked in 1 allocation(s).\n";

static const char tsan[] =
    "==================\n"
    "WARNING: ThreadSanitizer: data race (pid=29147)\n"
    "  Write of size 4 at 0x561e9e1736e8 by main thread:\n"
    "    #0 main /src/crash/t.cpp:11:65 (tt+0xd45c5) (BuildId: 65b68cd3b5755adcd61378c529a823c9)\n"
    "\n"
    "  Previous write of size 4 at 0x561e9e1736e8 by thread T1:\n"
    "    #0 main::$_0::operator()() const /src/crash/t.cpp:11:51 (tt+0xd5014) (BuildId: "
    "65b68cd3b)\n"
    "\n"
    "SUMMARY: ThreadSanitizer: data race /src/crash/t.cpp:11:65 in main\n"
    "==================\n";

static const char msan[] =
    "==29151==WARNING: MemorySanitizer: use-of-uninitialized-value\n"
    "    #0 0x55fd2c2fff23 in main::$_0::operator()(int, char**) const /src/crash/t.cpp:13:58\n"
    "    #1 0x7fcc26245249 in __libc_start_call_main "
    "csu/../sysdeps/nptl/libc_start_call_main.h:58:16\n"
    "\n"
    "SUMMARY: MemorySanitizer: use-of-uninitialized-value /src/crash/t.cpp:13:58 in main\n";

static const char go_index[] = "panic: runtime error: index out of range [5] with length 3\n"
                               "\n"
                               "goroutine 1 [running]:\n"
                               "main.parse(...)\n"
                               "\t/src/crash/g.go:3\n"
                               "main.main()\n"
                               "\t/src/crash/g.go:8 +0x1cd\n";

static const char go_nil[] =
    "panic: runtime error: invalid memory address or nil pointer dereference\n"
    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x64c31b]\n"
    "\n"
    "goroutine 1 [running]:\n"
    "main.(*T).get(...)\n"
    "\t/src/crash/g.go:5\n";

static const char go_deadlock[] =
    "fatal error: all goroutines are asleep - deadlock!\n"
    "\n"
    "goroutine 1 [semacquire]:\n"
    "sync.runtime_SemacquireMutex(0xc00008c000?, 0x0?, 0xc000080000?)\n"
    "\t/usr/lib/go-1.19/src/runtime/sema.go:77 +0x25\n"
    "sync.(*Mutex).Lock(...)\n"
    "\t/usr/lib/go-1.19/src/sync/mutex.go:90\n"
    "main.main()\n"
    "\t/src/crash/g2.go:3 +0x66\n";

static const char go_http[] = "2026/11/21 23:54:12 http: panic serving 127.0.0.1:58244: runtime "
                              "error: index out of range [5] "
                              "with length 0\n"
                              "goroutine 24 [running]:\n"
                              "net/http.(*conn).serve.func1()\n"
                              "\t/usr/lib/go-1.19/src/net/http/server.go:1850 +0xbf\n"
                              "panic({0x6a2cc0, 0xc0000c80a8})\n"
                              "\t/usr/lib/go-1.19/src/runtime/panic.go:890 +0x262\n"
                              "main.parse(...)\n"
                              "\t/src/crash/g.go:3\n";

static const char rust_new[] = "\n"
                               "thread 'main' (26005) panicked at src/r.rs:1:28:\n"
                               "index out of bounds: the len is 2 but the index is 5\n"
                               "stack backtrace:\n"
                               "   0: __rustc::rust_begin_unwind\n";

static const char rust_old[] =
    "thread 'tokio-runtime-worker' panicked at 'called `Option::unwrap()` on a `None` value', "
    "src/frame.rs:5:77\n"
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";

static const char java[] =
    "Exception in thread \"Thread-0\" java.lang.NumberFormatException: For input string: \"x0\"\n"
    "\tat java.base/java.lang.NumberFormatException.forInputString(NumberFormatException.java:67)\n"
    "\tat java.base/java.lang.Integer.parseInt(Integer.java:668)\n"
    "\tat org.example.Frames.main(Frames.java:4)\n";

static const char python[] =
    "Exception in thread Thread-1 (<lambda>):\n"
    "Traceback (most recent call last):\n"
    "  File \"/usr/lib/python3.11/threading.py\", line 1045, in _bootstrap_inner\n"
    "    self.run()\n"
    "  File \"/srv/p.py\", line 2, in parse\n"
    "    def parse(b): return b[5]\n"
    "                         ~^^^\n"
    "IndexError: index out of range\n";

static const char python_fatal[] =
    "Fatal Python error: Segmentation fault\n"
    "\n"
    "Current thread 0x00007fc7a9c19b80 (most recent call first):\n"
    "  File \"/usr/lib/python3.11/ctypes/__init__.py\", line 519 in string_at\n";

static const char node[] = "/srv/n.js:2\n"
                           "function parse(b) { return b.x.y; }\n"
                           "                               ^\n"
                           "\n"
                           "TypeError: Cannot read properties of undefined (reading 'y')\n"
                           "    at parse (/srv/n.js:2:32)\n"
                           "    at Object.<anonymous> (/srv/n.js:3:15)\n"
                           "    at Module._compile (node:internal/modules/cjs/loader:1521:14)\n"
                           "\n"
                           "Node.js v20.20.2\n";

static const char node_emit[] =
    "node:events:502\n"
    "      throw er; // Unhandled 'error' event\n"
    "      ^\n"
    "\n"
    "RangeError: Invalid WebSocket frame\n"
    "    at Module._compile (node:internal/modules/cjs/loader:1521:14)\n"
    "    at Receiver.getInfo (/srv/node_modules/ws/lib/receiver.js:290:13)\n"
    "Emitted 'error' event at:\n"
    "    at Object.<anonymous> (/srv/n.js:5:43)\n"
    "\n"
    "Node.js v20.20.2\n";

static const char shell_before_report[] = "sh: line 1: 29077 Segmentation fault      ./pl s\n"
                                          "free(): invalid pointer\n";

static const struct {
    const char *text;
    enum crash_kind kind;
    const char *summary, *site;
} signs[] = {
    { asan_clang, CRASH_ADDRESS, "AddressSanitizer: heap-buffer-overflow (/src/crash/ca+0xa3529)",
      "copy a.c:5" },
    { asan_gcc, CRASH_ADDRESS, "AddressSanitizer: heap-buffer-overflow ..", "copy a.c:5" },
    { asan_stripped, CRASH_ADDRESS, "AddressSanitizer: heap-use-after-free (/srv/echo+0xdf3ec)",
      "echo+0xdf3ec" },
    { asan_tail, CRASH_ADDRESS,
      "AddressSanitizer: heap-use-after-free /src/crash/a.c:12:31 in main", "main a.c:12" },
    { both, CRASH_ADDRESS, "AddressSanitizer: SEGV /src/crash/a.c:14 in main", "main a.c:14" },
    { ubsan_signal, CRASH_ADDRESS, "UndefinedBehaviorSanitizer: SEGV", "main a.c:14" },
    { ubsan, CRASH_UNDEFINED,
      "/src/a.c:15:39: runtime error: signed integer overflow: ", "a.c:15" },
    { lsan, CRASH_LEAK, "AddressSanitizer: 10 byte(s) leaked in 1 allocation(s).",
      "open_conn a.c:8" },
    { tsan, CRASH_RACE, "ThreadSanitizer: data race /src/crash/t.cpp:11:65 in main",
      "main t.cpp:11" },
    { msan, CRASH_UNINITIALISED, "MemorySanitizer: use-of-uninitialized-value /src",
      "main::$_0::operator()(int, char**) const t.cpp:13" },
    { "free(): double free detected in tcache 2\n", CRASH_ABORT, "free(): double free", "" },
    { "x\r\nfree(): invalid pointer\r\n", CRASH_ABORT, "free(): invalid pointer", "" },
    { "*** stack smashing detected ***: terminated", CRASH_ABORT, "*** stack smashing", "" },
    { "tp: src/t.cpp:12: int main(int, char**): Assertion `v[1][0] == 'b'' failed.\n", CRASH_ABORT,
      "src/t.cpp:12: int main(int, char**): Assertion", "t.cpp:12" },
    { "terminate called after throwing an instance of 'std::runtime_error'\n"
      "  what():  bad frame\n",
      CRASH_ABORT, "terminate called after throwing an instance of 'std::runtime_error': bad frame",
      "" },
    { "terminate called after throwing an instance of 'int'\n", CRASH_ABORT, "terminate called",
      "" },
    { "terminate called without an active exception\n", CRASH_ABORT, "terminate called", "" },
    { "Segmentation fault\n", CRASH_SIGNAL, "Segmentation fault", "" },
    { "Aborted (core dumped)\n", CRASH_SIGNAL, "Aborted", "" },
    { "bash: line 1: 29077 Segmentation fault      ./pl s\n", CRASH_SIGNAL, "Segmentation fault",
      "" },
    { "run: line 9: 29077 Aborted                 (core dumped) ./pl s\n", CRASH_SIGNAL, "Aborted",
      "" },
    { shell_before_report, CRASH_ABORT, "free(): invalid pointer", "" },
    { go_index, CRASH_PANIC, "panic: runtime error: index out of range", "main.parse g.go:3" },
    { go_nil, CRASH_PANIC, "panic: runtime error: invalid memory", "main.(*T).get g.go:5" },
    { go_deadlock, CRASH_PANIC, "fatal error: all goroutines are asleep", "main.main g2.go:3" },
    { go_http, CRASH_EXCEPTION, "runtime error: index out of range [5] with length 0",
      "main.parse g.go:3" },
    { rust_new, CRASH_PANIC, "panicked: index out of bounds: the len is 2", "r.rs:1" },
    { rust_old, CRASH_PANIC, "panicked: called `Option::unwrap()` on a `None` value",
      "frame.rs:5" },
    { "\nthread 'main' has overflowed its stack\n", CRASH_PANIC, "thread 'main' has overflowed",
      "" },
    { java, CRASH_EXCEPTION, "java.lang.NumberFormatException: For input",
      "org.example.Frames.main Frames.java:4" },
    { python, CRASH_EXCEPTION, "IndexError: index out of range", "parse p.py:2" },
    { python_fatal, CRASH_PANIC, "Fatal Python error: Segmentation fault",
      "string_at __init__.py:519" },
    { node, CRASH_PANIC, "TypeError: Cannot read properties", "parse n.js:2" },
    { node_emit, CRASH_PANIC, "RangeError: Invalid WebSocket frame",
      "Receiver.getInfo receiver.js:290" },
};

Test(crash_sign, a_report_gives_its_kind_its_summary_and_its_site)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct crash_sign sign;
        bool found = crash_sign_find(bytes_str(signs[i].text), &sign);
        cr_expect(found, "%zu: nothing in: %.80s", i, signs[i].text);
        cr_expect_eq(sign.kind, signs[i].kind, "%zu: %s: %s", i, crash_kind_name(sign.kind),
                     signs[i].summary);
        cr_expect(strncmp(sign.summary, signs[i].summary, strlen(signs[i].summary)) == 0,
                  "%zu: \"%s\" is not \"%s\"", i, sign.summary, signs[i].summary);
        cr_expect_str_eq(sign.site, signs[i].site, "%zu: \"%s\" is not \"%s\"", i, sign.site,
                         signs[i].site);
        cr_expect_eq(crash_kind_certain(sign.kind), signs[i].kind != CRASH_EXCEPTION);
    }
}

/* Two runs of one fault differ in addresses and process ids alone. */
Test(crash_sign, a_summary_holds_no_addresses_of_memory)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct crash_sign sign;
        cr_assert(crash_sign_find(bytes_str(signs[i].text), &sign));
        cr_expect_null(strstr(sign.summary, "0x6020"), "%s", sign.summary);
        cr_expect_null(strstr(sign.summary, "pid="), "%s", sign.summary);
    }
}

Test(crash_sign, ordinary_lines_are_no_crash)
{
    static const char *const fine[] = {
        "",
        "\n\n",
        "listening on ws://127.0.0.1:9001/\n",
        "AddressSanitizer is on\n",
        "compiled with UndefinedBehaviorSanitizer: yes\n",
        "==1234== Memcheck, a memory error detector\n",
        "==1234== All heap blocks were freed -- no leaks are possible\n",
        "==1234==WARNING: ASan doesn't fully support makecontext/swapcontext functions\n",
        "client says: ==1==ERROR: AddressSanitizer: heap-buffer-overflow\n",
        "got \"SUMMARY: AddressSanitizer: x in y\"\n",
        "SUMMARY: 3 connections\n",
        "runtime error: the peer is gone\n",
        "client 12:34: runtime error: none\n",
        "ERROR: runtime error: 5:6\n",
        "message: Segmentation fault\n",
        "client 12 said Aborted\n",
        "Segmentation fault is what it fears\n",
        "connection 5: 12 Aborted by peer\n",
        "Aborted by the client\n",
        "panic: the client does not answer\n",
        "panic: none\ngoroutines are fine\n",
        "fatal error: cannot bind, trying the next port\n",
        "thread 'main' started\n",
        "no thread has panicked at all\n",
        "don't terminate called-off sessions\n",
        "malloc(): failed, trying again with less\n",
        "free(): is not called here\n",
        "Assertion failed: none\n",
        "test: Assertion `x' is checked\n",
        "Exception in thread pool is handled\n",
        "Exception in thread \"main\" is not what we want\n",
        "Traceback is off\n",
        "Traceback (most recent call last):\n",
        "Traceback (most recent call last):\n  File \"/srv/p.py\", line 2, in parse\n",
        "Node.js v20.20.2\n",
        "Error: handled\n    at Object.<anonymous> (/srv/n.js:7:29)\n",
        "started with Node.js v20\n\n    ^\nready\n",
        "WARNING: ThreadSanitizer is slow\n",
        "    #1 0x55c5d3578a1b in copy /src/crash/a.c:5:51\n",
    };

    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct crash_sign sign;
        cr_expect_not(crash_sign_find(bytes_str(fine[i]), &sign), "%s: %s: %s", fine[i],
                      crash_kind_name(sign.kind), sign.summary);
        cr_expect_eq(sign.kind, CRASH_NONE);
        cr_expect_str_empty(sign.summary);
        cr_expect_str_empty(sign.site);
    }
}

/* The end of a stderr may be cut off anywhere, and its beginning too. */
Test(crash_sign, no_cut_upsets_it)
{
    static char kept[4096];

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t len = strlen(signs[i].text);
        for (size_t n = 0; n <= len; n++) {
            struct crash_sign sign;
            char *end = kept + sizeof kept - n; /* a byte too far is past the array */
            memcpy(end, signs[i].text, n);
            (void)crash_sign_find(bytes_of(end, n), &sign);
            memcpy(end, signs[i].text + len - n, n);
            (void)crash_sign_find(bytes_of(end, n), &sign);
            cr_assert_lt(strlen(sign.summary), CRASH_SUMMARY_MAX);
        }
    }
}

Test(crash_sign, what_is_long_is_cut_and_what_is_no_text_is_masked)
{
    static char text[4096];
    struct crash_sign sign;

    memset(text, 'x', sizeof text);
    memcpy(text, "==1==ERROR: AddressSanitizer: ", 30);
    text[40] = 27;
    cr_assert(crash_sign_find(bytes_of(text, sizeof text), &sign));
    cr_expect_eq(strlen(sign.summary), CRASH_SUMMARY_MAX - 1);
    cr_expect_null(strchr(sign.summary, 27));
    memcpy(text, "==1==ERROR: AddressSanitizer: x\n    #0 0x1 in xxx", 50);
    memcpy(text + 3000, " /a.c:7\n", 8);
    cr_assert(crash_sign_find(bytes_of(text, sizeof text), &sign));
    cr_expect_lt(strlen(sign.site), CRASH_SITE_MAX);
    cr_expect(strstr(sign.site, "x a.c:7"), "%s", sign.site);
}
