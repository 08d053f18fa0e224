/*
 * The jobs of a command: those of the command line, or all that have a receipt.
 */
#ifndef COMMAND_JOBS_H
#define COMMAND_JOBS_H

#include "command/command.h"
#include "host/inspect.h"

#define JOBS_AT_ONCE	INSPECT_AT_ONCE

/*
 * Write the label that an operand means: label_from_operand(), and "LABEL.plist" means LABEL where
 * only that one is installed.
 */
void	jobs_label(const struct host *, const char *operand, char label[NAME_SIZE]);

/*
 * List the labels of the command line, unchecked but truncated to a length that is refused; without
 * any, those of all installed jobs, sorted, or ERROR_FAILED if there is none. The caller frees
 * labels->names, which is NULL on failure.
 */
int	jobs_list(const struct session *, struct labels *, struct error *);

/*
 * Return the more severe kind: ERROR_PARTIAL, then any other, then ERROR_UNKNOWN, then ERROR_NONE;
 * the first of two that are equally severe.
 */
enum error_kind jobs_worse(enum error_kind, enum error_kind);

#endif
