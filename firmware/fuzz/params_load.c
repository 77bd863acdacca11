/* Any bytes at all in the store: refused, or every value within its range. */
#include "device/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    params_t p;
    params_init(&p);
    params_load(&p, data, size);
    for (int i = 0; i < PARAM_COUNT; i++)
        if (p.values[i] < paramTable[i].min || p.values[i] > paramTable[i].max) __builtin_trap();
    return 0;
}
