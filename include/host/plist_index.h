/*
 * What all jobs of one run have in common, looked at once: the labels that are disabled, and what
 * the plists of this Mac claim. With a thousand jobs that is one print-disabled and one reading of
 * the folders, not a thousand.
 */
#ifndef HOST_PLIST_INDEX_H
#define HOST_PLIST_INDEX_H

#include "core/bytes.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"
#include "host/machine/host.h"
#include "host/launchd/launchctl.h"

struct plist_entry {				/* of one plist; strings are owned, NULL: it has
						   none */
	char	*path, *label, *logs[2];	/* logs: as text_short_path() has them */
};

struct plist_entries {				/* of one folder, as far as launchd would read the
						   plists for this account */
	char		 folder[PATH_SIZE];
	uid_t		 account;
	char		 unreadable[PATH_SIZE];	/* the first that could not be read; empty: none */
	bool		 too_much;		/* there is more than is looked at: unread is the
						   folder */
	struct plist_entry	*rows;
	size_t		 count;
};

struct plist_index {				/* zeroed but for host: nothing looked at yet */
	const struct host *host;
	struct plist_entries	*folders;	/* owned, like what is in them */
	size_t		 folder_count;
	bool		 asked;		/* launchd, for the disabled labels */
	struct disabled	 disabled;	/* owned: what it said */
	struct account	 user;		/* the last ones looked up: most jobs of a Mac have the
					   same */
	char		 user_name[NAME_SIZE];	/* as which it was looked up */
	struct account_group group;
	struct system	 system;	/* booted 0: not looked at */
};

/*
 * Fills rival, duplicate_fact, duplicate_bytes, more_duplicates, agent, log_conflict, searched,
 * unread and too_much of the facts; facts->user says whose agents count.
 */
void	plist_index_find(struct plist_index *, const struct promise *, struct facts *);

/*
 * As accounts_user() and accounts_group(), which have no time limit when a directory server is
 * down.
 */
void	plist_index_user(struct plist_index *, const char *name, struct account *);
void	plist_index_group(struct plist_index *, const char *name, struct account_group *);

/*
 * As launchctl_print(); the first time launchd is asked for the disabled labels at the same time.
 */
void	plist_index_print(struct plist_index *, struct printed[], size_t count, struct overlap *);

/*
 * Whether the label is disabled. Where there is no good answer trouble says why, unless it says
 * something already.
 */
enum override plist_index_override(struct plist_index *, const char *label, char *trouble,
    size_t size);

void	plist_index_free(struct plist_index *);

#endif
