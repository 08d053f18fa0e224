/*
 * A real /bin/sh for what lnpctl says is to be pasted: sudo, lnpctl and launchctl write down what
 * they are given.
 */
#ifndef SHELL_H
#define SHELL_H

#include <stdbool.h>
#include <stddef.h>

#define SHELL_END	'\036'		/* after each argument */

int	shell_setup(void **state);	/* for a group of tests */
int	shell_teardown(void **state);

/*
 * Gives the line to sh, as somebody would who pastes it. Returns the arguments of all sudos that it
 * started, each ended by SHELL_END; valid until the next call. Fails the test when a file was made,
 * as "touch hit" in a name would.
 */
const char *shell_paste(const char *line);

/* Whether one of those arguments is exactly this. */
bool	shell_has(const char *arguments, const char *argument);

#endif
