/* Read launchd's own log, line by line. */
#include <stdio.h>
#include <string.h>

#include "core/launchd/log.h"
#include "line.h"

#define DAY	86400

/* Take a number of exactly so many digits and the text after it off the line. */
static bool
log_take_number(struct line *line, size_t digits, const char *after, long *number)
{
	*number = 0;
	if (line->length < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (line->start[i] < '0' || line->start[i] > '9')
			return false;
		*number = *number * 10 + (line->start[i] - '0');
	}
	line->start += digits;
	line->length -= digits;
	return line_skip(line, after);
}

/* Return the days from 1970 to a day of the Gregorian calendar, whose year begins in March here. */
static int64_t
log_days(long year, long month, long day)
{
	long years = month > 2 ? year : year - 1;
	long past = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return (int64_t)years * 365 + years / 4 - years / 100 + years / 400 + past - 719468;
}

/* Take "2026-10-09 16:23:20.062499 " off the line. */
static bool
log_take_time(struct line *line, long zone, int64_t *time)
{
	long year, month, day, hour, minute, second, micro;

	if (!log_take_number(line, 4, "-", &year) || !log_take_number(line, 2, "-", &month) ||
	    !log_take_number(line, 2, " ", &day) || !log_take_number(line, 2, ":", &hour) ||
	    !log_take_number(line, 2, ":", &minute) || !log_take_number(line, 2, ".", &second) ||
	    !log_take_number(line, 6, " ", &micro))
		return false;
	*time = log_days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - zone;
	return true;
}

/*
 * Take "(system/LABEL [PID]) <Notice>: " off the line; after a process ended it has no number. bad:
 * the level is Warning or Error.
 */
static bool
log_take_label(struct line *line, const char *label, bool *bad)
{
	struct line level;
	long ignored;
	size_t digits = 0;

	if (!line_skip(line, "(system/") || !line_skip(line, label))
		return false;
	if (line_skip(line, " [")) {
		while (digits < line->length && digits < 10 && line->start[digits] != ']')
			digits++;
		if (!log_take_number(line, digits, "]", &ignored))
			return false;
	}
	if (!line_skip(line, ") <"))
		return false;
	level = *line;
	*bad = line_skip(&level, "Warning>") || line_skip(&level, "Error>");
	while (line->length > 0 && !line_skip(line, ">: ")) {
		line->start++;
		line->length--;
	}
	return line->length > 0;
}

/* Return whether the line has the text, and take all up to its end off. */
static bool
log_find(struct line *line, const char *text)
{
	struct line rest = *line;

	for (; rest.length > 0; rest.start++, rest.length--)
		if (line_skip(&rest, text)) {
			*line = rest;
			return true;
		}
	return false;
}

/* Return whether it reports the end of a process that should not have ended so. */
static bool
log_is_abnormal(struct line line)
{
	if (line_skip(&line, "exited due to exit"))
		return !line_skip(&line, "(0)");
	if (line_skip(&line, "exited due to SIG"))
		return !line_skip(&line, "TERM") && !log_find(&line, "| sent by launchd[1]");
	return line_skip(&line, "exited with exit reason ") &&
	    !log_find(&line, "JETSAM_REASON_MEMORY_IDLE_EXIT");
}

/* Return for how many seconds it puts off the next start; 0: it does not. */
static long
log_throttle(struct line line)
{
	long seconds = 0;

	if (!log_find(&line, "Pushing respawn out by ") &&
	    !log_find(&line, "Exponential throttling is in effect for "))
		return 0;
	for (size_t i = 0; i < line.length && i < 9 && line.start[i] >= '0' &&
	    line.start[i] <= '9'; i++)
		seconds = seconds * 10 + (line.start[i] - '0');
	return seconds;
}

/*
 * Return whether it says why the job was not started, or why the system ended it. The same failure
 * is then logged once more, with the place in launchd's code.
 */
static bool
log_is_reason(struct line line, bool bad)
{
	struct line rest = line;

	if (!bad)
		return log_is_abnormal(line) && line_skip(&rest, "exited with exit reason ");
	return !line_skip(&rest, "initialization failure") && log_throttle(line) == 0;
}

/* Keep it in place of the oldest, unless it is there already. */
static void
log_keep_reason(struct launchd_log *log, struct line line)
{
	char text[LOG_REASON_SIZE], *ran;

	snprintf(text, sizeof text, "%.*s", (int)(line.length < sizeof text ? line.length :
	    sizeof text), line.start);
	ran = strstr(text, ", ran for ");
	if (ran != NULL)
		*ran = '\0';
	for (int i = 0; i < LOG_REASONS; i++)
		if (strcmp(log->reasons[i], text) == 0)
			return;
	memmove(log->reasons[0], log->reasons[1], sizeof log->reasons - sizeof log->reasons[0]);
	memcpy(log->reasons[LOG_REASONS - 1], text, sizeof text);
}

static void
log_note(struct launchd_log *log, struct line line, int64_t time, bool bad)
{
	long seconds = log_throttle(line);

	if (log_is_reason(line, bad))
		log_keep_reason(log, line);
	if (log_is_abnormal(line))
		log->abnormal++;
	if (seconds > 0)
		log->throttled_until = time + seconds;
	else if (line_skip(&line, "xpcproxy spawned") || line_skip(&line, "Successfully spawned"))
		log->throttled_until = 0;
}

void
launchd_log_read(struct launchd_log *log, const char *text, size_t size, long zone,
    const char *label, int64_t since)
{
	struct line rest = { text, size }, line;
	bool complete, bad;
	int64_t time;

	*log = (struct launchd_log){ .since = 0 };
	while (line_next(&rest, &line, &complete)) {
		if (!complete || !log_take_time(&line, zone, &time))
			continue;
		if (log->since == 0) {
			log->whole = time <= since;
			log->since = log->whole ? since : time;
		}
		if (time >= since && log_take_label(&line, label, &bad))
			log_note(log, line, time, bad);
	}
}

int64_t
launchd_log_begins(int64_t booted, int64_t loaded)
{
	return booted > loaded ? booted : loaded;
}

long
launchd_log_starts(const struct launchd_log *log, const struct service *service)
{
	if (service->runs == 0 || service->runs == 1)
		return 0;
	if (log->since == 0 || service->runs < 0)
		return -1;
	return log->abnormal < service->runs - 1 ? log->abnormal : service->runs - 1;
}
