/*
 * The fixed-point operators of the core: one API, two implementations.
 *
 * Release: plain inline functions. Checking (ANC_FIXED_CHECK): every operand is taken as 64 bits
 * and tested against the operator's range, every result against its type; what does not fit is
 * handed to anc_fixed_report with file, line, operation and operands. So an overflow is either
 * wanted and written as such (sat32, sat16, clamp32, addSat32) or it is a bug and found.
 * dsp-reference/src/model/fixed.ts has the same names with the same results.
 *
 * Names: W = wide (64-bit) result or accumulator, Sat = saturates, Round = to nearest, ties towards
 * +infinity.
 *
 *   add32(a, b) sub32(a, b)      32 + 32 bits, must fit 32
 *   addSat32(a, b)               32 + 32 bits, saturates to 32
 *   mul16(a, b)                  16 x 16 bits = 32, always fits
 *   mulW(a, b)                   32 x 32 bits = 64, always fits
 *   mulHigh32(a, b)              floor(a * b / 2^32) of 32 x 32 bits, always fits
 *   mac16W(acc, a, b)            acc + 16 x 16 bits, must fit 64
 *   macQ15W(acc, x, w)           acc + 16-bit sample x 32-bit weight, must fit 64
 *   add64(a, b) sub64(a, b)      must fit 64
 *   mul64(a, b)                  must fit 64
 *   shr64(v, n)                  floor(v / 2^n), n 0..63
 *   shl64(v, n)                  v * 2^n, n 0..62, must fit 64
 *   shrRound32(v, n)             round(v / 2^n), n 1..30, v + 2^(n-1) must fit 32
 *   shrRound64(v, n)             round(v / 2^n), n 0..62, v + 2^(n-1) must fit 64
 *   shrZero64(v, n)              v / 2^n truncated towards zero, n 0..62
 *   scaleRound64(v, n)           shrRound64 for n >= 0, shl64 by -n for n < 0
 *   sat16(v) sat32(v)            64 bits saturated to 16 or 32
 *   narrow16(v) narrow32(v)      64 bits that must fit 16 or 32
 *   clamp32(v, lo, hi)           lo <= hi
 *   absW(v)                      magnitude of 32 bits as 64, 2^31 for INT32_MIN
 *   div32(a, b)                  a / b truncated, a >= 0, b > 0
 *   bitLength64(v)               bits in v >= 0: 0 for 0, 63 at most
 */
#ifndef ANC_FIXED_H
#define ANC_FIXED_H

#include <stdint.h>

/* Arithmetic right shift and two's complement: implementation-defined in C11, true of every
 * compiler in use. */
_Static_assert((-1 >> 1) == -1 && (-1 & 3) == 3, "arithmetic right shift expected");

#if defined(ANC_FIXED_CHECK) && ANC_FIXED_CHECK
#include "dsp/fixed_check.h" /* IWYU pragma: export */
#else
#include "dsp/fixed_release.h" /* IWYU pragma: export */
#endif

#endif
