/* Read and change files below the root descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/facts/content.h"
#include "core/text.h"
#include "host/files/files.h"
#include "look.h"
#include "host/machine/budget.h"
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

/* Begin with what the walk noted, the untrusted_* fields; the rest is empty. */
static void
files_place(struct file_fact *fact, const struct folder *folder)
{
	*fact = folder->untrusted;
	if (folder->descriptor == -1)
		return;
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
	if (S_ISREG(status->st_mode)) {
		file = platform_open(folder->descriptor, folder->name,
		    flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (file == -1)
			return -1;
		if (fstat(file, status) == 0 && S_ISREG(status->st_mode))
			return file;
		close(file);
	}
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
	size_t capacity = 0, size = 0;
	unsigned char *data = NULL, *larger;
	ssize_t got = 1;

	while (got != 0) {
		if (size == capacity) {
			larger = realloc(data, capacity = capacity * 2 + 4096);
			if (larger == NULL)
				goto failed;
			data = larger;
		}
		got = read(file, data + size, capacity - size);
		if (got == -1 && (errno != EINTR || wait_is_stopped(host)))
			goto failed;
		size += got > 0 ? (size_t)got : 0;
		if (size > limit) {
			errno = EFBIG;
			goto failed;
		}
		if ((off_t)size == expected && size < capacity)
			break;
	}
	*bytes = (struct bytes){ data, size };
	return 0;
failed:
	free(data);
	return -1;
}

struct sum {				/* an open program while its SHA-256 is made */
	struct budget	budget;
	int		file;
	off_t		at;
};

static ssize_t
files_read_piece(void *context, void *piece, size_t size)
{
	struct sum *sum = context;
	size_t filled = 0;
	ssize_t got = 1;

	while (filled < size && got != 0) {
		if (!budget_take(&sum->budget, 0, got > 0 ? (size_t)got : 0))
			return -1;
		got = pread(sum->file, (char *)piece + filled, size - filled, sum->at);
		if (got == -1 && errno != EINTR)
			return -1;
		filled += got > 0 ? (size_t)got : 0;
		sum->at += got > 0 ? got : 0;
	}
	return (ssize_t)filled;
}

/*
 * Fill the identity of an open program, with its SHA-256 unless that costs too much; if the rest
 * is that of the known one, without reading it.
 */
static void
files_identify(const struct host *host, int file, const struct stat *status,
    const struct file_identity *known, struct file_identity *identity)
{
	struct sum sum = { .budget = { .host = host, .bounded = true, .bytes = BUDGET_SUM_BYTES,
	    .deadline = wait_now() + BUDGET_SUM_SECONDS }, .file = file };
	unsigned char digest[SHA256_SIZE];

	platform_identity(status, identity);
	if (content_same_file(known, identity))
		memcpy(identity->sha256, known->sha256, sizeof known->sha256);
	else if (status->st_size <= BUDGET_SUM_BYTES &&
	    platform_sha256(files_read_piece, &sum, digest))
		for (size_t i = 0; i < SHA256_SIZE; i++)
			snprintf(identity->sha256 + 2 * i, 3, "%02x", (unsigned)digest[i]);
}

/* Return -1 also if there is no need to open it. */
static int
files_open_to_judge(enum look_kind kind, struct folder *folder, struct stat *status)
{
	if (kind == LOOK_DIRECTORY && folder->open && S_ISDIR(status->st_mode))
		return platform_open_search(folder->descriptor, folder->name);
	return kind == LOOK_PROGRAM || (kind == LOOK_LOG && folder->open) ?
	    files_open_regular(folder, O_RDONLY, status) : -1;
}

/* Fill the fact. */
static void
files_look_at(const struct host *host, struct look *look, struct folder *folder)
{
	struct file_fact *fact = look->fact;
	struct stat status;
	enum weakness granted;
	bool plain;
	int file;

	if (walk_look(folder, &status) == -1) {
		look->errnum = errno;
		files_fill_absent(fact, errno, folder);
		return;
	}
	files_fill(fact, &status, folder);
	if (look->kind == LOOK_PROGRAM)
		fact->quarantined = S_ISREG(status.st_mode) ? UNKNOWN : NO;
	file = files_open_to_judge(look->kind, folder, &status);
	if (file == -1) {
		if (fact->quarantined == UNKNOWN && look->kind == LOOK_PROGRAM)
			fact->error = errno;
		return;
	}
	granted = platform_weakness(file, &plain);
	if (plain && folder->open)
		fact->plain = platform_leaves(file) & (look->kind == LOOK_LOG ? W_OK : X_OK);
	if (look->kind == LOOK_PROGRAM) {
		fact->granted = granted;
		fact->quarantined = platform_quarantined(file);
		if (fact->quarantined == UNKNOWN)
			fact->error = errno;
		files_read_begin(file, look->begin);
	}
	if (look->identify)
		files_identify(host, file, &status, &look->known, &fact->identity);
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
		if (look->errnum == EINVAL && status.st_mode != 0)
			files_fill(fact, &status, folder);
		else
			files_fill_absent(fact, look->errnum, folder);
		fact->error = look->errnum;
		return;
	}
	files_fill(fact, &status, folder);
	fact->granted = platform_weakness(file, NULL);
	fact->untrusted_for_user = fact->granted != WEAK_NOT ||
	    walk_is_foreign(host, folder, host->administrator, &status);
	fact->quarantined = platform_quarantined(file);
	if (files_read_descriptor(host, file, status.st_size, look->limit, &look->bytes) == -1)
		fact->error = look->errnum = errno;
	close(file);
}

