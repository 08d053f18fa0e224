/*
 * How much of what other accounts own is looked at. An account can fill its folders with what it
 * likes, and stop the processes that act for it: that must cost its own jobs an answer, and nobody
 * else a wait.
 *
 * A look at what an account owns begins with budget_begin() and ends with budget_end(); what it
 * took is remembered for the run, so that a hundred jobs of one account are not a hundred such
 * looks. What does not fit is not known, with BUDGET_TOO_MUCH as the reason. A signal ends a look,
 * too.
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
#define BUDGET_SECONDS		5.0		/* of one look, */
#define BUDGET_ACCOUNT_SECONDS	30.0		/* of all looks at one account, */
#define BUDGET_RUN_SECONDS	120.0		/* and of all at all accounts */
#define BUDGET_ACCOUNTS		10000		/* that are listed, */
#define BUDGET_LIST_SECONDS	60.0		/* and for that: each has groups */
#define BUDGET_WAIT_SECONDS	300.0		/* until launchd has ended and started the jobs of
						   one account */
#define BUDGET_WAIT_FREE	1.0		/* of each such wait: an ordinary job's is not
						   counted */
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
	double	before;			/* the run's seconds then: a look within this one is not
					   counted twice */
};

#define BUDGET_ROOT	((uid_t)-1)	/* as account: root's own, which has no bounds but
					   signals */

void	budget_begin(struct budget *, const struct host *, uid_t account);

/*
 * The seconds that this account has left of its BUDGET_ACCOUNT_SECONDS, and nothing left from now
 * on.
 */
double	budget_left(const struct host *, uid_t account);
void	budget_give_up(const struct host *, uid_t account);

/*
 * The same of its BUDGET_WAIT_SECONDS: how long launchd may still be waited for because of its
 * jobs. Root's have no bound. Then what such a wait took.
 */
double	budget_wait_left(const struct host *, uid_t account);
void	budget_waited(const struct host *, uid_t account, double seconds);

/* Takes this much; false: it does not fit, or the time is up, or a signal asked to stop. */
bool	budget_take(struct budget *, size_t files, size_t bytes);

/* Remembers the time that it took, if the host remembers that. */
void	budget_end(const struct budget *);

#endif
