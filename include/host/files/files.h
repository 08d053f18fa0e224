/*
 * Files below the root descriptor of a host. Everything works on descriptors: a path
 * ("/Library/...") is walked component by component from the root descriptor, never handed to the
 * system as a whole. An attacker owns the job's account.
 *
 * There are two ways to walk:
 *
 * FILES_STRICT, for whatever is changed. A link is followed only if the link and the directory that
 * holds it are owned by root or the expected owner, and the directory is not writable by others (a
 * sticky directory is treated as writable). ".." in a link is refused; at most 8 links are
 * followed; an absolute target starts again at the root descriptor. On a Mac /var, /etc and /tmp
 * are such links. A directory on the way that others can change makes the path untrusted: changes
 * there are refused, except by files_log() as described there. "." and ".." in the given path are
 * always refused.
 *
 * FILES_LOOSE, for looking (programs that Homebrew links to). Every link is followed, ".." too, at
 * most 32, and the first untrusted directory or link is noted in file_fact.untrusted_path.
 *
 * "Others" are all but root and host->owner. A directory is untrusted if its owner is another
 * account, if it has S_IWOTH, or if it has S_IWGRP and its group is not 0 (wheel) [nor, for an
 * ordinary caller, host->group]; and if an access control list lets others write, or the volume
 * ignores ownership: platform_weakness().
 *
 * For looking, root goes on by itself only in directories of root and the administrator. What
 * another account's directory or link leads to, or a volume that it mounted, is examined by a child
 * that has become that account, for BUDGET_SECONDS at most; without an answer it is UNKNOWN,
 * ETIMEDOUT. See host/files/look.h. Where root changes something it does not enter such a volume at
 * all.
 *
 * With host->folder_owner (an account that has an agent in its home) files_write, _keep, _restore
 * and _remove also accept a directory of that account, if only root and the account can change the
 * way to it and it has no link of the account: there root does nothing that the account could not
 * do itself. Files written there are owned by the account.
 *
 * A power cut leaves the old state or the new one, or a record from which the next run finishes or
 * undoes the change: see enum files_when. The order of a change is
 *
 *	the state directory, if it is new		ordered
 *	a link to the old receipt			ordered
 *	the record: the receipt as "changing", with	its bytes, and after the rename
 *	all that was before				its name, ordered
 *	directories of logs, logs			their names, owners and modes, ordered
 *	a link to the old plist				ordered
 *	the plist					as the record
 *	the commit: the receipt as "installed"		its bytes ordered, its name lasting
 *	the links are removed				eventually
 *
 * so that the record is there before anything that it describes, the old plist is kept before the
 * new one has its name, and the receipt says "installed" when everything is there. The one full
 * flush is that of the commit: it takes what was ordered before along. An uninstall ends with the
 * removal of the receipt, which is lasting, in place of the commit. tests/torture/power.py plays a
 * power cut at each point.
 *
 * Changing functions fail with ERROR_FILE and leave what was there. None allocates, except
 * files_read().
 */
#ifndef HOST_FILES_FILES_H
#define HOST_FILES_FILES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"
#include "core/bytes.h"
#include "host/machine/host.h"

/* No job's plist comes near; libplist 2.2 takes time with the square of a text's size. */
#define FILES_FOREIGN	(256 * 1024)	/* bytes of a plist that somebody else wrote */

enum files_walk { FILES_STRICT, FILES_LOOSE };

/* What a power cut can do to a change of a file: */
enum files_when {
	FILES_EVENTUALLY,	/* anything: it is temporary, or harmless if it comes back */
	FILES_ORDERED,		/* undo it, and then also all that is written to the volume later;
				   the default of all functions below */
	FILES_LASTING,		/* nothing: it is on the disk, with all that was ordered before */
};

/*
 * Fill the fact about the file at path (strict: a link at the end is FILE_LINK; loose: it is
 * followed). Never fails.
 */
void	files_look(const struct host *, const char *path, enum files_walk, struct file_fact *);

/* The same, strict, for a log: whether it is locked, and whether its mode decides who may write. */
void	files_look_at_log(const struct host *, const char *path, struct file_fact *);

/* The same, loose, for a directory: whether its mode decides who may search it. */
void	files_look_at_directory(const struct host *, const char *path, struct file_fact *);

/*
 * The same, loose, for a program: whether it is quarantined, and its first bytes as a string: up to
 * a zero byte, and empty if it cannot be read. known: find the SHA-256 of its content too, without
 * reading it if inode, size and time are those of the known identity; NULL: no. It stays empty if
 * the file cannot be read, or costs too much: host/machine/budget.h.
 */
