/* Faults at given times, for tests. */
#ifndef ANC_VIRTUAL_FAULTS_H
#define ANC_VIRTUAL_FAULTS_H

#include "pipe.h"
#include "plant.h"

typedef enum {
    FAULT_DROP,
    FAULT_CORRUPT,
    FAULT_DELAY,
    FAULT_REF_SILENT,
    FAULT_ERR_SILENT,
    FAULT_REF_CLIP,
    FAULT_SWAP_PATH,
    FAULT_SIGN_FLIP,
    FAULT_SPEAKER_SILENT,
    FAULT_FEEDBACK,
    FAULT_WIND,
    FAULT_KNOCKS
} fault_kind_t;

typedef struct {
    fault_kind_t kind;
    double value;      /* probability, milliseconds, dB or dBFS */
    const char *file;  /* of swap-path */
    double start, end; /* seconds of audio; end may be infinite */
    paths_t paths;
} fault_t;

/* SPEC[@START[-END]], for instance corrupt=0.01@5-10. Ends the program on anything wrong. */
fault_t fault_parse(const char *text);

/* What holds at a time. */
typedef struct {
    plant_faults_t plant;
    pipe_faults_t pipe;
    const paths_t *paths; /* NULL: the plant's own */
} fault_state_t;

fault_state_t faults_at(const fault_t *faults, int count, double seconds);

#endif
