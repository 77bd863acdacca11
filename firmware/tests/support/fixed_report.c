/*
 * What a checking build does with a report: says so and ends the process with status 70. A test
 * that provokes one takes it with anc_fixed_report_to instead.
 */
#include "support/fixed_report.h"

#include <stdio.h>
#include <stdlib.h>

static anc_fixed_handler_t handler;

void anc_fixed_report_to(anc_fixed_handler_t newHandler) {
    handler = newHandler;
}

void anc_fixed_report(const char *file, int line, const char *operation, int64_t a, int64_t b) {
    if (handler) {
        handler(file, line, operation, a, b);
        return;
    }
    fprintf(stderr, "%s:%d: %s out of range: %lld, %lld\n", file, line, operation, (long long)a,
            (long long)b);
    exit(70);
}
