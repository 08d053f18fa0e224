/*
 * The label of a job, and which ones are refused.
 */
#ifndef CORE_JOB_LABEL_H
#define CORE_JOB_LABEL_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"

/*
 * Write the label that an operand means: the operand itself, or what is in "system/LABEL", as
 * launchctl prints it, or in the path of a daemon's plist. It is truncated if it is too long, and
 * not checked.
 */
void	label_from_operand(const char *operand, char label[NAME_SIZE]);

/* Return true for "NAME.plist", and write NAME: most likely a file's name is meant, not a label. */
bool	label_without_ending(const char *name, char label[NAME_SIZE]);

/*
 * Fail with ERROR_DATA unless the label is usable: 1 to 200 of A-Z a-z 0-9 . _ -, not beginning
 * with a dot or hyphen, not ending with a dot, not Apple's, not "shell".
 */
int	label_check(const char *label, struct error *);

/*
 * The same for a label that an account chose. Also refuse labels whose files would have the names
 * of another job's, such as LABEL.receipt.old, and those of lnpctl's own jobs: probe would find
 * such a job loaded.
 */
int	label_check_account(const char *label, struct error *);

#endif
