/* What a step prints. */
#ifndef HOST_STEPS_WORDS_H
#define HOST_STEPS_WORDS_H

#include <stddef.h>

#include "core/plan/step.h"

/*
 * Write a line about a step for people: "would write /Library/...", "wrote ...", "put back ...".
 * Empty for an unchanged one.
 */
void	step_describe(const struct step *, char *target, size_t size);

/* Return the JSON name of a step: "record", "enable", "unload", "make", ... */
const char *step_action(const struct step *);

/* Return "planned", "unchanged", "done", "undone" or "failed"; STEP_STUCK is "failed". */
const char *step_result_word(enum step_result);

#endif
