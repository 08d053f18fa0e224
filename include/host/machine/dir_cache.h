/*
 * Folders that walks came through, kept open, so that the next walk goes on from there: a fresh
 * install walks some fifty paths, nearly all of them through the same ten folders.
 *
 * Only a folder is kept that none but root and the expected owner can change or replace, and so is
 * the whole way to it: what is remembered of it can then be outdated by root alone. Where that
 * matters, dir_cache_forget() is called: at each wait, one for the lock included, and when lnpctl
 * itself removes a folder. Before it asks for the lock lnpctl walks to no folder that another one
 * could remove.
 */
#ifndef HOST_MACHINE_DIR_CACHE_H
#define HOST_MACHINE_DIR_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#define DIR_CACHE_MAX	32	/* more are not kept; macOS gives a process 256 descriptors */

#define LINK_CACHE_MAX	4	/* a Mac has three: /var, /etc and /tmp */

struct dir_cache {		/* zeroed: none */
	struct cached_directory {
		char	*path;		/* without links; owned */
		int	 descriptor;	/* owned */
		size_t	 users;		/* walks that stand there */
	}	rows[DIR_CACHE_MAX];
	size_t	count;
	struct cached_link {
		char	path[64], target[64];	/* longer ones are not kept */
	}	links[LINK_CACHE_MAX];
	size_t	link_count;
};

/*
 * The descriptor of the folder of this path, to be given back with dir_cache_leave(); -1: it is not
 * kept. folders may be NULL in all of these.
 */
int	dir_cache_enter(struct dir_cache *, const char *path);

/*
 * Gives back what dir_cache_enter() gave. False: the descriptor is none of ours, and the caller's
 * to close.
 */
bool	dir_cache_leave(struct dir_cache *, int descriptor);

/* Takes over an open folder, and enters it. False: there is no room, and it stays the caller's. */
bool	dir_cache_keep(struct dir_cache *, const char *path, int descriptor);

/*
 * Where the link of this path leads; NULL: it is not kept. Kept is a link as a folder is: none but
 * root and the expected owner can change it, or the way to it. dir_cache_keep_link() takes the path
 * in its two parts.
 */
const char *dir_cache_link(const struct dir_cache *, const char *path);
void	dir_cache_keep_link(struct dir_cache *, const char *above, const char *name,
    const char *target);

/* Closes all. No walk may stand in one. */
void	dir_cache_forget(struct dir_cache *);

#endif
