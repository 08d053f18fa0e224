/*
 * Grants: the keys of an account's plist that give a daemon more than an agent, those with `gives`
 * in core/lint/keys.h. They are refused until the administrator names them with --allow. What the
 * command line itself sets is not a grant.
 */
#ifndef CORE_JOB_GRANT_H
#define CORE_JOB_GRANT_H

#include <stdbool.h>

#include "core/error.h"
#include "core/options.h"
#include "core/plist/plist.h"

#define GRANTS_MAX	32

struct grant {
	char		key[128];	/* "MachServices",
					   "MachServices.com.example.x.HostSpecialPort"; truncated
					   if longer */
	const char	*reason;
	bool		allowed;	/* --allow names it, or a key above it */
};

struct grants {
	struct grant	rows[GRANTS_MAX];	/* in the order of the file; when full, a refused
						   one replaces an allowed one */
	size_t		count;
	bool		refused;	/* at least one is not allowed, even if it has no row */
};

/*
 * Find the grants of a job's plist. Keys match in any case, as most do in launchd. A key that the
 * table does not have is a grant, because a newer launchd may know it. --user and --group set
 * UserName and GroupName.
 */
void	grants_find(struct grants *, const struct plist *, const struct options *);

/* Fail with ERROR_DATA, "cannot VERB 'NAME'" with keys and reasons, if any grant is refused. */
int	grants_refuse(const struct grants *, const char *verb, const char *name, struct error *);

#endif
