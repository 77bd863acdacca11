/* What is done to a block of floats after a canceller: how much of the noise goes, a limit, and the
 * sums of squares of both sides. */
#include "dsp/simd_f32.h"

#include <stddef.h>

#include "port.h"

static float within(float value, float limit) {
    return value > limit ? limit : value < -limit ? -limit : value;
}

static f32x4 within_4(f32x4 value, f32x4 limit) {
    const f32x4 low = f32x4_max(value, -limit);
    return -f32x4_max(-low, -limit);
}

static float sum_of(f32x4 s) {
    return (s[0] + s[1]) + (s[2] + s[3]);
}

/* rest becomes primary + intensity * (rest - primary) within -limit..limit; squares[0] is the sum
 * of squares of the primary, squares[1] that of what rest became. */
ANC_EXPORT(mix_f32)
void anc_wasm_mix_f32(const float *primary, float *rest, float intensity, float limit, size_t count,
                      float *squares) {
    const f32x4 some = f32x4_all(intensity), kept = f32x4_all(1 - intensity);
    const f32x4 most = f32x4_all(limit);
    f32x4 before = {0}, after = {0};
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const f32x4 x = f32x4_load(primary + i);
        const f32x4 y = within_4(kept * x + some * f32x4_load(rest + i), most);
        f32x4_store(rest + i, y);
        before += x * x;
        after += y * y;
    }
    squares[0] = sum_of(before);
    squares[1] = sum_of(after);
    for (; i < count; i++) {
        rest[i] = within((1 - intensity) * primary[i] + intensity * rest[i], limit);
        squares[0] += primary[i] * primary[i];
        squares[1] += rest[i] * rest[i];
    }
}
