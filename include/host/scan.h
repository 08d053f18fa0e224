/*
 * Collects the jobs of a Mac: the plists that launchd reads, what it has loaded of them, and what
 * is wrong with their files. Changes nothing.
 *
 * Plists of other people are not trusted: each is opened as a descriptor, no link of theirs is
 * followed, and the limits of core/plist/limits.h hold.
 */
#ifndef HOST_SCAN_H
#define HOST_SCAN_H

#include "core/error.h"
#include "core/job/scan.h"
#include "host/machine/host.h"

#define SCAN_UNSEEN	8	/* of what could not be seen, kept for the error */

struct scan {
	struct scan_job	*jobs;		/* owned; sorted by kind and path */
	size_t		 count, capacity;
	char		 version[32];	/* of the system; empty: not known */
	char		 unseen[SCAN_UNSEEN][PATH_SIZE + 160];	/* "PATH: why" */
	size_t		 unseen_count;	/* all of them, also those that are not kept */
	bool		 short_of_memory;
};

/* Always fills; scan_free() in any case. The jobs are judged. -1: ERROR_SYSTEM, memory is short. */
int	scan_collect(const struct host *, struct scan *, struct error *);
void	scan_free(struct scan *);

/*
 * Only agents, only their plists and accounts, launchd is not asked: for finding one by its label.
 */
int	scan_agents(const struct host *, struct scan *, struct error *);

#endif
