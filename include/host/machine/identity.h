/*
 * The numbers that a process needs to become an account of this machine (getpwuid(3),
 * getgrouplist(3)).
 */
#ifndef HOST_MACHINE_IDENTITY_H
#define HOST_MACHINE_IDENTITY_H

#include "core/facts/facts.h"
#include "host/machine/host.h"

/*
 * Fill the identity of the account with this uid, for a child that becomes it. An account of an
 * image, or without a name, gets only the group nobody: that lets the child do less, never more.
 */
void	identity_of_account(const struct host *, uid_t, struct identity *);

#endif
