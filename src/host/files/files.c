/* Read and change files below the root descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "host/files/files.h"
#include "look.h"
#include "host/os/platform.h"
#include "host/machine/wait.h"
#include "host/files/walk.h"

/* ---- looking ---- */

static enum file_type
type_of(mode_t mode)
{
	return S_ISREG(mode) ? FILE_REGULAR : S_ISDIR(mode) ? FILE_DIRECTORY : S_ISLNK(mode) ?
	    FILE_LINK : FILE_OTHER;
}

/*
 * Fill only the untrusted_* fields. Facts are many and large, and mostly empty: so clear no more
 * than necessary.
 */
static void
files_mark(struct file_fact *fact, const struct folder *folder)
{
	const struct file_fact *way = &folder->untrusted;

	memset(fact, 0, offsetof(struct file_fact, resolved));
	fact->resolved[0] = '\0';
	text_copy(fact->untrusted_path, PATH_SIZE, way->untrusted_path);
	fact->untrusted_owner = way->untrusted_owner;
	fact->untrusted_group = way->untrusted_group;
	fact->untrusted_mode = way->untrusted_mode;
	fact->untrusted_by = way->untrusted_by;
}

static void
files_place(struct file_fact *fact, const struct folder *folder)
{
	files_mark(fact, folder);
	if (strcmp(folder->name, ".") == 0)	/* the root, or a link that ends in "." */
		text_copy(fact->resolved, PATH_SIZE, folder->path[0] == '\0' ? "/" : folder->path);
	else
		text_format(fact->resolved, PATH_SIZE, "%s/%s", folder->path, folder->name);
}

static void
files_fill(struct file_fact *fact, const struct stat *status, const struct folder *folder)
{
	files_place(fact, folder);
	fact->exists = YES;
	fact->type = type_of(status->st_mode);
	fact->owner = status->st_uid;
	fact->group = status->st_gid;
	fact->mode = status->st_mode & 07777;
	fact->links = status->st_nlink;
	platform_identity(status, &fact->identity);
}

static void
files_fill_absent(struct file_fact *fact, int errnum, const struct folder *folder)
{
	if (folder->descriptor == -1)
		files_mark(fact, folder);
	else
		files_place(fact, folder);
	fact->exists = errnum == ENOENT || errnum == ENOTDIR ? NO : UNKNOWN;
	fact->error = errnum;
}

/*
 * Open a regular file without waiting: a FIFO may have no writer, and opening a device may have
 * effects. Return -1 (errno) on failure; EINVAL: it is not a regular file. status is then that of
 * the name, or zero if it cannot be read. The file may be swapped after the first look, so the
 * descriptor decides.
 */
static int
files_open_regular(struct folder *folder, int flags, struct stat *status)
{
	int file;

	memset(status, 0, sizeof *status);
	if (walk_look(folder, status) == -1)
		return -1;
	if (!S_ISREG(status->st_mode)) {
		errno = EINVAL;
		return -1;
	}
	file = platform_open(folder->descriptor, folder->name,
	    flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file == -1)
		return -1;
	if (fstat(file, status) == 0 && S_ISREG(status->st_mode))
		return file;
	close(file);
	errno = EINVAL;
	return -1;
}

static int
files_not_regular(const char *verb, const char *path, struct error *error)
{
	return error_set(error, ERROR_FILE, "it is not a regular file",
	    "inspect it, then move it aside", "cannot %s '%s'", verb, path);
}

static void
files_read_begin(int file, char begin[FILES_BEGIN])
{
	ssize_t size = read(file, begin, FILES_BEGIN - 1);

	begin[size < 0 ? 0 : size] = '\0';
}

int
files_read_descriptor(const struct host *host, int file, off_t expected, size_t limit,
    struct bytes *bytes)
{
	size_t capacity = 4096, size = 0;
	unsigned char *data = malloc(capacity + 1);
	ssize_t got = -1;

