#include "link/cobs.h"

size_t link_cobs_encode(const uint8_t *in, size_t n, uint8_t *out) {
    size_t code = 0, at = 1; /* where the present run's length goes; the next free byte */
    for (size_t i = 0; i < n; i++) {
        if (in[i] != 0) out[at++] = in[i];
        const size_t run = at - code;
        if (in[i] == 0 || (run == 255 && i + 1 < n)) {
            out[code] = (uint8_t)run;
            code = at++;
        }
    }
    out[code] = (uint8_t)(at - code);
    return at;
}

bool link_cobs_decode(uint8_t *bytes, size_t *n) {
    const size_t size = *n;
    size_t out = 0;
    for (size_t at = 0; at < size;) {
        const uint8_t run = bytes[at++];
        if (run == 0 || at + run - 1 > size) return false;
        for (uint8_t i = 1; i < run; i++) {
            if (bytes[at] == 0) return false;
            bytes[out++] = bytes[at++];
        }
        if (run < 255 && at < size) bytes[out++] = 0;
    }
    *n = out;
    return true;
}
