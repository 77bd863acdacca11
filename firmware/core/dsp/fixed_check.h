/*
 * The checking operators; see fixed.h for what each does. Operands are 64 bits wide here, so that
 * one that left its range before the call is seen too.
 */
#ifndef ANC_FIXED_CHECK_H
#define ANC_FIXED_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* Supplied by the program (firmware/tests/support/fixed_report.c): the core itself does no I/O. */
void anc_fixed_report(const char *file, int line, const char *operation, int64_t a, int64_t b);

typedef struct {
    const char *file;
    int line;
    const char *operation;
} anc_fixed_at_t;

#define ANC_FIXED_AT(operation) ((anc_fixed_at_t){__FILE__, __LINE__, operation})

/* Reports unless ok. */
static inline void anc_fixed_expect(bool ok, anc_fixed_at_t at, int64_t a, int64_t b) {
    if (__builtin_expect(!ok, 0)) anc_fixed_report(at.file, at.line, at.operation, a, b);
}

/* A shift that C defines, after a report of one that it does not. */
static inline int anc_shift(int64_t n, int max) {
    return n < 0 ? 0 : n > max ? max : (int)n;
}

static inline bool anc_fits16(int64_t v) {
    return v >= INT16_MIN && v <= INT16_MAX;
}
static inline bool anc_fits32(int64_t v) {
    return v >= INT32_MIN && v <= INT32_MAX;
}

static inline int16_t anc_narrow16(int64_t v, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits16(v), at, v, 0);
    return (int16_t)v;
}

static inline int32_t anc_narrow32(int64_t v, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(v), at, v, 0);
    return (int32_t)v;
}

static inline int32_t anc_add32(int64_t a, int64_t b, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(a) && anc_fits32(b) && anc_fits32(a + b), at, a, b);
    return (int32_t)(a + b);
}

static inline int32_t anc_sub32(int64_t a, int64_t b, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(a) && anc_fits32(b) && anc_fits32(a - b), at, a, b);
    return (int32_t)(a - b);
}

static inline int64_t anc_add64(int64_t a, int64_t b, anc_fixed_at_t at) {
    int64_t result;
    anc_fixed_expect(!__builtin_add_overflow(a, b, &result), at, a, b);
    return result;
}

static inline int64_t anc_sub64(int64_t a, int64_t b, anc_fixed_at_t at) {
    int64_t result;
    anc_fixed_expect(!__builtin_sub_overflow(a, b, &result), at, a, b);
    return result;
}

static inline int64_t anc_mul64(int64_t a, int64_t b, anc_fixed_at_t at) {
    int64_t result;
    anc_fixed_expect(!__builtin_mul_overflow(a, b, &result), at, a, b);
    return result;
}

static inline int32_t anc_mul16(int64_t a, int64_t b, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits16(a) && anc_fits16(b), at, a, b);
    return (int32_t)(a * b);
}

static inline int64_t anc_mulW(int64_t a, int64_t b, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(a) && anc_fits32(b), at, a, b);
    return a * b;
}

static inline int32_t anc_mulHigh32(int64_t a, int64_t b, anc_fixed_at_t at) {
    return (int32_t)(anc_mulW(a, b, at) >> 32);
}

static inline int64_t anc_mac16W(int64_t acc, int64_t a, int64_t b, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits16(a) && anc_fits16(b), at, a, b);
    return anc_add64(acc, a * b, at);
}

static inline int64_t anc_macQ15W(int64_t acc, int64_t x, int64_t w, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits16(x) && anc_fits32(w), at, x, w);
    return anc_add64(acc, x * w, at);
}

static inline int64_t anc_shr64(int64_t v, int64_t n, anc_fixed_at_t at) {
    anc_fixed_expect(n >= 0 && n <= 63, at, v, n);
    return v >> anc_shift(n, 63);
}

static inline int64_t anc_shl64(int64_t v, int64_t n, anc_fixed_at_t at) {
    anc_fixed_expect(n >= 0 && n <= 62, at, v, n);
    return anc_mul64(v, (int64_t)1 << anc_shift(n, 62), at);
}

static inline int32_t anc_shrRound32(int64_t v, int64_t n, anc_fixed_at_t at) {
    anc_fixed_expect(n >= 1 && n <= 30 && anc_fits32(v), at, v, n);
    int64_t sum = v + ((int64_t)1 << ((n - 1) & 31));
    anc_fixed_expect(anc_fits32(sum), at, v, n);
    return (int32_t)(sum >> (n & 31));
}