	while (data != NULL && (got = read(file, data + size, capacity - size)) != 0) {
		if (got == -1 && (errno != EINTR || wait_is_stopped(host)))
			break;
		size += got > 0 ? (size_t)got : 0;
		if (size > limit) {
			errno = EFBIG;
			got = -1;
			break;
		}
		if ((off_t)size == expected && size < capacity) {
			got = 0;
			break;
		}
		if (size == capacity) {
			unsigned char *larger = realloc(data, (capacity *= 2) + 1);

			if (larger == NULL) {
				got = -1;
				break;
			}
			data = larger;
		}
	}
	if (got != 0) {
		free(data);
		return -1;
	}
	bytes->data = data;
	bytes->size = size;
	return 0;
}

/* Fill the fact; a program is opened, too. */
static void
files_look_at(struct look *look, struct folder *folder)
{
	struct file_fact *fact = look->fact;
	struct stat status;
	int file;

	if (walk_look(folder, &status) == -1) {
		look->errnum = errno;
		files_fill_absent(fact, errno, folder);
		return;
	}
	files_fill(fact, &status, folder);
	if (look->kind != LOOK_PROGRAM)
		return;
	fact->quarantined = S_ISREG(status.st_mode) ? UNKNOWN : NO;
	file = files_open_regular(folder, O_RDONLY, &status);
	if (file == -1)
		return;
	fact->quarantined = platform_quarantined(file);
	fact->granted = platform_weakness(file);
	files_read_begin(file, look->begin);
	close(file);
}

static enum lock
lock_of(const struct folder *folder)
{
	if (platform_is_locked(folder->descriptor, folder->name))
		return LOCK_FILE;
	return platform_is_locked(folder->descriptor, ".") ? LOCK_FOLDER : LOCK_NOT;
}

static void
files_read_at(const struct host *host, struct look *look, struct folder *folder)
{
	struct file_fact *fact = look->fact;
	struct stat status;
	int file = files_open_regular(folder, O_RDONLY, &status);

	if (file == -1) {
		look->errnum = errno;
		files_fill_absent(fact, look->errnum, folder);
		if (look->errnum == EINVAL && status.st_mode != 0)
			files_fill(fact, &status, folder);
		fact->error = look->errnum;
		return;
	}
	files_fill(fact, &status, folder);
	fact->granted = platform_weakness(file);
	fact->untrusted_for_user = fact->granted != WEAK_NOT ||
	    walk_is_foreign(host, folder, host->administrator, &status);
	fact->quarantined = platform_quarantined(file);
	if (files_read_descriptor(host, file, status.st_size, look->limit, &look->bytes) == -1)
		fact->error = look->errnum = errno;
	close(file);
}

static void
files_read_end(struct look *look, struct folder *folder)
{
	unsigned char *end = malloc(look->limit);
	struct stat status;
	int file = files_open_regular(folder, O_RDONLY, &status);
	off_t from;
	ssize_t got = 0;

	if (file != -1 && end != NULL && status.st_uid == look->owner && status.st_nlink == 1) {
		from = status.st_size < (off_t)look->limit ? 0 :
		    status.st_size - (off_t)look->limit;
		got = pread(file, end, look->limit, from);
	}
	if (file != -1)
		close(file);
	look->bytes = (struct bytes){ end, got < 0 ? 0 : (size_t)got };
}

