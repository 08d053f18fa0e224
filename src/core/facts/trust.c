/* Says who can change a file. */
#include <stddef.h>

#include "core/facts/loadable.h"
#include "core/facts/trust.h"

enum weakness
trust_file(const struct file_fact *fact, uid_t owner)
{
	return loadable_is_others(fact->owner, fact->group, fact->mode, owner) ? WEAK_MODE :
	    fact->granted;
}

bool
trust_is_hidden(enum weakness weakness)
{
	return weakness == WEAK_ACL || weakness == WEAK_VOLUME;
}

static const struct {
	const char	*reason, *fix;
} words[] = {
	[WEAK_NOT] = { "is root's alone", NULL },
	[WEAK_MODE] = { "has an owner or a mode that lets others change it",
	    "give it to root:wheel, and take write permission from group and others" },
	[WEAK_ACL] = { "has an access control list that lets others change it",
	    "look at the list with ls -lde, and take it away with chmod -N" },
	[WEAK_VOLUME] = { "is on a volume that ignores ownership, so everybody can change it",
	    "use the startup volume, or turn ownership on: sudo diskutil enableOwnership" },
};

const char *
trust_reason(enum weakness weakness)
{
	return words[weakness].reason;
}

const char *
trust_fix(enum weakness weakness)
{
	return words[weakness].fix;
}
