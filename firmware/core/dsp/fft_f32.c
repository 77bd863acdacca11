#include "dsp/fft_f32.h"

#include "dsp/simd_f32.h"

/* cos and sin of 2 pi k / n by Taylor's series within an eighth of the circle, in double. */
static void unit(uint32_t k, uint32_t n, float *cosine, float *sine) {
    k %= n;
    const uint32_t eighth = (uint32_t)(((uint64_t)k * 8) / n);
    /* the angle to the nearest multiple of pi/2, between -pi/4 and pi/4 */
    const uint32_t quarter = ((eighth + 1) / 2) % 4;
    const double turns = (double)k / n - (double)((eighth + 1) / 2) / 4;
    const double a = turns * 6.28318530717958647692, b = a * a;
    double c = 1, s = 1;
    for (int i = 12; i >= 2; i -= 2) {
        c = 1 - c * b / (double)(i * (i - 1));
        s = 1 - s * b / (double)(i * (i + 1));
    }
    s *= a;
    const double x[4] = {c, -s, -c, s}, y[4] = {s, c, -s, -c};
    *cosine = (float)x[quarter];
    *sine = (float)y[quarter];
}

/* Complex points of the stages: size / 2. Each radix-4 stage of length n takes 3 * n / 4 twiddles,
 * re and im. */
static size_t twiddle_floats(uint32_t size) {
    size_t floats = 0;
    for (uint32_t n = size / 2; n >= 4; n /= 4)
        floats += 6 * (n / 4);
    return floats;
}

size_t fft_f32_bytes(uint32_t size) {
    return (twiddle_floats(size) + size / 2 + 2 + 4 * (size_t)size) * sizeof(float);
}

bool fft_f32_init(fft_f32_t *f, uint32_t size, void *memory) {
    if (size < FFT_F32_MIN || size > FFT_F32_MAX || (size & (size - 1)) != 0) return false;
    float *floats = memory;
    *f = (fft_f32_t){.size = size, .twiddles = floats};
    for (uint32_t n = size / 2; n >= 4; n /= 4) {
        const uint32_t m = n / 4;
        for (uint32_t p = 0; p < m; p++) {
            for (uint32_t k = 1; k <= 3; k++) {
                float c, s;
                unit(k * p, n, &c, &s);
                floats[(2 * k - 2) * m + p] = c;
                floats[(2 * k - 1) * m + p] = -s;
            }
        }
        floats += 6 * m;
    }
    f->split = floats;
    for (uint32_t k = 0; k <= size / 4; k++) {
        float c, s;
        unit(k, size, &c, &s);
        floats[k] = c;
        floats[size / 4 + 1 + k] = -s;
    }
    f->scratch = floats + size / 2 + 2;
    return true;
}

/* a 4 x 4 block, rows to columns */
static inline void transpose(f32x4 *a, f32x4 *b, f32x4 *c, f32x4 *d) {
    const f32x4 p = __builtin_shufflevector(*a, *b, 0, 4, 1, 5);
    const f32x4 q = __builtin_shufflevector(*a, *b, 2, 6, 3, 7);
    const f32x4 r = __builtin_shufflevector(*c, *d, 0, 4, 1, 5);
    const f32x4 s = __builtin_shufflevector(*c, *d, 2, 6, 3, 7);
    *a = __builtin_shufflevector(p, r, 0, 1, 4, 5);
    *b = __builtin_shufflevector(p, r, 2, 3, 6, 7);
    *c = __builtin_shufflevector(q, s, 0, 1, 4, 5);
    *d = __builtin_shufflevector(q, s, 2, 3, 6, 7);
}

typedef struct {
    f32x4 re[4], im[4];
} four_t;

static inline four_t butterfly(const float *re, const float *im, size_t stride) {
    const f32x4 ar = f32x4_load(re), br = f32x4_load(re + stride);
    const f32x4 cr = f32x4_load(re + 2 * stride), dr = f32x4_load(re + 3 * stride);
    const f32x4 ai = f32x4_load(im), bi = f32x4_load(im + stride);
    const f32x4 ci = f32x4_load(im + 2 * stride), di = f32x4_load(im + 3 * stride);
    const f32x4 pr = ar + cr, pi = ai + ci, qr = ar - cr, qi = ai - ci;
    const f32x4 rr = br + dr, ri = bi + di, sr = br - dr, si = bi - di;
    return (four_t){{pr + rr, qr + si, pr - rr, qr - si}, {pi + ri, qi - sr, pi - ri, qi + sr}};
}

