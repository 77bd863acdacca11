#include "memory.h"

#include "board.h"
#include "esp_heap_caps.h"
#include "sdkconfig.h"

#if CONFIG_ANC_CONTROL_MEMORY
enum {
    LATENCY = ANC_BOARD_ADDED_LATENCY_SAMPLES < ANC_MAX_SECONDARY_DELAY
                  ? ANC_BOARD_ADDED_LATENCY_SAMPLES
                  : ANC_MAX_SECONDARY_DELAY,
    RESERVE_BYTES = CONFIG_ANC_CONTROL_RESERVE_KB * 1024,
};

/* Inside the chip: the audio task writes into it. */
static void *take(size_t bytes) {
    const uint32_t inside = MALLOC_CAP_INTERNAL | MALLOC_CAP_8BIT;
    if (heap_caps_get_free_size(inside) < bytes + RESERVE_BYTES) return NULL;
    return heap_caps_malloc(bytes, inside);
}

/* For the longest filter that the board's budget allows, or for the longest that there is room for.
 */
static void give_control(device_port_t *port) {
    for (size_t taps = ANC_BOARD_MAX_TAPS; taps >= ANC_MIN_TAPS; taps /= 2) {
        port->controlBytes = normal_equations_bytes(taps, LATENCY + ANC_BOARD_MAX_SECONDARY_TAPS);
        port->controlMemory = take(port->controlBytes);
        if (port->controlMemory) return;
    }
    port->controlBytes = 0;
}
#endif

void memory_give(device_port_t *port) {
#if CONFIG_ANC_GUARDS
    port->guards = heap_caps_malloc(sizeof *port->guards, MALLOC_CAP_INTERNAL | MALLOC_CAP_8BIT);
#endif
#if CONFIG_ANC_CONTROL_MEMORY
    give_control(port);
#endif
    (void)port;
}
