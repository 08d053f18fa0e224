/*
 * Files below the root descriptor of a host. Everything works on descriptors: a path
 * ("/Library/...") is walked component by component from the root descriptor, never handed to the
 * system as a whole. An attacker owns the job's account.
 *
 * Two ways to walk:
 *  strict   for whatever is changed. A link is followed only when the link and the folder that holds it belong to root
 *  or
 *           the expected owner and the folder is not writable by others (a sticky folder counts as writable); ".." in a
 *           link is refused; at most 8 links; an absolute target starts again at the root descriptor. On a Mac /var,
 *           /etc and /tmp are such links. A folder on the way that others can change makes the *folder* weak: changes
 *           there are refused, except files_log() as its header says. "." and ".." in the given path are refused
 *           always.
 *  loose    for looking (programs behind Homebrew's links): every link is followed, ".." too, at most 32, and the first
 *           weak folder or link is noted in file_fact.untrusted_path.
 *  "Others" are all but root and host->owner: a folder is weak when its owner is another account, when it has S_IWOTH,
 *  or when it has S_IWGRP and its group is not 0 (wheel) [nor, for an ordinary caller, host->group]; and when an access
 *  control list lets others write, or the volume ignores ownership: platform_weakness().
 *
 * Looking, root goes on by itself only where nobody but root and the administrator is at home: what
 * another account's directory or link leads to, or a volume that it mounted, is looked at by a
 * child that has become that account, for BUDGET_SECONDS at most. No answer is UNKNOWN, ETIMEDOUT.
 * The mechanism is host/files/look.h's. Where root changes something it enters no such volume at
 * all.
 *
 * With host->folder_owner (an account that has an agent in its home) a directory of its own is good
 * for files_write, _keep, _restore and _remove, where the way to it can be changed by root and him
 * alone and has no link of his: there root does nothing that he could not do himself. What is
 * written there is his.
 *
 * Changing functions fail with ERROR_FILE and leave what was there. None allocates, besides
 * files_read().
 */
#ifndef HOST_FILES_FILES_H
#define HOST_FILES_FILES_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"
#include "core/bytes.h"
#include "host/machine/host.h"

/* No job's plist comes near; libplist 2.2 takes time with the square of a text's size. */
#define FILES_FOREIGN	(256 * 1024)	/* bytes of a plist that somebody else wrote */

enum files_walk { FILES_STRICT, FILES_LOOSE };

/*
 * Fills the fact about the thing at path itself (strict: a last link is FILE_LINK; loose: it is
 * followed). Never fails.
 */
void	files_look(const struct host *, const char *path, enum files_walk, struct file_fact *);

/*
 * The same, loose, of a program, and whether it is quarantined. Returns whether it begins with
 * "#!"; false, too, when it cannot be read.
 */
bool	files_look_at_program(const struct host *, const char *path, struct file_fact *);

/* The same, with its first bytes as a text: up to a zero byte, and empty when it cannot be read. */
#define FILES_BEGIN	513		/* macOS reads so much of a script */
void	files_look_at_script(const struct host *, const char *path, struct file_fact *,
    char begin[FILES_BEGIN]);

/*
 * Reads a regular file of at most limit bytes, opened without waiting (a FIFO or a device is
 * refused) and strictly; the fact is that of the descriptor read, and says whether others than root
 * and the administrator can change the file. The bytes are malloc'ed; bytes_free() releases them.
 * -1: ERROR_FILE, and fact->exists tells NO (not there) from UNKNOWN (error says why) and YES (too
 * large, not regular). fact may not be NULL.
 */
int files_read(const struct host *, const char *path, size_t limit, struct bytes *,
    struct file_fact *, struct error *);

/* The same, walking strictly or loosely. */
int	files_read_by(const struct host *, const char *path, enum files_walk, size_t limit,
    struct bytes *, struct file_fact *, struct error *);

/*
 * Reads a file of the system that may be a link: opened by the link's own name, and followed by the
 * kernel. Only in a directory that nobody but root can change. -1: it cannot be read.
 */
int	files_read_system(const struct host *, const char *path, size_t limit, struct bytes *);

/*
 * As files_read(), of another's plist: a last link that only root could have made, by its owner and
 * its directory, is followed, as launchd does; vendors install such. Root goes no further than it
 * may by itself: where the target is below an account's directory the fact is the link's, and
 * foreign.
 */
int	files_read_linked(const struct host *, const char *path, size_t limit, struct bytes *,
    struct file_fact *, struct error *);

/*
 * Whether nobody but root, the expected owner and this account can change the file at path, by
 * itself or by its path.
 */
bool	files_is_of(const struct host *, const char *path, uid_t);

/*
 * Reads an open file until its end, which is where the expected size is reached by a short read
 * (-1: it is not known). The bytes are malloc'ed. -1 with errno, EFBIG: there are more than limit.
 */
int	files_read_descriptor(const struct host *, int file, off_t expected, size_t limit,
    struct bytes *);

/*
 * The last lines of a log, at most lines of them, into target; empty when it cannot be read, is no
 * plain file of this owner or has another name besides: what is shown to root must not be somebody
 * else's file. Control characters become '?'.
 */
void	files_tail(const struct host *, const char *path, uid_t owner, int lines, char *target,
    size_t size);

/*
 * Calls visit with the name of each entry of a directory ("." and ".." left out), in the order of
 * strcmp. An absent folder is an empty one and returns 0. Any other trouble: -1, and that can be in
 * the middle, for a signal ends it. More than BUDGET_NAMES entries are ERROR_UNKNOWN, and none is
 * visited. The walk is strict, but goes through a last link like through any other. context is
 * handed through.
 */