static void
files_list_at(const struct host *host, struct look *look, const struct folder *folder)
{
	int directory = platform_open(folder->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	look->errnum = directory == -1 ? errno : look_names(host, directory, look->limit,
	    &look->bytes);
}

int
look_here(const struct host *host, struct look *look, struct folder *folder, bool *reached)
{
	look->errnum = 0;
	look->begin[0] = '\0';
	look->bytes = (struct bytes){ NULL, 0 };
	*reached = walk_open_own(host, look->path, look->manner, folder) == 0;
	if (!*reached) {
		look->errnum = errno;
		if (look->fact != NULL)
			files_fill_absent(look->fact, errno, folder);
		return folder->stopped ? -1 : 0;
	}
	switch (look->kind) {
	case LOOK_FILE:
	case LOOK_LOG:
	case LOOK_PROGRAM:
		files_look_at(look, folder);
		break;
	case LOOK_CONTENT:
		files_read_at(host, look, folder);
		break;
	case LOOK_END:
		files_read_end(look, folder);
		break;
	case LOOK_NAMES:
		files_list_at(host, look, folder);
		break;
	}
	if (look->kind == LOOK_LOG || look->kind == LOOK_CONTENT)
		look->fact->locked = lock_of(folder);
	walk_close(folder);
	return 0;
}

bool
look_find(const struct host *host, struct look *look, struct folder *folder)
{
	bool reached;

	return look_here(host, look, folder, &reached) == 0 ? reached :
	    look_as(host, folder->account, look, folder);
}

void
files_look(const struct host *host, const char *path, enum files_walk manner,
    struct file_fact *fact)
{
	struct look what = { .kind = LOOK_FILE, .manner = manner, .path = path, .fact = fact };
	struct folder folder;

	look_find(host, &what, &folder);
}

void
files_look_at_log(const struct host *host, const char *path, struct file_fact *fact)
{
	struct look what = { .kind = LOOK_LOG, .manner = FILES_STRICT, .path = path, .fact = fact };
	struct folder folder;

	look_find(host, &what, &folder);
}

bool
files_look_at_program(const struct host *host, const char *path, struct file_fact *fact)
{
	char begin[FILES_BEGIN];

	files_look_at_script(host, path, fact, begin);
	return strncmp(begin, "#!", 2) == 0;
}

void
files_look_at_script(const struct host *host, const char *path, struct file_fact *fact,
    char begin[FILES_BEGIN])
{
	struct look what = { .kind = LOOK_PROGRAM, .manner = FILES_LOOSE, .path = path,
	    .fact = fact };
	struct folder folder;

	look_find(host, &what, &folder);
	memcpy(begin, what.begin, FILES_BEGIN);
}

bool
files_is_of(const struct host *host, const char *path, uid_t user)
{
	struct folder folder;
	struct stat status;
	bool result;

	if (walk_open_for(host, path, user, &folder) == -1)
		return false;
	result = walk_look(&folder, &status) == 0 && S_ISREG(status.st_mode) &&
	    !walk_is_foreign(host, &folder, user, &status);
	walk_close(&folder);
	return result;
}

int
files_read_by(const struct host *host, const char *path, enum files_walk manner, size_t limit,
    struct bytes *bytes, struct file_fact *fact, struct error *error)
{
	struct look what = { .kind = LOOK_CONTENT, .manner = manner, .path = path, .limit = limit,
	    .fact = fact };
	struct folder folder;
	bool reached = look_find(host, &what, &folder);

	*bytes = what.bytes;
	if (reached && what.errnum == 0)
		return 0;
	bytes_free(bytes);
	if (!reached)
		return walk_failed(&folder, what.errnum, "read", path, error);
	return what.errnum == EINVAL ? files_not_regular("read", path, error) :
	    error_number(error, ERROR_FILE, what.errnum, "cannot read '%s'", path);
}

int
files_read(const struct host *host, const char *path, size_t limit, struct bytes *bytes,
    struct file_fact *fact, struct error *error)
{
	return files_read_by(host, path, FILES_STRICT, limit, bytes, fact, error);
}

int
files_read_linked(const struct host *host, const char *path, size_t limit, struct bytes *bytes,
    struct file_fact *fact, struct error *error)
{
	struct file_fact target;
	struct look what = {
		.kind = LOOK_CONTENT, .manner = FILES_LOOSE, .path = path, .limit = limit,
		    .fact = &target
	};
	struct folder folder;
	bool reached;

	if (files_read(host, path, limit, bytes, fact, error) == 0)
		return 0;
	if (fact->exists != YES || fact->type != FILE_LINK || fact->untrusted_path[0] != '\0' ||
	    (fact->owner != 0 && fact->owner != host->owner))
		return -1;
	if (look_here(host, &what, &folder, &reached) == -1) {
		fact->untrusted_for_user = true;
		return -1;
	}
	*fact = target;
	fact->locked = LOCK_NOT;
	*bytes = what.bytes;
	if (reached && what.errnum == 0)
		return 0;
	bytes_free(bytes);
	return error_number(error, ERROR_FILE, what.errnum, "cannot read what '%s' links to", path);
}

int
files_read_system(const struct host *host, const char *path, size_t limit, struct bytes *bytes)
{
	struct folder folder;
	struct stat status;
	int file, result = -1;

	if (walk_open(host, path, FILES_STRICT, &folder) == -1)
		return -1;
	file = folder.untrusted.untrusted_path[0] != '\0' ? -1 :
	    openat(folder.descriptor, folder.name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file != -1 && fstat(file, &status) == 0 && S_ISREG(status.st_mode))
		result = files_read_descriptor(host, file, status.st_size, limit, bytes);
	if (file != -1)
		close(file);
	walk_close(&folder);
	return result;
}

void
files_tail(const struct host *host, const char *path, uid_t owner, int lines, char *target,
    size_t size)
{
	struct look what = { .kind = LOOK_END, .manner = FILES_STRICT, .path = path,
	    .limit = size - 1, .owner = owner };
	struct folder folder;
	size_t got;
	char *start;

	look_find(host, &what, &folder);
	if (what.bytes.size > 0)
		memcpy(target, what.bytes.data, what.bytes.size);
	/* replaces zero bytes, too: sparse logs have many */
	got = text_clean_lines(target, what.bytes.size);
	bytes_free(&what.bytes);
	target[got] = '\0';
	start = target + got;
	if (start > target && start[-1] == '\n')
		*--start = '\0';
	while (start > target && (start[-1] != '\n' || --lines > 0))
		start--;
	memmove(target, start, strlen(start) + 1);
}

/* ---- changing ---- */

static int
write_all(int file, struct bytes bytes)
{
	while (bytes.size > 0) {
		ssize_t put = write(file, bytes.data, bytes.size);

		if (put == -1 && errno != EINTR)
			return -1;
		if (put > 0) {
			bytes.data += put;
			bytes.size -= (size_t)put;
		}
	}
	return 0;
}

/*
 * DRAFT_NAME has no .plist suffix, so launchd ignores a leftover. The name is fixed, so the next
 * run removes one of a run that was killed; nobody else writes it, because the lock is held.
 */
static int
files_open_draft(const struct folder *folder)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int file = openat(folder->descriptor, DRAFT_NAME, flags, 0600);

	if (file != -1 || errno != EEXIST)
		return file;
	unlinkat(folder->descriptor, DRAFT_NAME, 0);
	return openat(folder->descriptor, DRAFT_NAME, flags, 0600);
}

