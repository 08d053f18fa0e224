/*
 * Who an account is for a process that becomes it: numbers, of this machine (getpwuid(3),
 * getgrouplist(3)).
 */
#ifndef HOST_MACHINE_IDENTITY_H
#define HOST_MACHINE_IDENTITY_H

#include "core/facts/facts.h"
#include "host/machine/host.h"

/*
 * The groups of the account that has this uid, for a child that becomes it. An image's accounts,
 * and those that have no name, get no group but nobody's: that lets them do less, never more.
 */
void	identity_of_account(const struct host *, uid_t, struct identity *);

#endif
