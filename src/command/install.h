/*
 * The steps that install and migrate share.
 */
#ifndef COMMAND_INSTALL_H
#define COMMAND_INSTALL_H

#include "change.h"

/* Look up the account and the group of the options: facts->user and group. ERROR_ACCOUNT. */
int	install_accounts(const struct host *, const struct options *, struct facts *,
    struct error *);

/*
 * Fill the spec of a change from its plist, the accounts in the facts, what became of the logs of
 * the plist that it was made from, and the peers and settle time of the command line.
 */
int	install_spec(struct session *, struct change *, const struct migration *,
    struct error *);

/* Read the receipt of an earlier run. Returns 0 with or without one, or -1. */
int	install_receipt(const struct host *, const char *label, struct change *, struct error *);

/*
 * Make the change, and report it as done; report what is not tested, test the peers, and report the
 * checks. Once it is made the job stays installed in any case.
 */
int	install_change(struct session *, struct change *, const char *done, struct error *);

#endif
