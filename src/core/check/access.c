/* Decide from owner and mode whether an account has access. */
#include "core/check/access.h"
#include "core/lint/lint.h"

bool
access_is_evident(const struct file_fact *fact, uid_t account, int bits)
{
	int owners = (int)fact->mode >> 6, groups = (int)fact->mode >> 3, others = (int)fact->mode;
	/* Another account may be a member of the group or not. */
	int given = fact->owner == account ? owners : groups & others;

	return fact->exists == YES && (fact->plain & bits) == bits && (given & bits) == bits &&
	    fact->locked != LOCK_FILE && lint_protected(fact->resolved) == NULL;
}
