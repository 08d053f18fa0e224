/* The Linux half of platform.h: the tests run here, and images may be made here. */
#define _GNU_SOURCE		/* setgroups, getgrouplist, fgetpwent, O_PATH, ST_NOEXEC, syscall */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "core/text.h"
#include "host/os/platform.h"

#define QUARANTINE	"user.com.apple.quarantine"
#define POSIX_ACL	"system.posix_acl_access"
#define SIMULATED_ACL	"user.lnpctl.acl"
#define SIMULATED_VOLUME	"user.lnpctl.noowners"
#define SIMULATED_PRIVACY	"user.lnpctl.protected"
#define SIMULATED_LOCK	"user.lnpctl.locked"

/* Read a link of /proc. A truncated path is another path: then it is empty, as after a failure. */
static void
platform_read_link(const char *link, char target[PATH_SIZE])
{
	ssize_t size = readlink(link, target, PATH_SIZE);

	target[size < 0 || size == PATH_SIZE ? 0 : size] = '\0';
}

/*
 * There is no barrier here. The journals of ext4 and XFS keep names and attributes in order by
 * themselves; the data has to be there first. Not fsync(2): strace(1) shows so which calls flush.
 */
int
platform_order(int descriptor)
{
	return fdatasync(descriptor);
}

int
platform_flush(int descriptor)
{
	return fsync(descriptor);
}

enum tristate
platform_quarantined(int descriptor)
{
	if (fgetxattr(descriptor, QUARANTINE, NULL, 0) >= 0)
		return YES;
	return errno == ENODATA || errno == ENOTSUP ? NO : UNKNOWN;
}

int
platform_unquarantine(int descriptor)
{
	return fremovexattr(descriptor, QUARANTINE) == 0 || errno == ENODATA || errno == ENOTSUP ?
	    0 : -1;
}

/* The kernel's format: a version, then entries of tag, permissions and id, little endian. */
static bool
posix_acl_grants(const unsigned char *list, ssize_t size)
{
	enum { VERSION_SIZE = 4, ENTRY_SIZE = 8, USER = 0x02, GROUP = 0x08, MASK = 0x10,
	    WRITE = 02 };
	bool grants = false, masked = false;

	for (ssize_t i = VERSION_SIZE; i + ENTRY_SIZE <= size; i += ENTRY_SIZE) {
		bool writes = (list[i + 2] & WRITE) != 0;
		bool roots = list[i + 4] == 0 && list[i + 5] == 0 && list[i + 6] == 0 &&
		    list[i + 7] == 0;

		if (list[i] == MASK)
			masked = !writes;
		else if (list[i] == USER || list[i] == GROUP)
			grants = grants || (writes && !roots);
	}
	return grants && !masked;
}

/* One entry of a simulated Mac's list. */
static bool
simulated_acl_grants(const char *entry)
{
	static const char *const rights[] = { "write", "append", "add_", "delete", "chown" };
	const char *allowed = strstr(entry, " allow ");

	for (size_t i = 0; allowed != NULL && i < sizeof rights / sizeof rights[0]; i++)
		if (strstr(allowed, rights[i]) != NULL)
			return strncmp(entry, "user:root ", 10) != 0 &&
			    strncmp(entry, "group:wheel ", 12) != 0;
	return false;
}

enum weakness
platform_weakness(int descriptor, bool *plain)
{
	unsigned char list[4096];
	char entry[256];
	ssize_t size;
	bool none = flistxattr(descriptor, NULL, 0) == 0;	/* the usual case takes one call */

	if (plain != NULL)
		*plain = none;
	if (none)
		return WEAK_NOT;
	if (fgetxattr(descriptor, SIMULATED_VOLUME, NULL, 0) >= 0)
		return WEAK_VOLUME;
	size = fgetxattr(descriptor, SIMULATED_ACL, entry, sizeof entry - 1);
	entry[size < 0 ? 0 : size] = '\0';
	if (simulated_acl_grants(entry))
		return WEAK_ACL;
	size = fgetxattr(descriptor, POSIX_ACL, list, sizeof list);
	if (plain != NULL)
		*plain = size == -1 && (errno == ENODATA || errno == ENOTSUP) &&
		    strstr(entry, " deny ") == NULL;
	/* We never make a list too long to be read. */
	return (size == -1 && errno == ERANGE) || posix_acl_grants(list, size) ? WEAK_ACL :
	    WEAK_NOT;
}

