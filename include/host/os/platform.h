/*
 * What Linux and macOS do differently, one small function each: src/host/os/platform_linux.c and
 * platform_macos.c.
 */
#ifndef HOST_OS_PLATFORM_H
#define HOST_OS_PLATFORM_H

#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/facts/facts.h"

/*
 * Flushes a file to stable storage: F_FULLFSYNC on macOS, fsync where that is not supported or not
 * there. 0 or -1 (errno).
 */
int	platform_sync(int descriptor);

/*
 * Whether the open file has the attribute com.apple.quarantine (Linux: user.com.apple.quarantine).
 */
enum tristate platform_quarantined(int descriptor);

/* Removes it; not having it is success. 0 or -1 (errno). */
int	platform_unquarantine(int descriptor);

/*
 * Whether others than root can change what is open though its owner and mode do not let them:
 * WEAK_NOT, WEAK_ACL or WEAK_VOLUME. Of a directory: add to it or remove from it.
 *
 * macOS: any entry of the access control list that allows writing, adding, deleting or to change
 * mode, owner or attributes, for another than root and the group wheel ("deny" entries, which
 * upgraded Macs have on /Library, and entries that allow looking are harmless); a volume that is
 * mounted with MNT_IGNORE_OWNERSHIP. Linux: an entry of a POSIX ACL that lets another account, or a
 * group but 0, write. To play a Mac the attribute user.lnpctl.acl stands for an entry of its list,
 * as `ls -le` shows it ("user:worker allow add_file,delete_child"), and user.lnpctl.noowners, of
 * whatever value, for such a volume; both count for what has them alone.
 */
enum weakness platform_weakness(int descriptor);

/*
 * Whether flags keep even root from changing, renaming or removing what is open, or what is in that
 * directory: uchg and schg of chflags(2), which the Finder calls "Locked", uappnd and sappnd. To
 * what is append-only XNU lets bytes or names be added, no more (vfs_subr.c, vnode_immutable): a
 * draft could be made in such a directory, but not renamed. Linux, to play a Mac: the attribute
 * user.lnpctl.locked, of whatever value.
 */
bool	platform_is_locked(int descriptor);

/* Takes the access control list away that a new file got from its directory. 0 or -1 (errno). */
int	platform_clear_acl(int descriptor);

struct volume {
	uid_t	mounter;		/* whose doing it is: of a server's or a program's own file
					   system; 0 for a disk */
	bool	may_wait;		/* a server, a program or an automounter answers for it, or
					   nobody does */
};

/*
 * Whether a volume is mounted on what has this name in the directory, and of several the one that
 * is reached. Nothing of that volume is touched. False, too, where it cannot be found out. On macOS
 * may wait: all that is not MNT_LOCAL, FUSE, and autofs, where the name itself is a host's
 * (auto_master(5) has /net for that).
 */
bool	platform_is_mount(int directory, const char *name, struct volume *);

/*
 * openat(2), of what is to be read or listed. Root gets EPERM there, too, where macOS protects
 * privacy: in Documents, Desktop and Downloads of a home, on external and network volumes and in
 * the local store, unless what is responsible for lnpctl (Terminal, sshd, the agent of device
 * management) has Full Disk Access; to look with stat(2), to search and to go on from there is
 * allowed. Linux: to play that, what has the attribute user.lnpctl.protected.
 */
int	platform_open(int directory, const char *name, int flags);

/*
 * Opens a directory to go on from there: what is done below it needs no right to read it. macOS
 * opens it to be searched (O_SEARCH), so that privacy protection, which is about reading, is not
 * asked. What cannot be opened so is opened to be read, and on Linux the other way around. A
 * descriptor, which fsync(2) may not take, or -1 (errno).
 */
int	platform_open_search(int directory, const char *name);

/*
 * Seconds on a clock for deadlines: it never jumps and stands still while the machine sleeps, as
 * what is waited for does. macOS: CLOCK_UPTIME_RAW, for CLOCK_MONOTONIC runs on in sleep there
 * (Libc, gen/clock_gettime.c: the time of day less the time of the boot). Linux: CLOCK_MONOTONIC,
 * which does not count suspension (clock_gettime(2)).
 */
double	platform_clock(void);

/* A pipe that no program we run gets to see. 0 or -1 (errno). macOS has no pipe2(2). */
int	platform_pipe(int ends[2]);

/* Fills device .. changed_nanoseconds from a stat: the field names of the times differ. */
void	platform_identity(const struct stat *, struct file_identity *);

/*
 * Looks at any process without needing root. macOS: sysctl KERN_PROC_PID and proc_pidpath
 * (PROC_PIDTBSDINFO is refused across users). Linux: /proc/PID/stat, /proc/PID/status,
 * /proc/PID/exe.
 */
void	platform_process(pid_t, struct process_fact *);

/* The parent of a process; 0: not known, or there is none. */
pid_t	platform_parent(pid_t);

/*
 * When the machine started, seconds since 1970; 0 unknown. macOS: kern.boottime. Linux: btime of
 * /proc/stat.
 */
int64_t	platform_booted(void);

/*
 * The build of the running system ("24F74"): macOS kern.osversion; Linux: empty. False, and empty,
 * when it did not fit. The version is in a file: host/inspect.h.
 */
bool	platform_build(char *target, size_t size);

/*
 * The path of the program that we are, PATH_SIZE bytes. False: not known, or there is another file
 * by now.
 */
bool	platform_own_path(char target[PATH_SIZE]);

/*
 * The kind of processor that this program was made for, as Mach-O numbers them; 0 on systems
 * without.
 */
uint32_t platform_processor(void);

/*
 * The groups of an account of this machine, this gid first, at most GROUPS_MAX. macOS: at most 15,
 * for no more can be set, and to be asked for 16 or more Libinfo has the directory list them all,
 * which takes minutes where that is a company's, and complains in the system's log (Libinfo,
 * libinfo.c getgrouplist, ds_module.c).
 */
int	platform_groups(const char *user, gid_t, gid_t groups[GROUPS_MAX]);

/*
 * Whether the account is in the local store, not only known to a directory server. macOS:
 * /var/db/dslocal has NAME.plist, or may not be looked into. EACCES: only root may. EPERM: privacy
 * protection. As far as is known root without Full Disk Access may look at the records, though not
 * open them (host/accounts.h); should it be refused that, too, all count as local, for nobody may
 * be left out of a list without a word. Linux: /etc/passwd has it.
 */
bool	platform_is_local(const char *user);

/*
 * Makes a spawned program inherit nothing but 0, 1 and 2: POSIX_SPAWN_CLOEXEC_DEFAULT on macOS;
 * Linux: all our descriptors are O_CLOEXEC, so nothing to do. Adds to the flags already chosen. 0
 * or an error number.
 */
int	platform_spawn_alone(posix_spawnattr_t *);

/*
 * Gives this process the groups of the account, before it takes this group with setgid(2) and
 * becomes the account. 0 or -1 (errno).
 *
 * macOS keeps 16 in the credential, the first of which is the effective group (XNU,
 * kern_credential.c: cr_gid is cr_groups[0]): that one is put first, or setgid(2) would replace
 * another one. initgroups(2), not setgroups(2), as launchd does for the job: then the kernel asks
 * the directory about all other groups, nested ones too (kern_prot.c: setgroups turns that off with
 * CRF_NOMEMBERD). It is called by its number, for initgroups(3) looks the groups up, which is not
 * safe after a fork.
 */
int	platform_set_groups(const struct identity *, gid_t first);

#endif
