#include "host_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "fail.h"
#include "link/wire.h"

void host_link_init(host_link_t *link, device_t *device, uint32_t seed) {
    memset(link, 0, sizeof *link);
    link->device = device;
    link->listener = link->client = link->pty = -1;
    link->toHost.random.state = seed + 3;
    link->toDevice.random.state = seed + 4;
}

static void set_nonblocking(int fd) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

unsigned host_link_listen(host_link_t *link, unsigned port) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int yes = 1;
    link->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (link->listener < 0) fail(EXIT_TROUBLE, "LINK_FAILED", NULL, "socket: %s", strerror(errno));
    setsockopt(link->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(link->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(link->listener, 4) != 0)
        fail(EXIT_BAD_INPUT, "PORT_IN_USE", "Take another port, or --tcp 0 for any free one.",
             "cannot listen on 127.0.0.1:%u: %s", port, strerror(errno));
    getsockname(link->listener, (struct sockaddr *)&address, &size);
    set_nonblocking(link->listener);
    return ntohs(address.sin_port);
}

const char *host_link_open_pty(host_link_t *link, const char *path) {
    link->pty = posix_openpt(O_RDWR | O_NOCTTY);
    const char *name = NULL;
    if (link->pty >= 0 && grantpt(link->pty) == 0 && unlockpt(link->pty) == 0)
        name = ptsname(link->pty);
    if (!name) fail(EXIT_TROUBLE, "LINK_FAILED", NULL, "no pseudo-terminal: %s", strerror(errno));
    /* Raw, and closed again: only then does the master see whether a host has it open. */
    const int slave = open(name, O_RDWR | O_NOCTTY);
    struct termios mode;
    if (slave < 0 || tcgetattr(slave, &mode) != 0)
        fail(EXIT_TROUBLE, "LINK_FAILED", NULL, "%s: %s", name, strerror(errno));
    cfmakeraw(&mode);
    tcsetattr(slave, TCSANOW, &mode);
    close(slave);
    set_nonblocking(link->pty);
    if (path) {
        unlink(path);
        if (symlink(name, path) != 0)
            fail(EXIT_BAD_INPUT, "LINK_FAILED", "Give a path in a folder that you may write to.",
                 "cannot link %s to %s: %s", path, name, strerror(errno));
        link->ptyLink = path;
    }
    return name;
}

void host_link_inherit(host_link_t *link, int listener, int pty) {
    link->listener = listener;
    link->pty = pty;
    if (listener >= 0) set_nonblocking(listener);
    if (pty >= 0) set_nonblocking(pty);
}

static void opened(host_link_t *link, bool onPty) {
    link->open = true;
    link->onPty = onPty;
    pipe_clear(&link->toHost);
    pipe_clear(&link->toDevice);
    device_link_opened(link->device);
}

void host_link_hang_up(host_link_t *link) {
    if (!link->open) return;
    if (link->client >= 0) close(link->client);
    link->client = -1;
    link->open = false;
    device_link_closed(link->device);
}

bool host_link_tx(host_link_t *link, const uint8_t *bytes, size_t n, uint64_t nowMs) {
    return link->open && pipe_put(&link->toHost, bytes, n, nowMs, &link->faults);
}

/* Tells a second host why it is turned away: a log event, then the end. */
static void refuse(int client) {
    uint8_t body[16], encoded[LINK_MAX_ENCODED_BYTES];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_LOG_LEVEL, LINK_LOG_LEVEL_WARNING);
    wire_u64(&w, LINK_LOG_CODE, LINK_LOG_CODE_LINK_BUSY);
    const link_frame_t frame = {
        .kind = LINK_KIND_EVENT, .message = LINK_MESSAGE_LOG, .body = body, .bodyBytes = w.n};
    const size_t n = link_encode(&frame, encoded);
    if (write(client, encoded, n) < 0) errno = 0; /* it will see the end all the same */
    shutdown(client, SHUT_WR);
    close(client);
}

static void accept_host(host_link_t *link) {
    const int client = link->listener < 0 ? -1 : accept(link->listener, NULL, NULL);
    if (client < 0) return;
    if (link->open) {
        refuse(client);
        return;
    }
    const int yes = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    set_nonblocking(client);
    link->client = client;
    opened(link, false);
}

/* A pty has no accept: the hang-up condition goes away when a host opens it and comes back when it
 * closes. */
static void watch_pty(host_link_t *link) {
    if (link->pty < 0) return;
    struct pollfd fd = {.fd = link->pty, .events = POLLIN};
    poll(&fd, 1, 0);
    const bool isOpen = (fd.revents & POLLHUP) == 0;
    const bool hasCome = isOpen && !link->ptyOpen, hasLeft = link->ptyOpen && !isOpen;
    link->ptyOpen = isOpen;
    if (hasLeft) tcflush(link->pty, TCIOFLUSH);
    if (hasLeft && link->open && link->onPty) host_link_hang_up(link);
    /* Who comes while another is still leaving waits: an open pty says so only once. */
    link->ptyWaits = isOpen && (hasCome || link->ptyWaits);
    if (!link->ptyWaits || link->open) return;
    link->ptyWaits = false;
    opened(link, true);
}

static int present(const host_link_t *link) {
    return link->onPty ? link->pty : link->client;
}

static void read_host(host_link_t *link, uint64_t nowMs) {
    uint8_t bytes[4096];
    while (link->open && pipe_room(&link->toDevice) >= sizeof bytes) {
        const ssize_t n = read(present(link), bytes, sizeof bytes);
        if (n > 0) {
            pipe_put(&link->toDevice, bytes, (size_t)n, nowMs, &link->faults);
        } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else {
            if (!link->onPty) host_link_hang_up(link);
            return;
        }
    }
}

static void write_host(host_link_t *link, uint64_t nowMs) {
    size_t n;
    while (link->open) {
        const uint8_t *bytes = pipe_peek(&link->toHost, nowMs, &n);
        if (n == 0) return;
        const ssize_t sent = link->onPty ? write(present(link), bytes, n)
                                         : send(present(link), bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            if (sent < 0 && errno != EAGAIN && errno != EINTR && !link->onPty)
                host_link_hang_up(link);
            return;
        }
        pipe_drop(&link->toHost, (size_t)sent);
    }
}

void host_link_work(host_link_t *link, uint64_t nowMs) {
    /* Who has gone, on either kind of link, makes room before anyone new is looked at. */
    read_host(link, nowMs);
    watch_pty(link);
    accept_host(link);
    read_host(link, nowMs);
    size_t n;
    const uint8_t *bytes;
    while (link->open && (bytes = pipe_peek(&link->toDevice, nowMs, &n), n > 0)) {
        device_rx(link->device, bytes, n);
        pipe_drop(&link->toDevice, n);
    }
    write_host(link, nowMs);
}

void host_link_poll_fds(const host_link_t *link, struct pollfd fds[HOST_LINK_FDS], int *n) {
    *n = 0;
    if (link->listener >= 0) fds[(*n)++] = (struct pollfd){.fd = link->listener, .events = POLLIN};
    if (link->client >= 0) fds[(*n)++] = (struct pollfd){.fd = link->client, .events = POLLIN};
    /* While nobody has it open the pty reports a hang-up all the time: it is looked at in passing.
     */
    if (link->ptyOpen) fds[(*n)++] = (struct pollfd){.fd = link->pty, .events = POLLIN};
}

void host_link_close(host_link_t *link) {
    host_link_hang_up(link);
    if (link->listener >= 0) close(link->listener);
    if (link->pty >= 0) close(link->pty);
    if (link->ptyLink) unlink(link->ptyLink);
}
