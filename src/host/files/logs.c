/*
 * The logs of a job, and what its account can reach. In a directory of the job's user a child that
 * has become that user touches the files, see host/machine/child.h: planted files are then opened,
 * changed and removed with the user's rights only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "host/machine/child.h"
#include "host/files/files.h"
#include "look.h"
#include "host/files/walk.h"
#include "host/os/platform.h"

/* ---- actions on a log, as root or as the job's user: raw calls only ---- */

enum log_trouble {			/* besides errno values, which are positive */
	NOT_REGULAR	= -1,
	HAS_NAMES	= -2,
	IS_OTHERS	= -3,
};

struct log_action {
	void		(*act)(const struct log_action *, struct reply *);
	const char	*theirs;	/* a path that the account's plist chose, below root: the
					   child finds the directory with the account's rights;
					   NULL: folder and name are given */
	int		 root;
	int		 folder;
	const char	*name;
	uid_t		 owner;
	gid_t		 group;
	mode_t		 mode;
	bool		 give;		/* an existing file may get a new owner */
	bool		 only_empty;
	bool		 removes;	/* what is absent needs nothing */
};

/* Return 0 or a trouble. */
static int
log_find_trouble(const struct log_action *action, const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return NOT_REGULAR;
	if (status->st_uid != action->owner && !action->give)
		return IS_OTHERS;
	/* If the account owns it already, nothing is given away, however many links it has. */
	return status->st_nlink != 1 && status->st_uid != action->owner ? HAS_NAMES : 0;
}

/*
 * Look before opening, because opening a FIFO or a device may have effects; the descriptor decides.
 * Return 0, an errno or a trouble.
 */
static int
log_open_existing(const struct log_action *action, int *file, struct stat *status)
{
	int trouble;

	if (fstatat(action->folder, action->name, status, AT_SYMLINK_NOFOLLOW) == -1)
		return errno;
	trouble = log_find_trouble(action, status);
	if (trouble != 0)
		return trouble;
	*file = openat(action->folder, action->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*file == -1 || fstat(*file, status) == -1)
		return errno;
	return log_find_trouble(action, status);
}