static inline void rotate(four_t *v, int k, f32x4 c, f32x4 s) {
    const f32x4 re = v->re[k] * c - v->im[k] * s;
    v->im[k] = v->re[k] * s + v->im[k] * c;
    v->re[k] = re;
}

/* The first stage: neighbours are different frequencies, so four of them are turned around on their
 * way out. */
static void first_stage(const float *re, const float *im, float *outRe, float *outIm, size_t n,
                        const float *t) {
    const size_t m = n / 4;
    for (size_t p = 0; p < m; p += 4) {
        four_t v = butterfly(re + p, im + p, m);
        for (int k = 1; k < 4; k++)
            rotate(&v, k, f32x4_load(t + (size_t)(2 * k - 2) * m + p),
                   f32x4_load(t + (size_t)(2 * k - 1) * m + p));
        transpose(&v.re[0], &v.re[1], &v.re[2], &v.re[3]);
        transpose(&v.im[0], &v.im[1], &v.im[2], &v.im[3]);
        for (size_t k = 0; k < 4; k++) {
            f32x4_store(outRe + 4 * p + 4 * k, v.re[k]);
            f32x4_store(outIm + 4 * p + 4 * k, v.im[k]);
        }
    }
}

/* n points remain of each of `s` transforms that lie side by side; s >= 4. */
static void next_stage(const float *re, const float *im, float *outRe, float *outIm, size_t n,
                       size_t s, const float *t) {
    const size_t m = n / 4;
    for (size_t p = 0; p < m; p++) {
        f32x4 c[4], d[4];
        for (size_t k = 1; k < 4; k++) {
            c[k] = f32x4_all(t[(2 * k - 2) * m + p]);
            d[k] = f32x4_all(t[(2 * k - 1) * m + p]);
        }
        for (size_t q = 0; q < s; q += 4) {
            four_t v = butterfly(re + s * p + q, im + s * p + q, s * m);
            for (int k = 1; k < 4; k++)
                rotate(&v, k, c[k], d[k]);
            for (size_t k = 0; k < 4; k++) {
                f32x4_store(outRe + s * (4 * p + k) + q, v.re[k]);
                f32x4_store(outIm + s * (4 * p + k) + q, v.im[k]);
            }
        }
    }
}

static void last_radix2(const float *re, const float *im, float *outRe, float *outIm, size_t s) {
    for (size_t q = 0; q < s; q += 4) {
        const f32x4 ar = f32x4_load(re + q), br = f32x4_load(re + s + q);
        const f32x4 ai = f32x4_load(im + q), bi = f32x4_load(im + s + q);
        f32x4_store(outRe + q, ar + br);
        f32x4_store(outIm + q, ai + bi);
        f32x4_store(outRe + s + q, ar - br);
        f32x4_store(outIm + s + q, ai - bi);
    }
}

/* From and to arrays of size / 2; the result is in *re, *im, which may point to the other pair
 * afterwards. */
static void transform(const fft_f32_t *f, float **re, float **im, float **otherRe,
                      float **otherIm) {
    const float *t = f->twiddles;
    size_t s = 1;
    for (size_t n = f->size / 2; n > 1;) {
        if (n == 2)
            last_radix2(*re, *im, *otherRe, *otherIm, s);
        else if (s == 1)
            first_stage(*re, *im, *otherRe, *otherIm, n, t);
        else
            next_stage(*re, *im, *otherRe, *otherIm, n, s, t);
        float *const r = *re, *const i = *im;
        *re = *otherRe;
        *im = *otherIm;
        *otherRe = r;
        *otherIm = i;
        if (n == 2) break;
        t += 6 * (n / 4);
        s *= 4;
        n /= 4;
    }
}

static inline f32x4 reversed(f32x4 v) {
    return __builtin_shufflevector(v, v, 3, 2, 1, 0);
}

/* Frequency k of the real transform and half - k from the spectrum a + jb of half the size. LOAD
 * and STORE make four neighbours or one; those of half - k come backwards. */
