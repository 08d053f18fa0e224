/*
 * Limit how much of what other accounts own is examined. An account can fill its directories with
 * anything, and stop the processes that act for it: that may cost its own jobs an answer, but must
 * not keep anything else waiting.
 *
 * Examining what an account owns starts with budget_begin() and ends with budget_end(); the time
 * spent is remembered for the run, so that a hundred jobs of one account do not take a hundred
 * times as long. What exceeds the limits is unknown, with BUDGET_TOO_MUCH as the reason. A signal
 * ends it, too.
 */
#ifndef HOST_MACHINE_BUDGET_H
#define HOST_MACHINE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "host/machine/host.h"

#define BUDGET_TOO_MUCH		"there is too much to look at"

#define BUDGET_NAMES		100000		/* entries of a directory */
#define BUDGET_FILES		1000		/* of one look; no account has so many plists */
#define BUDGET_BYTES		(32u * 1024 * 1024)	/* of those files */
#define BUDGET_SUM_BYTES	(512 * 1024 * 1024)	/* of a program whose SHA-256 is made, */
#define BUDGET_SUM_SECONDS	2.0		/* and for that, within the look at it */
#define BUDGET_SECONDS		5.0		/* of one look, */
#define BUDGET_ACCOUNT_SECONDS	30.0		/* of all looks at one account, */
#define BUDGET_RUN_SECONDS	120.0		/* and of all at all accounts */
#define BUDGET_ACCOUNTS		10000		/* that are listed, */
#define BUDGET_LIST_SECONDS	60.0		/* and for that: each has groups */
#define BUDGET_WAIT_SECONDS	300.0		/* until launchd has stopped and started the jobs of
						   one account */
#define BUDGET_WAIT_FREE	1.0		/* of each such wait: an ordinary job's is free */
#define BUDGET_LAUNCHD_SECONDS	60.0		/* for what scan asks launchd: two questions a
						   plist */

struct tally {				/* seconds, by account */
	struct { uid_t account; double seconds; } rows[64];
	size_t	count;
};

struct budgets {			/* of one run; zeroed: nothing spent */
	struct tally looks, waits;
	double	all;			/* seconds of all looks */
};

struct budget {				/* of one look */
	const struct host *host;
	uid_t	account;
	bool	bounded;
	size_t	files, bytes;		/* left */
	double	begun, deadline;	/* on wait_now()'s clock */
	double	before;			/* budgets.all then: nested looks are charged once */
};

#define BUDGET_ROOT	((uid_t)-1)	/* as account: root's own files, limited only by signals */

void	budget_begin(struct budget *, const struct host *, uid_t account);

/* Return the seconds that this account has left of BUDGET_ACCOUNT_SECONDS; or spend them all. */
double	budget_left(const struct host *, uid_t account);
void	budget_give_up(const struct host *, uid_t account);

/*
 * Return the seconds left of its BUDGET_WAIT_SECONDS: how long launchd may still be waited for
 * because of its jobs. budget_waited() charges what a wait took; root is never charged.
 */
double	budget_wait_left(const struct host *, uid_t account);
void	budget_waited(const struct host *, uid_t account, double seconds);

/* Spend this much. Returns false if it does not fit, the time is up, or a signal asked to stop. */
bool	budget_take(struct budget *, size_t files, size_t bytes);

/* Charge the time spent to the account, if host->budgets is set. */
void	budget_end(const struct budget *);

#endif
