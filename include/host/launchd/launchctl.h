/*
 * The verbs of launchctl that lnpctl uses. Exit statuses first, anchored lines next; what is not
 * known is reported as unknown. Sources for statuses: tests/evidence/ERRORS.md (the exit status of
 * bootstrap, bootout, enable, disable, kickstart and print is the error number of the message;
 * 113: no such service; 112/125: no such domain).
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
	char		complaint[512];	/* what it printed on standard error, as one line */
	bool		silent;		/* it exited with 0 where it owed an answer, and printed
					   nothing */
};

/*
 * Whether launchctl did its part, were it to say no: false when it is missing, hung, died, flooded
 * us or was silent.
 */
bool	answer_came(const struct answer *);

/* True when the verb exited with status 0. */
bool	answer_ok(const struct answer *);

/* Whether it said that there is no such domain: gui/UID of somebody who is not logged in. */
bool	answer_lacks_domain(const struct answer *);

/*
 * One clear sentence on an answer that is not ok: "launchctl print did not answer within 30
 * seconds", "... was killed by signal 9", "... exited with 5 (Input/output error): Bootstrap
 * failed: ...", with the names of launchd's own numbers 107 to 161 where known.
 */
void	answer_describe(const struct answer *, const char *verb, char *target, size_t size);

/*
 * launchd's (107 to 161, as `launchctl error N` prints them) or the system's words for a status;
 * never NULL.
 */
const char *launchctl_words(int status);

struct printed {			/* one service asked for */
	const char	*target;	/* "system/com.example.job"; set by the caller */
	enum tristate
	    loaded; /* YES: service is filled; NO: status 113, or 112/125 (no such domain); UNKNOWN:
		       answer says why */
	struct service	 service;
	struct answer	 answer;
};

/*
 * Asks `print TARGET` for each, up to eight side by side, with work beside them (process.h; NULL:
 * none). An exit of 0 whose text is no print output, is empty or floods is UNKNOWN. Offline
 * (host->launchctl NULL): all UNKNOWN, end RUN_FAILED, value 0. Allocates nothing.
 */
void	launchctl_print(const struct host *, struct printed printed[], size_t count,
    struct overlap *);

struct disabled {			/* the disabled labels of a domain */
	const char	*domain;	/* "system"; set by the caller */
	struct bytes	 text;		/* for service_override(); the caller frees it; empty: there
					   is no good answer */
	struct answer	 answer;
};

/* Asks `print-disabled DOMAIN` beside those, of which there may be none. */
void	launchctl_print_with_disabled(const struct host *, struct printed printed[], size_t count,
    struct disabled *,
	    struct overlap *);

/*
 * The verbs that change something. path is a plist path as on the Mac
 * ("/Library/LaunchDaemons/..."), target a service target.
 */
void	launchctl_bootstrap(const struct host *, const char *domain, const char *path,
    struct answer *);
void	launchctl_bootout(const struct host *, const char *target, struct answer *);
void	launchctl_enable(const struct host *, const char *target, struct answer *);
void	launchctl_disable(const struct host *, const char *target, struct answer *);
void	launchctl_kickstart(const struct host *, const char *target, struct answer *);

#endif