static int
files_sync(const struct folder *folder, enum files_when when)
{
	if (when == FILES_EVENTUALLY)
		return 0;
	return when == FILES_ORDERED ? walk_order(folder) : walk_flush(folder);
}

int
files_write(const struct host *host, const char *path, struct bytes bytes, mode_t mode,
    enum files_when when, struct error *error)
{
	struct folder folder;
	uid_t owner = host->owner;
	gid_t group = host->group;
	int file, result = -1;

	if (walk_safe(host, path, "write", &folder, error) == -1)
		return -1;
	if (walk_is_folder_owners(host, &folder)) {
		owner = host->folder_owner->uid;
		group = host->folder_owner->gid;
	}
	file = files_open_draft(&folder);
	if (file == -1) {
		if (errno == EEXIST)
			error_set(error, ERROR_FILE, "a directory has the name of its draft",
			    "inspect '" DRAFT_NAME "' in the same directory, then move it aside",
			    "cannot prepare '%s'", path);
		else
			error_number(error, ERROR_FILE, errno, "cannot prepare '%s'", path);
		walk_close(&folder);
		return -1;
	}
	if (write_all(file, bytes) == -1 || fchown(file, owner, group) == -1 ||
	    platform_clear_acl(file) == -1 || fchmod(file, mode) == -1 ||
	    (when != FILES_EVENTUALLY && platform_order(file) == -1) ||
	    renameat(folder.descriptor, DRAFT_NAME, folder.descriptor, folder.name) == -1 ||
	    files_sync(&folder, when) == -1)
		error_number(error, ERROR_FILE, errno, "cannot write '%s'", path);
	else
		result = 0;
	if (result == -1)
		unlinkat(folder.descriptor, DRAFT_NAME, 0);
	close(file);
	walk_close(&folder);
	return result;
}

