/*
 * Logs of a job, and what its account may reach. In a folder of the job's user files are touched by
 * a child that has become that user, see host/machine/child.h: what he plants there is then opened,
 * changed and removed with his own rights.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "host/machine/budget.h"
#include "host/machine/child.h"
#include "host/files/files.h"
#include "host/machine/wait.h"
#include "host/files/walk.h"

/* ---- what is done to a log, as root or as the job's user: raw calls only ---- */

enum trouble {				/* beside errno values, which are positive */
	NOT_REGULAR	= -1,
	HAS_NAMES	= -2,
	IS_OTHERS	= -3,
};

struct log_action {
	int		 folder;
	const char	*name;
	uid_t		 owner;
	gid_t		 group;
	mode_t		 mode;
	bool		 give;		/* an existing file may get another owner */
	bool		 only_empty;
};

/* 0, an errno value or a trouble. */
static int
find_trouble(const struct log_action *deed, const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return NOT_REGULAR;
	if (status->st_uid != deed->owner && !deed->give)
		return IS_OTHERS;
	/* One that is the account's already is not given away, whatever names it has. */
	return status->st_nlink != 1 && status->st_uid != deed->owner ? HAS_NAMES : 0;
}

static int
logs_dress(const struct log_action *deed, int file, const struct stat *status)
{
	if ((status->st_uid != deed->owner || status->st_gid != deed->group) &&
	    fchown(file, deed->owner, deed->group) == -1)
		return errno;
	return (status->st_mode & 07777) != deed->mode && fchmod(file, deed->mode) == -1 ? errno :
	    0;
}

/*
 * The file is looked at before it is opened, for to open a FIFO or a device may do something; the
 * descriptor decides.
 */
static int
open_existing(const struct log_action *deed, int *file, struct stat *status)
{
	int trouble;

	if (fstatat(deed->folder, deed->name, status, AT_SYMLINK_NOFOLLOW) == -1)
		return errno;
	trouble = find_trouble(deed, status);
	if (trouble != 0)
		return trouble;
	*file = openat(deed->folder, deed->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*file == -1 || fstat(*file, status) == -1)
		return errno;
	return find_trouble(deed, status);
}

