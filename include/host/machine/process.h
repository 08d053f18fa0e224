/*
 * Run programs: an absolute path, an argument vector, no shell, an empty environment, standard
 * input from the null device, output captured, a time limit.
 */
#ifndef HOST_MACHINE_PROCESS_H
#define HOST_MACHINE_PROCESS_H

#include <stddef.h>

#include "host/machine/host.h"

#define PROCESS_ARGUMENTS	6		/* the most that launchctl needs, including its name
						   and the NULL */
#define PROCESS_OUTPUT		(512 * 1024)	/* more from one launchctl is not an answer; the
						   largest that was posted, of a domain with 492
						   jobs, had 142 KB */

enum run_end {
	RUN_EXITED,		/* value: exit status */
	RUN_KILLED,		/* value: signal */
	RUN_TIMED_OUT,		/* did not end in time; it and its process group were killed */
	RUN_FLOODED,		/* printed more than capacity; killed likewise */
	RUN_STOPPED,		/* host->stop was set while it ran; killed likewise */
	RUN_FAILED,		/* could not be started: value is an errno */
};

struct run {
	const char	*arguments[PROCESS_ARGUMENTS];	/* arguments[0] is the absolute path of the
							   program */
	double		 seconds;			/* time limit */
	char		*output;			/* the caller's buffer for standard output,
							   or NULL: dropped */
	size_t		 capacity;			/* of the buffer */
	size_t		 size;				/* bytes printed; not terminated */
	char complaint[512];	/* standard error as one line: lines joined by ": ", control
				   characters '?', truncated */
	enum run_end	 end;
	int		 value;
};

/* Work to be done while the programs run. It must not run programs itself. */
struct overlap {
	void	(*work)(void *context);
	void	*context;
};

/*
 * Run all, at most at_once (1 to 16) at a time, each in its own process group, with default signal
 * actions and no signal blocked; fill size, complaint, end and value, and the output buffers. A run
 * ends when its child exits, not when its pipe closes: a server that it started may hold that open.
 * The overlap (NULL: none) is done once, when at_once of them have been started, or all, or none
 * could be, with SIGCHLD and the stop signals blocked. While waiting, SIGCHLD and the stop signals
 * wake us (pselect; no fixed sleep, no lost wake-up); previous handlers and the mask are restored.
 * Other children are not reaped. With --verbose each program is printed to host->trace as a line
 * "run: /bin/launchctl print system/com.example.job". Always returns; allocates nothing.
 */
void	process_run(const struct host *, struct run runs[], size_t count, size_t at_once,
    const struct overlap *);

/* Return whether pid is that process, or a descendant of it. */
bool	process_descends(pid_t, pid_t ancestor);

#endif
