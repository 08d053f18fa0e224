/* Walk paths on descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/facts/paste.h"
#include "core/text.h"
#include "core/facts/trust.h"
#include "host/os/platform.h"
#include "host/files/walk.h"

#define LINKS_STRICT	8
#define LINKS_LOOSE	32
#define STEPS_MAX	4096	/* ".." starts again at the root: limit long chains of them */

struct walk {
	const struct host	*host;
	enum files_walk		 manner;
	uid_t			 user;		/* whose directories are trusted, too */
	struct folder		*folder;
	bool			 root;		/* we are root */
	bool			 own;		/* and go on only in directories of root and the
						   administrator */
	uid_t			 owner;		/* of the current directory, if it was entered */
	int			 links, steps;
	char			 rest[2 * PATH_SIZE];	/* still to be walked */
};

static bool
walk_trusts(const struct host *host, uid_t owner)
{
	return owner == 0 || owner == host->owner;
}

/* Return whether others than root, the expected owner and this user can change entries here. */
static bool
walk_is_untrusted(const struct host *host, uid_t user, const struct stat *status)
{
	if ((!walk_trusts(host, status->st_uid) && status->st_uid != user) ||
	    (status->st_mode & S_IWOTH) != 0)
		return true;
	return (status->st_mode & S_IWGRP) != 0 && status->st_gid != 0 &&
	    (host->owner == 0 || status->st_gid != host->group);
}

/*
 * Note the first path that is untrusted for this user, by owner or mode, or else by what is granted
 * there; but prefer one that is untrusted by owner or mode, which older versions refused already.
 */
static void
walk_note_untrusted(const struct walk *walk, struct file_fact *fact, uid_t user, const char *name,
    const struct stat *status, enum weakness granted)
{
	enum weakness by = walk_is_untrusted(walk->host, user, status) ? WEAK_MODE : granted;

	if (by == WEAK_NOT || (fact->untrusted_path[0] != '\0' &&
	    (fact->untrusted_by == WEAK_MODE || by != WEAK_MODE)))
		return;
	fact->untrusted_by = by;
	text_format(fact->untrusted_path, PATH_SIZE, "%s/%s", walk->folder->path, name);
	fact->untrusted_owner = status->st_uid;
	fact->untrusted_group = status->st_gid;
	fact->untrusted_mode = status->st_mode & 07777;
}

static int
walk_refuse(int errnum)
{
	errno = errnum;
	return -1;
}

/* Stop the walk of root: what comes next is this account's. */
static int
walk_stop(struct walk *walk, uid_t account)
{
	walk->folder->stopped = true;
	walk->folder->account = account;
	return walk_refuse(EREMOTE);
}

/*
 * Check whether root may enter this name. A volume that an account mounts in its own directory, or
 * has the system mount below /Volumes, may be dead: then even opening its root takes for ever. So
 * may a server that root mounted; and an automounter asks the host that the path names, which the
 * author of the path chose. Return 0 or -1.
 */
static int
walk_check_mount(struct walk *walk, const char *name)
{
	const struct host *host = walk->host;
	struct folder *folder = walk->folder;
	bool untrusted = folder->untrusted.untrusted_path[0] != '\0';
	struct volume volume;

	if (!walk->root)
		return 0;
	if (walk->own && !walk_trusts(host, walk->owner) && walk->owner != host->administrator)
		return walk_stop(walk, walk->owner);
	if (!platform_is_mount(folder->descriptor, name, &volume))
		return 0;
	folder->open = false;
	if (!untrusted &&
	    (walk_trusts(host, volume.mounter) || volume.mounter == host->administrator))
		return !volume.may_wait || !walk->own || host->given_up ? 0 :
		    walk_stop(walk, host->folder_owner == NULL ? 0 : host->folder_owner->uid);
	volume.mounter = untrusted ? walk->owner : volume.mounter;
	if (walk->own && volume.mounter != 0)
		return walk_stop(walk, volume.mounter);
	return walk_refuse(EREMOTE);
}

/* Note whether the open directory, which is entered under this name, is untrusted. */
static void
walk_classify(struct walk *walk, const char *name, int descriptor, const struct stat *status)
{
	bool plain;
	enum weakness granted = platform_weakness(descriptor, &plain);
	struct folder *folder = walk->folder;

	walk->owner = status->st_uid;
	walk_note_untrusted(walk, &folder->untrusted, walk->host->owner, name, status, granted);
	walk_note_untrusted(walk, &folder->untrusted_for_user, walk->user, name, status, granted);
	folder->open = folder->open && plain && folder->untrusted.untrusted_path[0] == '\0' &&
	    (status->st_mode & 0111) == 0111;
}