#define SPLIT(type, load, loadBack, store, storeBack, k, m)                                        \
    do {                                                                                           \
        const type ak = load(a + (k)), am = loadBack(a + (m));                                     \
        const type bk = load(b + (k)), bm = loadBack(b + (m));                                     \
        const type c = load(cosine + (k)), s = load(sine + (k));                                   \
        const type evenRe = 0.5f * (ak + am), evenIm = 0.5f * (bk - bm);                           \
        const type oddRe = 0.5f * (bk + bm), oddIm = 0.5f * (am - ak);                             \
        const type turnRe = oddRe * c - oddIm * s, turnIm = oddRe * s + oddIm * c;                 \
        store(re + (k), evenRe + turnRe);                                                          \
        store(im + (k), evenIm + turnIm);                                                          \
        storeBack(re + (m), evenRe - turnRe);                                                      \
        storeBack(im + (m), turnIm - evenIm);                                                      \
    } while (0)

/* The way back, with the parts in each other's place: the forward transform then is the inverse. */
#define MERGE(type, load, loadBack, store, storeBack, k, m)                                        \
    do {                                                                                           \
        const type rk = load(re + (k)), rm = loadBack(re + (m));                                   \
        const type ik = load(im + (k)), jm = loadBack(im + (m));                                   \
        const type c = load(cosine + (k)), s = load(sine + (k));                                   \
        const type evenRe = rk + rm, evenIm = ik - jm, turnRe = rk - rm, turnIm = ik + jm;         \
        const type oddRe = turnRe * c + turnIm * s, oddIm = turnIm * c - turnRe * s;               \
        store(b + (k), evenRe - oddIm);                                                            \
        store(a + (k), evenIm + oddRe);                                                            \
        storeBack(b + (m), evenRe + oddIm);                                                        \
        storeBack(a + (m), oddRe - evenIm);                                                        \
    } while (0)

/* Frequency 1 to 3 and the one in the middle alone, the others by four: 4 <= k < quarter. */
#define EACH_PAIR(WHAT)                                                                            \
    do {                                                                                           \
        for (size_t k = 1; k < 4; k++)                                                             \
            WHAT(float, one, one, put, put, k, half - k);                                          \
        for (size_t k = 4; k < quarter; k += 4)                                                    \
            WHAT(f32x4, f32x4_load, four_back, f32x4_store, put_back, k, half - k - 3);            \
        WHAT(float, one, one, put, put, quarter, quarter);                                         \
    } while (0)

static inline float one(const float *p) {
    return *p;
}

static inline void put(float *p, float v) {
    *p = v;
}

static inline f32x4 four_back(const float *p) {
    return reversed(f32x4_load(p));
}

static inline void put_back(float *p, f32x4 v) {
    f32x4_store(p, reversed(v));
}

void fft_f32_forward(const fft_f32_t *f, const float *signal, float *re, float *im) {
    const size_t half = f->size / 2, quarter = f->size / 4;
    float *a = f->scratch, *b = a + half, *otherA = b + half, *otherB = otherA + half;
    for (size_t i = 0; i < half; i += 4) {
        const f32x4 p = f32x4_load(signal + 2 * i), q = f32x4_load(signal + 2 * i + 4);
        f32x4_store(a + i, __builtin_shufflevector(p, q, 0, 2, 4, 6));
        f32x4_store(b + i, __builtin_shufflevector(p, q, 1, 3, 5, 7));
    }
    transform(f, &a, &b, &otherA, &otherB);
    const float *cosine = f->split, *sine = f->split + quarter + 1;
    re[0] = a[0] + b[0];
    im[0] = 0;
    re[half] = a[0] - b[0];
    im[half] = 0;
    EACH_PAIR(SPLIT);
}

void fft_f32_inverse(const fft_f32_t *f, const float *re, const float *im, float *signal) {
    const size_t half = f->size / 2, quarter = f->size / 4;
    float *a = f->scratch, *b = a + half, *otherA = b + half, *otherB = otherA + half;
    const float *cosine = f->split, *sine = f->split + quarter + 1;
    b[0] = re[0] + re[half];
    a[0] = re[0] - re[half];
    EACH_PAIR(MERGE);
    transform(f, &a, &b, &otherA, &otherB);
    const f32x4 scale = f32x4_all(1.0f / (float)f->size);
    for (size_t i = 0; i < half; i += 4) {
        const f32x4 p = f32x4_load(b + i) * scale, q = f32x4_load(a + i) * scale;
        f32x4_store(signal + 2 * i, __builtin_shufflevector(p, q, 0, 4, 1, 5));
        f32x4_store(signal + 2 * i + 4, __builtin_shufflevector(p, q, 2, 6, 3, 7));
    }
}
