/*
 * The job of the checklist, and a Mac as facts, for tests of core, which change what
 * they test.
 */
#ifndef HEALTHY_H
#define HEALTHY_H

#include "core/facts/facts.h"
#include "core/job/receipt.h"

#define LABEL	"com.example.agentworker"
/* Of its program. */
#define HEALTHY_SHA256	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct healthy {
	struct receipt	next;	/* what the command line asks for */
	struct receipt	receipt;	/* what an earlier install promised; zero when there is
					   none */
	struct facts	facts;
};

/*
 * Return the plist of the checklist, with a text replaced (both NULL: unchanged), in a buffer of
 * its own until the next call.
 */
struct bytes healthy_plist(const char *old, const char *new);

/* Set the facts of a Mac with nothing installed. healthy_free() frees them. */
void	healthy_fresh(struct healthy *);

/* Set the facts of a job that is installed, loaded, and running for an hour. */
void	healthy_installed(struct healthy *);

/* Serialize healthy->receipt again, for a test that changed it. */
void	healthy_receipt(struct healthy *);

void	healthy_free(struct healthy *);

#endif
