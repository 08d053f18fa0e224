/*
 * The labels of verify and status: those of the command line, or all that have a receipt.
 */
#ifndef COMMAND_JOBS_H
#define COMMAND_JOBS_H

#include "command/command.h"
#include "host/inspect.h"

#define JOBS_AT_ONCE	INSPECT_AT_ONCE

/*
 * Call visit for the labels in order, up to JOBS_AT_ONCE together; without labels, for each
 * installed job, or ERROR_FAILED if there is none. visit sets the kind of each; the most severe
 * goes into *worst (ERROR_FAILED first, ERROR_NONE last).
 */
typedef int jobs_visitor(struct session *, const char *const labels[], size_t count,
    enum error_kind kinds[], struct error *);
int	jobs_visit(struct session *, jobs_visitor *visit, enum error_kind *worst, struct error *);

/* Set ERROR_FAILED: no job is installed. */
int	jobs_none(struct error *);

#endif