static void
make(const void *context, struct reply *reply)
{
	const struct log_action *deed = context;
	struct stat status = { .st_mode = 0 };
	int file = openat(deed->folder, deed->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	reply->flag = file != -1;
	if (file != -1)
		reply->number = fstat(file, &status) == -1 ? errno : 0;
	else
		reply->number = errno != EEXIST ? errno : open_existing(deed, &file, &status);
	if (reply->number == 0)
		reply->number = logs_dress(deed, file, &status);
	if (reply->number != 0 && reply->flag) {
		unlinkat(deed->folder, deed->name, 0);
		reply->flag = false;
	}
	reply->descriptor = file;
}

/* The flag says that the log was left, because something is in it. */
static void
erase(const void *context, struct reply *reply)
{
	const struct log_action *deed = context;
	struct stat status;

	if (fstatat(deed->folder, deed->name, &status, AT_SYMLINK_NOFOLLOW) == -1)
		reply->number = errno;
	else if (!S_ISREG(status.st_mode))
		reply->number = NOT_REGULAR;
	else if (deed->only_empty && status.st_size > 0)
		reply->flag = true;
	else if (unlinkat(deed->folder, deed->name, 0) == -1)
		reply->number = errno;
}

static void
make_folder(const void *context, struct reply *reply)
{
	const struct log_action *deed = context;
	struct stat status;

	if (mkdirat(deed->folder, deed->name, deed->mode) == 0)
		return;
	reply->number = errno;
	if (errno == EEXIST && fstatat(deed->folder, deed->name, &status, 0) == 0 &&
	    S_ISDIR(status.st_mode))
		reply->number = 0;
}

/* The flag says that it was left, because something is in it. */
static void
drop_folder(const void *context, struct reply *reply)
{
	const struct log_action *deed = context;

	if (unlinkat(deed->folder, deed->name, AT_REMOVEDIR) == 0)
		return;
	reply->flag = errno == ENOTEMPTY || errno == EEXIST;
	reply->number = reply->flag ? 0 : errno;
}

/* ---- who does it ---- */

/* Opens the log's folder; it must be safe, or the user's. */
static int
open_folder(const struct host *host, const char *path, const struct identity *user,
    const char *verb, struct folder *folder, struct error *error)
{
	if (walk_open_for(host, path, user->uid, folder) == -1)
		return walk_failed(folder, errno, verb, path, error);
	if (folder->untrusted_for_user.untrusted_path[0] == '\0')
		return 0;
	walk_close(folder);
	walk_unsafe(folder, &folder->untrusted_for_user, verb, path, error);
	/* To take the folder from its owner is not the first advice here. */
	return error_set(error, ERROR_FILE, error->why,
	    "name a folder of root's or of the job's user with --log-dir",
	    "%s", error->what);
}

/* The user acts, in a child. -1: error is set, and what the deed answered does not count. */
static int
become_and_act(const struct host *host, const struct identity *user, gid_t group,
    void (*deed)(const void *, struct reply *), const void *what, const char *verb,
    const char *path, struct reply *reply, struct error *error)
{
	*reply = (struct reply){ .descriptor = -1 };
	if (child_run(host, user, group, deed, what, CHILD_SECONDS, reply) == 0)
		return 0;
	switch (errno) {
	case EINTR:
		return error_set(error, ERROR_STOPPED, "cannot %s '%s'", verb, path);
	case EPERM:
		return error_set(error, ERROR_FILE,
		    "that is up to the job's user, and only root can act as that user",
		    "run it with sudo", "cannot %s '%s'", verb, path);
	case ETIMEDOUT:
	case ECONNRESET:
		return error_set(error, ERROR_FILE,
		    "a process that acted as the job's user was stopped or killed",
		    "try again, or name a directory of root's with --log-dir", "cannot %s '%s'",
		    verb, path);
	default:
		return error_number(error, ERROR_SYSTEM, errno, "cannot %s '%s'", verb, path);
	}
}

/* In a safe folder the caller acts, in the user's the user. -1: error is set. */
static int
act(const struct host *host, const struct folder *folder, const struct identity *user,
    void (*deed)(const void *, struct reply *), const struct log_action *what, const char *verb,
    const char *path, struct reply *reply, struct error *error)
{
	*reply = (struct reply){ .descriptor = -1 };
	if (folder->untrusted.untrusted_path[0] != '\0')
		return become_and_act(host, user, what->group, deed, what, verb, path, reply,
		    error);
	deed(what, reply);
	return 0;
}

static int
logs_refuse(int number, const char *verb, const char *path, struct error *error)
{
	static const char *const reasons[] = {
		[-NOT_REGULAR] = "it is not a regular file",
		[-HAS_NAMES] = "the file has another name, too, and would be given away with it",
		[-IS_OTHERS] = "it is owned by another account, in a directory of the job's user",
	};

	if (number > 0)
		return error_number(error, ERROR_FILE, number, "cannot %s '%s'", verb, path);
	return error_set(error, ERROR_FILE, reasons[-number],
	    "look at it and move it away, or name another log",
	    "cannot %s '%s'", verb, path);
}

/* What came back from a child is judged again: its descriptor is all that is believed. */
static int
check_made(const struct log_action *deed, int file)
{
	struct stat status;

	if (fstat(file, &status) == -1)
		return errno;
	return status.st_uid != deed->owner ? IS_OTHERS : find_trouble(deed, &status);
}

int
files_log(const struct host *host, const char *path, const struct identity *user, gid_t group,
    mode_t mode, bool *made, struct error *error)
{
	struct folder folder;
	struct reply reply;
	struct log_action deed = { .owner = user->uid, .group = group, .mode = mode };
	int result;

	*made = false;
	if (open_folder(host, path, user, "use the log", &folder, error) == -1)
		return -1;
	deed.folder = folder.descriptor;
	deed.name = folder.name;
	deed.give = folder.untrusted.untrusted_path[0] == '\0';
	result = act(host, &folder, user, make, &deed, "use the log", path, &reply, error);
	if (result == 0) {
		*made = reply.flag;
		if (reply.number == 0)
			reply.number = check_made(&deed, reply.descriptor);
		if (reply.number == 0 && reply.flag && walk_sync(&folder) == -1)
			reply.number = errno;
		if (reply.number != 0)
			result = logs_refuse(reply.number, "use the log", path, error);
		if (reply.descriptor != -1)
			close(reply.descriptor);
	}
	walk_close(&folder);
	return result;
}

int
files_remove_log(const struct host *host, const char *path, const struct identity *user,
    bool only_empty, bool *left, struct error *error)
{
	struct folder folder;
	struct reply reply;
	struct log_action deed = { .group = user->gid, .only_empty = only_empty };
	int result;

	*left = false;
	if (open_folder(host, path, user, "remove the log", &folder, error) == -1) {
		struct file_fact fact;

		files_look(host, path, FILES_STRICT, &fact);
		return fact.exists == NO ? 0 : -1;
	}
	deed.folder = folder.descriptor;
	deed.name = folder.name;
	result = act(host, &folder, user, erase, &deed, "remove the log", path, &reply, error);
	if (result == 0) {
		*left = reply.flag;
		if (reply.number != 0 && reply.number != ENOENT)
			result = logs_refuse(reply.number, "remove the log", path, error);
		else if (reply.number == 0 && !reply.flag)
			walk_sync(&folder);	/* a log that comes back after a power loss does no
						   harm */
	}
	walk_close(&folder);
	return result;
}

/* ---- asking ---- */

#define LINKS_MOST	32

struct access_questions {			/* with all that they need: the child that is asked
						   may be older */
	int	root;
	size_t	count;
	struct {
		int	bits;
		char	path[PATH_SIZE];
	}	rows[CHILD_NUMBERS];
};

struct trail {
	int	root;
	char	found[PATH_SIZE];	/* without links, relative to the root */
	size_t	end;			/* its length */
	char	rest[2 * PATH_SIZE];
	int	links;
};

/* To leave a folder by ".." it must be searched. Above the root is the root. */
static int
logs_go_up(struct trail *trail)
{
	if (faccessat(trail->root, trail->end == 0 ? "." : trail->found, X_OK, 0) == -1)
		return errno;
	while (trail->end > 0 && trail->found[--trail->end] != '/')
		continue;
	trail->found[trail->end] = '\0';
	return 0;
}

/* Puts a link's target in place of its name; what follows the name begins at after. */
static int
logs_follow(struct trail *trail, const char *target, size_t length, const char *after)
{
	size_t left = strlen(after);

	if (++trail->links > LINKS_MOST)
		return ELOOP;
	if (length >= PATH_SIZE || length + left >= sizeof trail->rest)
		return ENAMETOOLONG;
	memmove(trail->rest + length, after, left + 1);
	memcpy(trail->rest, target, length);
	if (target[0] == '/')
		trail->end = 0;
	trail->found[trail->end] = '\0';
	return 0;
}

/* Goes into a component. The kernel reads it as a link, and so checks every folder before it. */
static int
go_down(struct trail *trail, const char *name, size_t length)
{
	char target[PATH_SIZE];
	size_t start = trail->end > 0 ? trail->end + 1 : 0;
	ssize_t size;

	if (start + length >= sizeof trail->found)
		return ENAMETOOLONG;
	if (start > 0)
		trail->found[trail->end] = '/';
	memcpy(trail->found + start, name, length);
	trail->found[start + length] = '\0';
	size = readlinkat(trail->root, trail->found, target, sizeof target);
	if (size != -1)
		return logs_follow(trail, target, (size_t)size, name + length);
	if (errno != EINVAL)
		return errno;
	trail->end = start + length;
	memmove(trail->rest, name + length, strlen(name + length) + 1);
	return 0;
}

/*
 * Resolves the links of a path as the account, below the root descriptor: the kernel then checks
 * each folder on the way, those that hold the links as well, and an absolute link stays within an
 * image. Not walk_open(): to open a folder takes the right to read it, to pass it does not. 0 or an
 * errno value.
 */
static int
logs_resolve(struct trail *trail)
{
	int number = 0;

	while (number == 0) {
		const char *name = trail->rest + strspn(trail->rest, "/");
		size_t length = strcspn(name, "/");
		bool dots = name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));

		if (length == 0)
			return 0;
		if (!dots) {
			number = go_down(trail, name, length);
			continue;
		}
		if (length == 2)
			number = logs_go_up(trail);
		memmove(trail->rest, name + length, strlen(name + length) + 1);
	}
	return number;
}

