/*
 * Decide who reaches a peer on the LAN: add up tries to the outcome of a context, and derive a
 * verdict from the outcomes.
 *
 * Local Network Privacy refuses a connect at once with EHOSTUNREACH (XNU
 * bsd/netinet/tcp_output.c:3092). A dead host on the link gives the same error, but only after ARP
 * has given up, which takes a second or more. One refusal decides nothing: a packet filter also
 * gives that error at once, and the first contacts of a new program were seen to fail and the next
 * to pass. So time, repetition and a control (root, started by launchd) decide together.
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
#define PROBE_TRIES_MAX	64	/* of one context, including those after a success */
#define PROBE_TRIES_NEEDED	3	/* immediate refusals beyond a first contact */
#define PROBE_REACHED_ENOUGH	2
#define PROBE_AT_ONCE		1000.0	/* milliseconds; ARP and IPv6 neighbor discovery give up
					   later, a refusal is immediate */
#define PROBE_CONTEXTS_MAX	16
#define PROBE_OUTPUT_MAX	16384	/* bytes of one context's output; lnpctl prints less */
#define PROBE_UNRESOLVED	10000	/* in place of an errno: the name was not resolved */

enum context_kind { CONTEXT_ROOT, CONTEXT_SHELL, CONTEXT_DAEMON, CONTEXT_AGENT };

enum observer { WITNESS_LNPCTL, WITNESS_JOB };

/* A later one shows less about Local Network Privacy. */
enum probe_result {
	PROBE_OPEN,
	PROBE_REFUSED,		/* the peer answered: it is reachable, the port is closed */
	PROBE_NO_ROUTE,		/* EHOSTUNREACH at once */
	PROBE_ERROR,
	PROBE_HOST_DOWN,	/* EHOSTDOWN, or EHOSTUNREACH after ARP gave up */
	PROBE_TIMEOUT,
	PROBE_NOT_RUN,
};

struct context {
	enum context_kind kind;
	char		name[NAME_SIZE + 8];	/* "root", "shell", "daemon:worker",
						   "agent:worker" */
	char		user[NAME_SIZE];	/* "root" for the first two */
	char		group[NAME_SIZE];	/* GroupName of a daemon; empty: its account's */
};

struct context_result {				/* of one context, by one witness */
	struct context	context;
	enum observer	witness;
	bool		uid_known;
	uid_t		uid;
	enum probe_result result;
	int		number;			/* errno of the last failed try; 0: none */
	unsigned	tries, opened, refused, no_route;
	unsigned	first_open;		/* which try; 0: none */
	unsigned	first_reached;		/* open or refused */
	double		milliseconds;		/* of the first try that reached it, else of the
						   last; below 0: no try */
	bool		begun, complete;	/* connect's output has a start, an end */
	char		addresses[ADDRESSES_MAX][ADDRESS_TEXT];
	enum address_scope	places[ADDRESSES_MAX];
	size_t		address_count;
	char		why[PEER_WHY];		/* of PROBE_NOT_RUN */
};

/* Read "root", "shell", "daemon:USER" or "agent:USER"; daemon:root is root. ERROR_USAGE. */
int	probe_context(struct context *, const char *text, struct error *);

/* ---- tries ---- */

/* Classify an errno value that came after so many milliseconds; 0 is open. */
enum probe_result probe_classify(int errnum, double milliseconds);

/* Initialize an outcome without tries: PROBE_NOT_RUN. */
void	probe_begin(struct context_result *, const struct context *, enum observer);

/* Add a try. */
void	probe_add(struct context_result *, int errnum, double milliseconds);

/* Return true if the peer was reached twice: more tries would add nothing. */
bool	probe_decided(const struct context_result *);

/* Return true if the context reached the peer last. */
bool	probe_reached(const struct context_result *);

/* ---- what `lnpctl connect` prints, and its job ---- */

#define PROBE_HEAD	"lnpctl-connect 1"
#define PROBE_EXIT_SECONDS	5	/* then launchd kills even a stopped process */

/*
 * Read what connect has printed so far, without an incomplete last line. Lines are
 * "address ADDRESS PLACE", "try NUMBER MILLISECONDS", "end". The account that runs it owns the
 * file, so it may contain anything: return false if it is not in that format; the outcome then is
 * PROBE_NOT_RUN, and its why explains it.
 */
bool	probe_read(struct context_result *, struct bytes);

/* Make the plist of the one-shot job, malloc'ed. user NULL: an agent's, or root's. ERROR_SYSTEM. */
struct probe_job {
	const char	*label, *program, *user, *group, *output;
	double		seconds;
	const char	*target;
};
int	probe_plist(const struct probe_job *, struct bytes *, struct error *);

/* ---- the verdict ---- */

/* Return the verdict on all outcomes, and explain it in a sentence or two. */
enum probe_verdict probe_verdict(const struct context_result[], size_t count, char why[PEER_WHY]);

/*
 * Return true if each try was refused at once, and there were enough of them. probe_verdict()
 * compares that with root's outcome.
 */
bool	probe_is_refused_at_once(const struct context_result *);

/* What to do about a verdict: sentences with exact commands, best first. */
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
	const char	*runs;		/* file its process runs, if not its program; or empty */
};
void	probe_advise(struct advice *, enum probe_verdict, const struct context_result[],
    size_t count, const struct probe_place *);

/* ---- all of one probe ---- */

struct probe {
	struct peer	target;
	struct context	contexts[PROBE_CONTEXTS_MAX];
	struct identity	identities[PROBE_CONTEXTS_MAX];	/* of each context's account */
	size_t		context_count;
	const char	*label;			/* inspect this job's connections, too; or NULL */
	struct context	job_context;		/* that job's */
	char		runs[PATH_SIZE];	/* see struct probe_place */
	double		seconds;		/* how long to try */
	struct context_result	outcomes[PROBE_CONTEXTS_MAX + 1];	/* the job's comes first */
	size_t		outcome_count;
	struct macho	own;			/* lnpctl's own identity; empty if there is none */
	enum probe_verdict verdict;
	char		why[PEER_WHY];
	struct advice	advice;
};

const char *probe_result_word(enum probe_result);	/* "open", "no_route" ... */
const char *probe_verdict_word(enum probe_verdict);
const char *probe_witness_word(enum observer);
const char *probe_errno_name(int errnum);		/* "EHOSTUNREACH"; NULL: 0 or not known */

#endif
