/* repair: puts back what install promised, by the receipt, then verifies. */
#include "command/change.h"

/*
 * A disabled label is the administrator's switch and stays; so does a program that somebody must make executable, or take out of
 * quarantine. What is left is told by the checks.
 */
static int
repair_one(struct session *session, const char *label, struct error *error)
{
	return change_again(session, label, (struct wish){ .restart = false }, error);
}

int
command_repair(struct session *session, struct error *error)
{
	return change_each(session, repair_one, error);
}