#define FILES_BEGIN	513		/* macOS reads so much of a script */
void	files_look_at_script(const struct host *, const char *path,
    const struct file_identity *known, struct file_fact *,
    char begin[FILES_BEGIN]);

/*
 * Read a regular file of at most limit bytes, opened without waiting (a FIFO or a device is
 * refused), with a strict walk; the fact is that of the descriptor read, and includes whether
 * others than root and the administrator can change the file. The bytes are malloc'ed; bytes_free()
 * releases them. Returns 0, or -1 with ERROR_FILE: then fact->exists is NO (not there), UNKNOWN
 * (see the error) or YES (too large, not regular). fact must not be NULL.
 */
int files_read(const struct host *, const char *path, size_t limit, struct bytes *,
    struct file_fact *, struct error *);

/* The same, with a strict or a loose walk. */
int	files_read_by(const struct host *, const char *path, enum files_walk, size_t limit,
    struct bytes *, struct file_fact *, struct error *);

/*
 * Read a file of the system that may be a link, which the kernel follows. Only in a directory that
 * nobody but root can change. Returns -1 if it cannot be read.
 */
int	files_read_system(const struct host *, const char *path, size_t limit, struct bytes *);

/*
 * As files_read(), for a plist that somebody else wrote. A link at the end is followed, as launchd
 * does, if its owner and its directory show that only root can have made it; vendors install such.
 * Root goes no further than it may by itself: if the target is below an account's directory the
 * fact is the link's, with untrusted_for_user set.
 */
int	files_read_linked(const struct host *, const char *path, size_t limit, struct bytes *,
    struct file_fact *, struct error *);

/*
 * Return whether nobody but root, the expected owner and this account can change the file at path,
 * by itself or through its path.
 */
bool	files_is_of(const struct host *, const char *path, uid_t);

/*
 * Read an open file to its end; a short read at the expected size (-1: unknown) is the end. The
 * bytes are malloc'ed. Returns 0 or -1 (errno); EFBIG: the file has more than limit bytes.
 */
int	files_read_descriptor(const struct host *, int file, off_t expected, size_t limit,
    struct bytes *);

/*
 * Read the last bytes of a log, at most limit of them, but only what follows the mark. If the log
 * is another file now, or has been emptied, all of it does. They are malloc'ed, and empty where
 * files_tail() is.
 */
void	files_read_last(const struct host *, const char *path, uid_t owner, struct log_mark,
    size_t limit, struct bytes *);

/*
 * Copy the last lines of a log after the mark, at most lines of them, to target. It is empty if the
 * log cannot be read, is not a regular file of this owner or has another hard link: what is shown
 * to root must not be somebody else's file. Control characters become '?'.
 */
void	files_tail(const struct host *, const char *path, uid_t owner, struct log_mark, int lines,
    char *target, size_t size);

/*
 * Call visit with the name of each entry of a directory except "." and "..", in the order of
 * strcmp. An absent directory is an empty one and returns 0. Any other failure returns -1, possibly
 * after some calls, because a signal ends it. More than BUDGET_NAMES entries are ERROR_UNKNOWN, and
 * none is visited. The walk is strict, but also goes through a link at the end. context is passed
 * through.
 */
int	files_list(const struct host *, const char *path,
    void (*visit)(void *context, const char *name), void *context,
    struct error *);

/*
 * Call visit with each of these names, which have a zero byte after them, in the order of strcmp
 * and once; not with what is not a name of a directory's entry. Returns 0 or an errno: ENOMEM;
 * EINTR, a signal asked to stop.
 */
int	files_visit(const struct host *, struct bytes names,
    void (*visit)(void *context, const char *name), void *context);

/*
 * Write data to path so that a reader finds the old file or the new one, never a part: a draft
 * named ".lnpctl-draft" in the same directory, complete, with host's owner and group, this mode and
 * no access control list; its bytes are ordered before the rename, then the name as the caller
 * chooses. The directory must be safe (trusted, strict). On failure the draft is removed; if the
 * failure was after the rename the new file may be there, and the caller's undo deals with it.
 */
int	files_write(const struct host *, const char *path, struct bytes, mode_t, enum files_when,
    struct error *);

