/*
 * A real /bin/sh for commands that lnpctl prints for pasting: sudo, lnpctl and launchctl record
 * their arguments.
 */
#ifndef SHELL_H
#define SHELL_H

#include <stdbool.h>
#include <stddef.h>

#define SHELL_END	'\036'		/* after each argument */

int	shell_setup(void **state);	/* for a group of tests */
int	shell_teardown(void **state);

/*
 * Give the line to sh, as if pasted. Returns the arguments of all sudos that it started, each ended
 * by SHELL_END; valid until the next call. Fails the test if a file was created, as "touch hit" in
 * a name would.
 */
const char *shell_paste(const char *line);

/* Return whether one of those arguments is exactly this. */
bool	shell_has(const char *arguments, const char *argument);

#endif
