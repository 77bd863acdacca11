/* The acoustic paths of a headset: docs/plant.md. */
#ifndef ANC_VIRTUAL_PATHS_H
#define ANC_VIRTUAL_PATHS_H

#include <stddef.h>

enum { PATHS_SAMPLE_RATE_HZ = 48000, RESPONSE_MAX = 65536 };

typedef struct {
    float *taps;
    size_t length; /* >= 1 */
} response_t;

typedef struct {
    response_t reference,
        primary; /* from the source to the reference and to the error microphone */
    response_t secondary, feedback; /* from the loudspeaker to the error and reference microphone */
} paths_t;

/* From `builtin[:normal|loose]`, or a booth or dummy-head file (`FILE#ear=R`). secondaryFile is
 * NULL, or replaces the one a dummy-head file names. Ends the program with a PATH_ error on
 * anything wrong. */
paths_t paths_read(const char *name, const char *secondaryFile);

paths_t paths_builtin(const char *name);                         /* paths_builtin.c */
paths_t paths_json(const char *name, const char *secondaryFile); /* paths_json.c */

#endif