bool
platform_is_locked(int directory, const char *name)
{
	char path[NAME_SIZE + 32];

	snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, name);
	return lgetxattr(path, SIMULATED_LOCK, NULL, 0) >= 0;
}

/* File systems that ask nobody else; of any other it is not known. */
static bool
volume_is_local(const struct statfs *volume)
{
	static const long types[] = { EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
	    TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if ((long)volume->f_type == types[i])
			return true;
	return false;
}

int
platform_leaves(int descriptor)
{
	struct statfs volume;

	if (fstatfs(descriptor, &volume) == -1 || !volume_is_local(&volume))
		return 0;
	return ((volume.f_flags & ST_NOEXEC) != 0 ? 0 : X_OK) |
	    ((volume.f_flags & ST_RDONLY) != 0 ? 0 : W_OK);
}

int
platform_clear_acl(int descriptor)
{
	return fremovexattr(descriptor, POSIX_ACL) == 0 || errno == ENODATA || errno == ENOTSUP ?
	    0 : -1;
}

/* Return whether the type, after the " - " of a line of mountinfo, is one of these. */
static bool
volume_may_wait(const char *line)
{
	static const char *const types[] = { "autofs ", "fuse", "nfs", "cifs ", "smb3 ", "9p ",
	    "ceph ", "afs " };
	const char *type = strstr(line, " - ");

	for (size_t i = 0; type != NULL && i < sizeof types / sizeof types[0]; i++)
		if (strncmp(type + 3, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

/*
 * Find the last volume of /proc/self/mountinfo that is mounted there. The mounter of a FUSE volume
 * is among the options at the end of its line.
 */
static void
volume_find(int directory, const char *name, struct volume *volume)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char link[64], above[PATH_SIZE], path[PATH_SIZE], line[4 * PATH_SIZE], point[PATH_SIZE],
	    *option;

	*volume = (struct volume){ .may_wait = false };
	snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
	platform_read_link(link, above);
	if (!text_format(path, sizeof path, "%s/%s", strcmp(above, "/") == 0 ? "" : above, name))
		path[0] = '\0';
	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "%*s %*s %*s %*s %1023s", point) != 1 || strcmp(point, path) != 0)
			continue;
		option = strstr(line, "user_id=");
		volume->mounter = option == NULL ? 0 : (uid_t)strtoul(option + strlen("user_id="),
		    NULL, 10);
		volume->may_wait = volume_may_wait(line);
	}
	if (file != NULL)
		fclose(file);
}

bool
platform_is_mount(int directory, const char *name, struct volume *volume)
{
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
	    .resolve = RESOLVE_NO_XDEV };
	long file = syscall(SYS_openat2, directory, name, &how, sizeof how);

	if (file == -1 && errno == EXDEV) {
		volume_find(directory, name, volume);
		return true;
	}
	if (file != -1)
		close((int)file);
	return false;
}

int
platform_open(int directory, const char *name, int flags)
{
	int file = openat(directory, name, flags);

	if (file == -1 || fgetxattr(file, SIMULATED_PRIVACY, NULL, 0) == -1)
		return file;
	close(file);
	errno = EPERM;
	return -1;
}

int
platform_open_search(int directory, const char *name)
{
	int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	    file = platform_open(directory, name, O_RDONLY | flags);

	return file == -1 && (errno == EACCES || errno == EPERM) ?
	    openat(directory, name, O_PATH | flags) : file;
}

