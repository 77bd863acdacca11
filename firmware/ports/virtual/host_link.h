/* The host's end: a TCP socket on the loopback interface and a pseudo-terminal, one host at a time.
 */
#ifndef ANC_VIRTUAL_HOST_LINK_H
#define ANC_VIRTUAL_HOST_LINK_H

#include <poll.h>

#include "device/device.h"
#include "pipe.h"

enum { HOST_LINK_FDS = 3 };

typedef struct {
    device_t *device;
    int listener, client; /* TCP; -1: none */
    int pty;              /* master; -1: none */
    bool ptyOpen;         /* a host has it open */
    bool ptyWaits;        /* opened, and not served yet */
    bool onPty;           /* the present host is on the pty */
    bool open;            /* there is a host */
    const char *ptyLink;  /* symbolic link to remove at the end; NULL: none */
    pipe_t toHost, toDevice;
    pipe_faults_t faults;
} host_link_t;

void host_link_init(host_link_t *link, device_t *device, uint32_t seed);

/* Listens on 127.0.0.1; returns the port. Ends the program when it is taken. */
unsigned host_link_listen(host_link_t *link, unsigned port);
/* Opens a pty; path is NULL, or where to put a symbolic link to it. Returns its name. */
const char *host_link_open_pty(host_link_t *link, const char *path);

/* Takes over what a boot loader has opened; -1: it has not. */
void host_link_inherit(host_link_t *link, int listener, int pty);

/* For the device's port. */
bool host_link_tx(host_link_t *link, const uint8_t *bytes, size_t n, uint64_t nowMs);

/* What to wait for: *n of HOST_LINK_FDS. */
void host_link_poll_fds(const host_link_t *link, struct pollfd fds[HOST_LINK_FDS], int *n);
/* Accepts, reads, writes, without ever waiting. */
void host_link_work(host_link_t *link, uint64_t nowMs);
/* Ends the present connection, as a restart does. */
void host_link_hang_up(host_link_t *link);
void host_link_close(host_link_t *link);

#endif
