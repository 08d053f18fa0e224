/*
 * A step of a plan: one thing, in the state that it had and in the desired one.
 *
 * What a kind of step does, undoes and prints is its row, `const struct step_row step_NAME`, in a
 * file of src/host/steps.
 */
#ifndef CORE_PLAN_STEP_H
#define CORE_PLAN_STEP_H

#include <stdbool.h>

#include "core/bytes.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"

/*
 * X(NAME, name) for each kind: KIND_NAME, and its row step_name. ACCOUNT_FOLDER and ACCOUNT_LOG are
 * a directory of logs and a log in the account's home, if its plist chose them: a child running as
 * the account changes those, never root.
 */
#define STEP_KINDS(X) \
	X(RECORD, record)		/* the receipt as "changing": before any change */ \
	X(OVERRIDE, override)		/* enable; undone after the old job is back */ \
	X(UNLOAD, unload)		/* bootout, wait for its end; undo: bootstrap */ \
	X(AGENT_UNLOAD, agent_unload)	/* the same in a domain of its account */ \
	X(FOLDER, folder)		/* a directory of logs */ \
	X(LOG, log)			/* owner, group and mode, never its bytes */ \
	X(EMPTY_LOG, empty_log)		/* removed only if it is still empty */ \
	X(ACCOUNT_FOLDER, account_folder) \
	X(ACCOUNT_LOG, account_log) \
	X(AGENT, agent)			/* its plist, moved to our directory or restored */ \
	X(PLIST, plist)		/* a plist; a hard link keeps the old inode */ \
	X(LOAD, load)			/* bootstrap, watch until healthy; undo: bootout */ \
	X(AGENT_LOAD, agent_load)	/* the same, but not watched */ \
	X(RECEIPT, receipt)		/* commit: nothing is undone after it */ \
	X(REMOVAL, removal)		/* commit of an uninstall */ \
	X(FORGET, forget)		/* remove the receipt, if nothing else is left */

enum step_kind {
#define STEP_KIND(NAME, name) KIND_##NAME,
	STEP_KINDS(STEP_KIND)
#undef STEP_KIND
	STEP_KIND_COUNT,
};

enum step_result { STEP_PLANNED, STEP_UNCHANGED, STEP_DONE, STEP_UNDONE, STEP_FAILED, STEP_STUCK };

struct state {				/* current, earlier or desired state of one thing */
	enum tristate	exists;		/* file exists, job is loaded, label is disabled */
	uid_t		owner;		/* of a log */
	gid_t		group;
	mode_t		mode;
	struct bytes	content;	/* borrowed from the receipt, the facts or the plan */
	const char	*loaded_from;	/* of a job: the plist's path, borrowed likewise */
	bool		running;	/* of a job: it had a process */
};

struct step {
	enum step_kind	kind;
	char		name[PATH_SIZE];	/* "/Library/...", "system/LABEL"; foreign: empty */
	struct foreign_path	foreign;	/* ACCOUNT_FOLDER, ACCOUNT_LOG */
	char		backup[PATH_SIZE];	/* path of the old inode; of a log, once done;
						   AGENT: empty: its text is kept already */
	char		aside[PATH_SIZE];	/* AGENT: where a file that has that path already
						   goes; empty: there is none */
	/* The account of a log or its directory, and of AGENT; NULL: root. From the facts. */
	const struct identity	*as;
	struct state	was;			/* before the change, or an interrupted one: undo */
	struct state	goal;
	enum step_result	result;
	bool		left;			/* done or undone, but the thing was left: the row
						   says why */
};

/* Return the path or service that the step changes, for display. */
const char *step_name(const struct step *);

#endif