double
platform_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
platform_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC);
}

void
platform_identity(const struct stat *status, struct file_identity *identity)
{
	*identity = (struct file_identity){
		.device = (uint64_t)status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.modified = status->st_mtim.tv_sec,
		.modified_nanoseconds = status->st_mtim.tv_nsec,
		.changed = status->st_ctim.tv_sec,
		.changed_nanoseconds = status->st_ctim.tv_nsec,
	};
}

/* ---- SHA-256 ---- */

static uint32_t
sha256_turn(uint32_t word, int bits)
{
	return word >> bits | word << (32 - bits);
}

static void
sha256_schedule(const unsigned char block[64], uint32_t words[64])
{
	for (int i = 0; i < 16; i++, block += 4)
		words[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
		    (uint32_t)block[2] << 8 | block[3];
	for (int i = 16; i < 64; i++) {
		uint32_t old = words[i - 15], new = words[i - 2];

		words[i] = words[i - 16] + words[i - 7] +
		    (sha256_turn(old, 7) ^ sha256_turn(old, 18) ^ old >> 3) +
		    (sha256_turn(new, 17) ^ sha256_turn(new, 19) ^ new >> 10);
	}
}

static uint32_t
sha256_mix(uint32_t word, int first, int second, int third)
{
	return sha256_turn(word, first) ^ sha256_turn(word, second) ^ sha256_turn(word, third);
}

/* v: the variables a to h. */
static void
sha256_block(uint32_t hash[8], const unsigned char block[64])
{
	static const uint32_t constants[64] = {
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
		0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
		0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
		0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
		0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
		0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
		0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
		0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
		0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
		0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
		0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
	};
	uint32_t words[64], v[8];

	sha256_schedule(block, words);
	memcpy(v, hash, sizeof v);
	for (int i = 0; i < 64; i++) {
		uint32_t first = v[7] + sha256_mix(v[4], 6, 11, 25) +
		    ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[i] + words[i];
		uint32_t second = sha256_mix(v[0], 2, 13, 22) +
		    ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof v[0]);
		v[4] += first;
		v[0] = first + second;
	}
	for (int i = 0; i < 8; i++)
		hash[i] += v[i];
}

/* Pad the last piece, which has room for it. Return its new size. */
static size_t
sha256_pad(unsigned char *piece, size_t size, uint64_t total)
{
	size_t end = (size + 72) / 64 * 64;

	memset(piece + size, 0, end - size);
	piece[size] = 0x80;
	for (int i = 0; i < 8; i++)
		piece[end - 1 - (size_t)i] = (unsigned char)(total * 8 >> 8 * i);
	return end;
}

bool
platform_sha256(ssize_t (*more)(void *context, void *piece, size_t size), void *context,
    unsigned char digest[SHA256_SIZE])
{
	enum { PIECE = 8192 };		/* whole blocks */
	uint32_t hash[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
		0x1f83d9ab, 0x5be0cd19,
	};
	unsigned char piece[PIECE + 128];
	uint64_t total = 0;
	ssize_t got = PIECE;

	while (got == PIECE) {
		size_t size;

		got = more(context, piece, PIECE);
		if (got < 0)
			return false;
		total += (uint64_t)got;
		size = got == PIECE ? PIECE : sha256_pad(piece, (size_t)got, total);
		for (size_t at = 0; at < size; at += 64)
			sha256_block(hash, piece + at);
	}
	for (int i = 0; i < SHA256_SIZE; i++)
		digest[i] = (unsigned char)(hash[i / 4] >> (24 - i % 4 * 8));
	return true;
}

/* ---- processes ---- */

/* Read the first bytes of a /proc file as a string. stdio would make more system calls. */
static bool
platform_read_text(const char *path, char *text, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (file == -1)
		return false;
	got = read(file, text, size - 1);
	close(file);			/* errno stays */
	text[got < 0 ? 0 : got] = '\0';
	return got > 0;
}

