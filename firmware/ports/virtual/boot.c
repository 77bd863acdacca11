#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "device/safe_mode.h"
#include "fail.h"

enum { MAX_CRASHES = 20, CRASH_PAUSE_MS = 100 };

static volatile sig_atomic_t child, ended;

static void forward(int number) {
    ended = 1;
    if (child > 0) kill((pid_t)child, number);
}

static int descriptor(const char *name) {
    const char *text = getenv(name);
    return text ? atoi(text) : -1;
}

boot_t boot_read(void) {
    const int reason = descriptor("ANC_BOOT_RESET");
    return (boot_t){.booted = reason >= 0,
                    .resetReason = (uint8_t)(reason < 0 ? LINK_RESET_REASON_POWER_ON : reason),
                    .tcp = descriptor("ANC_BOOT_TCP"),
                    .pty = descriptor("ANC_BOOT_PTY"),
                    .safeMode = getenv("ANC_BOOT_SAFE") != NULL};
}

static void set_number(const char *name, int number) {
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    if (number >= 0)
        setenv(name, text, 1);
    else
        unsetenv(name);
}

static void keep_open(int fd) {
    if (fd >= 0) fcntl(fd, F_SETFD, 0);
}

/* The exit status as a shell tells it: 128 and the signal's number when one ended it. */
static int run(const char *program, const host_link_t *link, char **argv) {
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) fail(EXIT_TROUBLE, "BOOT_FAILED", NULL, "fork: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(0);
        keep_open(link->listener);
        keep_open(link->pty);
        execv(program, argv);
        _exit(127);
    }
    child = pid;
    if (ended) kill(pid, SIGTERM); /* the signal came before there was someone to tell */
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    child = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

int boot_run(slots_t *slots, const host_link_t *link, char **argv) {
    const struct sigaction end = {.sa_handler = forward};
    safe_mode_t safeMode = {.mark = 0};
    uint8_t reason = LINK_RESET_REASON_POWER_ON;
    sigaction(SIGINT, &end, NULL);
    sigaction(SIGTERM, &end, NULL);
    set_number("ANC_BOOT_TCP", link->listener);
    set_number("ANC_BOOT_PTY", link->pty);
    for (int crashes = 0; crashes < MAX_CRASHES;) {
        slots_reload(slots);
        const char *program = slots_boot(slots);
        if (!program)
            fail(EXIT_TROUBLE, "BOOT_FAILED", "Empty the folder: it gets this program again.",
                 "no firmware that is whole in %s", slots->folder);
        const bool crashed = reason == LINK_RESET_REASON_PANIC;
        const bool isTrial = slots->states[slots->current] == UPDATE_SLOT_TRIAL;
        if (safe_mode_start(&safeMode, crashed && !isTrial))
            setenv("ANC_BOOT_SAFE", "1", 1);
        else
            unsetenv("ANC_BOOT_SAFE");
        set_number("ANC_BOOT_RESET", reason);
        const uint64_t startMs = now_ms();
        const int status = run(program, link, argv);
        if (ended || status == 0) return status == BOOT_RESTART ? 0 : status;
        /* bad options are the user's, not a crash; of firmware on trial they are its own */
        if (status == EXIT_BAD_INPUT && !isTrial) return status;
        reason = status == BOOT_RESTART ? LINK_RESET_REASON_SOFTWARE : LINK_RESET_REASON_PANIC;
        if (now_ms() - startMs >= SAFE_MODE_SETTLED_MS) {
            safe_mode_settled(&safeMode);
            crashes = 0;
        }
        if (reason != LINK_RESET_REASON_PANIC) continue;
        crashes++;
        const struct timespec pause = {.tv_nsec = CRASH_PAUSE_MS * 1000000L};
        nanosleep(&pause, NULL);
    }
    fail(EXIT_TROUBLE, "BOOT_FAILED", "Look at what the firmware printed.",
         "the firmware in %s crashes at every start", slots->folder);
}
