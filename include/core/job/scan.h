/*
 * Classify a Mac's jobs by their risk of losing the local network, from the plist, the account and
 * the system. What nobody has measured is unknown; nothing here is guaranteed.
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

enum scan_trouble {			/* other problems that can stop a job, visible in files */
	TROUBLE_DUPLICATE,		/* another plist has the same label */
	TROUBLE_DISABLED,
	TROUBLE_PROGRAM,		/* the program does not exist */
	TROUBLE_QUARANTINE,		/* the plist has the quarantine attribute */
	TROUBLE_LOG,			/* its account cannot write to the log */
	TROUBLE_AGENT,			/* of a daemon: an agent with its label is loaded, too */
	TROUBLES,
};

struct scan_job {
	enum scan_kind	 kind;
	char		 path[PATH_SIZE];	/* of the plist */
	char		 trouble[512];		/* why the plist cannot be used; empty: it can */
	bool		 hidden;		/* ... so the list is incomplete: launchd may have
						   the job */
	char		 label[NAME_SIZE];	/* empty: unknown, as are all members below */
	char		 program[PATH_SIZE];
	char		 logs[2][PATH_SIZE];	/* empty: none, or a device */
	enum scan_start	 start;
	char		 account[NAME_SIZE];	/* that it runs as; empty: an agent of every user
						   who logs in */
	enum tristate	 account_exists;
	uid_t		 uid;			/* if it exists */
	enum tristate	 loaded;		/* UNKNOWN: launchd was not asked, or gave no
						   answer */
	bool		 unsure;		/* it gave no answer about one domain */
	bool		 troubles[TROUBLES];
	char		 duplicate[PATH_SIZE];	/* the other plist */
	bool		 namesake;		/* another agent has the same label */
	char		 bad_log[PATH_SIZE];
	struct loaded_agent agent;		/* of a daemon, for its account */

	enum risk	 risk;			/* by scan_classify() */
	const char	*reason;
	char		 fix[PATH_SIZE + 64];	/* empty: nothing to do, or nothing known */
};

/*
 * Set label, program, logs, start and, for a daemon, account from the bytes of a plist, or trouble
 * if it is not the plist of a job. The caller has set path and kind, and zeroed the rest.
 */
void	scan_read(struct scan_job *, struct bytes);

/* Find labels that more than one plist has. */
void	scan_compare(struct scan_job jobs[], size_t count);

/* Return true if the system is known to be older than Local Network Privacy. */
bool	scan_is_old_system(const char *version);

/* Set risk, reason and fix. version is the system's; empty: not known, so assume a new one. */
void	scan_classify(struct scan_job *, const char *version);

const char *scan_risk_word(enum risk);		/* "at_risk", ... as in JSON */
const char *scan_kind_word(enum scan_kind);	/* "agent", "daemon" */
const char *scan_trouble_word(enum scan_trouble);	/* "label-twice", ... */

/* Describe one of the job's troubles. */
void	scan_describe(const struct scan_job *, enum scan_trouble, char *target, size_t size);

#endif
