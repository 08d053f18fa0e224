/*
 * Find crash loops without a state of our own: launchd says so, or its log or its count of starts
 * shows it.
 */
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/text.h"

#define YOUNG	600.0		/* seconds: a process that is older does not crash right now */
#define HOUR	3600.0
#define CRASHES_IN_A_ROW	2
#define MINIMUM_RUNTIME	10.0	/* seconds from one start to the next, usually: launchd.plist(5) */

/*
 * Return whether there is no process, or it is known to be younger. Of one whose start is not known
 * nothing is claimed.
 */
static bool
is_younger(const struct launchd_fact *launchd, double seconds)
{
	return launchd->service.pid <= 0 ||
	    (launchd->process.started != 0 && launchd->uptime < seconds);
}

/* Write what launchd itself reports of a loop. Return false if it reports none. */
static bool
crash_is_reported(const struct service *service, char text[128])
{
	if (service_is_penalized(service))
		return text_copy(text, 128, "launchd has it in the penalty box, and does not start "
		    "it");
	if (service_ended_well(service))
		return false;
	if (service->successive_crashes >= CRASHES_IN_A_ROW)
		return text_format(text, 128, "it crashed %ld times in a row",
		    service->successive_crashes);
	if (service_is_throttled(service))
		return text_format(text, 128, "launchd starts it only every %ld seconds",
		    service->minimum_runtime);
	return strcmp(service->state, "spawn scheduled") == 0 &&
	    text_copy(text, 128, "launchd waits before it starts it again");
}

/* Write what follows "in the" or "in the last". */
static void
crash_describe_span(double seconds, char text[32])
{
	static const struct {
		double		 seconds;
		const char	*name;
	} units[] = { { 86400, "days" }, { HOUR, "hours" }, { 60, "minutes" }, { 1, "seconds" } };
	size_t i = 0;

	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	if (seconds < 2)
		text_copy(text, 32, "second");
	else
		text_format(text, 32, "%.0f %s", seconds / units[i].seconds, units[i].name);
}

/* Count with launchd's log. Return whether it shows a loop. */
static bool
crash_count_logged(const struct receipt *receipt, const struct facts *facts, long starts,
    char text[256])
{
	double seconds = (double)(facts->now - facts->launchd.log.since);
	char span[32] = "hour";

	if (seconds < HOUR)
		crash_describe_span(seconds, span);
	text_format(text, 256, "%ld of its starts in the last %s followed an abnormal exit "
	    "(counted from launchd's log)", starts, span);
	return starts > (long)receipt->spec.max_starts;
}

/*
 * Return whether a part of the last hour's log, long enough to have a rate, shows no loop. All
 * starts say less: some may have followed a normal end, as of a job that works and ends.
 */
static bool
crash_log_shows_none(const struct receipt *receipt, const struct facts *facts, long starts)
{
	double seconds = (double)(facts->now - facts->launchd.log.since);

	return starts >= 0 && seconds >= YOUNG &&
	    (double)starts * HOUR <= receipt->spec.max_starts * seconds;
}

/*
 * Count with the starts since launchd loaded the job, as if all had followed an abnormal exit: only
 * if the last did, and there was a start in the last hour. Less than an hour counts as one.
 */
static bool
crash_count_average(const struct receipt *receipt, const struct facts *facts, char text[256])
{
	const struct launchd_fact *launchd = &facts->launchd;
	int64_t begun = launchd_log_begins(facts->system.booted, receipt_loaded(receipt,
	    &facts->receipt.file));
	double seconds = (double)(facts->now - begun), hours = seconds < HOUR ? 1 : seconds / HOUR;
	double average = (double)(launchd->service.runs - 1) / hours;
	char span[32], hourly[32] = "";

	/* Of version 0.1 the time is only near: more starts than fit into it began before. */
	if (launchd->service.runs < 2 || begun == 0 || seconds < 1 ||
	    (receipt->log_starts.time == 0 &&
	    (double)(launchd->service.runs - 1) * MINIMUM_RUNTIME > seconds))
		return false;
	crash_describe_span(seconds, span);
	if (seconds >= HOUR)
		text_format(hourly, sizeof hourly, ", %.1f an hour", average);
	text_format(text, 256, "restarted %ld time%s in the %s since %s%s (counted from its runs)",
	    launchd->service.runs - 1, launchd->service.runs == 2 ? "" : "s", span,
	    begun == facts->system.booted ? "the boot" : "lnpctl loaded it", hourly);
	return average > receipt->spec.max_starts && is_younger(launchd, HOUR) &&
	    !service_ended_well(&launchd->service);
}

void
check_crashes(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	const struct launchd_fact *launchd = &facts->launchd;
	long starts = launchd_log_starts(&launchd->log, &launchd->service);
	char reported[128] = "", counted[256] = "", ended[384];
	bool young = is_younger(launchd, YOUNG), loops = false;

	if (starts > 0)
		loops = crash_count_logged(receipt, facts, starts, counted);
	if (!loops && !launchd->log.whole && !crash_log_shows_none(receipt, facts, starts))
		loops = crash_count_average(receipt, facts, counted);
	if (young && crash_is_reported(&launchd->service, reported))
		check_set(draft, VERDICT_FAIL, NULL, "a crash loop: %s%s%s", reported,
		    counted[0] == '\0' ? "" : "; ", counted);
	else if (loops)
		check_set(draft, VERDICT_FAIL, NULL, "a crash loop: %s; more than %u an hour",
		    counted, receipt->spec.max_starts);
	else if (draft->verdict < VERDICT_WARN && launchd->service.pid > 0 && young &&
	    !service_ended_well(&launchd->service)) {
		check_describe_exit(&launchd->service, ended);
		check_set(draft, VERDICT_WARN, NULL, "up for less than 10 minutes, and before that "
		    "%s%s%s", ended, counted[0] == '\0' ? "" : "; ", counted);
	} else
		return;
	check_fix_exit(receipt, facts, draft);
}
