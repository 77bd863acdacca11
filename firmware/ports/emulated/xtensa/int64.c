/* What the compiler calls for multiplication and division and the lx106's libgcc lacks. Nothing
 * here may multiply or divide 64 bits itself. */
#include <stdint.h>

uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b);
int64_t __divdi3(int64_t a, int64_t b);
int64_t __moddi3(int64_t a, int64_t b);
uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
int32_t __divsi3(int32_t a, int32_t b);
int32_t __modsi3(int32_t a, int32_t b);

/* 32 x 32 bits in halves of 16: each product and each sum below fits. */
static uint64_t wide(uint32_t a, uint32_t b) {
    const uint32_t al = a & 0xffff, ah = a >> 16, bl = b & 0xffff, bh = b >> 16;
    const uint32_t low = al * bl, one = ah * bl, two = al * bh;
    const uint32_t middle = (low >> 16) + (one & 0xffff) + (two & 0xffff);
    const uint32_t high = ah * bh + (one >> 16) + (two >> 16) + (middle >> 16);
    return ((uint64_t)high << 32) | (middle << 16) | (low & 0xffff);
}

uint64_t __muldi3(uint64_t a, uint64_t b) {
    const uint32_t al = (uint32_t)a, bl = (uint32_t)b;
    const uint32_t cross = (uint32_t)(a >> 32) * bl + al * (uint32_t)(b >> 32);
    return wide(al, bl) + ((uint64_t)cross << 32);
}

typedef struct {
    uint64_t quotient, remainder;
} division_t;

/* Shift and subtract; what divides by zero gets all ones. */
static division_t divide(uint64_t a, uint64_t b) {
    division_t d = {0, 0};
    for (int bit = 63; bit >= 0; bit--) {
        const uint64_t carry = d.remainder >> 63;
        d.remainder = (d.remainder << 1) | ((a >> bit) & 1);
        d.quotient <<= 1;
        if (carry || d.remainder >= b) d.remainder -= b, d.quotient |= 1;
    }
    return d;
}

static uint64_t magnitude(int64_t v) {
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

uint64_t __udivdi3(uint64_t a, uint64_t b) {
    return divide(a, b).quotient;
}
uint64_t __umoddi3(uint64_t a, uint64_t b) {
    return divide(a, b).remainder;
}
int64_t __divdi3(int64_t a, int64_t b) {
    const uint64_t q = divide(magnitude(a), magnitude(b)).quotient;
    return (int64_t)((a < 0) != (b < 0) ? 0 - q : q);
}
int64_t __moddi3(int64_t a, int64_t b) {
    const uint64_t r = divide(magnitude(a), magnitude(b)).remainder;
    return (int64_t)(a < 0 ? 0 - r : r);
}
uint32_t __udivsi3(uint32_t a, uint32_t b) {
    return (uint32_t)divide(a, b).quotient;
}
uint32_t __umodsi3(uint32_t a, uint32_t b) {
    return (uint32_t)divide(a, b).remainder;
}
int32_t __divsi3(int32_t a, int32_t b) {
    return (int32_t)__divdi3(a, b);
}
int32_t __modsi3(int32_t a, int32_t b) {
    return (int32_t)__moddi3(a, b);
}
