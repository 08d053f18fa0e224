/*
 * The machine that is examined or changed, as far as a caller or a test may choose it.
 */
#ifndef HOST_MACHINE_HOST_H
#define HOST_MACHINE_HOST_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/facts/facts.h"

struct host {
	int		 root;		/* open directory that stands for "/" */
	bool		 image;		/* --root was given: accounts and the system's version come
					   from that directory */
	uid_t		 owner;		/* who must own what we install: root, or with --root the
					   caller */
	gid_t		 group;
	uid_t		 administrator;	/* whose files are trusted like root's for reading: the
					   caller; for root the account that ran sudo, if any.
					   Grants no right to change anything */
	const struct identity *folder_owner;	/* an account whose own directories may be changed
						   in, as far as nobody else can change them, and as
						   whom root looks at what may be a dead server's;
						   NULL: none. See host/files/files.h */
	bool		 given_up;	/* we are a child with a time limit: it may wait for any
					   volume */
	const char	*launchctl;	/* absolute path on the real "/"; NULL: offline, launchd is
					   not asked */
	double		 launchctl_seconds;	/* time limit of one launchctl */
	const volatile sig_atomic_t *stop; /* set by a signal; polled in every wait; NULL: not to be
					      stopped (undo) */
	struct dir_cache	*dir_cache;	/* directories kept open, see
						   host/machine/dir_cache.h; NULL: none. Not set by
						   host_open() */
	struct budgets	*budgets;	/* time spent on others' files, see host/machine/budget.h;
					   NULL: not remembered */
	struct accounts	*accounts;	/* accounts looked up so far, see host/accounts.h; NULL: not
					   remembered */
	struct user_helper *helper;	/* finds out what accounts can reach, see
					   host/machine/child.h; NULL: a new child each time */
	/*
	 * Called for a long wait: "system/LABEL", "to end", and the seconds until it is over; NULL:
	 * nothing is reported.
	 */
	void (*waiting)(void *context, const char *target, const char *what, double left);
	void		*waiting_context;
	FILE		*trace;		/* --verbose: a line for each program that is run; NULL:
					   none */
};

/*
 * Open the machine. root_path NULL: the real "/", owner root. Otherwise that directory: it must be
 * owned by the caller (for root: by root) and not writable by others. launchctl NULL:
 * /bin/launchctl on the real root, none (offline) on an image. administrator becomes the caller.
 * The strings are borrowed. Returns 0, or -1 with ERROR_FILE or ERROR_SYSTEM. host_close() closes
 * the directory.
 */
int	host_open(struct host *, const char *root_path, const char *launchctl, struct error *);

/* The same, offline, also of an image of another account: to list names, not to trust them. */
int	host_open_to_read(struct host *, const char *root_path, struct error *);
void	host_close(struct host *);

/* Return true if the effective user of this process is root. */
bool	host_is_root(void);

#endif
