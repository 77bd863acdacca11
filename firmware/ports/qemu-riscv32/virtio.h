/* virtio 1.1 over MMIO, split queues, polled: what a driver needs. */
#ifndef ANC_QEMU_VIRTIO_H
#define ANC_QEMU_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VIRTIO_QUEUE_ENTRIES = 8 }; /* a power of two */

typedef struct {
    uint64_t address;
    uint32_t bytes;
    uint16_t flags, next;
} virtio_descriptor_t;

typedef struct {
    uint16_t flags, index;
    uint16_t ring[VIRTIO_QUEUE_ENTRIES];
    uint16_t event;
} virtio_available_t;

typedef struct {
    uint16_t flags, index;
    struct {
        uint32_t id, bytes;
    } ring[VIRTIO_QUEUE_ENTRIES];
    uint16_t event;
} virtio_used_t;

typedef struct {
    _Alignas(16) virtio_descriptor_t descriptors[VIRTIO_QUEUE_ENTRIES];
    _Alignas(4) volatile virtio_available_t available;
    _Alignas(4) volatile virtio_used_t used;
    uint32_t base, number; /* of the device's registers; of the queue in it */
    uint16_t seen;         /* of `used` */
} virtio_queue_t;

/* The registers of the device of that kind that speaks version 1; 0: there is none. */
uint32_t virtio_find(uint32_t kind);

/* Resets the device and agrees on version 1 and these features, all below 32; false: it lacks one.
 */
bool virtio_begin(uint32_t base, uint32_t features);
void virtio_queue_init(virtio_queue_t *queue, uint32_t base, uint32_t number);
void virtio_ready(uint32_t base);

/* Lends buffer `id` to the device: for it to write, or to read. */
void virtio_lend(virtio_queue_t *queue, uint16_t id, void *buffer, size_t bytes, bool writable);
/* A buffer that came back: its id, and what was written to it; false when there is none. */
bool virtio_return(virtio_queue_t *queue, uint16_t *id, size_t *bytes);

#endif
