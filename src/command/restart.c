/* restart: boot the job out, wait for it to exit, load it again, and verify. */
#include "reapply.h"

/*
 * Not kickstart -k: it runs the definition, and the program's identity, that launchd has cached
 * since it loaded the job.
 */
int
command_restart(struct session *session, struct error *error)
{
	if (session->options.operand_count == 0)
		return error_set(error, ERROR_USAGE, NULL, "list what is installed: lnpctl status",
		    "the label is missing");
	return reapply_all(session, true, error);
}
