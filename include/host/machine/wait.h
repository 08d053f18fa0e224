/*
 * Time that only runs forward, and waits that a signal ends.
 */
#ifndef HOST_MACHINE_WAIT_H
#define HOST_MACHINE_WAIT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/machine/host.h"

/*
 * Return the seconds of a clock that never jumps and stands still while the machine sleeps
 * (platform_clock()), so that a closed lid uses up no deadline. Only differences have a meaning.
 */
double	wait_now(void);

/* Return the seconds since 1970. */
int64_t	wait_date(void);

/* Return whether a signal asked to stop. */
bool	wait_is_stopped(const struct host *);

/*
 * Block the stop signals and SIGCHLD, so that none is missed between a look at what they mean and a
 * wait with the mask of before.
 */
void	wait_hold_signals(sigset_t *before);

/* Wait this long. Returns false if host->stop was set before or during the wait. */
bool	wait_for(const struct host *, double seconds);

/*
 * A bounded poll with back-off: wait_next() waits a little longer each time (10 ms at first, 250 ms
 * at most) and returns false once the deadline has passed or the wait was stopped.
 */
struct poll_wait {
	double		 deadline;	/* on wait_now()'s clock */
	double		 pause;		/* the next pause; 0 at first */
	const char	*target, *what;	/* for host->waiting: "system/LABEL", "to end"; NULL: not
					   reported */
	double		 begun;		/* set by the first wait_next() or wait_report() */
	bool		 reported;
};

bool	wait_next(const struct host *, struct poll_wait *);

/*
 * Report a wait until a time on wait_now()'s clock to host->waiting: once, when it has lasted
 * WAIT_SILENT seconds. wait_next() does this by itself.
 */
#define WAIT_SILENT	1.0
void	wait_report(const struct host *, struct poll_wait *, double until);

#endif
