/*
 * Keep directories open between walks, so that the next walk goes on from there: a fresh install
 * walks some fifty paths, nearly all of them through the same ten directories.
 *
 * A directory is kept only if nobody but root and the expected owner can change or replace it or
 * anything on the way to it, so that only root can make the cache stale; and, in root's walks, if
 * everybody may search all of them, so that a walk that goes on from it is open too (folder.open).
 * Where a stale one matters dir_cache_forget() is called: at each wait, including the one for the
 * lock, and when lnpctl itself removes a directory. Before it asks for the lock, lnpctl walks to no
 * directory that another lnpctl could remove.
 */
#ifndef HOST_MACHINE_DIR_CACHE_H
#define HOST_MACHINE_DIR_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#define DIR_CACHE_MAX	32	/* macOS gives a process 256 descriptors */

struct dir_cache {		/* zeroed: empty */
	struct cached_directory {
		char	*path;		/* without links; owned */
		int	 descriptor;	/* owned */
		size_t	 users;		/* walks that use it */
	}	rows[DIR_CACHE_MAX];
	size_t	count;
};

/*
 * Return the descriptor of the directory of this path, to be given back with dir_cache_leave(); -1
 * if it is not kept. The cache may be NULL in all of these functions.
 */
int	dir_cache_enter(struct dir_cache *, const char *path);

/*
 * Give back what dir_cache_enter() returned. Returns false if the cache does not have the
 * descriptor: then the caller closes it.
 */
bool	dir_cache_leave(struct dir_cache *, int descriptor);

/*
 * Take over an open directory, and enter it. Returns false if the cache is full: then the
 * descriptor remains the caller's.
 */
bool	dir_cache_keep(struct dir_cache *, const char *path, int descriptor);

/* Close everything. No walk may be using an entry. */
void	dir_cache_forget(struct dir_cache *);

#endif