/* 0 or an errno value. */
static int
ask_one(int root, const char *path, int bits)
{
	struct trail trail = { .root = root };
	int number;

	memcpy(trail.rest, path, strlen(path) + 1);
	number = logs_resolve(&trail);
	/*
	 * The real and effective accounts are the same here, so access(2)'s real one is the right
	 * one to ask for.
	 */
	if (number == 0 && faccessat(root, trail.end == 0 ? "." : trail.found, bits, 0) == -1)
		number = errno;
	return number;
}

static void
logs_ask(const void *context, struct reply *reply)
{
	const struct access_questions *questions = context;

	for (size_t i = 0; i < questions->count; i++)
		reply->numbers[i] = ask_one(questions->root, questions->rows[i].path,
		    questions->rows[i].bits);
}

static enum tristate
logs_judge(int number)
{
	switch (number) {
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
	default:			/* a disk that fails is no answer */
		return UNKNOWN;
	}
}

/* As itself an account needs no child, and none can become another one's but root's. */
static int
logs_ask_as(const struct host *host, const struct identity *user,
    const struct access_questions *questions, struct reply *reply)
{
	size_t size = offsetof(struct access_questions,
	    rows) + questions->count * sizeof questions->rows[0];

	if (geteuid() == user->uid) {
		logs_ask(questions, reply);
		return 0;
	}
	if (geteuid() != 0) {
		errno = EPERM;
		return -1;
	}
	if (host->helper != NULL)
		return helper_run(host, host->helper, user, user->gid, logs_ask, questions, size,
		    CHILD_SECONDS, reply);
	return child_run(host, user, user->gid, logs_ask, questions, CHILD_SECONDS, reply);
}

