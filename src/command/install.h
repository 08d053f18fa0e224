/*
 * What install and migrate share: from options and a plist to a promise.
 */
#ifndef COMMAND_INSTALL_H
#define COMMAND_INSTALL_H

#include "command/command.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"

/* Looks up the accounts that the options name, once: facts->user and group. ERROR_ACCOUNT. */
int	install_accounts(struct session *, const struct options *, struct facts *, struct error *);

/*
 * The promise that a plist makes, which is freed, for these accounts, with the peers and the settle
 * time of the command line.
 */
int	install_promise(struct session *, struct bytes plist, const struct facts *,
    struct promise *, struct error *);

/* The receipt of an earlier run, if there is one: 0 with *there set, or -1. */
int	install_receipt(struct session *, const char *label, struct promise *receipt,
    struct facts *, bool *there,
	    struct error *);

/*
 * After a change: tells what is not proved and what the checks found, and asks about the peers,
 * last: the job stays in any case.
 */
int	install_finish(struct session *, const struct promise *, struct facts *, struct error *);

#endif
