/* The part of the C library that the core and its test programs use. */
#ifndef ANC_XTENSA_INTTYPES_H
#define ANC_XTENSA_INTTYPES_H

#include <stdint.h>

#define PRId64 "lld"

#endif
