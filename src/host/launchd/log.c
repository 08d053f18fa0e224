/* Read launchd's own log, whose times are local. */
#define _DEFAULT_SOURCE		/* tm_gmtoff */
#include <time.h>

#include "host/files/files.h"
#include "host/launchd/log.h"
#include "host/machine/wait.h"
#include "core/text.h"

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
		files_read_last(host, LAUNCHD_LOG, host->owner, (struct log_mark){ .inode = 0 },
		    LOG_END_BYTES, &end->text);
	end->read = true;
	if (end->text.size > 0)
		launchd_log_read(log, (const char *)end->text.data, end->text.size, log_zone(now),
		    label, begun > since ? begun : since);
}

void
log_mark(const struct host *host, struct log_mark *mark)
{
	struct file_fact fact;

	files_look(host, LAUNCHD_LOG, FILES_STRICT, &fact);
	/* Where there is none yet, all of it will be new: no file has this number. */
	*mark = (struct log_mark){ fact.exists == NO ? UINT64_MAX : fact.identity.inode,
	    fact.identity.size };
}

void
log_quote(const struct host *host, const struct log_mark *mark, const char *label, char *target,
    size_t size)
{
	struct launchd_log log;
	struct bytes text;

	target[0] = '\0';
	if (mark->inode == 0)
		return;
	files_read_last(host, LAUNCHD_LOG, host->owner, *mark, LOG_END_BYTES, &text);
	launchd_log_read(&log, (const char *)text.data, text.size, 0, label, 0);
	bytes_free(&text);
	for (int i = 0; i < LOG_REASONS; i++)
		if (log.reasons[i][0] != '\0')
			text_append(target, size, "%s\n", log.reasons[i]);
}
