#include "device/params_format.h"

/* firmware/tests/stores holds a store of every format. */
const params_change_t paramsChanges[] = {{.format = 0}};

/* |raw * numerator| <= 2^62, and half the denominator does not lift it over 2^63. */
static bool rescale(const params_change_t *change, int32_t *raw) {
    const int64_t product = (int64_t)*raw * change->numerator, half = change->denominator / 2;
    const int64_t value = (product < 0 ? product - half : product + half) / change->denominator;
    if (value < INT32_MIN || value > INT32_MAX) return false;
    *raw = (int32_t)value;
    return true;
}

bool params_migrate(const params_change_t *changes, uint16_t storedFormat, uint32_t *id,
                    int32_t *raw) {
    uint16_t format = storedFormat; /* of the entry by now */
    for (const params_change_t *change = changes; change->format != 0; change++) {
        if (change->format <= format || change->from != *id) continue;
        if (change->to == 0 || !rescale(change, raw)) return false;
        *id = change->to;
        format = change->format; /* two ids that change places do so once */
    }
    return true;
}
