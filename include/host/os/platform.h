/*
 * Everything that Linux and macOS do differently, one small function each, in
 * src/host/os/platform_linux.c and platform_macos.c.
 *
 * For tests, Linux stands in for a Mac with extended attributes named user.lnpctl.*, whose value
 * does not matter unless said here.
 */
#ifndef HOST_OS_PLATFORM_H
#define HOST_OS_PLATFORM_H

#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/facts/facts.h"

/*
 * Order what was written to this file or directory before all that is written to its volume later:
 * after a power cut nothing later is there without it. It may still be lost. macOS: F_BARRIERFSYNC
 * (fcntl(2); XNU, bsd/sys/fcntl.h), fsync(2) where the file system does not know that; Linux:
 * fdatasync(2). Returns 0 or -1 (errno).
 */
int	platform_order(int descriptor);

/*
 * Flush it to stable storage, with all that was ordered before: F_FULLFSYNC on macOS, fsync(2)
 * elsewhere and where that is not supported. It empties the cache of the drive, which takes
 * milliseconds. Returns 0 or -1 (errno).
 */
int	platform_flush(int descriptor);

/*
 * Return whether the open file has the attribute com.apple.quarantine (Linux:
 * user.com.apple.quarantine).
 */
enum tristate platform_quarantined(int descriptor);

/* Remove that attribute; its absence is success. Returns 0 or -1 (errno). */
int	platform_unquarantine(int descriptor);

/*
 * Return whether users other than root can change the open file although its owner and mode forbid
 * it: WEAK_NOT, WEAK_ACL or WEAK_VOLUME. For a directory: add entries to it or remove them.
 *
 * macOS: an entry of the access control list that lets an account other than root, or a group other
 * than wheel, write, add, delete or change mode, owner or attributes ("deny" entries, which
 * upgraded Macs have on /Library, and entries that allow reading are harmless); or a volume that is
 * mounted with MNT_IGNORE_OWNERSHIP. Linux: an entry of a POSIX ACL that lets another account, or a
 * group other than 0, write. There the attribute user.lnpctl.acl holds an entry of a Mac's list as
 * `ls -le` prints it ("user:worker allow add_file,delete_child"), and user.lnpctl.noowners stands
 * for such a volume; each affects only the file that has it.
 *
 * plain, unless NULL, becomes true where owner and mode decide: the volume respects ownership, and
 * no entry of the list denies anything but deleting (XNU, vfs_subr.c vnode_authorize_simple: an
 * entry goes before the mode; homes have one that keeps everyone from deleting them). Linux: there
 * is no POSIX ACL, and user.lnpctl.acl has no "deny".
 */
enum weakness platform_weakness(int descriptor, bool *plain);

/*
 * Return the bits of access(2), of W_OK and X_OK, that the volume of the open file leaves to owner
 * and mode. None if a server or a program answers for the volume; no W_OK if it is mounted to be
 * read only; no X_OK if it is mounted so that nothing on it is executed.
 */
int	platform_leaves(int descriptor);

/*
 * Return whether flags keep even root from changing, renaming or removing this file of the open
 * directory (not followed), or the entries of the directory, whose name is ".": uchg and schg of
 * chflags(2), which the Finder calls "Locked", uappnd and sappnd. XNU lets bytes or names be added
 * to what is append-only, no more (vfs_subr.c, vnode_immutable): a draft could be made in such a
 * directory, but not renamed. Linux: the attribute user.lnpctl.locked.
 */
bool	platform_is_locked(int directory, const char *name);

/*
 * Remove the access control list that a new file inherited from its directory. Returns 0 or -1
 * (errno).
 */
int	platform_clear_acl(int descriptor);

struct volume {
	uid_t	mounter;		/* who had it mounted, if a server's or a program's file
					   system; 0 for a disk */
	bool	may_wait;		/* a server, a program or an automounter answers for it, or
					   nothing does */
};

/*
 * Return whether a volume is mounted on this name in the directory, and fill volume; of several,
 * the one that the path reaches. Touches nothing of that volume. False also where it cannot be
 * determined. On macOS everything that is not MNT_LOCAL may wait, and FUSE, and autofs, where the
 * name itself is a host's (auto_master(5) has /net for that).
 */
bool	platform_is_mount(int directory, const char *name, struct volume *);

/*
 * openat(2) for what will be read or listed. macOS privacy protection gives EPERM to root, too: in
 * Documents, Desktop and Downloads of a home, on external and network volumes and in the local
 * store, unless the process responsible for lnpctl (Terminal, sshd, the agent of device management)
 * has Full Disk Access; stat(2), searching and passing through are allowed. Linux: EPERM for what
 * has the attribute user.lnpctl.protected.
 */
int	platform_open(int directory, const char *name, int flags);

