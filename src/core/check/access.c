/* Decide from owner and mode whether an account has access. */
#include "core/check/access.h"
#include "core/lint/lint.h"

bool
access_is_evident(const struct file_fact *fact, uid_t account, int bits)
{
	int given = (int)(fact->owner == account ? fact->mode >> 6 : fact->mode & fact->mode >> 3);

	return fact->exists == YES && (fact->plain & bits) == bits && (given & bits) == bits &&
	    fact->locked != LOCK_FILE && lint_protected(fact->resolved) == NULL;
}
