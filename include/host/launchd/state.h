/*
 * What launchd has of a job now, and the job's process.
 */
#ifndef HOST_LAUNCHD_STATE_H
#define HOST_LAUNCHD_STATE_H

#include <stdbool.h>

#include "core/facts/facts.h"
#include "host/launchd/launchctl.h"
#include "host/machine/host.h"

/* Ask launchd for a label: fills launchd_trouble, loaded, service, process, steady, now. */
void	state_look(const struct host *, const char *label, struct facts *);

/* Fill the same, but for the process's file, from what print has answered already. */
void	state_take(const struct printed *, struct facts *);

/* Fill device and inode of what the process runs, unless that is the program's own path. */
void	state_process_file(const struct host *, const struct file_fact *program,
    struct process_fact *);

/*
 * Find the path of what a job's process runs, where that is known to be another file than the
 * program that launchd started: it is what macOS judges. False: it is not, or not known.
 */
bool	state_other_program(const struct host *, const struct service *, char target[PATH_SIZE]);

#endif
