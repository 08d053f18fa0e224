/*
 * How the looking functions of host/files/files.h work: private to them.
 *
 * Root goes on by itself in directories of root and the administrator. What an account controls is
 * examined by a child that has become that account, with a time limit: a volume that is mounted
 * there may be dead, and a process that asks it for anything then waits for ever, deaf to every
 * signal. The child can do no more than the account, so planted links, devices and servers get
 * nobody else's rights. Its answer is trusted no more than the account's files are, because the
 * account may be able to change it, too. What is untrusted on the way is always determined by
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
	LOOK_LOG,		/* and whether it is locked, and if not, whether its mode decides
				   who may write */
	LOOK_DIRECTORY,		/* and whether its mode decides who may search it */
	LOOK_PROGRAM,		/* and whether its mode decides who may execute it, whether it is
				   quarantined, and its first bytes */
	LOOK_ACCESS,		/* not for look_find(): errnum is 0, or why the kernel refuses this
				   access */
	LOOK_CONTENT,		/* of a regular file: at most limit bytes */
	LOOK_END,		/* of a log, after the mark: at most limit bytes, only if it is
				   owner's and has one link */
	LOOK_NAMES,		/* of the directory that holds the last component, which need not
				   exist: each with the zero byte after it; at most limit bytes */
};

struct look {
	enum look_kind	 kind;
	enum files_walk	 manner;
	const char	*path;
	size_t		 limit;
	uid_t		 owner;
	struct log_mark	 mark;
	int		 bits;		/* of access(2) */
	bool		 identify;	/* a program: find its SHA-256, unless it is the known one
					   by inode, size and time */
	struct file_identity known;

	int		 errnum;	/* result: 0, or an errno; for the first four also in
					   the fact */
	char		 begin[FILES_BEGIN];	/* of a program, as in files_look_at_script() */
	struct bytes	 bytes;		/* result: owned; content, end or names */
	struct file_fact *fact;		/* filled by the first four and LOOK_CONTENT; may be NULL
					   for the others */
};

/*
 * Look, in a child if necessary. The directory is closed again; its refused field is for
 * walk_failed(). Returns whether the directory that holds the last component was reached; if not,
 * errnum is why the walk ended.
 */
bool	look_find(const struct host *, struct look *, struct folder *);

/*
 * Look in this process. Returns 0, or -1 if the walk stopped at folder->account's, see
 * walk_open_own().
 */
int	look_here(const struct host *, struct look *, struct folder *, bool *reached);

/*
 * Look in a child that becomes this account, where root's own walk came to the folder. Returns as
 * look_find(); false, with errnum, also if nobody could look.
 */
bool	look_as(const struct host *, const struct identity *, struct look *, const struct folder *);

/* For look_here(): return 0, or the errno with which the kernel refuses us access to the path. */
int	look_access(int root, const char *path, int bits);

/*
 * For look_here(): read the names of an open directory, and close it. Returns 0 or an errno: E2BIG,
 * there are too many; EINTR, a signal asked to stop.
 */
int	look_names(const struct host *, int descriptor, size_t limit, struct bytes *);

#endif
