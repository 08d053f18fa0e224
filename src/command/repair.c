/* repair: restore what was installed, by the receipt, then verify. */
#include "reapply.h"

/*
 * Not repaired, only reported by the checks: a disabled label, which is the administrator's choice,
 * and a program that is not executable or is quarantined.
 */
int
command_repair(struct session *session, struct error *error)
{
	return reapply_all(session, false, error);
}
