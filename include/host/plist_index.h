/*
 * Cache what all jobs of one run need: the disabled labels, the labels and logs in the plists of
 * this Mac, and the end of launchd's own log. A thousand jobs then cost one print-disabled and one
 * reading of the directories, not a thousand.
 */
#ifndef HOST_PLIST_INDEX_H
#define HOST_PLIST_INDEX_H

#include "core/bytes.h"
#include "core/facts/facts.h"
#include "core/job/receipt.h"
#include "host/machine/host.h"
#include "host/launchd/launchctl.h"
#include "host/launchd/log.h"

struct plist_name {			/* a label, or a log as text_short_path() has it */
	char		*text;		/* owned; NULL: the plist has none */
	unsigned	 hash;		/* text_hash_folded(): a verify of a thousand jobs
					   compares a million numbers, not millions of strings */
};

struct plist_entry {			/* one plist */
	char			*path;	/* owned */
	struct plist_name	 label, logs[2];
};

struct plist_entries {			/* what launchd would read for account in a directory */
	char		 folder[PATH_SIZE];
	uid_t		 account;
	char		 unreadable[PATH_SIZE];	/* the first unreadable one; empty: none */
	bool		 too_much;		/* limit reached; unreadable: the directory */
	struct plist_entry	*rows;
	size_t		 count;
};

struct plist_index {			/* empty: all zero except host and skipped */
	const struct host *host;
	const char	*skipped;	/* the plist of the only job that is looked for, which
					   cannot be its own duplicate; may be NULL */
	struct plist_entries	*folders;	/* owned, like what is in them */
	size_t		 folder_count;
	bool		 asked;		/* launchd, for the disabled labels */
	struct listed	 disabled;	/* owned: its answer */
	struct system	 system;	/* booted 0: not filled yet */
	struct log_end	 log_end;	/* owned: of launchd's own log */
};

/*
 * Fill duplicate, duplicate_fact, duplicate_bytes, more_duplicates, agent, log_conflict,
 * search_complete, unreadable and too_much of the facts. facts->user is the account whose agents
 * are searched.
 */
void	plist_index_find(struct plist_index *, const struct spec *, struct facts *);

/* Like launchctl_print(); the first call also queries the disabled labels, in parallel. */
void	plist_index_print(struct plist_index *, struct printed[], size_t count,
    const struct overlap *);

/* Return whether the label is disabled. If unknown, write why to trouble unless that has text. */
enum override plist_index_override(struct plist_index *, const char *label, char *trouble,
    size_t size);

void	plist_index_free(struct plist_index *);

#endif
