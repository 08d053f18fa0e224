/* Determine who can change a file. */
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
} trust_texts[] = {
	[WEAK_NOT] = { "is owned and writable by root only", NULL },
	[WEAK_MODE] = { "has an owner or a mode that lets others change it",
	    "make root:wheel its owner, and remove write permission for group and others" },
	[WEAK_ACL] = { "has an access control list that lets others change it",
	    "inspect the list with ls -lde, then remove it with chmod -N" },
	[WEAK_VOLUME] = { "is on a volume that ignores ownership, so every account can change it",
	    "use the startup volume, or turn on ownership: sudo diskutil enableOwnership VOLUME" },
};

const char *
trust_reason(enum weakness weakness)
{
	return trust_texts[weakness].reason;
}

const char *
trust_fix(enum weakness weakness)
{
	return trust_texts[weakness].fix;
}

bool
trust_is_open_to_others(const struct file_fact *log, uid_t account)
{
	return log->untrusted_path[0] != '\0' && !trust_is_hidden(log->untrusted_by) &&
	    (log->untrusted_owner != account || (log->untrusted_mode & 022) != 0);
}