static bool
is_another_accounts(const struct host *host, const struct stat *status, uid_t owner)
{
	return status->st_uid != owner && status->st_uid != 0 && status->st_uid != host->owner;
}

/*
 * Return why this file must not get that owner; NULL if it may. If the account owns it already,
 * nothing is given away, however many links the account made.
 */
static const char *
files_owner_objection(const struct folder *folder, const struct stat *status, uid_t owner,
    const struct host *host)
{
	if (status->st_uid == owner)
		return NULL;
	if (folder->untrusted.untrusted_path[0] != '\0')
		return "it is owned by another account, in a directory that others can change";
	/* The host's owner may get it: a plist has a second link while the old one is kept. */
	if (status->st_nlink != 1 && owner != host->owner)
		return "it has another hard link, so changing its owner would expose that file "
		    "too";
	return NULL;
}

static int
files_set_owner_mode(int file, const struct stat *status, uid_t owner, gid_t group, mode_t mode)
{
	bool own = status->st_uid == owner && status->st_gid == group;

	if (!own && fchown(file, owner, group) == -1)
		return -1;
	/* fchown may have cleared bits. */
	if ((!own || (status->st_mode & 07777) != mode) && fchmod(file, mode) == -1)
		return -1;
	return platform_unquarantine(file) == -1 ? -1 : platform_order(file);
}

/* Copy at most size bytes: a process that has the file open may write faster than we read. */
static int
files_copy(int from, int to, off_t size)
{
	static unsigned char part[65536];
	ssize_t got = 1;

	while (size > 0 && got != 0) {
		got = read(from, part, size < (off_t)sizeof part ? (size_t)size : sizeof part);
		if (got == -1 && errno != EINTR)
			return -1;
		if (got > 0 && write_all(to, (struct bytes){ part, (size_t)got }) == -1)
			return -1;
		size -= got > 0 ? got : 0;
	}
	return 0;
}

static bool
files_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* "job.log.before", "job.log.before.1", ...: at most 255 bytes, a long name is truncated. */
static void
files_aside_name(char aside[NAME_SIZE], const char *name, int which)
{
	char end[sizeof FILES_ASIDE + 8] = FILES_ASIDE;
	size_t length = strlen(name);

	if (which > 0)
		text_format(end, sizeof end, FILES_ASIDE ".%d", which);
	if (length + strlen(end) >= NAME_SIZE)
		for (length = NAME_SIZE - 1 - strlen(end); (name[length] & 0xc0) == 0x80;)
			length--;		/* to the start of a UTF-8 character */
	text_format(aside, NAME_SIZE, "%.*s%s", (int)length, name, end);
}

/*
 * Link the file to a free name: no text is lost, and however large its account made it, nothing has
 * to wait for a copy. The directory is safe now, but may have been the account's before: a name
 * that is taken can be anything, and stays. If it is this file, a run that was killed got so far.
 */
