/* The numbers that a process needs to become an account. */
#include <pwd.h>

#include "host/machine/identity.h"
#include "host/os/platform.h"

#define NOBODYS_GROUP	((gid_t)-2)	/* as on macOS */

void
identity_of_account(const struct host *host, uid_t uid, struct identity *identity)
{
	const struct passwd *entry = host->image ? NULL : getpwuid(uid);

	*identity = (struct identity){ .uid = uid, .gid = NOBODYS_GROUP,
	    .groups = { NOBODYS_GROUP }, .ngroups = 1 };
	if (entry == NULL)
		return;
	identity->gid = entry->pw_gid;
	identity->ngroups = platform_groups(entry->pw_name, entry->pw_gid, identity->groups);
}
