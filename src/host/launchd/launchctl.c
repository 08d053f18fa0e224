/* Run launchctl and interpret its answers: statuses first, text last. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "host/launchd/launchctl.h"

#define AT_ONCE	8		/* in parallel */
#define ANSWERS	(LAUNCHCTL_PRINTS + LAUNCHCTL_LISTS)

struct status_words {
	int		 status;
	const char	*words;
};

/*
 * Sorted by status. 107 and up are launchd's own; 117 and 160 are not known. The few below are
 * macOS's numbers, which differ on other systems, or launchctl's own.
 */
static const struct status_words words[] = {
	{ 0,	"no error" },
	{ 36,	"Operation now in progress" },
	{ 37,	"Operation already in progress" },
	{ 64,	"launchctl did not understand its arguments" },
	{ 107,	"Malformed bundle" },
	{ 108,	"Invalid path" },
	{ 109,	"Invalid property list" },
	{ 110,	"Invalid or missing service identifier" },
	{ 111,	"Invalid or missing Program/ProgramArguments" },
	{ 112,	"Could not find specified domain" },
	{ 113,	"Could not find specified service" },
	{ 114,	"The specified username does not exist" },
	{ 115,	"The specified group does not exist" },
	{ 116,	"Routine not yet implemented" },
	{ 118,	"Bad response from server" },
	{ 119,	"Service is disabled" },
	{ 120,	"Bad subsystem destination for request" },
	{ 121,	"Path not searched for services" },
	{ 122,	"Path had bad ownership/permissions" },
	{ 123,	"Path is whitelisted for domain" },
	{ 124,	"Domain is tearing down" },
	{ 125,	"Domain does not support specified action" },
	{ 126,	"Request type is no longer supported" },
	{ 127,	"The specified service did not ship with the operating system" },
	{ 128,	"The specified path is not a bundle" },
	{ 129,	"The service was superseded by a later version" },
	{ 130,	"The system encountered a condition where behavior was undefined" },
	{ 131,	"Out of order requests" },
	{ 132,	"Request for stale data" },
	{ 133,	"Multiple errors were returned; see stderr" },
	{ 134,	"Service cannot load in requested session" },
	{ 135,	"Process is not managed" },
	{ 136,	"Action not allowed on singleton service" },
	{ 137,	"Service does not support the specified action" },
	{ 138,	"Service cannot be loaded on this hardware" },
	{ 139,	"Service cannot presently execute" },
	{ 140,	"Service name is reserved or invalid" },
	{ 141,	"Reentrancy avoided" },
	{ 142,	"Operation only supported on development build" },
	{ 143,	"Requested entry was cached" },
	{ 144,	"Requestor lacks required entitlement" },
	{ 145,	"Endpoint is hidden" },
	{ 146,	"Domain is in on-demand-only mode" },
	{ 147,	"The specified service did not ship in the requestor" },
	{ 148,	"The specified service path was not in the service cache" },
	{ 149,	"Could not find a bundle of the given identifier through LaunchServices" },
	{ 150,	"Operation not permitted while System Integrity Protection is engaged" },
	{ 151,	"A complete hack" },
	{ 152,	"Service cannot load in current boot environment" },
	{ 153,	"Completely unexpected error" },
	{ 154,	"Requestor is not a platform binary" },
	{ 155,	"Refusing to execute/trust quarantined program/file" },
	{ 156,	"Domain creation with that UID is not allowed anymore" },
	{ 157,	"System service is not in system service whitelist" },
	{ 158,	"Service cannot be loaded on current os variant" },
	{ 159,	"Sandbox restriction" },
	{ 161,	"Service cannot be launched because of BTM policy" },
};

/*
 * The answers of one call. Static, because a wait in the middle of a change must not fail for lack
 * of memory; pages that no answer reaches cost nothing.
 */
static char answers[ANSWERS][PROCESS_OUTPUT];

const char *
launchctl_words(int status)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].status == status)
			return words[i].words;
	return status > 0 && status < 107 ? strerror(status) : "unknown error";
}

bool
answer_came(const struct answer *answer)
{
	return answer->end == RUN_EXITED && !answer->silent;
}

bool
answer_ok(const struct answer *answer)
{
	return answer->end == RUN_EXITED && answer->value == 0;
}

bool
answer_lacks_domain(const struct answer *answer)
{
	return answer->end == RUN_EXITED && (answer->value == 112 || answer->value == 125);
}

static void
describe_exit(const struct answer *answer, const char *verb, char *target, size_t size)
{
	const char *colon = answer->complaint[0] != '\0' ? ": " : "";

	if (answer->value == 0)
		snprintf(target, size, "launchctl %s succeeded, but its output could not be "
		    "parsed%s%s", verb, colon, answer->complaint);
	else
		snprintf(target, size, "launchctl %s exited with %d (%s)%s%s", verb, answer->value,
		    launchctl_words(answer->value), colon, answer->complaint);
}

