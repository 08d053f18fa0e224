/*
 * What an account's plist would be granted as a daemon and was not as an agent: its keys that
 * core/lint/keys.h has a reason for. They are refused until the administrator names them with
 * --allow. What the command line sets itself is his own, and no grant.
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
					   "MachServices.com.example.x.HostSpecialPort"; cut if
					   longer */
	const char	*reason;
	bool		allowed;	/* --allow names it, or a key above it */
};

struct grants {
	struct grant	rows[GRANTS_MAX];	/* in the order of the file; what is refused goes
						   before what is not */
	size_t		count;
	bool		refused;	/* one is not allowed, be it beyond the last row */
};

/*
 * Fills it from a job's plist. Keys are known in any case of their letters, as launchd knows most;
 * one that the table does not know is a grant, for a newer launchd may. --user and --group set
 * UserName and GroupName.
 */
void	grants_find(struct grants *, const struct plist *, const struct options *);

/* ERROR_DATA "cannot VERB 'NAME'" with each key and its reason, where one is refused. */
int	grants_refuse(const struct grants *, const char *verb, const char *name, struct error *);

/* The row of a key as the file has it; NULL: there is none. */
const struct grant *grants_row(const struct grants *, const char *key);

#endif
