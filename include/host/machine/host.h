/*
 * The machine that is looked at or changed, as far as a caller or a test may choose it.
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
	bool		 image;		/* --root was given: accounts and the system's version are
					   that folder's */
	uid_t		 owner;		/* who must own what we install: root, or with --root the
					   caller */
	gid_t		 group;
	uid_t		 administrator;	/* whose files are as good as root's where they are read:
					   the caller; for root the account that called sudo, where
					   there is one. Nothing of his is changed for that */
	const struct identity *folder_owner;	/* whose own folders are good for changing, too, as
						   far as nobody else can change them, and as whom
						   root looks at what may be a dead server's; NULL:
						   nobody's. See host/files/files.h */
	bool		 given_up;	/* we are a child that is given up after a while: no volume
					   is too slow for it */
	const char	*launchctl;	/* absolute path on the real "/"; NULL: offline, launchd is
					   not asked */
	double		 launchctl_seconds;	/* how long one launchctl may take */
	const volatile sig_atomic_t *stop; /* set by a signal; polled in every wait; NULL: not to be
					      stopped (undo) */
	struct dir_cache	*folders;	/* what walks keep open, see
						   host/machine/dir_cache.h; NULL: nothing. Not
						   host_open()'s */
	struct budgets	*budgets;	/* what looks at others' files took, see
					   host/machine/budget.h; NULL: not remembered */
	struct accounts	*accounts;	/* who was looked up, see host/accounts.h; NULL: not
					   remembered */
	struct user_helper *helper; /* who asks what accounts can reach, see host/machine/child.h;
				       NULL: a new child each time */
	/*
	 * a wait is long: "system/LABEL", "to end", and the seconds until it is over; NULL: nobody
	 * asks
	 */
	void (*waiting)(void *context, const char *target, const char *what, double left);
	void		*waiting_context;
	FILE		*trace;		/* --verbose: each program that is run, a line each; NULL:
					   none */
};

/*
 * Opens the machine. root_path NULL: the real "/", owner root. Otherwise that folder: it must
 * belong to the caller (for root: to root) and must not be writable by others. Fails with
 * ERROR_FILE or ERROR_SYSTEM. launchctl NULL: /bin/launchctl on the real root, none (offline) on an
 * image. administrator is the caller. Strings are borrowed. host_close() closes the directory.
 */
int	host_open(struct host *, const char *root_path, const char *launchctl, struct error *);
void	host_close(struct host *);

/* True when the effective user of this process is root. */
bool	host_is_root(void);

#endif
