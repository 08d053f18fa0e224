/*
 * Users and groups: those of this machine (getpwnam_r, getgrnam_r, getgrouplist), or on an image
 * those of ROOT/private/var/db/dslocal/nodes/Default/{users,groups}/NAME.plist (dictionaries of
 * arrays of strings: uid, gid, home; groups list their members in "users"), where it has that
 * folder; where it does not, this machine's.
 *
 * getpwnam has no time limit when a directory server is down: each name is looked up once per run,
 * where host->accounts remembers it, and before a lock is taken that others wait for.
 */
#ifndef HOST_ACCOUNTS_H
#define HOST_ACCOUNTS_H

#include "core/error.h"
#include "core/facts/facts.h"
#include "host/machine/host.h"

#define ACCOUNTS_REMEMBERED	16

struct accounts {			/* zeroed: none. Those that exist */
	struct { char asked[NAME_SIZE]; struct account account; } rows[ACCOUNTS_REMEMBERED];
	size_t	count;
	struct account_group groups[ACCOUNTS_REMEMBERED];
	size_t	group_count;
};

/*
 * Never fail: exists says. A name with a slash or a leading dot does not exist. The account's name
 * is then its record's own, which macOS finds by others, too: in another case, or an alias.
 */
void	accounts_user(const struct host *, const char *name, struct account *);
void	accounts_group(const struct host *, const char *name, struct account_group *);

/*
 * Calls visit for each account of the local store, by name; those that only a directory server has
 * are left out, see platform_is_local(). Of this machine getpwent(3) lists them, which needs no
 * rights: since macOS 10.14 root without Full Disk Access may look at the records of the local
 * store, but not open them (privacy protection; measured in
 * https://github.com/YelpArchive/osxcollector/issues/176). Of an image its records are read; one
 * that cannot be read is visited with exists UNKNOWN. -1: ERROR_FILE, an image's store cannot be
 * looked into; ERROR_UNKNOWN, the limits of host/machine/budget.h were reached; ERROR_FAILED, a
 * signal.
 */
int	accounts_each(const struct host *, void (*visit)(void *context, const struct account *),
    void *context, struct error *);

/*
 * The group of an account's gid. Where none has that number the name is the number as text, and
 * exists is NO.
 */
void	accounts_own_group(const struct host *, const struct account *, struct account_group *);

#endif