static void
files_read_end(const struct host *host, struct look *look, struct folder *folder)
{
	unsigned char *end = malloc(look->limit);
	struct stat status;
	int file = files_open_regular(folder, O_RDONLY, &status);
	off_t from, mark = (off_t)look->mark.size;
	ssize_t got = 0;

	(void)host;
	if (file != -1 && end != NULL && status.st_uid == look->owner && status.st_nlink == 1) {
		from = status.st_size < (off_t)look->limit ? 0 :
		    status.st_size - (off_t)look->limit;
		if (status.st_ino == look->mark.inode && mark > from && mark <= status.st_size)
			from = mark;
		got = pread(file, end, look->limit, from);
	}
	if (file != -1)
		close(file);
	look->bytes = (struct bytes){ end, got < 0 ? 0 : (size_t)got };
}

static void
files_list_at(const struct host *host, struct look *look, struct folder *folder)
{
	int directory = platform_open(folder->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	look->errnum = directory == -1 ? errno : look_names(host, directory, look->limit,
	    &look->bytes);
}

int
look_here(const struct host *host, struct look *look, struct folder *folder, bool *reached)
{
	static void (*const looks[])(const struct host *, struct look *, struct folder *) = {
		[LOOK_FILE] = files_look_at,
		[LOOK_LOG] = files_look_at,
		[LOOK_DIRECTORY] = files_look_at,
		[LOOK_PROGRAM] = files_look_at,
		[LOOK_CONTENT] = files_read_at,
		[LOOK_END] = files_read_end,
		[LOOK_NAMES] = files_list_at,
	};

	look->errnum = 0;
	look->begin[0] = '\0';
	look->bytes = (struct bytes){ NULL, 0 };
	*reached = true;
	if (look->kind == LOOK_ACCESS) {
		look->errnum = look_access(host->root, look->path, look->bits);
		return 0;
	}
	*reached = walk_open_own(host, look->path, look->manner, folder) == 0;
	if (!*reached) {
		look->errnum = errno;
		if (look->fact != NULL)
			files_fill_absent(look->fact, errno, folder);
		return folder->stopped ? -1 : 0;
	}
	looks[look->kind](host, look, folder);
	if (look->kind == LOOK_LOG || look->kind == LOOK_CONTENT)
		look->fact->locked = lock_of(folder);
	walk_close(folder);
	return 0;
}

static void
files_look_for(const struct host *host, enum look_kind kind, enum files_walk manner,
    const char *path, struct file_fact *fact)
{
	struct look what = { .kind = kind, .manner = manner, .path = path, .fact = fact };
	struct folder folder;

	look_find(host, &what, &folder);
}

void
files_look(const struct host *host, const char *path, enum files_walk manner,
    struct file_fact *fact)
{
	files_look_for(host, LOOK_FILE, manner, path, fact);
}

void
files_look_at_log(const struct host *host, const char *path, struct file_fact *fact)
{
	files_look_for(host, LOOK_LOG, FILES_STRICT, path, fact);
}

void
files_look_at_directory(const struct host *host, const char *path, struct file_fact *fact)
{
	files_look_for(host, LOOK_DIRECTORY, FILES_LOOSE, path, fact);
}

void
files_look_at_script(const struct host *host, const char *path, const struct file_identity *known,
    struct file_fact *fact, char begin[FILES_BEGIN])
{
	struct look what = { .kind = LOOK_PROGRAM, .manner = FILES_LOOSE, .path = path,
	    .identify = known != NULL, .fact = fact };
	struct folder folder;

	if (known != NULL)
		what.known = *known;
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

/* Return the bytes of a look, or the error "cannot VERB 'PATH'". */
static int
files_take_bytes(struct look *look, bool reached, const struct folder *folder, const char *verb,
    struct bytes *bytes, struct error *error)
{
	*bytes = look->bytes;
	if (reached && look->errnum == 0)
		return 0;
	bytes_free(bytes);
	if (!reached)
		return walk_failed(folder, look->errnum, verb, look->path, error);
	return look->errnum == EINVAL ? files_not_regular(verb, look->path, error) :
	    error_number(error, ERROR_FILE, look->errnum, "cannot %s '%s'", verb, look->path);
}

int
files_read_by(const struct host *host, const char *path, enum files_walk manner, size_t limit,
    struct bytes *bytes, struct file_fact *fact, struct error *error)
{
	struct look what = { .kind = LOOK_CONTENT, .manner = manner, .path = path, .limit = limit,
	    .fact = fact };
	struct folder folder;
	bool reached = look_find(host, &what, &folder);

	return files_take_bytes(&what, reached, &folder, "read", bytes, error);
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
	return files_take_bytes(&what, reached, &folder, "read the target of", bytes, error);
}

int
files_read_system(const struct host *host, const char *path, size_t limit, struct bytes *bytes)
{
	struct folder folder;
	struct stat status;
	int file, result = -1;

	if (walk_open_for(host, path, host->owner, &folder) == -1)
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
files_read_last(const struct host *host, const char *path, uid_t owner, struct log_mark mark,
    size_t limit, struct bytes *bytes)
{
	struct look what = { .kind = LOOK_END, .manner = FILES_STRICT, .path = path,
	    .limit = limit, .owner = owner, .mark = mark };
	struct folder folder;

	look_find(host, &what, &folder);
	*bytes = what.bytes;
}

void
files_tail(const struct host *host, const char *path, uid_t owner, struct log_mark mark, int lines,
    char *target, size_t size)
{
	struct bytes bytes;
	size_t got;
	char *start;

	files_read_last(host, path, owner, mark, size - 1, &bytes);
	if (bytes.size > 0)
		memcpy(target, bytes.data, bytes.size);
	/* replaces zero bytes, too: sparse logs have many */
	got = text_clean_lines(target, bytes.size);
	bytes_free(&bytes);
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

	if (file == -1 && errno == EEXIST) {
		unlinkat(folder->descriptor, DRAFT_NAME, 0);
		file = openat(folder->descriptor, DRAFT_NAME, flags, 0600);
	}
	return file;
}

static int
files_draft_failed(const char *verb, const char *path, bool copies, struct error *error)
{
	if (errno != EEXIST)
		return error_number(error, ERROR_FILE, errno, "cannot %s '%s'", verb, path);
	return error_set(error, ERROR_FILE, copies ?
	    "the names of its draft or of its copies are taken" :
	    "a directory has the name of its draft", copies ?
	    "inspect '" DRAFT_NAME "' and '*" FILES_ASIDE "*' in the same directory, then move "
	    "them aside" :
	    "inspect '" DRAFT_NAME "' in the same directory, then move it aside",
	    "cannot %s '%s'", verb, path);
}

static int
files_sync(const struct folder *folder, enum files_when when)
{
	if (when == FILES_EVENTUALLY)
		return 0;
	return walk_sync(folder, when == FILES_ORDERED ? platform_order : platform_flush);
}

int
files_write(const struct host *host, const char *path, struct bytes bytes, mode_t mode,
    enum files_when when, struct error *error)
{
	struct folder folder;
	uid_t owner = host->owner;
	gid_t group = host->group;
	int file, result = 0;

	if (walk_safe(host, path, "write", &folder, error) == -1)
		return -1;
	if (walk_is_folder_owners(host, &folder)) {
		owner = host->folder_owner->uid;
		group = host->folder_owner->gid;
	}
	file = files_open_draft(&folder);
	if (file == -1 || write_all(file, bytes) == -1 || fchown(file, owner, group) == -1 ||
	    platform_clear_acl(file) == -1 || fchmod(file, mode) == -1 ||
	    (when != FILES_EVENTUALLY && platform_order(file) == -1) ||
	    renameat(folder.descriptor, DRAFT_NAME, folder.descriptor, folder.name) == -1 ||
	    files_sync(&folder, when) == -1)
		result = files_draft_failed("write", path, false, error);
	if (result == -1)
		unlinkat(folder.descriptor, DRAFT_NAME, 0);
	if (file != -1)
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

void
files_find_aside(const struct host *host, const char *path, uid_t owner, char aside[PATH_SIZE])
{
	struct folder folder;
	struct stat status;
	char name[NAME_SIZE];
	bool is_empty;

	aside[0] = '\0';
	if (walk_open_for(host, path, host->owner, &folder) == -1)
		return;
	is_empty = fstatat(folder.descriptor, folder.name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    status.st_size == 0;
	for (int i = 0; is_empty && i <= FILES_ASIDE_MAX; i++) {
		files_aside_name(name, folder.name, i);
		if (fstatat(folder.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == -1)
			break;
		aside[0] = '\0';
		if (S_ISREG(status.st_mode) && status.st_uid == owner)
			text_format(aside, PATH_SIZE, "%s/%s", folder.path, name);
	}
	walk_close(&folder);
}

int
files_set_owner_mode(int file, const struct stat *now, uid_t owner, gid_t group, mode_t mode)
{
	if (now != NULL && now->st_uid == owner && now->st_gid == group &&
	    (now->st_mode & 07777) == mode)
		return 0;
	/* fchown may clear bits of the mode. */
	return fchown(file, owner, group) == -1 ||
	    (now == NULL && platform_clear_acl(file) == -1) || fchmod(file, mode) == -1 ? -1 :
	    platform_order(file);
}

/* Give the file itself back, unless its account made another link; errno stays then. */
static bool
files_return_itself(int file, uid_t owner, gid_t group, mode_t mode)
{
	struct stat now;

	return fstat(file, &now) == 0 && now.st_nlink == 1 &&
	    files_set_owner_mode(file, NULL, owner, group, mode) == 0;
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
	    files_set_owner_mode(draft, NULL, owner, group, mode) == 0 &&
	    renameat(folder->descriptor, DRAFT_NAME, folder->descriptor, folder->name) == 0)
		result = walk_sync(folder, platform_order);
	errnum = errno;
	unlinkat(folder->descriptor, DRAFT_NAME, 0);
	if (draft != -1)
		close(draft);
	errno = errnum;
	return result;
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
	if (walk_open_for(host, path, host->owner, &folder) == -1)
		return walk_failed(&folder, errno, "set the owner of", path, error);
	file = files_open_regular(&folder, O_RDONLY, &status);
	copies = file != -1 && folder.untrusted.untrusted_path[0] == '\0' &&
	    is_another_accounts(host, &status, owner);
	why = file == -1 || copies ? NULL : files_owner_objection(&folder, &status, owner, host);
	if (why != NULL)
		result = error_set(error, ERROR_FILE, why, "inspect it, then move it aside",
		    "cannot set the owner of '%s'", path);
	else if (file == -1 || (!copies && (platform_unquarantine(file) == -1 ||
	    files_set_owner_mode(file, &status, owner, group, mode) == -1)) ||
	    (copies && files_replace_with_copy(&folder, file, &status, owner, group, mode, undoes,
	    aside) == -1))
		result = errno == EINVAL ? files_not_regular("set the owner of", path, error) :
		    files_draft_failed("set the owner of", path, copies, error);
	if (file != -1)
		close(file);
	walk_close(&folder);
	return result;
}

/*
 * Link or rename a file of one directory to the other, both safe for changing, and order its new
 * name. act returns 0 or -1 (errno).
 */
static int
files_link(const struct host *host, const char *from_path, const char *to_path, const char *verb,
    int (*act)(const struct folder *, const struct folder *), const char *path,
    struct error *error)
{
	struct folder from, to;
	int result = -1;

	if (walk_safe(host, from_path, verb, &from, error) == -1)
		return -1;
	if (walk_safe(host, to_path, verb, &to, error) == 0) {
		if (act(&from, &to) == 0 && walk_sync(&to, platform_order) == 0)
			result = 0;
		else if (path == to_path)	/* its type was not looked at */
			error_number(error, ERROR_FILE, errno, "cannot %s '%s'", verb, path);
		else if (errno == EINVAL)
			files_not_regular(verb, path, error);
		else
			error_number(error, ERROR_FILE, errno, "cannot %s '%s' as '%s'", verb,
			    path, to_path);
		walk_close(&to);
	}
	walk_close(&from);
	return result;
}

/*
 * The owner of the directory may have put a link, or another file, there since we looked. So link
 * it to a name that only we use, look again, and rename it from there. Replace an older kept file
 * only if there is a new one to keep.
 */
static int
files_link_kept(const struct folder *from, const struct folder *to)
{
	struct stat old, other;
	int errnum;

	if (fstatat(from->descriptor, from->name, &old, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (!S_ISREG(old.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if (fstatat(to->descriptor, to->name, &other, AT_SYMLINK_NOFOLLOW) == 0 &&
	    files_is_same(&old, &other))
		return 0;
	if ((unlinkat(to->descriptor, DRAFT_NAME, 0) == -1 && errno != ENOENT) ||
	    linkat(from->descriptor, from->name, to->descriptor, DRAFT_NAME, 0) == -1)
		return -1;
	errno = EBUSY;			/* if it is another file */
	if (fstatat(to->descriptor, DRAFT_NAME, &other, AT_SYMLINK_NOFOLLOW) == 0 &&
	    files_is_same(&old, &other) &&
	    renameat(to->descriptor, DRAFT_NAME, to->descriptor, to->name) == 0)
		return 0;
	errnum = errno;
	unlinkat(to->descriptor, DRAFT_NAME, 0);
	errno = errnum;
	return -1;
}

int
files_keep(const struct host *host, const char *path, const char *kept, struct error *error)
{
	return files_link(host, path, kept, "keep", files_link_kept, path, error);
}

/* rename between two links to one inode does nothing and leaves both. */
static int
files_rename_kept(const struct folder *from, const struct folder *to)
{
	struct stat old, now;

	if (fstatat(from->descriptor, from->name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstatat(to->descriptor, to->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    files_is_same(&old, &now))
		return unlinkat(from->descriptor, from->name, 0);
	return renameat(from->descriptor, from->name, to->descriptor, to->name);
}

int
files_restore(const struct host *host, const char *kept, const char *path, struct error *error)
{
	return files_link(host, kept, path, "restore", files_rename_kept, path, error);
}

/*
 * Remove a file, or with AT_REMOVEDIR an empty directory: true in left is one that is not empty.
 * Without its own directory it is absent, too.
 */
static int
files_unlink(const struct host *host, const char *path, int flag, enum files_when when, bool *left,
    struct error *error)
{
	struct folder folder;
	struct stat status;
	int result;

	*left = false;
	if (walk_open_change(host, path, &folder) == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 :
		    walk_failed(&folder, errno, "remove", path, error);
	if (!walk_is_safe(host, &folder)) {
		walk_close(&folder);
		return walk_unsafe(&folder, &folder.untrusted, "remove", path, error);
	}
	/* Not every file system refuses root to unlink(2) a directory. */
	if (flag == 0 && walk_look(&folder, &status) == 0 && S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		result = -1;
	} else if (unlinkat(folder.descriptor, folder.name, flag) == 0)
		result = files_sync(&folder, when);
	else {
		*left = flag != 0 && (errno == ENOTEMPTY || errno == EEXIST);
		result = *left || errno == ENOENT ? 0 : -1;
	}
	if (result == -1)
		error_number(error, ERROR_FILE, errno, "cannot remove '%s'", path);
	walk_close(&folder);
	return result;
}

int
files_remove(const struct host *host, const char *path, enum files_when when, struct error *error)
{
	bool left;

	return files_unlink(host, path, 0, when, &left, error);
}

int
files_remove_directory(const struct host *host, const char *path, bool *left, struct error *error)
{
	int result = files_unlink(host, path, AT_REMOVEDIR, FILES_ORDERED, left, error);

	dir_cache_forget(host->dir_cache);
	return result;
}

/*
 * Make a directory; remove it again if that fails halfway. The mode is right from the start where
 * the umask allows it, so that a run that is killed here leaves nothing that a job cannot enter.
 */
static int
files_make_synced(const struct host *host, const struct folder *folder, mode_t mode)
{
	int directory, errnum;
	bool made;

	if (mkdirat(folder->descriptor, folder->name, mode) == -1)
		return -1;
	directory = openat(folder->descriptor, folder->name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	made = directory != -1 && fchown(directory, host->owner, host->group) == 0 &&
	    fchmod(directory, mode) == 0 && walk_sync(folder, platform_order) == 0;
	errnum = errno;
	if (directory != -1)
		close(directory);
	if (!made)
		unlinkat(folder->descriptor, folder->name, AT_REMOVEDIR);
	errno = errnum;
	return made ? 0 : -1;
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
