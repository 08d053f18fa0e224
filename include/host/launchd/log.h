/*
 * Look into launchd's own log. Only root may; for others it stays unknown.
 */
#ifndef HOST_LAUNCHD_LOG_H
#define HOST_LAUNCHD_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/facts/facts.h"
#include "core/launchd/log.h"
#include "host/machine/host.h"

/* A busy Mac writes less in an hour; reading more each minute would be a burden. */
#define LOG_END_BYTES	(1024 * 1024)

struct log_end {			/* the last LOG_END_BYTES of it; zeroed: not read yet */
	bool		read;
	struct bytes	text;		/* owned; empty: it cannot be read */
};

/*
 * Fill what the log has of the label in the last hour, but not before a time (seconds since 1970).
 * The log is read once for all jobs of a run.
 */
void	log_end_look(const struct host *, struct log_end *, const char *label, int64_t begun,
    struct launchd_log *);

/* Note where it ends. */
void	log_mark(const struct host *, struct log_mark *);

/* Write what it says about the label after the mark, a line each; nothing after an unknown mark. */
void	log_quote(const struct host *, const struct log_mark *, const char *label, char *target,
    size_t size);

#endif