static int
files_put_aside(const struct folder *folder, const struct stat *status, char path[PATH_SIZE])
{
	char aside[NAME_SIZE];
	struct stat there;

	for (int i = 0; i <= FILES_ASIDE_MAX; i++) {
		files_aside_name(aside, folder->name, i);
		if (linkat(folder->descriptor, folder->name, folder->descriptor, aside, 0) == -1) {
			if (errno != EEXIST)
				return -1;
			if (fstatat(folder->descriptor, aside, &there, AT_SYMLINK_NOFOLLOW) == -1 ||
			    !files_is_same(status, &there))
				continue;
		}
		text_format(path, PATH_SIZE, "%s/%s", folder->path, aside);
		return 0;
	}
	errno = EEXIST;
	return -1;
}

/* The account that owned the file may have set an access control list, too. */
static int
files_set_all(int file, uid_t owner, gid_t group, mode_t mode)
{
	return fchown(file, owner, group) == -1 || platform_clear_acl(file) == -1 ||
	    fchmod(file, mode) == -1 ? -1 : platform_order(file);
}

/* Give the file itself back, unless its account made another link; errno stays then. */
static bool
files_return_itself(int file, uid_t owner, gid_t group, mode_t mode)
{
	struct stat now;

	return fstat(file, &now) == 0 && now.st_nlink == 1 &&
	    files_set_all(file, owner, group, mode) == 0;
}

/*
 * The account that owns the file may have it open, and could go on to read and write it. So give
 * the new owner a new file with the same text. A full disk, which may be why a change is undone,
 * must not keep a log from its owner.
 */
static int
files_replace_with_copy(const struct folder *folder, int file, const struct stat *status,
    uid_t owner, gid_t group, mode_t mode, bool undoes, char aside[PATH_SIZE])
{
	int draft = files_open_draft(folder), result = -1, errnum;
	bool copied = draft != -1 && status->st_size <= FILES_COPIED &&
	    files_copy(file, draft, status->st_size) == 0;

	if (!copied && undoes && files_return_itself(file, owner, group, mode))
		result = 0;
	else if (draft != -1 && (copied || (ftruncate(draft, 0) == 0 &&
	    files_put_aside(folder, status, aside) == 0)) &&
	    files_set_all(draft, owner, group, mode) == 0 &&
	    renameat(folder->descriptor, DRAFT_NAME, folder->descriptor, folder->name) == 0)
		result = walk_order(folder);
	errnum = errno;
	if (draft != -1) {
		unlinkat(folder->descriptor, DRAFT_NAME, 0);
		close(draft);
	}
	errno = errnum;
	return result;
}

static int
files_owner_failed(int errnum, const char *path, struct error *error)
{
	if (errnum == EINVAL)
		return files_not_regular("set the owner of", path, error);
	if (errnum != EEXIST)
		return error_number(error, ERROR_FILE, errnum,
		    "cannot set the owner of '%s'", path);
	return error_set(error, ERROR_FILE,
	    "the names of its draft or of its copies are taken",
	    "inspect '" DRAFT_NAME "' and '*" FILES_ASIDE "*' in the same directory, then move "
	    "them aside",
	    "cannot set the owner of '%s'", path);
}

int
files_give_back(const struct host *host, const char *path, uid_t owner, gid_t group, mode_t mode,
    bool undoes, char aside[PATH_SIZE], struct error *error)
{
	struct folder folder;
	struct stat status;
	const char *why;
	bool copies;
	int file, result = 0;

	aside[0] = '\0';
	if (walk_open(host, path, FILES_STRICT, &folder) == -1)
		return walk_failed(&folder, errno, "set the owner of", path, error);
	file = files_open_regular(&folder, O_RDONLY, &status);
	copies = file != -1 && folder.untrusted.untrusted_path[0] == '\0' &&
	    is_another_accounts(host, &status, owner);
	if (file == -1)
		result = files_owner_failed(errno, path, error);
	else if (!copies && (why = files_owner_objection(&folder, &status, owner, host)) != NULL)
		result = error_set(error, ERROR_FILE, why, "inspect it, then move it aside",
		    "cannot set the owner of '%s'", path);
	else if ((copies ?
	    files_replace_with_copy(&folder, file, &status, owner, group, mode, undoes,
	    aside) :
	    files_set_owner_mode(file, &status, owner, group, mode)) == -1)
		result = files_owner_failed(errno, path, error);
	if (file != -1)
		close(file);
	walk_close(&folder);
	return result;
}

