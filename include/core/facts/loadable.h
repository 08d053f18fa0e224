/*
 * Whose words a file has. launchd reads a plist only when nobody but root, or for an agent its
 * account, could have written it; lnpctl lets no other decide anything.
 */
#ifndef CORE_FACTS_LOADABLE_H
#define CORE_FACTS_LOADABLE_H

#include <stdbool.h>

#include "core/facts/facts.h"

/*
 * Why launchd refuses to read a plist of this owner and mode (error 122); NULL: it reads it. root:
 * who must own what is installed, as host->owner; account: whose agent it is, root again where it
 * is a daemon or everybody's agent.
 */
const char *loadable_objection(const struct file_fact *, uid_t root, uid_t account);

/*
 * Whether others than root can change a file of this owner, group and mode, whatever the way to it
 * is.
 */
bool	loadable_is_others(uid_t owner, gid_t group, mode_t, uid_t root);

#endif