/*
 * Give the regular file at path (not followed) this owner, group and mode, and remove its
 * quarantine attribute.
 *
 * An account that owns the file now, and is neither the new owner nor root, may have it open, or
 * may have made another hard link to it, through which it would have a root-owned file with its own
 * text. So it is replaced by a new file with the same text. If it is larger than FILES_COPIED, or
 * than the free space on the disk, it is renamed instead, still that account's, to its name with
 * FILES_ASIDE, and a number if that is taken, and the new file is empty. aside is then that path,
 * after a failure, too, and otherwise empty: files_restore() undoes it.
 *
 * If undoes is true, the account got the file from the owner that gets it back, whose text it
 * holds: the file itself is given back instead of renamed, unless it has another hard link.
 */
#define FILES_COPIED	(64 * 1024 * 1024)
#define FILES_ASIDE	".before"
#define FILES_ASIDE_MAX	1000	/* the largest such number */
int	files_give_back(const struct host *, const char *path, uid_t, gid_t, mode_t, bool undoes,
    char aside[PATH_SIZE], struct error *);

/*
 * Find what a run that was killed renamed so: the last of those names, if the file at path is empty
 * and that one is this account's. Else aside is empty.
 */
void	files_find_aside(const struct host *, const char *path, uid_t, char aside[PATH_SIZE]);

/*
 * Give an open file this owner, group and mode, and order that, unless its status shows that they
 * are right; ctime stays then. now NULL: another account's file, or a new one, whose access control
 * list goes, too. Returns 0 or -1 (errno).
 */
int	files_set_owner_mode(int file, const struct stat *now, uid_t, gid_t, mode_t);

/*
 * Make kept (in a safe directory) a hard link to the inode at path, replacing kept. Works across
 * directories of one volume. files_restore() renames kept to path, replacing it: inode,
 * times and attributes come back.
 */
int	files_keep(const struct host *, const char *path, const char *kept, struct error *);
int	files_restore(const struct host *, const char *kept, const char *path, struct error *);

/*
 * Remove a file (never a directory; a link itself) in a safe directory. An absent file is success.
 */
int	files_remove(const struct host *, const char *path, enum files_when, struct error *);

/*
 * As files_remove() for an empty directory. One that is not empty is left, which is success with
 * *left = true.
 */
int	files_remove_directory(const struct host *, const char *path, bool *left, struct error *);

/*
 * Make one directory with host's owner and group and this mode, whatever the umask is. Its parent
 * must exist and be safe. An existing directory is success and is not changed.
 */
int	files_make_directory(const struct host *, const char *path, mode_t, struct error *);

/*
 * Make sure that the log file at path is a regular file with this owner (user->uid), group and
 * mode; its bytes are never touched.
 *
 * In a safe directory it is created with O_EXCL as the caller and given away through the
 * descriptor; an existing file is checked through its descriptor (regular, one link) and given
 * owner and mode. In a directory that the job's user owns and others cannot write, it is created by
 * a forked child that has become that user (setgroups, setgid, setuid; only raw calls in the child;
 * the descriptor comes back through a socket pair), so that no link planted there makes root write
 * elsewhere; an existing file of another owner is refused there, never given away. Any other
 * untrusted directory is refused, with its path and the reason.
 *
 * With a foreign path, which the account chose, path is ignored: a child that has become the
 * account does everything, including finding the directory, and follows links with its rights. An
 * absent file or directory needs no removal. ERROR_FILE also if the account lacks the right.
 */
int	files_log(const struct host *, const char *path, const struct foreign_path *,
    const struct identity *user, gid_t group, mode_t, struct error *);

/*
 * Remove a log under the rules of files_log(): in a directory of the job's user as that user. With
 * only_empty a log that is not empty is left, and *left is true. An absent log is success.
 */
int	files_remove_log(const struct host *, const char *path, const struct foreign_path *,
    const struct identity *user, bool only_empty, bool *left, struct error *);

/*
 * Directories at paths that the account chose, likewise: making one uses mode 0755, and an existing
 * one is success; one that is not empty is not removed, and *left is true.
 */
int	files_account_make_directory(const struct host *, const struct foreign_path *,
    const struct identity *, struct error *);
int	files_account_remove_directory(const struct host *, const struct foreign_path *,
    const struct identity *, bool *left, struct error *);

/*
 * Determine whether the account can reach the file at this path (shorter than PATH_SIZE; links
 * followed, loose) with these access(2) bits (R_OK, W_OK, X_OK; 0: reach only). A forked child that
 * has become the account asks the kernel, with the identity's gid as its group: a job's own, if it
 * has one. As root for any account; otherwise only for the caller's own uid: else UNKNOWN with
 * EPERM. The errno is why, if the answer is NO (EACCES, ENOENT...), or why nobody could be asked.
 */
enum tristate files_access(const struct host *, const char *path, const struct identity *, int bits,
    int *error_number);

#endif
