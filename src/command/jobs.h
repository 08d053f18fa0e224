/*
 * The labels that verify and status go through: those of the command line, or all that have a
 * receipt.
 */
#ifndef COMMAND_JOBS_H
#define COMMAND_JOBS_H

#include "command/command.h"
#include "host/inspect.h"

#define JOBS_AT_ONCE	INSPECT_AT_ONCE

/*
 * Calls visit for the labels in order, up to JOBS_AT_ONCE together. With none on the command line:
 * for each installed job; when there is none, ERROR_FAILED. visit fills in the kind of what it
 * found for each; the worst goes into *worst (ERROR_FAILED first, ERROR_NONE last).
 */
typedef int jobs_visitor(struct session *, const char *const labels[], size_t count,
    enum error_kind kinds[], struct error *);
int	jobs_visit(struct session *, jobs_visitor *visit, enum error_kind *worst, struct error *);

/* ERROR_FAILED: nothing is installed where something was asked for. */
int	jobs_none(struct error *);

#endif
