/*
 * The plist of install --from.
 */
#ifndef COMMAND_INSTALL_FROM_H
#define COMMAND_INSTALL_FROM_H

#include "command/command.h"

/*
 * Read the plist, if --from is given, into session->from and from_bytes, and set the options that
 * it answers. With --root FILE is a path on that volume; without, a relative path starts in the
 * current directory. -1: ERROR_USAGE, ERROR_FILE (missing, not a regular file, over 1 MiB, a link
 * on its path that others can change), ERROR_DATA.
 *
 * A file that only root and the administrator (the account that called sudo; without root the
 * caller) can change, itself or by its path, is trusted like the command line. Any other is treated
 * as written by the account that the job runs as (session->from_is_untrusted): root does nothing
 * for it that this account could not do itself. This is decided by the descriptor that was read.
 *
 * In an untrusted file, the keys that would give a daemon more than an agent go to session->grants;
 * from_check() refuses them unless --allow names each. An account or group other than the owner's
 * own must be given by --user and --group, and the label by --label where another account's job has
 * it (session->label_is_untrusted).
 */
int	from_read(struct session *, struct error *);

/* Refuse the grants of an untrusted file that are not allowed (ERROR_DATA); report the others. */
int	from_check(struct session *, struct error *);

/* Return whether only root and this account can change that file, itself or by its path. */
bool	from_is_of(const struct session *, uid_t);

#endif
