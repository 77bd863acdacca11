/* The operators against 128-bit arithmetic on random and extreme operands; the checker must report
 * what overflows. */
#include <string.h>

#include "dsp/decibel.h"
#include "dsp/fixed.h"
#include "support/expect.h"
#if defined(ANC_FIXED_CHECK)
#include "support/fixed_report.h"
#endif

__extension__ typedef __int128 wide_t;

static uint64_t seed = 42;

/* Any 64-bit value of a random size, ends included. */
static int64_t random64(int bits) {
    int64_t value = (int64_t)(((uint64_t)expect_random(&seed) << 32) | expect_random(&seed));
    uint32_t kind = expect_random(&seed) % 8;
    int shift = 64 - bits + (int)(expect_random(&seed) % (uint32_t)bits);
    if (kind == 0) return -((int64_t)1 << (bits - 2)) * 2;
    if (kind == 1) return (((int64_t)1 << (bits - 2)) - 1) * 2 + 1;
    if (kind == 2) return 0;
    return value >> shift;
}

static wide_t floor_shift(wide_t v, int n) {
    wide_t unit = (wide_t)1 << n;
    wide_t quotient = v / unit;
    return quotient * unit > v ? quotient - 1 : quotient;
}

static wide_t limited(wide_t v, int bits) {
    wide_t max = ((wide_t)1 << (bits - 1)) - 1;
    return v > max ? max : v < -max - 1 ? -max - 1 : v;
}

static void test_against_wide_arithmetic(void) {
    for (int i = 0; i < 200000; i++) {
        int32_t a = (int32_t)random64(32), b = (int32_t)random64(32);
        int16_t x = (int16_t)random64(16), y = (int16_t)random64(16);
        int64_t v = random64(62);
        int n = (int)(expect_random(&seed) % 61);
        EXPECT_EQ(addSat32(a, b), limited((wide_t)a + b, 32));
        EXPECT_EQ(mul16(x, y), (wide_t)x * y);
        EXPECT_EQ(mulW(a, b), (wide_t)a * b);
        EXPECT_EQ(mulHigh32(a, b), floor_shift((wide_t)a * b, 32));
        EXPECT_EQ(mac16W(v, x, y), (wide_t)v + (wide_t)x * y);
        EXPECT_EQ(macQ15W(v, x, a), (wide_t)v + (wide_t)x * a);
        EXPECT_EQ(add64(v, a), (wide_t)v + a);
        EXPECT_EQ(sub64(v, a), (wide_t)v - a);
        EXPECT_EQ(shr64(v, n), floor_shift(v, n));
        EXPECT_EQ(shrRound64(v, n),
                  n == 0 ? v : floor_shift((wide_t)v + ((wide_t)1 << (n - 1)), n));
        EXPECT_EQ(shrZero64(v, n), (wide_t)v / ((wide_t)1 << n));
        EXPECT_EQ(shl64(x, n % 46), (wide_t)x * ((wide_t)1 << (n % 46)));
        EXPECT_EQ(scaleRound64(x, n % 46), shrRound64(x, n % 46));
        EXPECT_EQ(scaleRound64(x, -(n % 46)), shl64(x, n % 46));
        EXPECT_EQ(sat16(v), limited(v, 16));
        EXPECT_EQ(sat32(v), limited(v, 32));
        EXPECT_EQ(narrow16(x), x);
        EXPECT_EQ(narrow32(a), a);
        EXPECT_EQ(absW(a), a < 0 ? -(wide_t)a : a);
        EXPECT_EQ(clamp32(a, -1000, 2000), a < -1000 ? -1000 : a > 2000 ? 2000 : a);
        int shift = 1 + n % 30;
        int32_t half = a / 2;
        EXPECT_EQ(shrRound32(half, shift),
                  floor_shift((wide_t)half + ((wide_t)1 << (shift - 1)), shift));
        EXPECT_EQ(add32(a / 2, b / 2), (wide_t)(a / 2) + b / 2);
        EXPECT_EQ(sub32(a / 2, b / 2), (wide_t)(a / 2) - b / 2);
        EXPECT_EQ(mul64(a, b), (wide_t)a * b);
        if (a >= 0 && b > 0) EXPECT_EQ(div32(a, b), a / b);
        int64_t magnitude = v < 0 ? -v : v;
        int bits = bitLength64(magnitude);
        EXPECT(((wide_t)1 << bits) > magnitude);
        EXPECT(bits == 0 || ((wide_t)1 << (bits - 1)) <= magnitude);
    }
}

