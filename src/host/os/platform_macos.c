/*
 * The macOS half of platform.h. `make macos` compiles it on Linux, too; nobody has run it yet: see
 * README, "How it is tested". The Makefile defines _DARWIN_C_SOURCE for every file there.
 */
#include <CommonCrypto/CommonDigest.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libproc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/acl.h>
#include <sys/kauth.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "core/macho.h"
#include "core/text.h"
#include "host/os/platform.h"

#define QUARANTINE	"com.apple.quarantine"
#define GROUPS_SET	NGROUPS		/* of a credential, the effective one included: 16 */
#define GROUPS_ASKED	15		/* no more: see platform_groups() */
#define INITGROUPS	243	/* SYS_initgroups: XNU, bsd/kern/syscalls.master */
#define ACCOUNTS	"/var/db/dslocal/nodes/Default/users"

/*
 * fsync(2) of macOS leaves the data in the drive's cache, which may write it in any order. File
 * systems without these commands report that in different ways (ENOTSUP, EOPNOTSUPP, ENOTTY,
 * EINVAL). After EIO the drive has failed, and fsync(2) must not hide that.
 */
static int
platform_fsync_by(int descriptor, int command)
{
	if (fcntl(descriptor, command) != -1)
		return 0;
	return errno == EIO ? -1 : fsync(descriptor);
}

int
platform_order(int descriptor)
{
	return platform_fsync_by(descriptor, F_BARRIERFSYNC);
}

int
platform_flush(int descriptor)
{
	return platform_fsync_by(descriptor, F_FULLFSYNC);
}

enum tristate
platform_quarantined(int descriptor)
{
	if (fgetxattr(descriptor, QUARANTINE, NULL, 0, 0, 0) >= 0)
		return YES;
	return errno == ENOATTR || errno == ENOTSUP ? NO : UNKNOWN;
}

int
platform_unquarantine(int descriptor)
{
	return fremovexattr(descriptor, QUARANTINE, 0) == 0 || errno == ENOATTR ||
	    errno == ENOTSUP ? 0 : -1;
}

/*
 * Compare with the fixed UUIDs of root and of the group wheel. To look up other UUIDs takes a
 * server, which is not possible after a fork; they are not root's in any case.
 */
static bool
acl_entry_is_roots(acl_entry_t entry)
{
	static const unsigned char root[16] = { 0xff, 0xff, 0xee, 0xee, 0xdd, 0xdd, 0xcc, 0xcc,
	    0xbb, 0xbb, 0xaa, 0xaa };
	static const unsigned char wheel[16] = { 0xab, 0xcd, 0xef, 0xab, 0xcd, 0xef, 0xab, 0xcd,
	    0xef, 0xab, 0xcd, 0xef };
	void *who = acl_get_qualifier(entry);
	bool roots = who != NULL && (memcmp(who, root, sizeof root) == 0 ||
	    memcmp(who, wheel, sizeof wheel) == 0);

	acl_free(who);
	return roots;
}

/* Anything but deleting: then the mode alone does not show what an account may do. */
static bool
acl_entry_denies(acl_entry_t entry)
{
	static const acl_perm_t rights[] = { ACL_READ_DATA, ACL_WRITE_DATA, ACL_EXECUTE,
	    ACL_APPEND_DATA };
	acl_permset_t denied;
	acl_tag_t tag;

	if (acl_get_tag_type(entry, &tag) == -1 || acl_get_permset(entry, &denied) == -1)
		return true;
	for (size_t i = 0; tag == ACL_EXTENDED_DENY && i < sizeof rights / sizeof rights[0]; i++)
		if (acl_get_perm_np(denied, rights[i]) == 1)
			return true;
	return false;
}

static bool
acl_entry_grants(acl_entry_t entry)
{
	/* For a directory the first two are ACL_ADD_FILE and ACL_ADD_SUBDIRECTORY. */
	static const acl_perm_t rights[] = { ACL_WRITE_DATA, ACL_APPEND_DATA, ACL_DELETE,
	    ACL_DELETE_CHILD, ACL_WRITE_ATTRIBUTES, ACL_WRITE_EXTATTRIBUTES, ACL_WRITE_SECURITY,
	    ACL_CHANGE_OWNER };
	acl_permset_t given;
	acl_tag_t tag;

	if (acl_get_tag_type(entry, &tag) == -1 || acl_get_permset(entry, &given) == -1)
		return true;
	for (size_t i = 0; tag == ACL_EXTENDED_ALLOW && i < sizeof rights / sizeof rights[0]; i++)
		if (acl_get_perm_np(given, rights[i]) == 1)
			return !acl_entry_is_roots(entry);
	return false;
}

