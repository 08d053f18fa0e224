/*
 * The labels that verify and status go through: those of the command line, or all that have a receipt.
 */
#ifndef COMMAND_JOBS_H
#define COMMAND_JOBS_H

#include "command/command.h"

/*
 * Calls visit for each label in order. With none on the command line: for each installed job; when there is none,
 * ERROR_NO. visit returns the kind of what it found; the worst goes into *worst (ERROR_NO first, ERROR_NONE last).
 */
int	jobs_visit(struct session *, enum error_kind (*visit)(struct session *, const char *label), enum error_kind *worst,
    struct error *);

/* ERROR_NO: nothing is installed where something was asked for. */
int	jobs_none(struct error *);

#endif
