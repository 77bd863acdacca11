/* Power spectra of floats under a Hann window. */
#include "controllers/hann_f32.h"
#include "dsp/fft_f32.h"

#include "port.h"

typedef struct {
    fft_f32_t fft;
    float *re, *im;
} spectrum_t;

ANC_EXPORT(spectrum_bytes) size_t anc_wasm_spectrum_bytes(uint32_t size) {
    return sizeof(spectrum_t) + fft_f32_bytes(size) + 2 * (size / 2 + 1) * sizeof(float);
}

ANC_EXPORT(spectrum_init) bool anc_wasm_spectrum_init(spectrum_t *s, uint32_t size) {
    float *bins = (float *)(s + 1);
    *s = (spectrum_t){.re = bins, .im = bins + size / 2 + 1};
    return fft_f32_init(&s->fft, size, bins + 2 * (size / 2 + 1));
}

/* power[0..size / 2], unscaled */
ANC_EXPORT(spectrum_process)
void anc_wasm_spectrum_process(spectrum_t *s, const float *signal, float *power) {
    fft_f32_forward(&s->fft, signal, s->re, s->im);
    hann_f32_power(s->re, s->im, s->fft.size, power);
}