static inline int64_t anc_shrRound64(int64_t v, int64_t n, anc_fixed_at_t at) {
    anc_fixed_expect(n >= 0 && n <= 62, at, v, n);
    if (n <= 0) return v;
    return anc_add64(v, (int64_t)1 << anc_shift(n - 1, 61), at) >> anc_shift(n, 62);
}

static inline int64_t anc_shrZero64(int64_t v, int64_t n, anc_fixed_at_t at) {
    anc_fixed_expect(n >= 0 && n <= 62, at, v, n);
    return v / ((int64_t)1 << anc_shift(n, 62));
}

static inline int64_t anc_scaleRound64(int64_t v, int64_t n, anc_fixed_at_t at) {
    return n >= 0 ? anc_shrRound64(v, n, at) : anc_shl64(v, -n, at);
}

static inline int32_t anc_clamp32(int64_t v, int64_t lo, int64_t hi, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(v) && anc_fits32(lo) && anc_fits32(hi) && lo <= hi, at, lo, hi);
    return (int32_t)(v > hi ? hi : v < lo ? lo : v);
}

static inline int64_t anc_absW(int64_t v, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(v), at, v, 0);
    return v < 0 ? -v : v;
}

static inline int32_t anc_div32(int64_t a, int64_t b, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(a) && anc_fits32(b) && a >= 0 && b > 0, at, a, b);
    return b > 0 ? (int32_t)(a / b) : 0;
}

static inline int32_t anc_bitLength64(int64_t v, anc_fixed_at_t at) {
    anc_fixed_expect(v >= 0, at, v, 0);
    return v <= 0 ? 0 : 64 - __builtin_clzll((unsigned long long)v);
}

static inline int32_t anc_addSat32(int64_t a, int64_t b, anc_fixed_at_t at) {
    anc_fixed_expect(anc_fits32(a) && anc_fits32(b), at, a, b);
    int64_t sum = a + b;
    return (int32_t)(sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : sum);
}

static inline int16_t sat16(int64_t v) {
    return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

static inline int32_t sat32(int64_t v) {
    return (int32_t)(v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : v);
}

#define narrow16(v) anc_narrow16((v), ANC_FIXED_AT("narrow16"))
#define narrow32(v) anc_narrow32((v), ANC_FIXED_AT("narrow32"))
#define add32(a, b) anc_add32((a), (b), ANC_FIXED_AT("add32"))
#define sub32(a, b) anc_sub32((a), (b), ANC_FIXED_AT("sub32"))
#define addSat32(a, b) anc_addSat32((a), (b), ANC_FIXED_AT("addSat32"))
#define add64(a, b) anc_add64((a), (b), ANC_FIXED_AT("add64"))
#define sub64(a, b) anc_sub64((a), (b), ANC_FIXED_AT("sub64"))
#define mul64(a, b) anc_mul64((a), (b), ANC_FIXED_AT("mul64"))
#define mul16(a, b) anc_mul16((a), (b), ANC_FIXED_AT("mul16"))
#define mulW(a, b) anc_mulW((a), (b), ANC_FIXED_AT("mulW"))
#define mulHigh32(a, b) anc_mulHigh32((a), (b), ANC_FIXED_AT("mulHigh32"))
#define mac16W(acc, a, b) anc_mac16W((acc), (a), (b), ANC_FIXED_AT("mac16W"))
#define macQ15W(acc, x, w) anc_macQ15W((acc), (x), (w), ANC_FIXED_AT("macQ15W"))
#define shr64(v, n) anc_shr64((v), (n), ANC_FIXED_AT("shr64"))
#define shl64(v, n) anc_shl64((v), (n), ANC_FIXED_AT("shl64"))
#define shrRound32(v, n) anc_shrRound32((v), (n), ANC_FIXED_AT("shrRound32"))
#define shrRound64(v, n) anc_shrRound64((v), (n), ANC_FIXED_AT("shrRound64"))
#define shrZero64(v, n) anc_shrZero64((v), (n), ANC_FIXED_AT("shrZero64"))
#define scaleRound64(v, n) anc_scaleRound64((v), (n), ANC_FIXED_AT("scaleRound64"))
#define clamp32(v, lo, hi) anc_clamp32((v), (lo), (hi), ANC_FIXED_AT("clamp32"))
#define absW(v) anc_absW((v), ANC_FIXED_AT("absW"))
#define div32(a, b) anc_div32((a), (b), ANC_FIXED_AT("div32"))
#define bitLength64(v) anc_bitLength64((v), ANC_FIXED_AT("bitLength64"))

#endif
