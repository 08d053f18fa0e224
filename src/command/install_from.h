/*
 * The plist of install --from.
 */
#ifndef COMMAND_INSTALL_FROM_H
#define COMMAND_INSTALL_FROM_H

#include "command/command.h"
#include "core/job/grant.h"

struct from {				/* zeroed: --from is not given; from_free() */
	struct plist	*tree;		/* the options borrow its texts */
	struct plist	*placed;	/* with its logs moved; NULL: they stay */
	mode_t		 mode;
	bool		 untrusted;	/* accounts other than root and host.administrator can
					   change the file, */
	bool		 label_untrusted;	/* and the label comes from it */
	struct grants	 grants;	/* and what its keys would give the account */
	bool		 installed;	/* version 0.1 installed the job from this file */
};

/*
 * Read the plist, if --from is given, and set the options that it answers. With --root FILE is a
 * path on that volume; without, a relative path starts in the current directory. -1: ERROR_USAGE,
 * ERROR_FILE (missing, not a regular file, over 1 MiB, a link on its path that others can change),
 * ERROR_DATA.
 *
 * A file that only root and the administrator (the account that called sudo; without root the
 * caller) can change, itself or by its path, is trusted like the command line. Any other is treated
 * as written by the account that the job runs as: root does nothing for it that this account could
 * not do itself. This is decided by the descriptor that was read.
 *
 * In an untrusted file, the keys that would give a daemon more than an agent go to the grants;
 * from_check() refuses them unless --allow names each. An account or group other than the owner's
 * own must be given by --user and --group, and the label by --label where another account's job has
 * it.
 */
int	from_read(struct session *, struct from *, struct error *);
void	from_free(struct from *);

/* Refuse the grants of an untrusted file that are not allowed (ERROR_DATA); report the others. */
int	from_check(struct session *, const struct grants *, struct error *);

/* Return whether only root and this account can change that file, itself or by its path. */
bool	from_is_of(const struct session *, uid_t);

#endif
