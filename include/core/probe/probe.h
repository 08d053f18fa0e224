/*
 * Who reaches a peer on the LAN: tries become the outcome of a context, outcomes a verdict.
 *
 * Local Network Privacy refuses a connect at once with EHOSTUNREACH (facts: XNU
 * bsd/netinet/tcp_output.c:3092); a dead host on the link gives the same number, but only after ARP
 * has given up, which takes a second and more. One refusal is no verdict either: a packet filter
 * gives the same number at once, and the first contacts of a new program were seen to fail and the
 * next to pass. So time, repetition and a control (root, by way of launchd) decide together.
 */
#ifndef CORE_PROBE_PROBE_H
#define CORE_PROBE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/bytes.h"
#include "core/error.h"
#include "core/facts/facts.h"
#include "core/macho.h"
#include "core/facts/peer.h"

#define PROBE_TRIES		10	/* spread over the time that a probe takes */
#define PROBE_TRIES_MAX	64	/* of one context, with those that follow a success */
#define PROBE_TRIES_NEEDED	3	/* refusals at once that are more than a first contact */
#define PROBE_REACHED_ENOUGH	2
#define PROBE_AT_ONCE		1000.0	/* milliseconds; ARP and IPv6's search take longer to give
					   up, a refusal none */
#define PROBE_CONTEXTS_MAX	16
#define PROBE_OUTPUT_MAX	16384	/* bytes of one context's output; more is not lnpctl's */
#define PROBE_UNRESOLVED	10000	/* in place of an errno: the name was not resolved */

enum context_kind { CONTEXT_ROOT, CONTEXT_SHELL, CONTEXT_DAEMON, CONTEXT_AGENT };

enum observer { WITNESS_LNPCTL, WITNESS_JOB };

enum probe_result {
	PROBE_OPEN,
	PROBE_REFUSED,		/* the peer answered: the way is open, the port is not */
	PROBE_NO_ROUTE,		/* EHOSTUNREACH at once */
	PROBE_HOST_DOWN,	/* EHOSTDOWN, or EHOSTUNREACH after ARP gave up */
	PROBE_TIMEOUT,
	PROBE_ERROR,
	PROBE_NOT_RUN,
};

struct context {
	enum context_kind kind;
	char		name[NAME_SIZE + 8];	/* "root", "shell", "daemon:worker",
						   "agent:worker" */
	char		user[NAME_SIZE];	/* "root" for the first two */
	char		group[NAME_SIZE];	/* GroupName of a daemon; empty: its account's
						   own */
};

struct context_result {				/* of one context, by one witness */
	struct context	context;
	enum observer	witness;
	bool		uid_known;
	uid_t		uid;
	enum probe_result result;
	int		number;			/* of the last try that failed; 0: none did */
	unsigned	tries, opened, refused, no_route;
	unsigned	first_open;		/* which try; 0: none */
	unsigned	first_reached;		/* open or refused */
	double		milliseconds;		/* of the first that reached it, else of the last;
						   below 0: no try */
	bool		begun, complete;	/* what connect printed has a start, an end */
	char		addresses[ADDRESSES_MAX][ADDRESS_TEXT];
	enum address_scope	places[ADDRESSES_MAX];
	size_t		address_count;
	char		why[PEER_WHY];		/* of PROBE_NOT_RUN */
};

/* "root", "shell", "daemon:USER", "agent:USER"; daemon:root is root. ERROR_USAGE. */
int	probe_context(struct context *, const char *text, struct error *);

/* ---- tries ---- */

/* What one errno value means that came after so many milliseconds. 0 is open. */
enum probe_result probe_classify(int number, double milliseconds);

/*
 * Of two failures of one try at several addresses: true when b tells less of Local Network Privacy
 * than a.
 */
bool	probe_is_weaker(enum probe_result a, enum probe_result b);

/* A new outcome without tries: PROBE_NOT_RUN. */
void	probe_begin(struct context_result *, const struct context *, enum observer);

/* Counts a try. */
void	probe_add(struct context_result *, int number, double milliseconds);

/* True when more tries would add nothing: the peer was reached twice. */
bool	probe_decided(const struct context_result *);

/* True when the last that is known of the context is that it reached the peer. */
bool	probe_reached(const struct context_result *);

/* ---- the plumbing: what `lnpctl connect` prints, and its job ---- */

#define PROBE_HEAD	"lnpctl-connect 1"
#define PROBE_EXIT_SECONDS	5	/* launchd then kills what its account has stopped */

/*
 * Reads what connect has printed so far; a last line without its end is left out. Lines are
 * "address ADDRESS PLACE", "try NUMBER MILLISECONDS", "end". The account that runs it owns the
 * file, so anything may be in it: false when it is not of that form; the outcome then is
 * PROBE_NOT_RUN and says so.
 */
bool	probe_read(struct context_result *, struct bytes);

/* The plist of the one-shot job, malloc'ed. user NULL: an agent's, or root's. ERROR_SYSTEM. */
struct probe_job {
	const char	*label, *program, *user, *group, *output;
	double		seconds;
	const char	*target;
};
int	probe_plist(const struct probe_job *, struct bytes *, struct error *);

/* ---- the verdict ---- */

/* The verdict on all outcomes, with a sentence or two that says no more than was seen. */
enum probe_verdict probe_verdict(const struct context_result[], size_t count, char why[PEER_WHY]);

/*
 * True for the outcomes that the question is about: those of daemon:USER and agent:USER, or where
 * there are none, root's.
 */
bool	probe_is_subject(const struct context_result *, const struct context_result[],
    size_t count);

/*
 * Whether an outcome counts as blocked: each of its tries was refused at once, and there were
 * enough of them. What root saw is for probe_verdict().
 */
bool	probe_is_refused_at_once(const struct context_result *);

/* What to do about a verdict: sentences with exact commands, the best first. */
#define ADVICE_MAX	16
struct advice {
	char	lines[ADVICE_MAX][PEER_WHY];
	size_t	count;
};
void	advice_add(struct advice *, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct probe_place {			/* what the advice names */
	const char	*target;	/* HOST:PORT */
	const char	*network;	/* "10.9.0.0/24"; empty: not known */
	const char	*label;		/* of --label; NULL: none */
	const char	*runs;		/* its process, if not its program; empty: not known */
};
void	probe_advise(struct advice *, enum probe_verdict, const struct context_result[],
    size_t count,
	    const struct probe_place *);

/* ---- all of one probe ---- */

struct probe {
	struct peer	target;
	struct context	contexts[PROBE_CONTEXTS_MAX];
	size_t		context_count;
	const char	*label;			/* whose own connections are looked at, too; NULL:
						   none */
	struct context	job_context;		/* that job's */
	char		runs[PATH_SIZE];	/* see struct probe_place */
	double		seconds;		/* how long to try */
	struct context_result	outcomes[PROBE_CONTEXTS_MAX + 1];	/* the job's comes first */
	size_t		outcome_count;
	struct macho	own;			/* lnpctl's own identity; empty on systems that have
						   none */
	enum probe_verdict verdict;
	char		why[PEER_WHY];
	struct advice	advice;
};

const char *probe_result_word(enum probe_result);	/* "open", "no_route" ... */
const char *probe_verdict_word(enum probe_verdict);
const char *probe_witness_word(enum observer);
const char *probe_errno_name(int number);		/* "EHOSTUNREACH"; NULL: 0 or not known */

#endif