static void test_decibel(void) {
    EXPECT_EQ(anc_amplitude_from_decibel(0, 31), INT32_MAX);
    EXPECT_EQ(anc_amplitude_from_decibel(0, 13), 8192);
    EXPECT_EQ(anc_amplitude_from_decibel(200, 16), 655360);
    EXPECT_EQ(anc_amplitude_from_decibel(120, 13), 32613);
    EXPECT_EQ(anc_amplitude_from_decibel(-1000, 31), 21475);
    EXPECT_EQ(anc_amplitude_from_decibel(-10, 31), 1913946816);
    for (int32_t tenths = -999; tenths <= 200; tenths++)
        EXPECT(anc_amplitude_from_decibel(tenths, 27) > anc_amplitude_from_decibel(tenths - 1, 27));
}

#if defined(ANC_FIXED_CHECK)
static struct {
    int count, line;
    char file[200], operation[20];
    int64_t a, b;
} last;

static void take_report(const char *file, int line, const char *operation, int64_t a, int64_t b) {
    last.count++;
    last.line = line;
    last.a = a;
    last.b = b;
    snprintf(last.file, sizeof last.file, "%s", file);
    snprintf(last.operation, sizeof last.operation, "%s", operation);
}

#define EXPECT_REPORT(expression, name, operandA, operandB)                                        \
    do {                                                                                           \
        last.count = 0;                                                                            \
        (void)(expression);                                                                        \
        EXPECT(last.count > 0);                                                                    \
        EXPECT_EQ(last.line, __LINE__);                                                            \
        EXPECT(strcmp(last.operation, name) == 0);                                                 \
        EXPECT(strcmp(last.file, __FILE__) == 0);                                                  \
        EXPECT_EQ(last.a, operandA);                                                               \
        EXPECT_EQ(last.b, operandB);                                                               \
    } while (0)

static void test_reports(void) {
    anc_fixed_report_to(take_report);
    EXPECT_REPORT(add32(INT32_MAX, 1), "add32", INT32_MAX, 1);
    EXPECT_REPORT(sub32(INT32_MIN, 1), "sub32", INT32_MIN, 1);
    EXPECT_REPORT(add64(INT64_MAX, 1), "add64", INT64_MAX, 1);
    EXPECT_REPORT(sub64(INT64_MIN, 1), "sub64", INT64_MIN, 1);
    EXPECT_REPORT(mul64(INT64_MAX, 2), "mul64", INT64_MAX, 2);
    EXPECT_REPORT(mul16(32768, 1), "mul16", 32768, 1);
    EXPECT_REPORT(mulW((int64_t)1 << 31, 1), "mulW", (int64_t)1 << 31, 1);
    EXPECT_REPORT(mac16W(0, 1, -32769), "mac16W", 1, -32769);
    EXPECT_REPORT(mac16W(INT64_MAX, 1, 1), "mac16W", INT64_MAX, 1);
    EXPECT_REPORT(macQ15W(0, 40000, 1), "macQ15W", 40000, 1);
    EXPECT_REPORT(shl64(1, 63), "shl64", 1, 63);
    EXPECT_REPORT(shl64(2, 62), "shl64", 2, (int64_t)1 << 62);
    EXPECT_REPORT(shr64(1, 64), "shr64", 1, 64);
    EXPECT_REPORT(shrRound32(INT32_MAX, 2), "shrRound32", INT32_MAX, 2);
    EXPECT_REPORT(shrRound32(1, 0), "shrRound32", 1, 0);
    EXPECT_REPORT(shrRound64(INT64_MAX, 4), "shrRound64", INT64_MAX, 8);
    EXPECT_REPORT(narrow16(32768), "narrow16", 32768, 0);
    EXPECT_REPORT(narrow32((int64_t)INT32_MIN - 1), "narrow32", (int64_t)INT32_MIN - 1, 0);
    EXPECT_REPORT(clamp32(0, 2, 1), "clamp32", 2, 1);
    EXPECT_REPORT(div32(1, 0), "div32", 1, 0);
    EXPECT_REPORT(bitLength64(-1), "bitLength64", -1, 0);
    EXPECT_REPORT(addSat32((int64_t)1 << 32, 0), "addSat32", (int64_t)1 << 32, 0);
    /* A wanted saturation is none of its business. */
    last.count = 0;
    EXPECT_EQ(addSat32(INT32_MAX, 1), INT32_MAX);
    EXPECT_EQ(sat16(1 << 20), INT16_MAX);
    EXPECT_EQ(last.count, 0);
    anc_fixed_report_to(NULL);
}
#endif

int main(void) {
    test_against_wide_arithmetic();
    test_decibel();
#if defined(ANC_FIXED_CHECK)
    test_reports();
#endif
    return 0;
}
