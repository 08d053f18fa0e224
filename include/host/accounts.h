/*
 * Look up users and groups: those of this machine (getpwnam_r, getgrnam_r, getgrouplist), or for an
 * image those of ROOT/private/var/db/dslocal/nodes/Default/{users,groups}/NAME.plist (dictionaries
 * of arrays of strings: uid, gid, home; groups list their members in "users"). An image without
 * that directory has this machine's.
 *
 * getpwnam has no time limit when a directory server is down: host->accounts caches each name, so
 * that it is looked up once per run, and before taking a lock that others wait for.
 */
#ifndef HOST_ACCOUNTS_H
#define HOST_ACCOUNTS_H

#include "core/error.h"
#include "core/facts/facts.h"
#include "host/machine/host.h"

#define ACCOUNTS_REMEMBERED	16

struct accounts {			/* a cache, not of UNKNOWN; zeroed: empty */
	struct { char asked[NAME_SIZE]; struct account account; } rows[ACCOUNTS_REMEMBERED];
	size_t	count;
	struct account_group groups[ACCOUNTS_REMEMBERED];
	size_t	group_count;
};

/*
 * Look up a name. These do not fail: see exists. A name with a slash or a leading dot does not
 * exist. An account that does gets the name of its record: macOS also finds records by an alias or
 * in another case.
 */
void	accounts_user(const struct host *, const char *name, struct account *);
void	accounts_group(const struct host *, const char *name, struct account_group *);

/*
 * Call visit for each local account, sorted by name; accounts that only a directory server has are
 * skipped, see platform_is_local().
 *
 * For this machine getpwent(3) lists them, which needs no rights: since macOS 10.14 root without
 * Full Disk Access may stat the records of the local store but not open them (privacy protection;
 * measured in https://github.com/YelpArchive/osxcollector/issues/176). For an image its records are
 * read; one that cannot be read is visited with exists UNKNOWN.
 *
 * Return 0, or -1: ERROR_FILE, an image's store cannot be read; ERROR_UNKNOWN, a limit of
 * host/machine/budget.h was reached; ERROR_FAILED, a signal.
 */
int	accounts_each(const struct host *, void (*visit)(void *context, const struct account *),
    void *context, struct error *);

/*
 * Call visit for the name of each user, or group, of this machine, in the order of getpwent(3) or
 * getgrent(3), which may list one twice. Ends after BUDGET_SECONDS with what was listed.
 */
void	accounts_names(const struct host *, bool groups,
    void (*visit)(void *context, const char *name), void *context);

/*
 * Look up the group of an account's gid. If there is none its name is the gid as text, and exists
 * is NO.
 */
void	accounts_own_group(const struct host *, const struct account *, struct account_group *);

#endif
