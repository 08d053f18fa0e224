/*
 * Check owner and mode of a plist as launchd does. launchd reads a plist only if nobody but root,
 * or for an agent its account, could have written it; lnpctl ignores any other, too.
 */
#ifndef CORE_FACTS_LOADABLE_H
#define CORE_FACTS_LOADABLE_H

#include <stdbool.h>

#include "core/facts/facts.h"

/*
 * Return why launchd refuses to read a plist of this owner and mode (error 122), or NULL if it
 * reads it. root: owner of installed files, as host->owner; account: owner of an agent, or root for
 * a daemon or an agent of all users.
 */
const char *loadable_objection(const struct file_fact *, uid_t root, uid_t account);

/* Return whether others than root can change a file of this owner, group and mode, by itself. */
bool	loadable_is_others(uid_t owner, gid_t group, mode_t, uid_t root);

#endif