/* At most CHILD_NUMBERS. */
static void
access_some(const struct host *host, struct access rows[], size_t count,
    const struct identity *user)
{
	struct access_questions questions;
	struct reply reply = { .descriptor = -1 };
	struct budget budget;
	int trouble;

	questions.root = host->root;
	questions.count = count;
	for (size_t i = 0; i < count; i++) {
		questions.rows[i].bits = rows[i].bits;
		/*
		 * Cut off it would be another path; what is too long is refused by the system as
		 * this is.
		 */
		if (!text_copy(questions.rows[i].path, PATH_SIZE, rows[i].path))
			memset(questions.rows[i].path, 'a', PATH_SIZE - 1);
	}
	budget_begin(&budget, host, user->uid);		/* the account can stop the child, each
							   time */
	if (budget_take(&budget, 0, 0))
		trouble = logs_ask_as(host, user, &questions, &reply) == -1 ? errno : 0;
	else
		trouble = wait_is_stopped(host) ? EINTR : ETIMEDOUT;
	budget_end(&budget);
	for (size_t i = 0; i < count; i++) {
		rows[i].error_number = trouble != 0 ? trouble : reply.numbers[i];
		rows[i].answer = trouble != 0 ? UNKNOWN : logs_judge(reply.numbers[i]);
	}
}

void
files_access_all(const struct host *host, struct access rows[], size_t count,
    const struct identity *user)
{
	for (size_t i = 0; i < count; i += CHILD_NUMBERS)
		access_some(host, rows + i, count - i < CHILD_NUMBERS ? count - i : CHILD_NUMBERS,
		    user);
}

