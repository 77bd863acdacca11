/* What listens for howling and wind; the port gives the memory where there is floating point. */
#ifndef ANC_GUARDS_H
#define ANC_GUARDS_H

#include "control/howling.h"
#include "control/listener.h"
#include "control/wind.h"

typedef struct {
    listener_t listener;
    howling_t howling;
    wind_t wind;
} guards_t;

#endif