/*
 * Field 22 of a process's stat is its start, in clock ticks since boot. The name before may have
 * spaces and parentheses.
 */
static bool
process_read_stat(pid_t pid, pid_t *parent, long long *ticks)
{
	char path[64], line[1024], *end;
	int given;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	if (!platform_read_text(path, line, sizeof line))
		return false;
	end = strrchr(line, ')');
	if (end == NULL || sscanf(end + 1, " %*c %d", &given) != 1)
		return false;
	*parent = given;
	return sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
	    "%*d %*d %*d %lld", ticks) == 1;
}

/*
 * Read the effective uid. Not the owner of /proc/PID, which is root for a process that changed its
 * uid and has not run a program since.
 */
static bool
process_read_uid(pid_t pid, uid_t *uid)
{
	char path[64], text[4096], *line;
	unsigned long effective;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	if (!platform_read_text(path, text, sizeof text))
		return false;
	line = strstr(text, "\nUid:");
	if (line == NULL || sscanf(line, " Uid: %*u %lu", &effective) != 1)
		return false;
	*uid = (uid_t)effective;
	return true;
}

/* Read once: a line for each processor comes before it. */
int64_t
platform_booted(void)
{
	static long long booted;
	FILE *file = booted == 0 ? fopen("/proc/stat", "re") : NULL;
	char line[256];

	while (file != NULL && booted == 0 && fgets(line, sizeof line, file) != NULL)
		sscanf(line, "btime %lld", &booted);
	if (file != NULL)
		fclose(file);
	return booted;
}

pid_t
platform_parent(pid_t pid)
{
	long long ticks;
	pid_t parent;

	return process_read_stat(pid, &parent, &ticks) ? parent : 0;
}

void
platform_process(pid_t pid, struct process_fact *process)
{
	char path[64], *end;
	long long ticks;

	memset(process, 0, sizeof *process);
	errno = 0;
	if (!process_read_stat(pid, &process->parent, &ticks) ||
	    !process_read_uid(pid, &process->uid)) {
		process->exists = errno == ENOENT || errno == ESRCH ? NO : UNKNOWN;
		return;
	}
	process->exists = YES;
	process->started = platform_booted() + ticks / sysconf(_SC_CLK_TCK);
	snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
	platform_read_link(path, process->path);
	/* The kernel's mark of a replaced program; macOS has none. */
	end = strstr(process->path, " (deleted)");
	if (end != NULL)
		*end = '\0';
}

bool
platform_build(char *target, size_t size)
{
	return text_copy(target, size, "");
}

bool
platform_own_path(char target[PATH_SIZE])
{
	platform_read_link("/proc/self/exe", target);
	return target[0] == '/' && strstr(target, " (deleted)") == NULL;
}

uint32_t
platform_processor(void)
{
	return 0;
}

uint32_t
platform_native_processor(void)
{
	return 0;
}

int
platform_groups(const char *user, gid_t gid, gid_t groups[GROUPS_MAX])
{
	int count = GROUPS_MAX;

	/* If more groups exist than fit, the first ones are there. */
	return getgrouplist(user, gid, groups, &count) == -1 ? GROUPS_MAX : count;
}

bool
platform_is_local(const char *user)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry;
	bool found = file == NULL;

	while (!found && (entry = fgetpwent(file)) != NULL)
		found = strcmp(entry->pw_name, user) == 0;
	if (file != NULL)
		fclose(file);
	return found;
}

int
platform_spawn_alone(posix_spawnattr_t *attributes)
{
	(void)attributes;
	return 0;
}

int
platform_set_groups(const struct identity *account, gid_t first)
{
	(void)first;		/* the kernel keeps the group of setgid(2) separately */
	return setgroups((size_t)account->ngroups, account->groups);
}
