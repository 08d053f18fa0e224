/*
 * Change what options name of an installed job, and keep the rest: what the receipt has is the
 * plist to start from.
 */
#ifndef COMMAND_AMEND_H
#define COMMAND_AMEND_H

#include "change.h"

/* Return true if an option names something of the job itself, other than its label. */
bool	amend_is_asked(const struct options *);

/*
 * Make the change and report it. Where the job is as the options say already, installs decides: it
 * is installed again, which enables its label, or else repaired. Peers of the options replace all
 * peers. ERROR_USAGE: --user names another account.
 */
int	amend_one(struct session *, struct change *, const char *label, bool installs,
    struct error *);

#endif
