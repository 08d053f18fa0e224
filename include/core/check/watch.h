/*
 * Judge what is seen of a job while it is loaded and started. The host runs launchctl, looks and
 * waits; what that shows, and what to do next, is decided here.
 */
#ifndef CORE_CHECK_WATCH_H
#define CORE_CHECK_WATCH_H

#include <stdbool.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/job/receipt.h"

/* ---- loading ---- */

struct load_answer {			/* to one bootstrap */
	int		 status;	/* its exit status; below 0: it did not exit by itself */
	bool		 timed_out;	/* it was interrupted, and may have worked */
	enum tristate	 loaded;	/* as print shows after it, */
	const struct service *service;	/* and this */
	bool		 only_once;	/* launchd unloads the job when it has run */
};

enum load_next {
	LOAD_DONE,			/* the job is loaded from the path */
	LOAD_WAIT,			/* try again: waiting may help */
	LOAD_REFUSED,
};

enum load_next check_load(const struct load_answer *, const char *path);

/*
 * Return whether launchd answered with 5, which it does to many problems and names none: look for
 * the cause with start_explain() of start.h before waiting. Every other status names its cause.
 */
bool	check_load_is_vague(const struct load_answer *);

/* Set the error of a refusal and return -1; words is launchctl's answer in a sentence. */
int	check_load_refused(const struct load_answer *, const char *words, const char *target,
    struct error *);

/* ---- starting ---- */

struct job_watch {
	double	begun;			/* when the watching began, in seconds of any clock */
	double	limit;			/* seconds until there must be a process */
	double	up;			/* when its process was first seen; 0: not yet */
	long	pid, runs;		/* of that process */
	bool	kicked;
};

enum watch_next {
	WATCH_WAIT,			/* look again later */
	WATCH_KICK,			/* kickstart the job, once; the next look shows it */
	WATCH_GOOD,
	WATCH_BAD,			/* the error says why */
};

/*
 * Judge a look at the job, at the time now. A process is good once it has lived for the job's
 * settle time with the same pid, runs and the right uid; with a settle time of 0 it is enough that
 * the job is loaded. A job that launchd has not started after 5 s is kickstarted: macOS 26.5 was
 * seen to omit the first start. facts->launchd.uptime and restarted are corrected by what was seen
 * before. WATCH_BAD: ERROR_FAILED, or ERROR_LAUNCHCTL if launchd's last answer could not be used.
 */
enum watch_next check_watch(struct job_watch *, const struct receipt *, struct facts *, double now,
    struct error *);

/* ---- causes ---- */

/*
 * Of a start that failed without a line in the job's log: replace a fix that is to read it.
 */
void	check_forget_log(const struct receipt *, const struct facts *, struct error *);

/* Return whether the last process ended with 78, of which the log says nothing. */
bool	check_is_unexplained(const struct facts *);

#endif
