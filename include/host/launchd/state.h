/*
 * Look at a job's current state in launchd, and at its process.
 */
#ifndef HOST_LAUNCHD_STATE_H
#define HOST_LAUNCHD_STATE_H

#include <stdbool.h>

#include "core/facts/facts.h"
#include "host/launchd/launchctl.h"
#include "host/machine/host.h"

/* Query launchd for a label: fill launchd_trouble, loaded, service, process, uptime, now. */
void	state_look(const struct host *, const char *label, struct facts *);

/* Fill the same, except the process's file, from an answer of print. */
void	state_take(const struct printed *, struct facts *);

/* Fill device and inode of the file that the process runs, unless its path is the program's. */
void	state_process_file(const struct host *, const struct file_fact *program,
    struct process_fact *);

/*
 * Return true with the path of the file that a job's process runs, if it is known to differ from
 * the program that launchd started: macOS applies its privacy settings to that file.
 */
bool	state_other_program(const struct host *, const struct service *, char target[PATH_SIZE]);

#endif
