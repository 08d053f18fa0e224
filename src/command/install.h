/*
 * The steps that install and migrate share, from options and a plist to a promise.
 */
#ifndef COMMAND_INSTALL_H
#define COMMAND_INSTALL_H

#include "command/command.h"
#include "core/facts/facts.h"
#include "core/job/promise.h"

/* Look up the account and the group of the options: facts->user and group. ERROR_ACCOUNT. */
int	install_accounts(struct session *, const struct options *, struct facts *, struct error *);

/*
 * Fill the promise from a plist, which is freed, these accounts, and the peers and settle time of
 * the command line.
 */
int	install_promise(struct session *, struct bytes plist, const struct facts *,
    struct promise *, struct error *);

/* Read the receipt of an earlier run. Returns 0, with *there false if there is none, or -1. */
int	install_receipt(struct session *, const char *label, struct promise *receipt,
    struct facts *, bool *there, struct error *);

/*
 * After a change: report what is not tested, test the peers, and report the checks. The job stays
 * installed in any case.
 */
int	install_finish(struct session *, const struct promise *, struct facts *, struct error *);

#endif
