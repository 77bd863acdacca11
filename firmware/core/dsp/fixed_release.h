/* The release operators; see fixed.h for what each does. */
#ifndef ANC_FIXED_RELEASE_H
#define ANC_FIXED_RELEASE_H

#include <stdint.h>

/* What fits is found by one comparison, also where 64 bits are two words. */
static inline int16_t sat16(int64_t v) {
    const int16_t low = (int16_t)v;
    return low == v ? low : v < 0 ? INT16_MIN : INT16_MAX;
}

static inline int32_t sat32(int64_t v) {
    const int32_t low = (int32_t)v;
    return low == v ? low : v < 0 ? INT32_MIN : INT32_MAX;
}

static inline int16_t narrow16(int64_t v) {
    return (int16_t)v;
}
static inline int32_t narrow32(int64_t v) {
    return (int32_t)v;
}

static inline int32_t add32(int32_t a, int32_t b) {
    return a + b;
}
static inline int32_t sub32(int32_t a, int32_t b) {
    return a - b;
}
static inline int32_t addSat32(int32_t a, int32_t b) {
    return sat32((int64_t)a + b);
}
static inline int32_t mul16(int16_t a, int16_t b) {
    return (int32_t)a * b;
}
static inline int64_t mulW(int32_t a, int32_t b) {
    return (int64_t)a * b;
}
/* In halves where the machine has no wide product; each sum below fits 32 bits. */
static inline int32_t mulHigh32(int32_t a, int32_t b) {
#ifdef ANC_NARROW_PRODUCTS
    const uint32_t aLow = (uint32_t)a & 0xffff, bLow = (uint32_t)b & 0xffff;
    const int32_t aHigh = a >> 16, bHigh = b >> 16;
    const int32_t one = aHigh * (int32_t)bLow + (int32_t)((aLow * bLow) >> 16);
    const int32_t two = (int32_t)aLow * bHigh + (one & 0xffff);
    return aHigh * bHigh + (one >> 16) + (two >> 16);
#else
    return (int32_t)(((int64_t)a * b) >> 32);
#endif
}
static inline int64_t mac16W(int64_t acc, int16_t a, int16_t b) {
    return acc + (int32_t)a * b;
}
static inline int64_t macQ15W(int64_t acc, int16_t x, int32_t w) {
    return acc + (int64_t)w * x;
}
static inline int64_t add64(int64_t a, int64_t b) {
    return a + b;
}
static inline int64_t sub64(int64_t a, int64_t b) {
    return a - b;
}
static inline int64_t mul64(int64_t a, int64_t b) {
    return a * b;
}
static inline int64_t shr64(int64_t v, int32_t n) {
    return v >> n;
}
static inline int64_t shl64(int64_t v, int32_t n) {
    return (int64_t)((uint64_t)v << n);
}

static inline int32_t shrRound32(int32_t v, int32_t n) {
    return (v + (1 << (n - 1))) >> n;
}

static inline int64_t shrRound64(int64_t v, int32_t n) {
    return n == 0 ? v : (v + ((int64_t)1 << (n - 1))) >> n;
}

static inline int64_t shrZero64(int64_t v, int32_t n) {
    return v / ((int64_t)1 << n);
}

static inline int64_t scaleRound64(int64_t v, int32_t n) {
    return n >= 0 ? shrRound64(v, n) : shl64(v, -n);
}

static inline int32_t clamp32(int32_t v, int32_t lo, int32_t hi) {
    return v > hi ? hi : v < lo ? lo : v;
}

static inline int64_t absW(int32_t v) {
    return v < 0 ? -(int64_t)v : v;
}
static inline int32_t div32(int32_t a, int32_t b) {
    return a / b;
}

static inline int32_t bitLength64(int64_t v) {
    return v == 0 ? 0 : 64 - __builtin_clzll((unsigned long long)v);
}

#endif
