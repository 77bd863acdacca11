/* --record: what the microphones heard and the loudspeaker played, as 24-bit WAV. */
#ifndef ANC_VIRTUAL_RECORDER_H
#define ANC_VIRTUAL_RECORDER_H

#include <stdint.h>

enum { RECORD_REFERENCE, RECORD_ERROR_ON, RECORD_ERROR_OFF, RECORD_ANTI_NOISE, RECORD_SIGNALS };

typedef struct recorder recorder_t;

/* Makes the folder when it is absent. Ends the program when it cannot write there. */
recorder_t *recorder_open(const char *folder);
void recorder_put(recorder_t *recorder, const int32_t samples_q31[RECORD_SIGNALS]);
/* The files are whole only after this. */
void recorder_close(recorder_t *recorder);

#endif
