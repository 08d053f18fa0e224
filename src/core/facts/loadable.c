/* Check who could have written a plist. The rules are those of launchd's path_goodness_check(). */
#include <stddef.h>

#include "core/facts/loadable.h"

const char *
loadable_objection(const struct file_fact *fact, uid_t root, uid_t account)
{
	if (fact->type != FILE_REGULAR)
		return "it is not a regular file";
	if (fact->owner != 0 && fact->owner != root && fact->owner != account)
		return "it is owned by another account, so launchd refuses it (122)";
	return (fact->mode & 022) != 0 ? "others can write it, so launchd refuses it (122)" : NULL;
}

bool
loadable_is_others(uid_t owner, gid_t group, mode_t mode, uid_t root)
{
	return (owner != 0 && owner != root) || (mode & 02) != 0 ||
	    ((mode & 020) != 0 && group != 0);
}