static int
walk_set_folder(struct walk *walk, int descriptor, const char *path)
{
	if (descriptor == -1)
		return -1;
	walk_close(walk->folder);
	walk->folder->descriptor = descriptor;
	if (path != walk->folder->path)
		text_copy(walk->folder->path, PATH_SIZE, path);	/* it fits: it was walked */
	return 0;
}

/* Go to a directory of the cache: it is trusted, and so is the way to it. */
static bool
walk_to_cached(struct walk *walk, const char *path)
{
	int descriptor = dir_cache_enter(walk->host->dir_cache, path);

	walk->owner = descriptor == -1 ? walk->owner : 0;
	return walk_set_folder(walk, descriptor, path) == 0;
}

/* Cache the current directory for the next walk, if it and the way are trusted and open. */
static void
walk_cache(struct walk *walk)
{
	struct folder *folder = walk->folder;

	if (walk->root ? folder->open : folder->untrusted.untrusted_path[0] == '\0')
		dir_cache_keep(walk->host->dir_cache, folder->path, folder->descriptor);
}

static int
walk_to_root(struct walk *walk)
{
	struct stat status;

	if (walk_to_cached(walk, ""))
		return 0;
	if (walk_set_folder(walk, platform_open_search(walk->host->root, "."), "") == -1 ||
	    fstat(walk->folder->descriptor, &status) == -1)
		return -1;
	walk_classify(walk, "", walk->folder->descriptor, &status);
	walk_cache(walk);
	return 0;
}

/* Prepend a link's target, or the path above, to what is still to be walked. */
static int
walk_push(struct walk *walk, const char *front)
{
	char rest[sizeof walk->rest];

	if (!text_format(rest, sizeof rest, "%s/%s", front, walk->rest))
		return walk_refuse(ENAMETOOLONG);
	memcpy(walk->rest, rest, sizeof rest);
	return 0;
}

/* "..": the path of the directory above has no links, so walk there again from the root. */
static int
walk_go_up(struct walk *walk)
{
	char above[PATH_SIZE];

	if (walk->manner == FILES_STRICT)
		return walk_refuse(ELOOP);
	memcpy(above, walk->folder->path, sizeof above);
	*(strrchr(above, '/') == NULL ? above : strrchr(above, '/')) = '\0';
	return walk_push(walk, above) == -1 ? -1 : walk_to_root(walk);
}

static int
walk_follow(struct walk *walk, const char *name, const struct stat *link)
{
	char target[PATH_SIZE];
	ssize_t size;
	bool trusted = walk->folder->untrusted.untrusted_path[0] == '\0' &&
	    walk_trusts(walk->host, link->st_uid);

	walk->folder->open = walk->folder->open && trusted;
	if (!walk_trusts(walk->host, link->st_uid) && walk->manner == FILES_LOOSE)
		walk_note_untrusted(walk, &walk->folder->untrusted, walk->host->owner, name, link,
		    WEAK_MODE);
	if (walk->root && walk->own && !trusted && walk->manner == FILES_LOOSE &&
	    link->st_uid != 0 && link->st_uid != walk->host->administrator)
		return walk_stop(walk, link->st_uid);
	if (!trusted && walk->manner == FILES_STRICT)
		text_format(walk->folder->refused, PATH_SIZE, "%s/%s", walk->folder->path, name);
	if ((!trusted && walk->manner == FILES_STRICT) ||
	    ++walk->links > (walk->manner == FILES_STRICT ? LINKS_STRICT : LINKS_LOOSE))
		return walk_refuse(ELOOP);
	size = readlinkat(walk->folder->descriptor, name, target, sizeof target);
	if (size == -1)
		return -1;
	if (size == (ssize_t)sizeof target)		/* a truncated target is another path */
		return walk_refuse(ENAMETOOLONG);
	target[size] = '\0';
	if (walk_push(walk, target) == -1)
		return -1;
	return target[0] == '/' ? walk_to_root(walk) : 0;
}

/*
 * What was mounted since walk_check_mount() is on another device than the directory above. So is
 * the target of a macOS firmlink, but those lie in root-owned directories: check again there.
 */
static int
walk_check_again(struct walk *walk, const char *name, const struct stat *opened)
{
	struct stat above;

	if (!walk->root || (fstat(walk->folder->descriptor, &above) == 0 &&
	    above.st_dev == opened->st_dev))
		return 0;
	return walk->folder->untrusted.untrusted_path[0] != '\0' ? -1 :
	    walk_check_mount(walk, name);
}

