/*
 * The plan: what shall be against what is, as a list of steps in the order of doing.
 *
 * Every change is one step with both ends written down. Undo swaps the ends, last step first; equal
 * ends mean "unchanged"; --dry-run prints the list. All contents are serialised here, before the
 * first change: carrying out the plan allocates nothing.
 */
#ifndef CORE_PLAN_PLAN_H
#define CORE_PLAN_PLAN_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/facts/foreign.h"
#include "core/job/promise.h"

enum target { /* the order of an install; undo is exactly the reverse */
	TARGET_RECORD, /* receipt as "changing", with all old states: before any change */
	TARGET_OVERRIDE, /* enable: before anything is loaded, undone after the old job is back */
	TARGET_UNLOAD, /* bootout, wait until print answers 113; undo: bootstrap */
	TARGET_FOLDER, /* a folder of logs */
	TARGET_LOG, /* owner, group, mode only, never its bytes */
	TARGET_ACCOUNT_FOLDER, /* the same two below the account's home, where its plist chose the
				  log: the account */
	TARGET_ACCOUNT_LOG, /* does them, in a child, and root does not */
	TARGET_AGENT, /* an agent's plist, taken away and kept in the state folder, or brought
			 back */
	TARGET_FILE, /* the plist; its old inode is kept by a hard link in the state folder */
	TARGET_LOAD, /* bootstrap, confirmed by print, watched until healthy; undo: bootout and
			wait */
	TARGET_RECEIPT, /* commit: after this step nothing is undone */
};

enum step_result { STEP_PLANNED, STEP_UNCHANGED, STEP_DONE, STEP_UNDONE, STEP_FAILED, STEP_LEFT };

struct state {				/* one thing, as it is or as it shall be */
	enum tristate	exists;		/* file there, job loaded, label disabled */
	uid_t		owner;		/* of a log */
	gid_t		group;
	mode_t		mode;
	struct bytes	content;	/* borrowed from the promise, the facts or the plan */
	const char	*loaded_from;	/* UNLOAD, LOAD: the plist's path, borrowed likewise */
	bool		running;	/* UNLOAD: the job had a process */
};

struct step {
	enum target	target;
	char		name[PATH_SIZE];	/* "/Library/...", "system/LABEL"; empty where it is
						   foreign */
	struct foreign_path	foreign;		/* ACCOUNT_FOLDER, ACCOUNT_LOG */
	char		backup[PATH_SIZE];	/* where the old inode is kept; of a log: once
						   done */
	const struct identity *as; /* LOG, ACCOUNT_LOG, ACCOUNT_FOLDER: the job's user;
				      TARGET_AGENT: in whose home it lies. Borrowed from the facts;
				      NULL: root */
	struct state was,
	    goal; /* was: what undoing goes back to; after a change that was cut off, what was
		      before that */
	bool		resumed;		/* what a change that was cut off kept is the old
						   file */
	bool		watch;			/* TARGET_LOAD: done only when the job is healthy */
	bool		undone_by_record;	/* TARGET_RECEIPT: undoing the record undoes it */
	bool hidden; /* TARGET_RECEIPT: the commit of an uninstall, which removes the receipt
		       later */
	bool		only_if_clean;	/* done only when all of the cleaning up before it
						   was */
	bool		left;			/* a folder with other files, or the log that says
						   why the job failed */
	enum step_result result;
};

#define PLAN_STEPS	40

struct plan {
	struct step	steps[PLAN_STEPS];
	size_t		count;
	struct bytes	record, receipt;	/* owned: the two forms of the receipt; released by
						   plan_free() */
	char		notes[4][1280];		/* what is left as it is, and why: "PATH: reason" */
	size_t		note_count;
};

struct plan_options {
	bool	load;			/* false: --no-load, or an image without launchd */
	bool keep_disabled; /* the label's switch is the administrator's: not enabled, and then not
			       loaded either */
	bool	restart;		/* even where nothing differs */
	bool	watch_later;		/* whether it is healthy is found out later, together with
					   others */
	bool	start;			/* a loaded job that launchd has not started is kickstarted,
					   not only told of */
	bool	replace;		/* install --replace */
	bool	delete_logs;		/* uninstall --delete-logs */
	bool	restore_agent;		/* migrate --undo */
};

/*
 * The plan that keeps the promise: install's, repair's and restart's. receipt is what an earlier
 * run promised, or NULL; when a change was cut off it is finished, and undoing goes back to what
 * was before that. Fills of the promise what the receipt remembers: made_log, made_folders, before,
 * undo, undo_receipt. Refusals, all before any change: ERROR_DATA (label, plist or job not ours; a
 * program that cannot run; one that others can replace while the job is root's; a log that another
 * job writes; lnpctl run inside of the job), ERROR_ACCOUNT, ERROR_FILE (a log that is not ours or
 * no regular file; a folder that is not safe), ERROR_LAUNCHCTL (launchd was not understood),
 * ERROR_SYSTEM. With promise->agent filled it is migrate's: that agent is booted out, and its plist
 * taken away before the daemon's is written, so that at no moment launchd could start both at boot.
 */
int	plan_install(struct plan *, struct promise *, const struct promise *receipt,
    const struct facts *, struct plan_options,
	    struct error *);

/*
 * The plan that takes back what the receipt says install made, and puts back what it replaced; with
 * restore_agent also the agent, loaded where it was. Fills undo, as above.
 */
int	plan_uninstall(struct plan *, struct promise *receipt, const struct facts *,
    struct plan_options, struct error *);

/*
 * What is to be said of the which'th path of a job that privacy protection may keep from it: empty
 * when there is nothing to say; false when there are no more.
 */
bool	plan_protected(const struct promise *, const struct facts *, size_t which, char *text,
    size_t size);

/* True when a step is yet to be done. */
bool	plan_changes(const struct plan *);

/*
 * A line on a step for people: "would write /Library/...", "wrote ...", "put back ...". Empty for
 * an unchanged one.
 */
void	plan_describe(const struct step *, char *target, size_t size);

/* What the step is about, to be shown. */
const char *plan_name(const struct step *);

const char *plan_action(const struct step *);		/* for JSON: "record", "enable", "unload",
							   "make", ... */
const char *plan_result(enum step_result); /* "planned", "unchanged", "done", "undone", "failed";
					      LEFT is "failed" */

void	plan_free(struct plan *);

/* Makes to what from is, and from empty. */
void	plan_move(struct plan *to, struct plan *from);

#endif