void
files_access_prefork(const struct host *host, const struct identity *user)
{
	if (host->helper != NULL && host->helper->pid == 0 && geteuid() == 0 && user->uid != 0)
		helper_start(host->helper, user, user->gid, logs_ask);
}

enum tristate
files_access(const struct host *host, const char *path, const struct identity *user, int bits,
    int *error_number)
{
	struct access access = { .path = path, .bits = bits };

	files_access_all(host, &access, 1, user);
	*error_number = access.error_number;
	return access.answer;
}

/* ---- what an account's own plist names ---- */

struct account_deed {
	struct log_action	 deed;
	int		 root;
	char		 path[PATH_SIZE];
	void		(*perform)(const void *context, struct reply *);
};

/* In the child: finds the folder with the account's rights, and acts there. */
static void
perform_below(const void *context, struct reply *reply)
{
	const struct account_deed *account = context;
	const char *slash = strrchr(account->path, '/');
	struct trail trail = { .root = account->root };
	struct log_action deed = account->deed;

	memcpy(trail.rest, account->path, (size_t)(slash - account->path));
	reply->number = logs_resolve(&trail);
	if (reply->number != 0)
		return;
	deed.folder = openat(account->root, trail.end == 0 ? "." : trail.found,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	deed.name = slash + 1;
	if (deed.folder == -1)
		reply->number = errno;
	else
		account->perform(&deed, reply);
}

static int
act_below(const struct host *host, const struct foreign_path *path, const struct identity *user,
    void (*perform)(const void *, struct reply *), const struct log_action *deed, const char *verb,
    struct reply *reply, struct error *error)
{
	struct account_deed account = { .deed = *deed, .root = host->root, .perform = perform };

	memcpy(account.path, path->theirs, sizeof account.path);
	if (become_and_act(host, user, deed->group, perform_below, &account, verb, path->theirs,
	    reply, error) == -1)
		return -1;
	if (reply->descriptor != -1)	/* the account has its log open; we want nothing of it */
		close(reply->descriptor);
	return reply->number == 0 ? 0 : logs_refuse(reply->number, verb, path->theirs, error);
}

int
files_account_log(const struct host *host, const struct foreign_path *path,
    const struct identity *user, gid_t group, mode_t mode, bool *made, struct error *error)
{
	struct log_action deed = { .owner = user->uid, .group = group, .mode = mode };
	struct reply reply;
	int result = act_below(host, path, user, make, &deed, "use the log", &reply, error);

	*made = result == 0 && reply.flag;
	return result;
}

/* What is not there, or not to be reached any more by its own account, needs no removal. */
static int
remove_below(const struct host *host, const struct foreign_path *path, const struct identity *user,
    void (*perform)(const void *, struct reply *), const struct log_action *deed, bool *left,
    struct error *error)
{
	struct reply reply;
	int result = act_below(host, path, user, perform, deed, "remove", &reply, error);

	*left = result == 0 && reply.flag;
	return result == -1 && (reply.number == ENOENT || reply.number == ENOTDIR) ? 0 : result;
}

int
files_account_remove_log(const struct host *host, const struct foreign_path *path,
    const struct identity *user, bool only_empty, bool *left, struct error *error)
{
	struct log_action deed = { .group = user->gid, .only_empty = only_empty };

	return remove_below(host, path, user, erase, &deed, left, error);
}

int
files_account_make_directory(const struct host *host, const struct foreign_path *path,
    const struct identity *user, struct error *error)
{
	struct log_action deed = { .group = user->gid, .mode = 0755 };
	struct reply reply;

	return act_below(host, path, user, make_folder, &deed, "make", &reply, error);
}

int
files_account_remove_directory(const struct host *host, const struct foreign_path *path,
    const struct identity *user, bool *left, struct error *error)
{
	struct log_action deed = { .group = user->gid };

	return remove_below(host, path, user, drop_folder, &deed, left, error);
}
