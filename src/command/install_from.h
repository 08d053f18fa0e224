/*
 * The plist of --from.
 */
#ifndef COMMAND_INSTALL_FROM_H
#define COMMAND_INSTALL_FROM_H

#include "command/command.h"

/*
 * Reads it, if --from is given, into session->from and from_bytes, and fills the options that it
 * answers. With --root FILE is a path of that volume; on this Mac one that is not a full path
 * begins in the current folder. -1: ERROR_USAGE, ERROR_FILE (not there, no regular file, over 1
 * MiB, a link on the way that others can change), ERROR_DATA.
 *
 * session->from_is_untrusted: whose words they are. A file that nobody but root and the
 * administrator (the account that called sudo; without root the caller) can change, by itself or by
 * its path, is the administrator's, as the command line is. Any other counts as written by the
 * account that the job runs as: root does nothing for it that this account could not do itself. The
 * fact is that of the descriptor that was read.
 *
 * Of an account's file the keys that would give a daemon more than an agent are in session->grants,
 * for from_check(), which refuses them until --allow names each; an account or group that is not
 * the owner's own must be named by --user and --group; and the label must be named by --label where
 * another account's job has it (session->label_is_untrusted).
 */
int	from_read(struct session *, struct error *);

/* What is not allowed of an account's file: ERROR_DATA. What is allowed is reported. */
int	from_check(struct session *, struct error *);

/* Whether nobody but root and this account can change that file, by itself or by its path. */
bool	from_is_of(const struct session *, uid_t);

#endif
