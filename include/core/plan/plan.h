/*
 * The plan: the steps from the current to the desired state, in the order in which they are done.
 *
 * Every change is one step with both states in it. Undo swaps them, last step first; equal states
 * mean "unchanged"; --dry-run prints the list. All contents are serialized before the first change,
 * so applying the plan allocates nothing.
 */
#ifndef CORE_PLAN_PLAN_H
#define CORE_PLAN_PLAN_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"
#include "core/job/promise.h"

/*
 * In the order of an install; undo is the reverse. ACCOUNT_FOLDER and ACCOUNT_LOG are a directory
 * of logs and a log in the account's home, if its plist chose them: a child running as the account
 * changes those, never root.
 */
enum target {
	TARGET_RECORD,		/* receipt as "changing", with the old state: before any change */
	TARGET_OVERRIDE,	/* enable before loading; undone after the old job is back */
	TARGET_UNLOAD,		/* bootout, wait until print exits with 113; undo: bootstrap */
	TARGET_FOLDER,		/* a directory of logs */
	TARGET_LOG,		/* owner, group and mode, never its bytes */
	TARGET_ACCOUNT_FOLDER,
	TARGET_ACCOUNT_LOG,
	TARGET_AGENT,		/* an agent's plist, moved to the state directory or restored */
	TARGET_FILE,		/* the plist; a link in the state directory keeps the old inode */
	TARGET_LOAD,		/* bootstrap, confirm, watch until healthy; undo: bootout, wait */
	TARGET_RECEIPT,		/* commit: nothing is undone after this step */
};

enum step_result { STEP_PLANNED, STEP_UNCHANGED, STEP_DONE, STEP_UNDONE, STEP_FAILED, STEP_LEFT };

struct state {				/* current, earlier or desired state of one thing */
	enum tristate	exists;		/* file exists, job is loaded, label is disabled */
	uid_t		owner;		/* of a log */
	gid_t		group;
	mode_t		mode;
	struct bytes	content;	/* borrowed from the promise, the facts or the plan */
	const char	*loaded_from;	/* UNLOAD, LOAD: the plist's path, borrowed likewise */
	bool		running;	/* UNLOAD: the job had a process */
};

struct step {
	enum target	target;
	char		name[PATH_SIZE];	/* "/Library/...", "system/LABEL"; foreign: empty */
	struct foreign_path	foreign;	/* ACCOUNT_FOLDER, ACCOUNT_LOG */
	char		backup[PATH_SIZE];	/* path of the old inode; of a log, once done */
	/* The account of LOG, ACCOUNT_LOG, ACCOUNT_FOLDER and AGENT; NULL: root. From the facts. */
	const struct identity	*as;
	struct state	was;			/* before the change, or an interrupted one: undo */
	struct state	goal;
	bool		resumed;		/* the backup is of an interrupted change */
	bool		watch;			/* LOAD: done only when the job is healthy */
	bool		undone_by_record;	/* RECEIPT: undoing the record undoes it */
	bool		hidden;			/* RECEIPT: of an uninstall, removed later */
	bool		only_if_clean;		/* done only if all cleaning up before it was */
	bool		only_empty;		/* LOG: removed only if still empty */
	bool		left;			/* a directory not empty, a log with the cause */
	enum step_result	result;
};

/* More than any job needs; a plan with more is refused. */
#define PLAN_STEPS	40
#define PLAN_NOTES	(8 + FOLDERS_MAX + AGENT_DOMAINS)

struct plan {
	struct step	steps[PLAN_STEPS];
	size_t		count;
	struct bytes	record, receipt;	/* forms of the receipt; plan_free() frees them */
	char		notes[PLAN_NOTES][1280];	/* what is not changed, and why: "PATH:
							   reason" */
	size_t		note_count;
	bool		full;			/* there was no room for a step or a note */
};

struct plan_options {
	bool	load;			/* false: --no-load, or an image without launchd */
	bool	keep_disabled;		/* a disabled label stays disabled, and is not loaded */
	bool	restart;		/* even if nothing differs */
	bool	watch_later;		/* the caller watches it later, together with others */
	bool	start;			/* kickstart a loaded job that launchd has not started */
	bool	replace;		/* install --replace */
	bool	delete_logs;		/* uninstall --delete-logs */
	bool	restore_agent;		/* migrate --undo */
};

/*
 * Plan install, repair and restart. receipt is the one of an earlier run, or NULL; after an
 * interrupted change the plan finishes it, and undo restores the state before that change. Fill the
 * fields of the promise that the receipt remembers: made_log, made_folders, before, undo,
 * undo_receipt. With promise->agent set it plans a migration: that agent is booted out, and its
 * plist removed before the daemon's is written, so launchd could never start both at boot.
 *
 * Refuse, before any change: ERROR_DATA (label, plist or job of somebody else; a program that
 * cannot run, or that others can replace although the job runs as root; a log of another job;
 * lnpctl running inside the job), ERROR_ACCOUNT, ERROR_FILE (a log of somebody else or not
 * a regular file; a directory that cannot be trusted), ERROR_LAUNCHCTL (launchctl could not be
 * understood), ERROR_SYSTEM.
 */
int	plan_install(struct plan *, struct promise *, const struct promise *receipt,
    const struct facts *, struct plan_options, struct error *);

/*
 * Plan an uninstall: remove what the receipt lists, and restore what it replaced; with
 * restore_agent also the agent, loaded where it was. Fill undo, as above.
 */
int	plan_uninstall(struct plan *, struct promise *receipt, const struct facts *,
    struct plan_options, struct error *);

/*
 * Write the warning about path number which of a job, if privacy protection may keep the job out of
 * it; empty: none. Return false if there is no such path.
 */
bool	plan_protected(const struct promise *, const struct facts *, size_t which, char *text,
    size_t size);

/* Return true if a step still has to be done. */
bool	plan_changes(const struct plan *);

/*
 * Write a line about a step for people: "would write /Library/...", "wrote ...", "put back ...".
 * Empty for an unchanged one.
 */
void	plan_describe(const struct step *, char *target, size_t size);

/* Return the path or service that the step changes, for display. */
const char *plan_name(const struct step *);

/* Return the JSON name of a step: "record", "enable", "unload", "make", ... */
const char *plan_action(const struct step *);

/* Return "planned", "unchanged", "done", "undone" or "failed"; STEP_LEFT is "failed". */
const char *plan_result(enum step_result);

void	plan_free(struct plan *);

#endif