static int
walk_enter(struct walk *walk, const char *name)
{
	struct folder *folder = walk->folder;
	struct stat status;
	size_t length = strlen(folder->path);
	int descriptor = platform_open_search(folder->descriptor, name);

	if (descriptor == -1)
		return -1;
	if (fstat(descriptor, &status) == -1 || length + strlen(name) + 2 > PATH_SIZE) {
		close(descriptor);
		return walk_refuse(ENAMETOOLONG);
	}
	if (walk_check_again(walk, name, &status) == -1) {
		close(descriptor);
		return walk_refuse(EREMOTE);
	}
	walk_classify(walk, name, descriptor, &status);
	text_format(folder->path + length, PATH_SIZE - length, "/%s", name);
	walk_set_folder(walk, descriptor, folder->path);
	walk_cache(walk);
	return 0;
}

/* Try to enter a component that is not the last. Return 1 if it must be examined first. */
static int
walk_component(struct walk *walk, const char *name)
{
	char path[PATH_SIZE];

	if (text_format(path, sizeof path, "%s/%s", walk->folder->path, name) &&
	    walk_to_cached(walk, path))
		return 0;
	if (walk_check_mount(walk, name) == -1)
		return -1;
	/* Fast path: try to open it as a directory; the caller examines it only if that fails. */
	return walk_enter(walk, name) == 0 ? 0 : errno == EREMOTE ? -1 : 1;
}

/* Take the next component off the rest. Return 0 at the end, 1 for one, -1 if it is too long. */
static int
walk_next(struct walk *walk, char name[NAME_SIZE], bool *last)
{
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(start, "/");
	const char *after = start + length;

	if (length == 0)
		return 0;
	if (length >= NAME_SIZE)
		return walk_refuse(ENAMETOOLONG);
	memcpy(name, start, length);
	name[length] = '\0';
	*last = after[strspn(after, "/")] == '\0';
	memmove(walk->rest, after, strlen(after) + 1);
	return 1;
}

static int
walk_step(struct walk *walk, const char *name, bool last, bool *done)
{
	struct folder *folder = walk->folder;
	int passed;

	*done = false;
	if (++walk->steps > STEPS_MAX)
		return walk_refuse(ELOOP);
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0)
		return walk_go_up(walk);
	passed = !last ? walk_component(walk, name) : walk_check_mount(walk, name) == -1 ? -1 : 1;
	if (passed != 1)
		return passed;
	if (last && walk->manner == FILES_STRICT)
		*done = true;
	else if (fstatat(folder->descriptor, name, &folder->last, AT_SYMLINK_NOFOLLOW) == -1) {
		if (!last)
			return -1;
		*done = true;	/* the caller sees that the directory is there, the file is not */
	} else if (S_ISLNK(folder->last.st_mode))
		return walk_follow(walk, name, &folder->last);
	else if (!last)
		return walk_enter(walk, name);
	else
		*done = folder->seen = true;
	if (*done)
		text_copy(folder->name, NAME_SIZE, name);
	return 0;
}

static bool
walk_has_dots(const char *path)
{
	for (; *path != '\0'; path += strcspn(path, "/"), path += *path == '/') {
		size_t length = strcspn(path, "/");

		if (path[0] == '.' && (length == 1 || (length == 2 && path[1] == '.')))
			return true;
	}
	return false;
}

static int
walk_on(struct walk *walk)
{
	char name[NAME_SIZE];
	bool last, done = false;
	int more;

	if (walk_to_root(walk) == -1)
		return -1;
	while (!done && (more = walk_next(walk, name, &last)) != 0)
		if (more == -1 || walk_step(walk, name, last, &done) == -1)
			return -1;
	return 0;
}

static int
walk_path(struct walk *walk, const char *path)
{
	struct folder *folder = walk->folder;
	int errnum;

	walk->root = geteuid() == 0;
	*folder = (struct folder){ .descriptor = -1, .name = ".", .open = walk->root,
	    .cache = walk->host->dir_cache, .image = walk->host->image };
	if (path[0] != '/' || walk_has_dots(path))
		return walk_refuse(EINVAL);
	if (strlen(path) >= PATH_SIZE || !text_copy(walk->rest, sizeof walk->rest, path))
		return walk_refuse(ENAMETOOLONG);
	if (walk_on(walk) == 0)
		return 0;
	errnum = errno;
	walk_close(folder);
	return walk_refuse(errnum);
}

int
walk_open_own(const struct host *host, const char *path, enum files_walk manner,
    struct folder *folder)
{
	struct walk walk = {
		.host = host, .manner = manner, .user = host->administrator, .own = true,
		    .folder = folder
	};

	return walk_path(&walk, path);
}