/* Open both directories, safe for changing. */
static int
open_pair(const struct host *host, const char *from_path, const char *to_path, const char *verb,
    struct folder *from, struct folder *to, struct error *error)
{
	if (walk_safe(host, from_path, verb, from, error) == -1)
		return -1;
	if (walk_safe(host, to_path, verb, to, error) == 0)
		return 0;
	walk_close(from);
	return -1;
}

/*
 * The owner of the directory may have put a link, or another file, there since we looked. So link
 * it to a name that only we use, look again, and rename it from there.
 */
static int
link_draft(const struct folder *from, const struct folder *to, const struct stat *old)
{
	struct stat linked;
	int errnum = 0;

	if (unlinkat(to->descriptor, DRAFT_NAME, 0) == -1 && errno != ENOENT)
		return -1;
	if (linkat(from->descriptor, from->name, to->descriptor, DRAFT_NAME, 0) == -1)
		return -1;
	if (fstatat(to->descriptor, DRAFT_NAME, &linked, AT_SYMLINK_NOFOLLOW) == -1)
		errnum = errno;
	else if (!files_is_same(old, &linked))
		errnum = EBUSY;
	else if (renameat(to->descriptor, DRAFT_NAME, to->descriptor, to->name) == -1)
		errnum = errno;
	if (errnum == 0)
		return 0;
	unlinkat(to->descriptor, DRAFT_NAME, 0);
	errno = errnum;
	return -1;
}

