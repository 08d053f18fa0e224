/*
 * Collect the jobs of a Mac: the plists that launchd reads, which of them are loaded, and what is
 * wrong with their files. Changes nothing.
 *
 * Other users' plists are not trusted: each is opened as a descriptor, their symbolic links are not
 * followed, and the limits of core/plist/limits.h apply.
 */
#ifndef HOST_SCAN_H
#define HOST_SCAN_H

#include "core/error.h"
#include "core/job/scan.h"
#include "host/machine/host.h"

#define SCAN_UNSEEN	8	/* items that could not be read, kept for the error */

struct scan {
	struct scan_job	*jobs;		/* owned; sorted by kind and path */
	size_t		 count;
	char		 version[32];	/* of the system; empty: unknown */
	char		 unseen[SCAN_UNSEEN][PATH_SIZE + 160];	/* "PATH: why" */
	size_t		 unseen_count;	/* all, including those that are not kept */
	bool		 short_of_memory;
};

/*
 * Fill the scan with all jobs and their troubles; or with agents only, without querying launchd, to
 * find one by its label. Return 0, or -1: ERROR_SYSTEM, out of memory;
 * ERROR_FAILED, a signal. Call scan_free() in either case.
 */
int	scan_collect(const struct host *, bool agents_only, struct scan *, struct error *);
void	scan_free(struct scan *);

#endif