int
walk_open_for(const struct host *host, const char *path, uid_t user, struct folder *folder)
{
	struct walk walk = { .host = host, .manner = FILES_STRICT, .user = user, .folder = folder };

	return walk_path(&walk, path);
}

int
walk_open_change(const struct host *host, const char *path, struct folder *folder)
{
	return walk_open_for(host, path, host->folder_owner == NULL ? host->owner :
	    host->folder_owner->uid, folder);
}

bool
walk_is_folder_owners(const struct host *host, const struct folder *folder)
{
	struct stat status;

	return host->folder_owner != NULL && folder->untrusted.untrusted_path[0] != '\0' &&
	    folder->untrusted_for_user.untrusted_path[0] == '\0' &&
	    fstat(folder->descriptor, &status) == 0 && status.st_uid == host->folder_owner->uid;
}

bool
walk_is_safe(const struct host *host, const struct folder *folder)
{
	return folder->untrusted.untrusted_path[0] == '\0' || walk_is_folder_owners(host, folder);
}

bool
walk_is_foreign(const struct host *host, const struct folder *folder, uid_t user,
    const struct stat *status)
{
	return folder->untrusted_for_user.untrusted_path[0] != '\0' ||
	    walk_is_untrusted(host, user, status);
}

int
walk_look(struct folder *folder, struct stat *status)
{
	if (!folder->seen && fstatat(folder->descriptor, folder->name, &folder->last,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	folder->seen = true;
	*status = folder->last;
	return 0;
}

void
walk_close(struct folder *folder)
{
	if (folder->descriptor != -1 && !dir_cache_leave(folder->cache, folder->descriptor))
		close(folder->descriptor);
	folder->descriptor = -1;
}

int
walk_sync(const struct folder *folder, int (*sync)(int descriptor))
{
	int directory = platform_open(folder->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    errnum;

	if (directory == -1)
		return -1;
	errnum = sync(directory) == 0 ? 0 : errno;
	close(directory);
	errno = errnum;
	/* EINVAL: a file system whose directories need no sync */
	return errnum == 0 || errnum == EINVAL ? 0 : -1;
}

/* ---- errors ---- */

int
walk_failed(const struct folder *folder, int errnum, const char *verb, const char *path,
    struct error *error)
{
	char why[512];

	if (errnum == EINVAL)
		return error_set(error, ERROR_FILE, "it is not an absolute path",
		    "give a full path without \".\" or \"..\"", "cannot %s '%s'", verb, path);
	if (folder->refused[0] == '\0')
		return error_number(error, ERROR_FILE, errnum, "cannot %s '%s'", verb, path);
	if (!text_format(why, sizeof why, "the symbolic link '%s' can be changed by others",
	    folder->refused))
		text_copy(why, sizeof why, "a symbolic link on the way can be changed by others");
	return error_set(error, ERROR_FILE, why, "use a path without that symbolic link",
	    "cannot %s '%s'", verb, path);
}

int
walk_unsafe(const struct folder *folder, const struct file_fact *fact, const char *verb,
    const char *path, struct error *error)
{
	unsigned long owner = fact->untrusted_owner, group = fact->untrusted_group;
	unsigned mode = fact->untrusted_mode;
	char why[sizeof error->why], fix[sizeof error->fix];

	if (trust_is_hidden(fact->untrusted_by)) {
		if (!text_format(why, sizeof why, "'%s' %s", fact->untrusted_path,
		    trust_reason(fact->untrusted_by)))
			text_format(why, sizeof why, "a directory on the way %s",
			    trust_reason(fact->untrusted_by));
		return error_set(error, ERROR_FILE, why, trust_fix(fact->untrusted_by),
		    "cannot %s '%s'", verb, path);
	}
	if (!text_format(why, sizeof why,
	    "others can change '%s' (account %lu, group %lu, mode %04o)", fact->untrusted_path,
		owner, group, mode))
		text_format(why, sizeof why,
		    "others can change a directory on the way (account %lu, group %lu, mode %04o)",
		    owner, group, mode);
	if (folder->image)	/* its paths are not this machine's */
		text_copy(fix, sizeof fix, "use a directory that only root can change");
	else
		paste_folder(fact, fix, sizeof fix);
	return error_set(error, ERROR_FILE, why, fix, "cannot %s '%s'", verb, path);
}

int
walk_safe(const struct host *host, const char *path, const char *verb, struct folder *folder,
    struct error *error)
{
	if (walk_open_change(host, path, folder) == -1)
		return walk_failed(folder, errno, verb, path, error);
	if (walk_is_safe(host, folder))
		return 0;
	walk_close(folder);
	return walk_unsafe(folder, &folder->untrusted, verb, path, error);
}
