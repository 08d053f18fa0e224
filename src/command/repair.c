/* repair: puts back what install promised, by the receipt, then verifies. */
#include "reapply.h"

/*
 * A disabled label is the administrator's switch and stays; so does a program that somebody must
 * make executable, or take out of quarantine. What is left is told by the checks.
 */
int
command_repair(struct session *session, struct error *error)
{
	return reapply_all(session, (struct plan_options){ .restart = false }, error);
}
