/*
 * The plist of an agent, made that of a daemon: key by key kept, changed, dropped or added, each
 * with its reason.
 */
#ifndef CORE_JOB_MIGRATE_H
#define CORE_JOB_MIGRATE_H

#include <stdbool.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/facts/facts.h"
#include "core/options.h"

#define MIGRATE_KEYS		100
#define MIGRATE_WARNINGS	16

enum migrate_fate { MIGRATE_KEPT, MIGRATE_CHANGED, MIGRATE_DROPPED, MIGRATE_ADDED,
    MIGRATE_REFUSED };

struct migrate_key {
	enum migrate_fate fate;
	char		 key[128];
	char		 why[512];	/* empty for what is kept as it is */
	bool		 granted;	/* why says what it gives a daemon: see core/job/grant.h */
};

struct migration {
	struct migrate_key keys[MIGRATE_KEYS];	/* in the order of the file, then what is added */
	size_t		 count;
	char		 warnings[MIGRATE_WARNINGS][512];	/* what the daemon may lack */
	size_t		 warning_count;
	bool		 account_log[2];	/* the plist's log stays, and is for the account
						   alone to touch */
};

struct migrate_goal {
	const struct options *options;	/* of migrate; label and user are filled */
	const struct account *user;	/* that the daemon runs as */
	const char	*group;		/* its group's name */
	const char	*agent_home;	/* what "~" means; empty: not known, then it stays */
	bool		 same_account;	/* the account that the plist is of is the daemon's */
};

/*
 * The Label, copied to target (NAME_SIZE). ERROR_DATA: no plist of a job, or one with a label that
 * cannot be ours.
 */
int	migrate_label(struct bytes agent, char target[NAME_SIZE], struct error *);

/*
 * The daemon's plist, malloc'ed; the caller frees data. Options are applied to it. ERROR_DATA: lint
 * finds an error in the agent's text or in the daemon, Disabled is set, or a key would give the
 * daemon more than it gave the agent and no --allow names it; ERROR_USAGE, ERROR_SYSTEM. The
 * migration is filled after an ERROR_DATA, too, as far as it came.
 */
int migrate_plist(struct bytes agent, const struct migrate_goal *, struct migration *,
    struct bytes *, struct error *);

/*
 * The plist of --from where it is an account's: malloc'ed likewise, with its logs as those of an
 * agent, and nothing else changed. ERROR_DATA, ERROR_SYSTEM.
 */
int	migrate_logs(struct bytes from, const struct migrate_goal *, struct migration *,
    struct bytes *, struct error *);

const char *migrate_word(enum migrate_fate);	/* "kept", "changed", "dropped", "added",
						   "refused" */

#endif
