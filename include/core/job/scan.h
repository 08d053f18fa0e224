/*
 * Which of a Mac's jobs risk losing the local network, judged by what is known of each: its plist,
 * its account, the system. What nobody has measured is said to be unknown; nothing here is a
 * promise.
 */
#ifndef CORE_JOB_SCAN_H
#define CORE_JOB_SCAN_H

#include <stdbool.h>

#include "core/bytes.h"
#include "core/facts/facts.h"
#include "core/launchd/service.h"

enum scan_kind { SCAN_AGENT, SCAN_DAEMON };

enum scan_start {			/* what makes launchd start it */
	SCAN_RESIDENT,			/* RunAtLoad or KeepAlive */
	SCAN_TIMED,			/* a timer, a path, a queue */
	SCAN_ON_DEMAND,			/* a socket, a Mach service, nothing */
};

enum risk { RISK_AT_RISK, RISK_EXEMPT_IF_ROOT, RISK_LOW, RISK_UNKNOWN };

enum scan_trouble {			/* what hides behind a dark worker, and can be seen in
					   files */
	TROUBLE_TWIN,			/* the label stands in another plist, too */
	TROUBLE_DISABLED,
	TROUBLE_PROGRAM,		/* there is no such program */
	TROUBLE_QUARANTINE,		/* the plist carries the attribute */
	TROUBLE_LOG,			/* its account cannot write it */
	TROUBLES,
};

struct scan_job {
	enum scan_kind	 kind;
	char		 path[PATH_SIZE];	/* of the plist */
	char		 trouble[512];		/* why the plist cannot be used; empty: it could be
						   read */
	bool		 hidden;		/* ... which leaves the list incomplete: launchd may
						   have it */
	char		 label[NAME_SIZE];	/* empty: unknown, as all that follows */
	char		 program[PATH_SIZE];
	char		 logs[2][PATH_SIZE];	/* empty: none, or a device */
	enum scan_start	 start;
	char		 account[NAME_SIZE];	/* that it runs as; empty: an agent of everybody who
						   logs in */
	enum tristate	 account_exists;
	uid_t		 uid;			/* if it exists */
	enum tristate	 loaded;		/* UNKNOWN: launchd was not asked, or did not say */
	bool		 unsure;		/* of one domain it did not say */
	bool		 troubles[TROUBLES];
	char		 twin[PATH_SIZE];	/* the other plist */
	bool		 namesake;		/* an agent, and there is another agent of that
						   label */
	char		 bad_log[PATH_SIZE];

	enum risk	 risk;			/* by scan_judge() */
	const char	*reason;
	char		 fix[PATH_SIZE + 64];	/* empty: there is nothing to do, or nothing
						   known */
};

/*
 * Fills label, program, logs, start and, of a daemon, account from the bytes of a plist; path and
 * kind are set. What is no plist of a job fills trouble. Zeroed but for those.
 */
void	scan_read(struct scan_job *, struct bytes);

/* Finds labels that stand twice. */
void	scan_compare(struct scan_job jobs[], size_t count);

/*
 * Fills risk, reason and fix. version is the system's; empty: not known, and taken for a new one.
 */
void	scan_judge(struct scan_job *, const char *version);

const char *scan_risk_word(enum risk);		/* "at_risk", ... as in JSON */
const char *scan_kind_word(enum scan_kind);	/* "agent", "daemon" */
const char *scan_trouble_word(enum scan_trouble);	/* "label-twice", ... */

/* A sentence on one of the job's troubles. */
void	scan_describe(const struct scan_job *, enum scan_trouble, char *target, size_t size);

#endif
