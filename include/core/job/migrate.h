/*
 * Convert the plist of an agent to that of a daemon. Each key is kept, changed, dropped or added,
 * with a reason.
 */
#ifndef CORE_JOB_MIGRATE_H
#define CORE_JOB_MIGRATE_H

#include <stdbool.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/facts/facts.h"
#include "core/options.h"
#include "core/plist/plist.h"

#define MIGRATE_KEYS		100
#define MIGRATE_WARNINGS	16

enum migrate_fate { MIGRATE_KEPT, MIGRATE_CHANGED, MIGRATE_DROPPED, MIGRATE_ADDED,
    MIGRATE_REFUSED };

struct migrate_key {
	enum migrate_fate fate;
	char		 key[128];
	char		 why[512];	/* empty if it is kept unchanged */
	bool		 granted;	/* why has what it gives a daemon: see core/job/grant.h */
};

struct migration {
	struct migrate_key keys[MIGRATE_KEYS];	/* in the order of the file, then added keys */
	size_t		 count;
	char		 warnings[MIGRATE_WARNINGS][512];	/* what the daemon may lack */
	size_t		 warning_count;
	bool		 account_log[2];	/* the plist's log is kept, and only the account may
						   touch it */
};

struct migrate_goal {
	const struct options *options;	/* of migrate; label and user are set */
	const struct account *user;	/* that the daemon runs as */
	const char	*group;		/* the name of its group */
	const char	*agent_home;	/* replaces "~"; empty: not known, and "~" stays */
	bool		 same_account;	/* the account that wrote the plist is the daemon's */
};

/*
 * Write the daemon's plist with the options applied; the caller frees the file. ERROR_DATA:
 * lint finds an error in the agent's text or in the daemon, Disabled is set, or a key would give
 * the daemon more than the agent and no --allow names it; ERROR_USAGE, ERROR_SYSTEM. After an
 * ERROR_DATA the migration has the rows up to the error.
 */
int	migrate_plist(struct bytes agent, const struct migrate_goal *, struct migration *,
    struct plist_file *, struct error *);

/*
 * Return a copy of the plist of --from that an account wrote, with its logs moved like those of an
 * agent and nothing else changed. The caller releases it.
 */
struct plist *migrate_logs(const struct plist *from, const struct migrate_goal *,
    struct migration *);

const char *migrate_word(enum migrate_fate);	/* "kept", "changed", "dropped", "added",
						   "refused" */

#endif