void
answer_describe(const struct answer *answer, const char *verb, char *target, size_t size)
{
	switch (answer->end) {
	case RUN_EXITED:
		describe_exit(answer, verb, target, size);
		break;
	case RUN_KILLED:
		snprintf(target, size, "launchctl %s was killed by signal %d", verb, answer->value);
		break;
	case RUN_TIMED_OUT:
		if (answer->value == 0)
			snprintf(target, size, "launchctl %s did not answer in time", verb);
		else
			snprintf(target, size, "launchctl %s did not answer within %d second%s",
			    verb, answer->value, answer->value == 1 ? "" : "s");
		break;
	case RUN_FLOODED:
		snprintf(target, size, "launchctl %s printed more than %d bytes", verb,
		    PROCESS_OUTPUT);
		break;
	case RUN_STOPPED:
		snprintf(target, size, "launchctl %s was stopped by a signal to lnpctl", verb);
		break;
	case RUN_FAILED:
		if (answer->value == 0)
			snprintf(target, size, "launchctl %s was not run: --root images have no "
			    "launchd", verb);
		else
			snprintf(target, size, "launchctl %s could not be started: %s", verb,
			    strerror(answer->value));
		break;
	}
}

/* Keep a time limit of whole seconds as the value, so answer_describe() needs no host. */
static void
answer_from_run(struct answer *answer, const struct run *run)
{
	answer->end = run->end;
	answer->silent = false;
	answer->value = run->value;
	if (run->end == RUN_TIMED_OUT && run->seconds == (int)run->seconds)
		answer->value = (int)run->seconds;
	memcpy(answer->complaint, run->complaint, sizeof(answer->complaint));
}

/* A run that was not started has failed with 0: so it is offline. */
static struct run
make_run(const struct host *host, const char *verb, const char *first, const char *second)
{
	return (struct run){
		.arguments = { host->launchctl, verb, first, second },
		.seconds = host->launchctl_seconds,
		.end = RUN_FAILED,
	};
}

void
launchctl_act(const struct host *host, const char *verb, const char *first, const char *second,
    struct answer *answer)
{
	struct run run = make_run(host, verb, first, second);

	process_run(host, &run, host->launchctl != NULL, 1, NULL);
	answer_from_run(answer, &run);
}

/* Leave printed->loaded UNKNOWN unless the answer is clear. */
static void
printed_from_run(struct printed *printed, const struct run *run)
{
	struct answer *answer = &printed->answer;

	printed->loaded = UNKNOWN;
	service_parse(&printed->service, "", 0);	/* an unknown service has defaults, too */
	answer_from_run(answer, run);
	if (answer->end != RUN_EXITED)
		return;
	if (answer->value == 113 || answer_lacks_domain(answer))
		printed->loaded = NO;
	if (answer->value != 0)
		return;
	answer->silent = run->size == 0;
	if (service_parse(&printed->service, run->output, run->size))
		printed->loaded = YES;
	else
		text_copy(answer->complaint, sizeof(answer->complaint),
		    run->size == 0 ? "it is empty" : "it does not describe a service");
}

static void
listed_from_run(struct listed *listed, const struct run *run)
{
	listed->text = (struct bytes){ NULL, 0 };
	answer_from_run(&listed->answer, run);
	if (answer_ok(&listed->answer) && !bytes_copy(&listed->text,
	    (struct bytes){ (const unsigned char *)run->output, run->size }))
		listed->answer = (struct answer){ .end = RUN_FAILED, .value = ENOMEM };
}

void
launchctl_ask(const struct host *host, struct printed printed[], size_t count,
    struct listed *listed, size_t lists, const struct overlap *overlap)
{
	struct run runs[ANSWERS];
	size_t i;

	assert(count <= LAUNCHCTL_PRINTS && lists <= LAUNCHCTL_LISTS);
	for (i = 0; i < count + lists; i++) {
		runs[i] = i < count ? make_run(host, "print", printed[i].target, NULL) :
		    make_run(host, listed[i - count].verb, listed[i - count].domain, NULL);
		runs[i].output = answers[i];
		runs[i].capacity = sizeof(answers[i]);
	}
	process_run(host, runs, host->launchctl == NULL ? 0 : count + lists, AT_ONCE, overlap);
	for (i = 0; i < count; i++)
		printed_from_run(&printed[i], &runs[i]);
	for (i = 0; i < lists; i++)
		listed_from_run(&listed[i], &runs[count + i]);
}

void
launchctl_print(const struct host *host, struct printed printed[], size_t count)
{
	launchctl_ask(host, printed, count, NULL, 0, NULL);
}

enum tristate
launchctl_print_one(const struct host *host, const char *target, struct printed *printed)
{
	*printed = (struct printed){ .target = target };
	launchctl_print(host, printed, 1);
	return printed->loaded;
}
