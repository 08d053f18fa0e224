/*
 * Runs programs: an absolute path, an argument vector, no shell, an empty environment, standard
 * input from the null device, output captured, a time limit.
 */
#ifndef HOST_MACHINE_PROCESS_H
#define HOST_MACHINE_PROCESS_H

#include <stddef.h>

#include "host/machine/host.h"

#define PROCESS_ARGUMENTS	6		/* the most that launchctl is ever given, with its
						   name and the NULL */
#define PROCESS_OUTPUT		(256 * 1024)	/* more than this from one launchctl is no answer */

enum run_end {
	RUN_EXITED,		/* value: exit status */
	RUN_KILLED,		/* value: signal */
	RUN_TIMED_OUT,		/* did not end in time; it and its process group were killed */
	RUN_FLOODED,		/* printed more than there was room for; killed likewise */
	RUN_STOPPED,		/* host->stop was set while it ran; killed likewise */
	RUN_FAILED,		/* could not be started: value is an errno */
};

struct run {
	const char	*arguments[PROCESS_ARGUMENTS];	/* arguments[0] is the absolute path of the
							   program */
	double		 seconds;			/* its time limit */
	char		*output;			/* the caller's room for standard output, or
							   NULL: dropped */
	size_t		 capacity;
	size_t		 size;				/* of what was printed; not terminated */
	char complaint[512]; /* standard error as one line: lines joined by ": ", control characters
				'?', cut */
	enum run_end	 end;
	int		 value;
};

/*
 * Runs all, at_once at a time at most (1 to 16), each in a process group of its own, with default
 * signal actions and no signal blocked; fills output, size, complaint, end, value. A run ends when
 * its child exits, not when its pipe closes: a server that it started may hold that open. While
 * waiting SIGCHLD and the stop signals wake us (pselect; no fixed sleep, no lost wake-up); previous
 * handlers and the mask are restored. Children that are not ours are not reaped. With --verbose
 * each program is shown in host->trace as a line "run: /bin/launchctl print
 * system/com.example.job". Always returns; allocates nothing.
 */
void	process_run(const struct host *, struct run runs[], size_t count, size_t at_once);

/*
 * What can be done while they run: once, with SIGCHLD and the stop signals held back. It may not
 * run programs itself.
 */
struct overlap {
	void	(*work)(void *context);
	void	*context;
	bool	done;
};

/* The same. The work is done when as many as may have been started; NULL: there is none. */
void	process_run_with(const struct host *, struct run runs[], size_t count, size_t at_once,
    struct overlap *);

/* Does it where it was not done: no program was to be run, or none could be. NULL: nothing. */
void	overlap_do(struct overlap *);

#endif
