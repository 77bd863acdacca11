// pty-bridge LINK: a pseudo-terminal, as a serial port that can be unplugged. What its other side
// writes goes to standard output, standard input goes to it. The other side's name is printed on
// standard error; LINK leads to it. It ends with standard input, or after SIGTERM, and then the
// port is gone.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static int fail(const char *what) {
    perror(what);
    return 1;
}

// All of it, or -1.
static int put(int fd, const char *bytes, ssize_t n) {
    for (ssize_t at = 0; at < n;) {
        const ssize_t done = write(fd, bytes + at, (size_t)(n - at));
        if (done < 0) return -1;
        at += done;
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 2) return fputs("pty-bridge LINK\n", stderr), 2;
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) return fail("posix_openpt");
    char name[128];
    if (ptsname_r(master, name, sizeof name) != 0) return fail("ptsname");
    // Raw from the start: what is written before a host opens the port must not come back as an
    // echo.
    const int slave = open(name, O_RDWR | O_NOCTTY);
    struct termios raw;
    if (slave < 0 || tcgetattr(slave, &raw) < 0) return fail(name);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    unlink(argv[1]);
    if (symlink(name, argv[1]) < 0) return fail(argv[1]);
    fprintf(stderr, "%s\n", name);
    struct pollfd ends[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = master, .events = POLLIN}};
    char bytes[4096];
    for (;;) {
        if (poll(ends, 2, -1) < 0) break;
        if (ends[0].revents) {
            const ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
            if (n <= 0 || put(master, bytes, n) < 0) break;
        }
        if (ends[1].revents) {
            const ssize_t n = read(master, bytes, sizeof bytes);
            if (n <= 0 || put(STDOUT_FILENO, bytes, n) < 0) break;
        }
    }
    unlink(argv[1]);
    return 0;
}
