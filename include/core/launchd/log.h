/*
 * Read launchd's own log, /var/log/com.apple.xpc.launchd/launchd.log: how often a job ended
 * abnormally, until when launchd has put off its next start, and why it did not start it.
 *
 * The log is not an interface either. A line that is not understood is passed over, so a count is
 * the least that happened. A job can have words of its own written there (a reason of abort), so
 * lines are only quoted, cleaned, as those of that log, and launchd_log_starts() limits the count.
 * Sources: tests/evidence/RULES.md, 86, 89, 90.
 */
#ifndef CORE_LAUNCHD_LOG_H
#define CORE_LAUNCHD_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/launchd/service.h"

#define LAUNCHD_LOG	"/var/log/com.apple.xpc.launchd/launchd.log"

#define LAUNCHD_LOG_SECONDS	3600	/* what is older does not matter */
#define LOG_REASONS	3
#define LOG_REASON_SIZE	200		/* bytes of one, which may be truncated */

struct launchd_log {			/* times are seconds since 1970 */
	int64_t	since;			/* what is known begins here; 0: nothing is */
	bool	whole;			/* that is the time that was asked for */
	long	abnormal;		/* ends of the job's processes since then */
	int64_t	throttled_until;	/* the next start is put off until then; 0: it is not */
	/*
	 * The last different lines that say why it was not started, or why the system ended it; the
	 * newest is the last one, and what there is not is empty.
	 */
	char	reasons[LOG_REASONS][LOG_REASON_SIZE];
};

/*
 * Read what the end of the log, size bytes, has of the label in the system domain from the time
 * since on. zone is how many seconds local time is ahead of UTC. A first line that is not whole is
 * passed over. An end with status 0, one by SIGTERM, one that launchd asked for, and an idle exit
 * are normal.
 */
void	launchd_log_read(struct launchd_log *, const char *text, size_t size, long zone,
    const char *label, int64_t since);

/*
 * Return when launchd began to count: at the boot, or when lnpctl last loaded the job, which may
 * have fixed what was wrong before. 0: not known.
 */
int64_t	launchd_log_begins(int64_t booted, int64_t loaded);

/*
 * Return how often the job was started after an abnormal end, as far as the log shows, and never
 * more than launchd's runs since the job was loaded; -1: unknown.
 */
long	launchd_log_starts(const struct launchd_log *, const struct service *);

#endif