static void
log_make(const struct log_action *action, struct reply *reply)
{
	struct stat status = { .st_mode = 0 };
	int file = openat(action->folder, action->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool made = file != -1;

	if (made)
		reply->errnum = fstat(file, &status) == -1 ? errno : 0;
	else
		reply->errnum = errno != EEXIST ? errno : log_open_existing(action, &file, &status);
	if (reply->errnum == 0 && files_set_owner_mode(file, &status, action->owner, action->group,
	    action->mode) == -1)
		reply->errnum = errno;
	if (reply->errnum != 0 && made)
		unlinkat(action->folder, action->name, 0);
	reply->descriptor = file;
}

/* Sets the flag if the log was left because it is not empty. */
static void
log_erase(const struct log_action *action, struct reply *reply)
{
	struct stat status;

	if (fstatat(action->folder, action->name, &status, AT_SYMLINK_NOFOLLOW) == -1)
		reply->errnum = errno;
	else if (!S_ISREG(status.st_mode))
		reply->errnum = NOT_REGULAR;
	else if (action->only_empty && status.st_size > 0)
		reply->flag = true;
	else if (unlinkat(action->folder, action->name, 0) == -1)
		reply->errnum = errno;
}

static void
log_make_directory(const struct log_action *action, struct reply *reply)
{
	struct stat status;

	if (mkdirat(action->folder, action->name, action->mode) == 0)
		return;
	reply->errnum = errno;
	if (errno == EEXIST && fstatat(action->folder, action->name, &status, 0) == 0 &&
	    S_ISDIR(status.st_mode))
		reply->errnum = 0;
}

/* Sets the flag if the directory was left because it is not empty. What is none is not ours. */
static void
log_remove_directory(const struct log_action *action, struct reply *reply)
{
	if (unlinkat(action->folder, action->name, AT_REMOVEDIR) == 0)
		return;
	reply->flag = errno == ENOTEMPTY || errno == EEXIST;
	reply->errnum = reply->flag || errno == ENOTDIR ? 0 : errno;
}

/* ---- access ---- */

#define ACCESS_LINKS_MAX	32

struct access_path {
	int	root;
	int	links;
	char	found[PATH_SIZE];	/* without links, relative to the root; empty: the root */
	char	rest[2 * PATH_SIZE];
};

static const char *
access_found(const struct access_path *way)
{
	return way->found[0] == '\0' ? "." : way->found;
}

/* ".." takes the right to search the directory. Above the root is the root. */
static int
access_go_up(struct access_path *way)
{
	char *slash = strrchr(way->found, '/');

	if (faccessat(way->root, access_found(way), X_OK, 0) == -1)
		return errno;
	*(slash == NULL ? way->found : slash) = '\0';
	return 0;
}

/*
 * Enter a component, or put the target of a link before the rest. readlinkat has the kernel check
 * every directory before it.
 */
static int
access_go_down(struct access_path *way, const char *name)
{
	char next[PATH_SIZE], target[PATH_SIZE], rest[sizeof way->rest];
	ssize_t size;

	if (!text_format(next, sizeof next, "%s%s%s", way->found, way->found[0] == '\0' ? "" : "/",
	    name))
		return ENAMETOOLONG;
	size = readlinkat(way->root, next, target, sizeof target);
	if (size == -1 && errno == EINVAL) {
		memcpy(way->found, next, sizeof next);
		return 0;
	}
	if (size == -1)
		return errno;
	if (++way->links > ACCESS_LINKS_MAX)
		return ELOOP;
	if (size == (ssize_t)sizeof target ||
	    !text_format(rest, sizeof rest, "%.*s%s", (int)size, target, way->rest))
		return ENAMETOOLONG;
	memcpy(way->rest, rest, sizeof rest);
	if (size > 0 && target[0] == '/')
		way->found[0] = '\0';
	return 0;
}

/*
 * Resolve the links of a path as the account, below the root descriptor: the kernel then checks
 * each directory on the way, including those of the links, and an absolute link stays in an image.
 * Not with walk_open_for(), which opens each directory and asks who can change it. Return 0 or an
 * errno.
 */
static int
access_resolve(struct access_path *way)
{
	char name[NAME_SIZE];
	int errnum = 0;

	while (errnum == 0) {
		const char *start = way->rest + strspn(way->rest, "/");
		size_t length = strcspn(start, "/");

		if (length == 0)
			break;
		if (!text_format(name, sizeof name, "%.*s", (int)length, start))
			return ENAMETOOLONG;
		memmove(way->rest, start + length, strlen(start + length) + 1);
		if (strcmp(name, "..") == 0)
			errnum = access_go_up(way);
		else if (strcmp(name, ".") != 0)
			errnum = access_go_down(way, name);
	}
	return errnum;
}

int
look_access(int root, const char *path, int bits)
{
	struct access_path way = { .root = root };
	int errnum;

	memcpy(way.rest, path, strlen(path) + 1);
	errnum = access_resolve(&way);
	/* access(2) checks the real account, which is the effective one here. */
	if (errnum == 0 && faccessat(root, access_found(&way), bits, 0) == -1)
		errnum = errno;
	return errnum;
}

static enum tristate
access_result(int errnum)
{
	switch (errnum) {
	case 0:
		return YES;
	case EACCES:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOENT:
	case ENOTDIR:
	case EPERM:
	case EROFS:
	case ETXTBSY:
		return NO;
	default:			/* a failing disk, for example */
		return UNKNOWN;
	}
}

enum tristate
files_access(const struct host *host, const char *path, const struct identity *user, int bits,
    int *error_number)
{
	struct look what = { .kind = LOOK_ACCESS, .path = path, .bits = bits };
	bool asked = geteuid() == user->uid;

	/* An account needs no child for itself, and only root can become another one. */
	what.errnum = asked ? look_access(host->root, path, bits) : EPERM;
	asked = asked || (geteuid() == 0 && look_as(host, user, &what, NULL));
	*error_number = what.errnum;
	return asked ? access_result(what.errnum) : UNKNOWN;
}

/* ---- as which user ---- */

/* As root, or in the child. */
static void
log_run(const void *context, struct reply *reply)
{
	struct log_action action = *(const struct log_action *)context;
	struct access_path way = { .root = action.root };

	if (action.theirs != NULL) {
		action.name = strrchr(action.theirs, '/') + 1;
		memcpy(way.rest, action.theirs, (size_t)(action.name - action.theirs));
		reply->errnum = access_resolve(&way);
		action.folder = reply->errnum != 0 ? -1 : openat(action.root, access_found(&way),
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (reply->errnum == 0 && action.folder == -1)
			reply->errnum = errno;
	}
	if (reply->errnum == 0)
		action.act(&action, reply);
}

/* Open the log's directory, which must be safe or the user's. */
static int
log_open_folder(const struct host *host, const char *path, const struct identity *user,
    const char *verb, struct folder *folder, struct error *error)
{
	if (walk_open_for(host, path, user->uid, folder) == -1)
		return walk_failed(folder, errno, verb, path, error);
	if (folder->untrusted_for_user.untrusted_path[0] == '\0')
		return 0;
	walk_close(folder);
	walk_unsafe(folder, &folder->untrusted_for_user, verb, path, error);
	/* Do not advise to take the directory from its owner. */
	return error_set(error, ERROR_FILE, error->why,
	    "use --log-dir with a directory owned by root or the job's user",
	    "%s", error->what);
}

/* Act as the user, in a child. Return -1 with the error set: then ignore the reply. */
static int
log_act_as_user(const struct host *host, const struct identity *user,
    const struct log_action *action, const char *verb, const char *path, struct reply *reply,
    struct error *error)
{
	if (child_run(host, user, action->group, log_run, action, CHILD_SECONDS, reply) == 0)
		return 0;
	switch (errno) {
	case EINTR:
		return error_set(error, ERROR_STOPPED, "cannot %s '%s'", verb, path);
	case EPERM:
		return error_set(error, ERROR_FILE,
		    "only root can act as the job's user", "run it with sudo",
		    "cannot %s '%s'", verb, path);
	case ETIMEDOUT:
	case ECONNRESET:
		return error_set(error, ERROR_FILE,
		    "a process that acted as the job's user was stopped or killed",
		    "try again, or use --log-dir with a root-owned directory", "cannot %s '%s'",
		    verb, path);
	default:
		return error_number(error, ERROR_SYSTEM, errno, "cannot %s '%s'", verb, path);
	}
}

static int
log_refuse(int errnum, const char *verb, const char *path, struct error *error)
{
	static const char *const reasons[] = {
		[-NOT_REGULAR] = "it is not a regular file",
		[-HAS_NAMES] = "it has another hard link, so changing its owner would expose "
		    "that file too",
		[-IS_OTHERS] = "it is owned by another account, in a directory of the job's user",
	};

	if (errnum > 0)
		return error_number(error, ERROR_FILE, errnum, "cannot %s '%s'", verb, path);
	return error_set(error, ERROR_FILE, reasons[-errnum],
	    "inspect it, then move it aside, or use another log",
	    "cannot %s '%s'", verb, path);
}

/*
 * Act: as the caller in a safe directory, as the user in the user's own, or where the user finds
 * it. left: as in files_remove_log(); NULL: nothing is removed. Return 0 or -1.
 */
static int
log_act(const struct host *host, const char *path, const struct foreign_path *foreign,
    const struct identity *user, struct log_action action, const char *verb, bool *left,
    struct error *error)
{
	struct folder folder = { .descriptor = -1 };
	struct reply reply = { .descriptor = -1 };
	struct stat status;
	int result = 0;

	action.root = host->root;
	if (foreign != NULL)
		action.theirs = path = foreign->theirs;
	else {
		if (log_open_folder(host, path, user, verb, &folder, error) == -1)
			return -1;
		action.folder = folder.descriptor;
		action.name = folder.name;
		action.give = folder.untrusted.untrusted_path[0] == '\0';
	}
	if (action.give)
		log_run(&action, &reply);
	else
		result = log_act_as_user(host, user, &action, verb, path, &reply, error);
	if (result == 0) {
		action.give = false;
		/* Check the result of a child again: only its descriptor is trusted. */
		if (reply.errnum < IS_OTHERS)
			reply.errnum = EIO;
		if (reply.errnum == 0 && action.act == log_make)
			reply.errnum = fstat(reply.descriptor, &status) == -1 ? errno :
			    log_find_trouble(&action, &status);
		/* A log that comes back is harmless. */
		if (reply.errnum == 0 && action.theirs == NULL &&
		    walk_sync(&folder, platform_order) == -1 && !action.removes)
			reply.errnum = errno;
		if (reply.errnum != 0 && !(action.removes &&
		    (reply.errnum == ENOENT || reply.errnum == ENOTDIR)))
			result = log_refuse(reply.errnum, verb, path, error);
	}
	if (left != NULL)
		*left = result == 0 && reply.flag;
	if (reply.descriptor != -1)
		close(reply.descriptor);
	walk_close(&folder);
	return result;
}

int
files_log(const struct host *host, const char *path, const struct foreign_path *foreign,
    const struct identity *user, gid_t group, mode_t mode, struct error *error)
{
	return log_act(host, path, foreign, user, (struct log_action){ .act = log_make,
	    .owner = user->uid, .group = group, .mode = mode }, "use the log", NULL, error);
}

int
files_remove_log(const struct host *host, const char *path, const struct foreign_path *foreign,
    const struct identity *user, bool only_empty, bool *left, struct error *error)
{
	struct file_fact fact;

	if (log_act(host, path, foreign, user, (struct log_action){ .act = log_erase,
	    .group = user->gid, .only_empty = only_empty, .removes = true }, "remove the log",
	    left, error) == 0)
		return 0;
	if (foreign != NULL)
		return -1;
	*left = false;
	files_look(host, path, FILES_STRICT, &fact);
	return fact.exists == NO ? 0 : -1;
}

int
files_account_make_directory(const struct host *host, const struct foreign_path *path,
    const struct identity *user, struct error *error)
{
	return log_act(host, NULL, path, user, (struct log_action){ .act = log_make_directory,
	    .group = user->gid, .mode = 0755 }, "make", NULL, error);
}

int
files_account_remove_directory(const struct host *host, const struct foreign_path *path,
    const struct identity *user, bool *left, struct error *error)
{
	return log_act(host, NULL, path, user, (struct log_action){ .act = log_remove_directory,
	    .group = user->gid, .removes = true }, "remove", left, error);
}
