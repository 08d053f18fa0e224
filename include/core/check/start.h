/*
 * Can the job start? What keeps launchd from loading or starting a job is one table, of checks of
 * core/check/check.h. It is asked before anything is changed, so that a job that runs is not
 * stopped where it could not start again; and after a start that failed.
 *
 * Only a check that fails is a cause, so a warning or what could not be determined refuses nothing.
 * That a daemon is switched off in Login Items shows only when launchd refuses it (161):
 * core/check/watch.h. HOME is not a cause, nor what the program needs later: launchd does not look.
 */
#ifndef CORE_CHECK_START_H
#define CORE_CHECK_START_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/job/receipt.h"

enum start_fixes {			/* what the change itself puts right: no cause before it */
	FIXES_FILES	= 1 << 0,	/* the plist and the logs */
	FIXES_LABEL	= 1 << 1,	/* it enables the label */
};

/*
 * Set the error and return -1 if the job that the receipt describes cannot start after a change
 * that puts that much right: ERROR_DATA, or ERROR_FILE for directories and logs. installed is the
 * receipt of the job that is there now, or NULL.
 */
int	start_refuse(const struct receipt *, const struct receipt *installed,
    const struct facts *, unsigned fixes, struct error *);

/*
 * Find in the job's files and accounts why launchd does not load or start it, and replace why and
 * fix of an error that is set. Return false, and leave the error alone, if nothing is wrong there.
 */
bool	start_explain(const struct receipt *, const struct facts *, struct error *);

#endif
