/*
 * Walk a path below the root descriptor of a host, component by component; host/files/files.h
 * describes the two ways.
 */
#ifndef HOST_FILES_WALK_H
#define HOST_FILES_WALK_H

#include <sys/stat.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "host/files/files.h"
#include "host/machine/dir_cache.h"
#include "host/machine/host.h"

struct folder {				/* the open directory that holds the last component */
	int		descriptor;
	char		path[PATH_SIZE];	/* without links; "" is the root */
	char		name[NAME_SIZE];	/* the last component; "." for the root itself */
	struct file_fact untrusted;		/* only the untrusted_* fields are filled */
	struct file_fact untrusted_for_user;	/* the same, but directories of walk_open_for()'s
						   user are trusted */
	bool		open;			/* root's walk only: nothing on the way is untrusted
						   or a volume, and everybody may search it */
	char		refused[PATH_SIZE];	/* a link that a strict walk did not follow; empty:
						   none */
	struct dir_cache	*cache;		/* may own the descriptor */
	bool		image;			/* the paths are not this machine's: print no
						   commands to paste */
	bool		stopped;		/* walk_open_own() stopped: what comes next is
						   this account's */
	uid_t		account;
	struct stat	last;			/* of the name, if seen: for walk_look() */
	bool		seen;
};

/*
 * Open the directory of path, strictly; untrusted_for_user is what others than root, the expected
 * owner and this user can change. Returns 0, or -1 with errno: EINVAL for a path that is not
 * absolute or has "." or "..", ELOOP, with refused filled, for a link that others can change; the
 * untrusted_* fields are filled as far as the walk came. walk_close() closes it.
 */
int	walk_open_for(const struct host *, const char *path, uid_t user, struct folder *);
void	walk_close(struct folder *);

/*
 * As walk_open_for(), for looking, with the administrator as the user. Loose: a link at the end is
 * followed. But root does not go on by itself where a directory, a link, or the mount point of a
 * volume is owned by an account other than the administrator, or where a server, a program or an
 * automounter answers for the volume: -1, with stopped set.
 *
 * In all walks root enters no mount point in a directory that others can change, or below one, and
 * no volume that an account other than the administrator had mounted: EREMOTE.
 */
int	walk_open_own(const struct host *, const char *path, enum files_walk, struct folder *);

/*
 * Fill the status of the last component, links not followed; it is read once. Returns 0 or -1
 * (errno).
 */
int	walk_look(struct folder *, struct stat *);

/*
 * Return whether others than those can change the file that was opened there, by itself (status is
 * the descriptor's) or through the path of walk_open_for() for the same user. A sticky directory is
 * untrusted: a hard link to any file can be made there.
 */
bool	walk_is_foreign(const struct host *, const struct folder *, uid_t user,
    const struct stat *);

/*
 * Strict, for changing: an untrusted directory, or any failure, is an error "cannot VERB 'PATH'".
 */
int	walk_safe(const struct host *, const char *path, const char *verb, struct folder *,
    struct error *);

/*
 * Strict, for changing, without the error: 0 or -1 as walk_open_for(). walk_is_safe() then returns
 * whether nobody but root, the expected owner and host->folder_owner can change what is there;
 * walk_is_folder_owners(): host->folder_owner owns the directory itself.
 */
int	walk_open_change(const struct host *, const char *path, struct folder *);
bool	walk_is_safe(const struct host *, const struct folder *);
bool	walk_is_folder_owners(const struct host *, const struct folder *);

/*
 * Set ERROR_FILE "cannot VERB 'PATH'" for a walk that failed with this errno, or that came to
 * something untrusted. Return -1.
 */
int	walk_failed(const struct folder *, int errnum, const char *verb, const char *path,
    struct error *);
int	walk_unsafe(const struct folder *, const struct file_fact *, const char *verb,
    const char *path, struct error *);

/*
 * Order the names in the directory before all that is written later, with platform_order(), or
 * flush them, with platform_flush(). Returns 0 or -1 (errno).
 */
int	walk_sync(const struct folder *, int (*sync)(int descriptor));

#endif
