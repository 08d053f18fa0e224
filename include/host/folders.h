/*
 * Folders that walks came through, kept open, so that the next walk goes on from there: a fresh install walks some
 * fifty paths, nearly all of them through the same ten folders.
 *
 * Only a folder is kept that none but root and the expected owner can change or replace, and so is the whole way to it:
 * what is remembered of it can then be outdated by root alone. Where that matters, folders_forget() is called: before
 * the machine is looked at as a whole, after a wait for the lock, and when lnpctl itself removes a folder.
 */
#ifndef HOST_FOLDERS_H
#define HOST_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#define FOLDERS_KEPT	32	/* more are not kept; macOS gives a process 256 descriptors */

struct folders {		/* zeroed: none */
	struct kept_folder {
		char	*path;		/* without links; owned */
		int	 descriptor;	/* owned */
		size_t	 users;		/* walks that stand there */
	}	rows[FOLDERS_KEPT];
	size_t	count;
};

/*
 * The descriptor of the folder of this path, to be given back with folders_leave(); -1: it is not kept. folders may be
 * NULL in all of these.
 */
int	folders_enter(struct folders *, const char *path);

/* Gives back what folders_enter() gave. False: the descriptor is none of ours, and the caller's to close. */
bool	folders_leave(struct folders *, int descriptor);

/* Takes over an open folder, and enters it. False: there is no room, and it stays the caller's. */
bool	folders_keep(struct folders *, const char *path, int descriptor);

/* Closes all. No walk may stand in one. */
void	folders_forget(struct folders *);

#endif
