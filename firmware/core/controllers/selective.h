/* What the selective controller has beside the rest: its library, given with the options, to be
 * kept for the next. */
#ifndef CONTROLLERS_SELECTIVE_H
#define CONTROLLERS_SELECTIVE_H

#include "controllers/controller.h"

/* What it was given and what it has learned; NULL when the controller is another. Valid until the
 * next controller_adapt. */
const stored_filter_t *selective_library(const controller_t *c, size_t *count);

/* Number in the library of the filter that it last went on from; -1: none. */
int selective_choice(const controller_t *c);

/* The filter as it is now, with the mean spectrum of what was heard; false before the first
 * spectrum. `filter->weights` are the controller's own. */
bool selective_snapshot(const controller_t *c, stored_filter_t *filter);

#endif
