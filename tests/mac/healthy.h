/*
 * The job of the checklist as a promise, and a Mac as facts, for tests of core: each test changes
 * what it is about.
 */
#ifndef HEALTHY_H
#define HEALTHY_H

#include "core/facts/facts.h"
#include "core/job/promise.h"

#define LABEL	"com.example.agentworker"

struct healthy {
	struct promise	promise;	/* what the command line asks for */
	struct promise	receipt;	/* what an earlier install promised; zero when there is
					   none */
	struct facts	facts;
};

/*
 * The plist of the checklist; text in it may be replaced by the caller's (both NULL: not). In a
 * buffer of its own until the next call.
 */
struct bytes healthy_plist(const char *old, const char *new);

/* Nothing is installed yet. healthy_free() releases it. */
void	healthy_fresh(struct healthy *);

/* Installed, loaded, running for an hour. */
void	healthy_installed(struct healthy *);

/* Writes the receipt again from healthy->receipt, for a test that changed it. */
void	healthy_receipt(struct healthy *);

void	healthy_free(struct healthy *);

#endif