enum weakness
platform_weakness(int descriptor, bool *plain)
{
	struct statfs volume;
	acl_entry_t entry;
	acl_t list;
	bool grants = false, denies;

	if (plain != NULL)
		*plain = false;
	if (fstatfs(descriptor, &volume) == 0 && (volume.f_flags & MNT_IGNORE_OWNERSHIP) != 0)
		return WEAK_VOLUME;
	list = acl_get_fd_np(descriptor, ACL_TYPE_EXTENDED);
	denies = list == NULL && errno != ENOENT;
	/* ENOENT: no list; some file systems have none. Unlike POSIX: 0 for an entry. */
	for (int which = ACL_FIRST_ENTRY; list != NULL && acl_get_entry(list, which, &entry) == 0;
	    which = ACL_NEXT_ENTRY) {
		grants = grants || acl_entry_grants(entry);
		denies = denies || acl_entry_denies(entry);
	}
	if (list != NULL)
		acl_free(list);
	if (plain != NULL)
		*plain = !denies;
	return grants ? WEAK_ACL : WEAK_NOT;
}

bool
platform_is_locked(int directory, const char *name)
{
	struct stat status;

	return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (status.st_flags & (UF_IMMUTABLE | SF_IMMUTABLE | UF_APPEND | SF_APPEND)) != 0;
}

/* A server, a program or an automounter answers for it. */
static bool
volume_may_wait(const struct statfs *volume)
{
	return (volume->f_flags & MNT_LOCAL) == 0 || strcmp(volume->f_fstypename, "autofs") == 0 ||
	    strstr(volume->f_fstypename, "fuse") != NULL;
}

int
platform_leaves(int descriptor)
{
	struct statfs volume;

	if (fstatfs(descriptor, &volume) == -1 || volume_may_wait(&volume))
		return 0;
	return ((volume.f_flags & MNT_NOEXEC) != 0 ? 0 : X_OK) |
	    ((volume.f_flags & MNT_RDONLY) != 0 ? 0 : W_OK);
}

int
platform_clear_acl(int descriptor)
{
	acl_t list = acl_init(0);
	int result, errnum;

	if (list == NULL)
		return -1;
	result = acl_set_fd_np(descriptor, list, ACL_TYPE_EXTENDED);
	errnum = errno;
	acl_free(list);
	errno = errnum;
	return result == 0 || errnum == ENOTSUP || errnum == EOPNOTSUPP ? 0 : -1;
}

/* Return the name of a mount point in that directory; NULL if it is elsewhere, or "/". */
static const char *
mount_name_in(const char *point, const char *directory)
{
	size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);
	bool inside = strncasecmp(point, directory, length) == 0 && point[length] == '/';
	const char *name = point + length + 1;

	return inside && name[0] != '\0' && strchr(name, '/') == NULL ? name : NULL;
}

/*
 * Read the kernel's list anew each time, because volumes come and go. It has a mount point by the
 * path that F_GETPATH gave then (XNU, vfs_syscalls.c mount_common: vn_getpath_ext), but our name is
 * as somebody typed it. If none fits exactly, accept one that only may be the same: a needless
 * check of its mounter costs little, a missed volume could hold us for ever. New mounts come last
 * in the list (vfs_subr.c, mount_list_add): of several on one path, that is the one the path
 * reaches.
 */
bool
platform_is_mount(int directory, const char *name, struct volume *volume)
{
	char above[MAXPATHLEN];
	/* leave room for volumes mounted in between */
	int count = getfsstat(NULL, 0, MNT_NOWAIT), capacity = count + 8;
	struct statfs *volumes = count < 0 ? NULL : calloc((size_t)capacity, sizeof *volumes);
	bool found = false, exact = false;

	count = volumes == NULL || fcntl(directory, F_GETPATH, above) == -1 ? 0 :
	    getfsstat(volumes, capacity * (int)sizeof *volumes, MNT_NOWAIT);
	for (int i = 0; i < count; i++) {
		const char *other = mount_name_in(volumes[i].f_mntonname, above);

		if (other == NULL || !text_may_be_one_name(other, name) ||
		    (exact && !text_equal_folded(other, name)))
			continue;
		found = true;
		exact = text_equal_folded(other, name);
		volume->may_wait = volume_may_wait(&volumes[i]);
		volume->mounter = volume->may_wait ? volumes[i].f_owner : 0;
	}
	free(volumes);
	return found;
}

int
platform_open(int directory, const char *name, int flags)
{
	return openat(directory, name, flags);
}

