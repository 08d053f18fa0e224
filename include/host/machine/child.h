/*
 * Acts as another account, in a forked child that has become it for good: what that account owns is
 * then touched with its rights only. Not by seteuid(): a failed way back could not be undone.
 *
 * POSIX allows the child of a process with several threads only what a signal handler may call.
 * Actions work by system calls, but they also take memory, write texts with vsnprintf() and read
 * access control lists (acl_* of macOS). That is safe because no second thread can hold a lock of
 * theirs when we fork: neither lnpctl nor libplist makes one. Of macOS's own libraries Libinfo
 * would, for a getgrouplist() that is asked for 16 groups or more (libinfo.c); platform_groups()
 * asks for 15. What asks a server of the system, or keeps a connection to one, stays out of actions
 * in any case: accounts, host names, syslog(), and strerror(), which may open files. `make layers`
 * holds both.
 */
#ifndef HOST_MACHINE_CHILD_H
#define HOST_MACHINE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/facts/facts.h"
#include "host/machine/host.h"

#define CHILD_NUMBERS	40	/* eight jobs' questions; a reply must come through a socket at
				   once */

struct reply {
	int	errnum;		/* errno; 0: done */
	bool	flag;		/* the action's own: made, left */
	int	numbers[CHILD_NUMBERS];	/* the action's own */
	int	descriptor;	/* what the action opened, handed back to the parent, who closes it;
				   -1: none */
};

#define CHILD_SECONDS	10.0	/* to open a file; longer: the child was stopped, or a network
				   volume is dead */

/*
 * Runs the action in a child with the account's groups, this gid and the account's uid. What it may
 * call: above. Without root only for the caller's own uid. Returns 0, with the action's reply; or -1
 * (errno): EPERM, it could not become the account; ETIMEDOUT, no answer in time (the account may
 * stop its processes); ECONNRESET, the child died; EINTR, a signal asked the host to stop. No child
 * is left, unless the kernel cannot end it: one that waits for a dead volume is left to itself,
 * killed.
 *
 * What the account takes is its own, see host/machine/budget.h: one that let us wait in vain, or
 * took all of its time, gets ETIMEDOUT at once for the rest of the run.
 */
int child_run(const struct host *, const struct identity *, gid_t,
    void (*action)(const void *context, struct reply *), const void *context, double seconds,
    struct reply *);

/*
 * A child that stays, for actions that are many: to fork costs more than to ask, and every page that
 * we write to afterwards costs again. It can be stopped and killed like any other by the account:
 * then the action has failed, and the next one gets a new child.
 */
#define HELPER_CAPACITY	(16 * 1024 * 1024)	/* what is not written to takes no memory */

struct user_helper {			/* zeroed: none yet */
	pid_t		 pid;		/* 0: none */
	int		 channel;
	struct identity	 account;
	gid_t		 group;
	void		(*action)(const void *context, struct reply *);
	void		*shared;		/* shared with it, HELPER_CAPACITY bytes */
};

/*
 * Its answer may also be in the room, of which the action is given the address; the account may be
 * able to change what is there.
 *
 * As child_run(), but the context is size bytes (HELPER_CAPACITY at most) that the helper gets a
 * copy of: it may not point to what was made since the helper was. Another account, group or action
 * than the last time: another child.
 */
int	helper_run(const struct host *, struct user_helper *, const struct identity *, gid_t,
    void (*action)(const void *context, struct reply *), const void *context, size_t size,
    double seconds, struct reply *);

/* Makes the child that helper_run() would make now. 0 or -1 (errno). */
int	helper_start(struct user_helper *, const struct identity *, gid_t,
    void (*action)(const void *context, struct reply *));

/* Ends the child, if there is one. */
void	helper_stop(struct user_helper *);

/*
 * No child keeps this open file when it gives up its rights: a lock must not outlive us in a
 * process that another account can stop. That the descriptor is closed later need not be told.
 */
void	child_must_close(int descriptor);

#endif
