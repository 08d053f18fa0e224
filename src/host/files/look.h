/*
 * How the looking functions of host/files/files.h look: private to them.
 *
 * Root goes on its own as far as directories are root's (or the administrator's). What an account
 * controls is looked at by a child that has become that account, under a time limit: a volume that
 * is mounted there may be dead, and whoever asks it for anything then waits for ever, deaf to every
 * signal. The child can do no more than the account, so links, devices and servers that are planted
 * there get nobody else's rights; and what it answers is believed no more than the account's files
 * are: the account may be able to change the answer, too. What is weak on the way is always told by
 * root's own walk.
 */
#ifndef HOST_FILES_LOOK_H
#define HOST_FILES_LOOK_H

#include "core/bytes.h"
#include "core/facts/facts.h"
#include "host/files/files.h"
#include "host/files/walk.h"

enum look_kind {
	LOOK_FILE,
	LOOK_PROGRAM,		/* and whether it is quarantined, and its first bytes */
	LOOK_CONTENT,		/* of a regular file: at most limit bytes */
	LOOK_END,		/* of a log: at most limit bytes, only where owner has it, by one
				   name */
	LOOK_NAMES,		/* of the directory that has the last name, which need not be there:
				   each with the zero byte after it; at most limit bytes */
};

struct look {
	enum look_kind	 kind;
	enum files_walk	 manner;
	const char	*path;
	size_t		 limit;
	uid_t		 owner;

	int		 errnum;	/* found: 0, or an errno; of LOOK_FILE and LOOK_PROGRAM also
					   in the fact */
	char		 begin[FILES_BEGIN];	/* of a program, as files_look_at_script() has it */
	struct bytes	 bytes;		/* found: owned; content, end or names */
	struct file_fact *fact;		/* filled by all but LOOK_END and LOOK_NAMES, which may have
					   NULL */
};

/*
 * Looks, by a child where it takes one. The folder is closed; its refused part is for
 * walk_failed(). Returns whether the directory that has the path's last name was reached: false,
 * number says why the walk ended.
 */
bool	look_find(const struct host *, struct look *, struct folder *);

/*
 * Looks as the process that we are; -1: the walk stopped at folder->account's, see walk_open_own().
 */
int	look_here(const struct host *, struct look *, struct folder *, bool *reached);

/* Looks by a child that becomes this account. Returns as look_find(). */
bool	look_as(const struct host *, uid_t account, struct look *, const struct folder *);

/*
 * For look_here(): reads the names of an open directory, which it closes. 0 or an errno: E2BIG,
 * there are more than are looked at; EINTR, a signal asked to stop.
 */
int	look_names(const struct host *, int descriptor, size_t limit, struct bytes *);

#endif
