/*
 * Act as another account, in a forked child that has become it for good, so that what the account
 * owns is touched with its rights only. Not by seteuid(): a failed way back could not be undone.
 *
 * POSIX allows the child of a process with several threads only what a signal handler may call.
 * Actions make system calls, but they also allocate memory, format text with vsnprintf() and read
 * access control lists (acl_* of macOS). That is safe because no second thread can hold one of
 * their locks when we fork: neither lnpctl nor libplist makes a thread. Of macOS's own libraries
 * Libinfo would, for a getgrouplist() that is asked for 16 groups or more (libinfo.c);
 * platform_groups() asks for 15. Anything that asks a server of the system, or keeps a connection
 * to one, stays out of actions in any case: accounts, host names, syslog(), and strerror(), which
 * may open files. `make layers` checks both.
 */
#ifndef HOST_MACHINE_CHILD_H
#define HOST_MACHINE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/facts/facts.h"
#include "host/machine/host.h"

struct reply {
	int	errnum;		/* 0: success */
	bool	flag;		/* set by the action: left */
	int	descriptor;	/* opened by the action and passed to the parent, who closes it; -1:
				   none */
};

#define CHILD_SECONDS	10.0	/* to open a file; longer: the child was stopped, or a network
				   volume is dead */

/*
 * Run the action in a child with the account's groups, this gid and the account's uid; see above
 * for what it may call. Without root only for the caller's own uid. Returns 0, with the action's
 * reply, or -1 (errno): EPERM, it could not become the account; ETIMEDOUT, no answer in time (the
 * account may stop its processes); ECONNRESET, the child died; EINTR, a signal asked the host to
 * stop. No child is left, unless the kernel cannot end it: one that waits for a dead volume is
 * killed and abandoned.
 *
 * The time is charged to the account (host/machine/budget.h): one that let us wait in vain, or has
 * used up its time, gets ETIMEDOUT at once for the rest of the run.
 */
int child_run(const struct host *, const struct identity *, gid_t,
    void (*action)(const void *context, struct reply *), const void *context, double seconds,
    struct reply *);

/*
 * A child that stays, for many actions: a fork costs more than a question, and a home may have a
 * hundred plists. The account can stop and kill it like any other: then the action has failed, and
 * the next one gets a new child.
 */
#define HELPER_CAPACITY	(16 * 1024 * 1024)	/* pages that are not written to take no memory */

struct user_helper {			/* zeroed: none yet */
	pid_t		 pid;		/* 0: none */
	int		 channel;
	struct identity	 account;
	gid_t		 group;
	void		(*action)(const void *context, struct reply *);
	void		*shared;	/* memory of both, HELPER_CAPACITY bytes */
};

/*
 * As child_run(), but the helper gets a copy of the context, size bytes (HELPER_CAPACITY at most):
 * it may not point to anything made after the helper was started. A different account starts a new
 * child; a helper has one action only.
 *
 * The action gets the address of the shared memory as its context, and may answer there, too; the
 * account may be able to change what is there.
 */
int	helper_run(const struct host *, struct user_helper *, const struct identity *,
    void (*action)(const void *context, struct reply *), const void *context, size_t size,
    double seconds, struct reply *);

/* End the child, if there is one. */
void	helper_stop(struct user_helper *);

/*
 * Have each child close this open file before it gives up its rights: a lock must not outlive us in
 * a process that another account can stop. The descriptor may be closed later without notice.
 */
void	child_must_close(int descriptor);

#endif
