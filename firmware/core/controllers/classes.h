/* The algorithms, each in a file of its name. */
#ifndef CONTROLLERS_CLASSES_H
#define CONTROLLERS_CLASSES_H

#include "controllers/controller.h"

extern const controller_class_t controller_frequency_domain;
extern const controller_class_t controller_fxnlms;
extern const controller_class_t controller_modified_fxlms;
extern const controller_class_t controller_imc_feedback;
extern const controller_class_t controller_hybrid;
extern const controller_class_t controller_feedback_neutralisation;
extern const controller_class_t controller_variable_step;
extern const controller_class_t controller_online_secondary;
extern const controller_class_t controller_normal_equations;
extern const controller_class_t controller_normal_equations_online;
extern const controller_class_t controller_preconditioned;
extern const controller_class_t controller_selective;

#endif