/* Replace an older kept file only if there is a new one to keep. */
static int
link_kept(const struct folder *from, const struct folder *to)
{
	struct stat old, kept;

	if (fstatat(from->descriptor, from->name, &old, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (!S_ISREG(old.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if (fstatat(to->descriptor, to->name, &kept, AT_SYMLINK_NOFOLLOW) == 0 &&
	    files_is_same(&old, &kept))
		return 0;
	return link_draft(from, to, &old);
}

int
files_keep(const struct host *host, const char *path, const char *kept, struct error *error)
{
	struct folder from, to;
	int result = 0;

	if (open_pair(host, path, kept, "keep", &from, &to, error) == -1)
		return -1;
	if (link_kept(&from, &to) == -1 || walk_order(&to) == -1)
		result = errno == EINVAL ? files_not_regular("keep", path, error) :
		    error_number(error, ERROR_FILE, errno, "cannot keep '%s' as '%s'", path, kept);
	walk_close(&from);
	walk_close(&to);
	return result;
}

int
files_restore(const struct host *host, const char *kept, const char *path, struct error *error)
{
	struct folder from, to;
	struct stat old, now;
	int result;

	if (open_pair(host, kept, path, "restore", &from, &to, error) == -1)
		return -1;
	/* rename between two links to one inode does nothing and leaves both. */
	if (fstatat(from.descriptor, from.name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstatat(to.descriptor, to.name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    files_is_same(&old, &now))
		result = unlinkat(from.descriptor, from.name, 0);
	else
		result = renameat(from.descriptor, from.name, to.descriptor, to.name);
	if (result == -1 || walk_order(&to) == -1)
		result = error_number(error, ERROR_FILE, errno, "cannot restore '%s'", path);
	walk_close(&from);
	walk_close(&to);
	return result;
}

/*
 * Open the directory to remove something from it. Return 0, -1, or 1 if the directory itself is
 * absent, so that there is nothing to remove.
 */
static int
open_for_removal(const struct host *host, const char *path, struct folder *folder,
    struct error *error)
{
	if (walk_open_change(host, path, folder) == -1)
		return errno == ENOENT || errno == ENOTDIR ? 1 :
		    walk_failed(folder, errno, "remove", path, error);
	if (walk_is_safe(host, folder))
		return 0;
	walk_close(folder);
	return walk_unsafe(folder, &folder->untrusted, "remove", path, error);
}

int
files_remove(const struct host *host, const char *path, enum files_when when, struct error *error)
{
	struct folder folder;
	struct stat status;
	int result = open_for_removal(host, path, &folder, error);

	if (result != 0)
		return result == 1 ? 0 : -1;
	/* Not every file system refuses root to unlink(2) a directory. */
	if (fstatat(folder.descriptor, folder.name, &status, AT_SYMLINK_NOFOLLOW) == -1)
		result = errno == ENOENT ? 0 : -1;
	else if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		result = -1;
	} else if (unlinkat(folder.descriptor, folder.name, 0) == -1)
		result = errno == ENOENT ? 0 : -1;
	else
		result = files_sync(&folder, when);
	if (result == -1)
		error_number(error, ERROR_FILE, errno, "cannot remove '%s'", path);
	walk_close(&folder);
	return result;
}

int
files_remove_directory(const struct host *host, const char *path, bool *left, struct error *error)
{
	struct folder folder;
	int result;

	*left = false;
	result = open_for_removal(host, path, &folder, error);
	if (result != 0)
		return result == 1 ? 0 : -1;
	if (unlinkat(folder.descriptor, folder.name, AT_REMOVEDIR) == 0)
		result = walk_order(&folder);
	else if (errno == ENOTEMPTY || errno == EEXIST)
		*left = true;
	else if (errno != ENOENT)
		result = -1;
	if (result == -1)
		error_number(error, ERROR_FILE, errno, "cannot remove '%s'", path);
	walk_close(&folder);
	dir_cache_forget(host->dir_cache);
	return result;
}

static int
files_set_directory_owner_mode(const struct host *host, const struct folder *folder, mode_t mode)
{
	int directory = openat(folder->descriptor, folder->name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result, errnum;

	if (directory == -1)
		return -1;
	result = fchown(directory, host->owner, host->group) == -1 ||
	    fchmod(directory, mode) == -1 ? -1 : 0;
	errnum = errno;
	close(directory);
	errno = errnum;
	return result;
}

/*
 * Make a directory; remove it again if that fails halfway. The mode is right from the start where
 * the umask allows it, so that a run that is killed here leaves nothing that a job cannot enter.
 */
static int
files_make_synced(const struct host *host, const struct folder *folder, mode_t mode)
{
	int errnum;

	if (mkdirat(folder->descriptor, folder->name, mode) == -1)
		return -1;
	if (files_set_directory_owner_mode(host, folder, mode) == 0 && walk_order(folder) == 0)
		return 0;
	errnum = errno;
	unlinkat(folder->descriptor, folder->name, AT_REMOVEDIR);
	errno = errnum;
	return -1;
}

int
files_make_directory(const struct host *host, const char *path, mode_t mode, struct error *error)
{
	struct folder folder;
	struct stat status;
	int result;

	if (walk_safe(host, path, "make", &folder, error) == -1)
		return -1;
	result = files_make_synced(host, &folder, mode);
	if (result == -1 && errno == EEXIST &&
	    fstatat(folder.descriptor, folder.name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		result = S_ISDIR(status.st_mode) ? 0 :
		    error_set(error, ERROR_FILE, "it exists and is not a directory",
		    "inspect it, then move it aside", "cannot make '%s'", path);
	else if (result == -1)
		error_number(error, ERROR_FILE, errno, "cannot make '%s'", path);
	walk_close(&folder);
	return result;
}