int	files_list(const struct host *, const char *path,
    void (*visit)(void *context, const char *name), void *context,
	    struct error *);

/*
 * Puts data at path so that a reader finds the old file or the new one, never a part: a draft named
 * ".lnpctl-draft" in the same folder, complete, with host's owner and group, this mode and no
 * access control list, fsync, rename, fsync of the folder (full sync where the system has one). The
 * folder must be safe (not weak, strict). The draft is removed on failure. When the failure was
 * after the rename the new file may be there: the caller's undo deals with it.
 */
int	files_write(const struct host *, const char *path, struct bytes, mode_t, struct error *);

/*
 * Gives the regular file at path (not followed) this owner, group and mode, and takes its
 * quarantine attribute away. An account that has the file now, and is neither the new owner nor
 * root, may have it open, or have made a second name of it, by which it would have a file of root's
 * with its own text: it is replaced by a new file with the same text. One that is larger than
 * FILES_COPIED, or than what is left of the disk, gets a second name that ends in FILES_ASIDE, and
 * in a number where that is taken, and stays that account's, and the new file is empty. aside is
 * then that name's path, after a failure, too, and otherwise empty: files_restore() takes it back.
 */
#define FILES_COPIED	(64 * 1024 * 1024)
#define FILES_ASIDE	".before"
#define FILES_ASIDE_MAX	1000	/* that number at most */
int	files_give_back(const struct host *, const char *path, uid_t, gid_t, mode_t,
	    char aside[PATH_SIZE], struct error *);

/*
 * Makes kept (in a safe folder) a second name of the inode at path, replacing kept. Works across
 * folders of one volume. files_restore() renames kept to path, replacing it, and syncs the folder:
 * inode, times and attributes come back.
 */
int	files_keep(const struct host *, const char *path, const char *kept, struct error *);
int	files_restore(const struct host *, const char *kept, const char *path, struct error *);

/*
 * Removes a file (never a directory; a link itself) in a safe folder and syncs the folder; nothing
 * there is success.
 */
int	files_remove(const struct host *, const char *path, struct error *);

/*
 * As files_remove for an empty directory: one that is not empty stays and is success with *left =
 * true.
 */
int	files_remove_directory(const struct host *, const char *path, bool *left, struct error *);

/*
 * Makes one directory with host's owner and group and this mode, whatever the umask is; its parent
 * must be there and safe. One that is there already is success and is not changed.
 */
int	files_make_directory(const struct host *, const char *path, mode_t, struct error *);

/*
 * Sees to it that the log file at path is a regular file with this owner (user->uid), group and
 * mode; its bytes are never touched. Safe folder: created with O_EXCL as the caller and given away
 * through the descriptor, or, when there, checked through its descriptor (regular, one link) and
 * given owner and mode. A directory that the job's user owns (and is not writable by others):
 * created by a forked child that has become that user (setgroups, setgid, setuid; only raw calls in
 * the child; the descriptor comes back through a socket pair), so that no link planted there makes
 * root write elsewhere; an existing file that does not have the right owner is refused there, never
 * given away. Any other weak folder: refused, naming the folder and why. *made says whether the
 * file was created.
 */
int	files_log(const struct host *, const char *path, const struct identity *user, gid_t group,
    mode_t, bool *made, struct error *);

/*
 * Removes a log under the rules of files_log(): in a folder of the job's user as that user.
 * only_empty: a log with content stays and *left is true. Nothing there is success.
 */
int	files_remove_log(const struct host *, const char *path, const struct identity *user,
    bool only_empty, bool *left, struct error *);

/*
 * The same where the account chose the path: everything, to find the folder too, is done by a child
 * that has become the account, and links are followed with its rights.
 * files_account_make_directory: 0755; one that is there is success. Nothing there to remove is
 * success; a directory that is not empty stays, and *left is true. ERROR_FILE: among others what
 * the account may not do.
 */
int	files_account_log(const struct host *, const struct foreign_path *, const struct identity *,
    gid_t, mode_t, bool *made, struct error *);
int	files_account_remove_log(const struct host *, const struct foreign_path *,
    const struct identity *, bool only_empty, bool *left, struct error *);
int	files_account_make_directory(const struct host *, const struct foreign_path *,
    const struct identity *, struct error *);
int	files_account_remove_directory(const struct host *, const struct foreign_path *,
    const struct identity *, bool *left, struct error *);

/*
 * Whether the account could reach the things at these paths (links followed, loose) for these
 * access(2) bits (R_OK, W_OK, X_OK; 0: search to it only), asked of the kernel by a forked child
 * that has become the account, one for all, with the identity's gid as its group: a job's own,
 * where it has one. As root for any account; otherwise only for the caller's own uid: else UNKNOWN
 * with EPERM.
 */
struct access {
	const char	*path;
	int		 bits;
	enum tristate	 answer;
	int		 error_number;		/* of NO: why (EACCES, ENOENT...); of UNKNOWN: why
						   it was not asked */
};
void	files_access_all(const struct host *, struct access[], size_t count,
    const struct identity *);

/*
 * That account will be asked about: the child of host->helper is made now, where there is none yet,
 * while there is little to copy for it.
 */
void	files_access_prefork(const struct host *, const struct identity *);

/* The same for one path. */
enum tristate files_access(const struct host *, const char *path, const struct identity *, int bits,
    int *error_number);

#endif
