#ifndef ANC_TEST_FIXED_REPORT_H
#define ANC_TEST_FIXED_REPORT_H

#include <stdint.h>

typedef void (*anc_fixed_handler_t)(const char *file, int line, const char *operation, int64_t a,
                                    int64_t b);

/* Reports go to handler instead of ending the process; NULL for the default. */
void anc_fixed_report_to(anc_fixed_handler_t newHandler);

/* The hook of dsp/fixed_check.h. */
void anc_fixed_report(const char *file, int line, const char *operation, int64_t a, int64_t b);

#endif
