/* Wait with pselect, which alone lets the stop signals through, so that none is missed before. */
#include <signal.h>
#include <sys/select.h>
#include <time.h>

#include "host/machine/dir_cache.h"
#include "host/os/platform.h"
#include "host/machine/wait.h"

#define PAUSE_FIRST	0.01
#define PAUSE_MAX	0.25

double
wait_now(void)
{
	return platform_clock();
}

int64_t
wait_date(void)
{
	return (int64_t)time(NULL);
}

bool
wait_is_stopped(const struct host *host)
{
	return host->stop != NULL && *host->stop != 0;
}

void
wait_hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, before);
}

bool
wait_for(const struct host *host, double seconds)
{
	double end = wait_now() + seconds;
	sigset_t before;

	dir_cache_forget(host->dir_cache);	/* it may be out of date after the wait */
	wait_hold_signals(&before);
	/* A signal must not cut an undo short, for which there is no host->stop. */
	while (!wait_is_stopped(host) && (seconds = end - wait_now()) > 0) {
		struct timespec limit = { (time_t)seconds,
		    (long)((seconds - (double)(time_t)seconds) * 1e9) };

		pselect(0, NULL, NULL, NULL, &limit, &before);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !wait_is_stopped(host);
}

void
wait_report(const struct host *host, struct poll_wait *wait, double until)
{
	double now = wait_now();

	if (wait->begun == 0)
		wait->begun = now;
	if (host->waiting == NULL || wait->target == NULL || wait->reported ||
	    now - wait->begun < WAIT_SILENT)
		return;
	wait->reported = true;
	host->waiting(host->waiting_context, wait->target, wait->what, until - now);
}

bool
wait_next(const struct host *host, struct poll_wait *wait)
{
	double left = wait->deadline - wait_now();

	if (left <= 0)
		return false;
	wait_report(host, wait, wait->deadline);
	wait->pause = wait->pause == 0 ? PAUSE_FIRST : wait->pause * 1.6;
	if (wait->pause > PAUSE_MAX)
		wait->pause = PAUSE_MAX;
	return wait_for(host, wait->pause < left ? wait->pause : left);
}