int
platform_open_search(int directory, const char *name)
{
	int file = openat(directory, name, O_SEARCH | O_NOFOLLOW | O_CLOEXEC);

	/* A third-party file system may not support O_SEARCH. */
	if (file == -1 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		file = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return file;
}

double
platform_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_UPTIME_RAW, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
platform_pipe(int ends[2])
{
	if (pipe(ends) == -1)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

void
platform_identity(const struct stat *status, struct file_identity *identity)
{
	*identity = (struct file_identity){
		.device = (uint64_t)status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.modified = status->st_mtimespec.tv_sec,
		.modified_nanoseconds = status->st_mtimespec.tv_nsec,
		.changed = status->st_ctimespec.tv_sec,
		.changed_nanoseconds = status->st_ctimespec.tv_nsec,
	};
}

bool
platform_sha256(ssize_t (*more)(void *context, void *piece, size_t size), void *context,
    unsigned char digest[SHA256_SIZE])
{
	unsigned char piece[8192];
	CC_SHA256_CTX sum;
	ssize_t got;

	CC_SHA256_Init(&sum);
	while ((got = more(context, piece, sizeof piece)) > 0)
		CC_SHA256_Update(&sum, piece, (CC_LONG)got);
	CC_SHA256_Final(digest, &sum);
	return got == 0;
}

void
platform_process(pid_t pid, struct process_fact *process)
{
	int name[4] = { CTL_KERN, KERN_PROC, KERN_PROC_PID, pid };
	struct kinfo_proc info;
	size_t size = sizeof info;
	int length;

	memset(process, 0, sizeof *process);
	memset(&info, 0, sizeof info);
	if (sysctl(name, 4, &info, &size, NULL, 0) == -1) {
		process->exists = errno == ESRCH ? NO : UNKNOWN;
		return;
	}
	/* sysctl succeeds and writes nothing if there is no such process. */
	process->exists = size == 0 ? NO : YES;
	process->uid = info.kp_eproc.e_ucred.cr_uid;
	process->parent = info.kp_eproc.e_ppid;
	process->started = info.kp_proc.p_starttime.tv_sec;
	length = size == 0 ? 0 : proc_pidpath(pid, process->path, sizeof process->path);
	process->path[length < 0 || (size_t)length >= sizeof process->path ? 0 : length] = '\0';
}

pid_t
platform_parent(pid_t pid)
{
	struct process_fact process;

	platform_process(pid, &process);
	return process.exists == YES ? process.parent : 0;
}

int64_t
platform_booted(void)
{
	int name[2] = { CTL_KERN, KERN_BOOTTIME };
	struct timeval booted = { 0, 0 };
	size_t size = sizeof booted;

	return sysctl(name, 2, &booted, &size, NULL, 0) == -1 ? 0 : (int64_t)booted.tv_sec;
}

bool
platform_build(char *target, size_t size)
{
	if (sysctlbyname("kern.osversion", target, &size, NULL, 0) == 0)
		return true;
	target[0] = '\0';
	return false;
}

/*
 * Return whether that is the file that this code is mapped from: XNU fills vst_dev and vst_ino of a
 * region's file (bsd/kern/proc_info.c, proc_pidregionpathinfo). If it does not, there is nothing to
 * compare.
 */
static bool
platform_is_own_file(const char *path)
{
	struct proc_regionwithpathinfo region;
	const struct vinfo_stat *own = &region.prp_vip.vip_vi.vi_stat;
	struct stat there;

	if (proc_pidinfo(getpid(), PROC_PIDREGIONPATHINFO, (uint64_t)(uintptr_t)platform_own_path,
	    &region, sizeof region) != sizeof region || own->vst_ino == 0)
		return true;
	return stat(path, &there) == 0 && there.st_ino == own->vst_ino &&
	    (uint32_t)there.st_dev == own->vst_dev;
}

bool
platform_own_path(char target[PATH_SIZE])
{
	char path[PROC_PIDPATHINFO_MAXSIZE];

	return proc_pidpath(getpid(), path, sizeof path) > 0 && path[0] == '/' &&
	    text_copy(target, PATH_SIZE, path) && platform_is_own_file(path);
}

uint32_t
platform_processor(void)
{
#ifdef __arm64__
	return MACHO_ARM64;
#else
	return MACHO_X86_64;
#endif
}

uint32_t
platform_native_processor(void)
{
	int arm64 = 0;
	size_t size = sizeof arm64;

	return sysctlbyname("hw.optional.arm64", &arm64, &size, NULL, 0) == 0 && arm64 != 0 ?
	    MACHO_ARM64 : platform_processor();
}

int
platform_groups(const char *user, gid_t gid, gid_t groups[GROUPS_MAX])
{
	int list[GROUPS_ASKED], count = GROUPS_ASKED;

	/* If more groups exist than fit, the first ones are there. */
	if (getgrouplist(user, (int)gid, list, &count) == -1)
		count = GROUPS_ASKED;
	for (int i = 0; i < count; i++)
		groups[i] = (gid_t)list[i];
	return count;
}

bool
platform_is_local(const char *user)
{
	char path[PATH_SIZE];

	if (!text_format(path, sizeof path, ACCOUNTS "/%s.plist", user))
		return false;
	return access(path, F_OK) == 0 || errno == EACCES || errno == EPERM;
}

int
platform_spawn_alone(posix_spawnattr_t *attributes)
{
	short flags;
	int errnum = posix_spawnattr_getflags(attributes, &flags);

	return errnum != 0 ? errnum
			   : posix_spawnattr_setflags(attributes,
			   (short)(flags | POSIX_SPAWN_CLOEXEC_DEFAULT));
}

int
platform_set_groups(const struct identity *account, gid_t first)
{
	gid_t groups[GROUPS_SET] = { first };
	int count = 1;

	for (int i = 0; i < account->ngroups && count < GROUPS_SET; i++)
		if (account->groups[i] != first)
			groups[count++] = account->groups[i];
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
	return syscall(INITGROUPS, count, groups, (int)account->uid);
#pragma clang diagnostic pop
}
