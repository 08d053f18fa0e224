/* Read launchd's own log, whose times are local. */
#define _DEFAULT_SOURCE		/* tm_gmtoff */
#include <time.h>

#include "host/files/files.h"
#include "host/launchd/log.h"
#include "host/machine/wait.h"

/* Return how many seconds local time is ahead of UTC. */
static long
log_zone(int64_t now)
{
	time_t time = (time_t)now;
	struct tm fields;

	return localtime_r(&time, &fields) == NULL ? 0 : fields.tm_gmtoff;
}

void
log_end_look(const struct host *host, struct log_end *end, const char *label, int64_t begun,
    struct launchd_log *log)
{
	int64_t now = wait_date(), since = now - LAUNCHD_LOG_SECONDS;

	if (!end->read)
		files_read_last(host, LAUNCHD_LOG, host->owner, LOG_END_BYTES, &end->text);
	end->read = true;
	if (end->text.size > 0)
		launchd_log_read(log, (const char *)end->text.data, end->text.size, log_zone(now),
		    label, begun > since ? begun : since);
}
