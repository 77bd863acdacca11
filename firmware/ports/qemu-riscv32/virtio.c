#include "virtio.h"

#include "machine.h"

enum {
    FIRST = 0x10001000, /* of the eight devices of the machine */
    STEP = 0x1000,
    DEVICES = 8,
    MAGIC = 0x74726976,
    VERSION = 2, /* of the registers; 1 is from before the standard */
};

/* Registers of virtio 1.1, section 4.2.2. */
enum {
    REG_MAGIC = 0x000,
    REG_VERSION = 0x004,
    REG_KIND = 0x008,
    REG_DEVICE_FEATURES = 0x010,
    REG_DEVICE_FEATURES_PAGE = 0x014,
    REG_DRIVER_FEATURES = 0x020,
    REG_DRIVER_FEATURES_PAGE = 0x024,
    REG_QUEUE = 0x030,
    REG_QUEUE_ENTRIES = 0x038,
    REG_QUEUE_READY = 0x044,
    REG_QUEUE_NOTIFY = 0x050,
    REG_STATUS = 0x070,
    REG_DESCRIPTORS = 0x080,
    REG_AVAILABLE = 0x090,
    REG_USED = 0x0a0,
};

enum { ACKNOWLEDGED = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, NEXT_WRITABLE = 2 };

static volatile uint32_t *at(uint32_t base, uint32_t offset) {
    return &MACHINE_REGISTER(base + offset);
}

uint32_t virtio_find(uint32_t kind) {
    for (uint32_t i = 0; i < DEVICES; i++) {
        const uint32_t base = FIRST + i * STEP;
        if (*at(base, REG_MAGIC) == MAGIC && *at(base, REG_VERSION) == VERSION &&
            *at(base, REG_KIND) == kind)
            return base;
    }
    return 0;
}

bool virtio_begin(uint32_t base, uint32_t features) {
    *at(base, REG_STATUS) = 0;
    *at(base, REG_STATUS) = ACKNOWLEDGED | DRIVER;
    *at(base, REG_DEVICE_FEATURES_PAGE) = 0;
    if ((*at(base, REG_DEVICE_FEATURES) & features) != features) return false;
    *at(base, REG_DRIVER_FEATURES_PAGE) = 0;
    *at(base, REG_DRIVER_FEATURES) = features;
    *at(base, REG_DRIVER_FEATURES_PAGE) = 1;
    *at(base, REG_DRIVER_FEATURES) = 1; /* bit 32: version 1 */
    *at(base, REG_STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_OK;
    return (*at(base, REG_STATUS) & FEATURES_OK) != 0;
}

static void set_address(uint32_t base, uint32_t offset, const volatile void *address) {
    *at(base, offset) = (uint32_t)(uintptr_t)address;
    *at(base, offset + 4) = 0;
}

void virtio_queue_init(virtio_queue_t *queue, uint32_t base, uint32_t number) {
    queue->base = base;
    queue->number = number;
    queue->seen = 0;
    *at(base, REG_QUEUE) = number;
    *at(base, REG_QUEUE_ENTRIES) = VIRTIO_QUEUE_ENTRIES;
    set_address(base, REG_DESCRIPTORS, queue->descriptors);
    set_address(base, REG_AVAILABLE, &queue->available);
    set_address(base, REG_USED, &queue->used);
    *at(base, REG_QUEUE_READY) = 1;
}

void virtio_ready(uint32_t base) {
    *at(base, REG_STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_OK | DRIVER_OK;
}

/* Order between the processor and the device. */
static void fence(void) {
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}

void virtio_lend(virtio_queue_t *queue, uint16_t id, void *buffer, size_t bytes, bool writable) {
    queue->descriptors[id] = (virtio_descriptor_t){.address = (uintptr_t)buffer,
                                                   .bytes = (uint32_t)bytes,
                                                   .flags = writable ? NEXT_WRITABLE : 0};
    queue->available.ring[queue->available.index % VIRTIO_QUEUE_ENTRIES] = id;
    fence();
    queue->available.index++;
    fence();
    *at(queue->base, REG_QUEUE_NOTIFY) = queue->number;
}

bool virtio_return(virtio_queue_t *queue, uint16_t *id, size_t *bytes) {
    if (queue->seen == queue->used.index) return false;
    fence();
    *id = (uint16_t)queue->used.ring[queue->seen % VIRTIO_QUEUE_ENTRIES].id;
    *bytes = queue->used.ring[queue->seen % VIRTIO_QUEUE_ENTRIES].bytes;
    queue->seen++;
    return true;
}