/*
 * Open a directory to go on from there, which takes no right to read it. macOS opens it for
 * searching (O_SEARCH), so that privacy protection, which is about reading, does not apply, and for
 * reading where that fails; Linux tries the other way around. Returns a descriptor, which fsync(2)
 * may not accept, or -1 (errno).
 */
int	platform_open_search(int directory, const char *name);

/*
 * Return the seconds of a clock for deadlines, which never jumps and stands still while the machine
 * sleeps, as the awaited processes do. macOS: CLOCK_UPTIME_RAW, since CLOCK_MONOTONIC runs on
 * during sleep there (Libc, gen/clock_gettime.c: the time of day less the time of the boot). Linux:
 * CLOCK_MONOTONIC, which does not count suspension (clock_gettime(2)).
 */
double	platform_clock(void);

/*
 * Open a pipe that programs we run do not inherit. Returns 0 or -1 (errno). macOS has no pipe2(2).
 */
int	platform_pipe(int ends[2]);

/* Fill device .. changed_nanoseconds from a stat: the field names of the times differ. */
void	platform_identity(const struct stat *, struct file_identity *);

/*
 * Write the SHA-256 of all that more() gives. It fills the piece, less only at the end, and returns
 * how much; -1: then this returns false. macOS: CommonCrypto, a part of libSystem. Linux, where no
 * C library has it: FIPS 180-4, section 6.2.
 */
bool	platform_sha256(ssize_t (*more)(void *context, void *piece, size_t size), void *context,
    unsigned char digest[SHA256_SIZE]);

/*
 * Describe any process, without root. macOS: sysctl KERN_PROC_PID and proc_pidpath
 * (PROC_PIDTBSDINFO is refused across users). Linux: /proc/PID/stat, /proc/PID/status,
 * /proc/PID/exe.
 */
void	platform_process(pid_t, struct process_fact *);

/* Return the parent of a process; 0 if it has none or it is not known. */
pid_t	platform_parent(pid_t);

/*
 * Return when the machine started, in seconds since 1970; 0 if unknown. macOS: kern.boottime.
 * Linux: btime of /proc/stat.
 */
int64_t	platform_booted(void);

/*
 * Write the build of the running system ("24F74"): macOS kern.osversion; Linux: empty. Returns
 * false, with an empty target, if it does not fit. The version is in a file: host/inspect.h.
 */
bool	platform_build(char *target, size_t size);

/*
 * Write the path of our own program. Returns false if it is not known, or another file has that
 * path by now.
 */
bool	platform_own_path(char target[PATH_SIZE]);

/*
 * Return the processor type that this program was built for, as Mach-O numbers them; 0 on systems
 * without Mach-O.
 */
uint32_t platform_processor(void);

/*
 * Return that of this Mac: an Intel build runs translated where it is MACHO_ARM64, and so do the
 * children of a translated process if they can (hw.optional.arm64: XNU, kern_mib.c; it is 1 for a
 * translated process, too).
 */
uint32_t platform_native_processor(void);

/*
 * Fill the groups of an account of this machine, this gid first, and return their count, at most
 * GROUPS_MAX. macOS: at most 15, since no more can be set, and for 16 or more Libinfo has the
 * directory server list them all, which takes minutes with a company's server and logs complaints
 * (Libinfo, libinfo.c getgrouplist, ds_module.c).
 */
int	platform_groups(const char *user, gid_t, gid_t groups[GROUPS_MAX]);

/*
 * Return whether the account is in the local store, not only known to a directory server. macOS:
 * /var/db/dslocal has NAME.plist, or must not be searched: EACCES without root, EPERM for privacy
 * protection. As far as is known, root without Full Disk Access may stat the records, though not
 * open them (host/accounts.h); if that is refused, too, every account is treated as local, so that
 * none is silently missing from a list. Linux: /etc/passwd has it.
 */
bool	platform_is_local(const char *user);

/*
 * Let a spawned program inherit only 0, 1 and 2: POSIX_SPAWN_CLOEXEC_DEFAULT on macOS; Linux needs
 * nothing, since all our descriptors are O_CLOEXEC. Adds to the flags already set. Returns 0 or an
 * error number.
 */
int	platform_spawn_alone(posix_spawnattr_t *);

/*
 * Give this process the groups of the account, before it takes the first one with setgid(2) and
 * becomes the account. Returns 0 or -1 (errno).
 *
 * macOS keeps 16 in the credential, the first of which is the effective group (XNU,
 * kern_credential.c: cr_gid is cr_groups[0]): so that one goes first, or setgid(2) would replace
 * another one. initgroups(2), not setgroups(2), as launchd does for the job: then the kernel asks
 * the directory server about all other groups, nested ones too (kern_prot.c: setgroups turns that
 * off with CRF_NOMEMBERD). It is called by system call number, because initgroups(3) looks the
 * groups up, which is not safe after a fork.
 */
int	platform_set_groups(const struct identity *, gid_t first);

#endif
