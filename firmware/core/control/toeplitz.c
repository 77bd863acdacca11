#include "control/toeplitz.h"

#define REAL float
#define DOT_REVERSED dot_reversed_f32
#define RAISE_ORDER raise_order_f32
#define TOEPLITZ_SOLVE toeplitz_solve
#include "control/toeplitz_recursion.h"
#undef REAL
#undef DOT_REVERSED
#undef RAISE_ORDER
#undef TOEPLITZ_SOLVE

#define REAL double
#define DOT_REVERSED dot_reversed_f64
#define RAISE_ORDER raise_order_f64
#define TOEPLITZ_SOLVE toeplitz_solve_f64
#include "control/toeplitz_recursion.h"
