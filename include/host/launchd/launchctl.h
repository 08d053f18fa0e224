/*
 * Run the verbs of launchctl that lnpctl uses. Exit statuses decide first, then anchored lines of
 * the output; anything else is reported as unknown. Source of the statuses:
 * tests/evidence/ERRORS.md (bootstrap, bootout, enable, disable, kickstart and print exit with the
 * error number of the message; 113: no such service; 112/125: no such domain).
 */
#ifndef HOST_LAUNCHD_LAUNCHCTL_H
#define HOST_LAUNCHD_LAUNCHCTL_H

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/launchd/service.h"
#include "host/machine/host.h"
#include "host/machine/process.h"

struct answer {				/* of one verb */
	enum run_end	end;
	int		value;		/* exit status, signal or errno: see enum run_end */
	char		complaint[512];	/* its standard error, as one line */
	bool		silent;		/* exited with 0 without the output that is expected */
};

/*
 * Return true if launchctl answered, even with an error; false if it is missing, hung, died,
 * printed too much or nothing.
 */
bool	answer_came(const struct answer *);

/* Return true if the verb exited with status 0. */
bool	answer_ok(const struct answer *);

/* Return true if it reported no such domain, as for gui/UID of a user who is not logged in. */
bool	answer_lacks_domain(const struct answer *);

/*
 * Describe an answer that is not ok in one sentence: "launchctl print did not answer within 30
 * seconds", "... was killed by signal 9", "... exited with 5 (Input/output error): Bootstrap
 * failed: ...". launchd's own numbers 107 to 161 are named where known.
 */
void	answer_describe(const struct answer *, const char *verb, char *target, size_t size);

/*
 * Return the text for a status: launchd's (107 to 161, as `launchctl error N` prints them) or the
 * system's. Never NULL.
 */
const char *launchctl_words(int status);

struct printed {			/* one service */
	const char	*target;	/* "system/com.example.job"; set by the caller */
	/* YES: service is filled; NO: 113, or 112/125 (no such domain); UNKNOWN: see answer */
	enum tristate	 loaded;
	struct service	 service;
	struct answer	 answer;
};

/*
 * Run `print TARGET` for each (LAUNCHCTL_PRINTS at most), eight in parallel. An exit of 0 with
 * output that is empty, too long or not that of print is UNKNOWN. Offline (host->launchctl NULL):
 * all UNKNOWN, end RUN_FAILED, value 0. Allocates nothing.
 */
#define LAUNCHCTL_PRINTS	16
void	launchctl_print(const struct host *, struct printed[], size_t count);

/* The same of one target, which printed borrows; return whether it is loaded. */
enum tristate launchctl_print_one(const struct host *, const char *target, struct printed *);

struct listed {				/* what a domain has, as text */
	const char	*verb;		/* "print-disabled", for service_override(), or "print", for
					   domain_services(); set by the caller, as the next */
	const char	*domain;	/* "system", "gui/501" */
	struct bytes	 text;		/* the caller frees; empty if the answer is not ok */
	struct answer	 answer;
};

/*
 * The same with `VERB DOMAIN` of the lists (LAUNCHCTL_LISTS at most) beside it, and with the
 * overlap (process.h; NULL: none) meanwhile. Both counts may be 0.
 */
#define LAUNCHCTL_LISTS	2
void	launchctl_ask(const struct host *, struct printed[], size_t count, struct listed *,
    size_t lists, const struct overlap *);

/*
 * Run a verb that changes something: bootstrap with a domain and the path of a plist as on the Mac
 * ("/Library/LaunchDaemons/..."); bootout, enable, disable and kickstart with a service target.
 */
void	launchctl_act(const struct host *, const char *verb, const char *first, const char *second,
    struct answer *);

#endif
