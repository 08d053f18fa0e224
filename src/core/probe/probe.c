/* Add up tries to outcomes, and read back what connect prints. */
#include <errno.h>
#include <string.h>

#include "core/plist/plist.h"
#include "core/probe/probe.h"
#include "core/text.h"

int
probe_context(struct context *context, const char *text, struct error *error)
{
	static const struct {
		const char	*word;		/* a user follows a colon */
		enum context_kind kind;
	} kinds[] = {
		{ "root", CONTEXT_ROOT }, { "shell", CONTEXT_SHELL }, { "daemon:", CONTEXT_DAEMON },
		{ "agent:", CONTEXT_AGENT },
	};
	const char *why = "it is not root, shell, daemon:USER or agent:USER";

	if (strcmp(text, "daemon:root") == 0)
		text = "root";
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t length = strlen(kinds[i].word);
		bool names = kinds[i].word[length - 1] == ':';

		if (strncmp(text, kinds[i].word, length) != 0 || (text[length] != '\0') != names)
			continue;
		*context = (struct context){ .kind = kinds[i].kind };
		if (text_copy(context->name, sizeof context->name, text) &&
		    text_copy(context->user, sizeof context->user, names ? text + length : "root"))
			return 0;
		why = "the name is too long";
	}
	return error_set(error, ERROR_USAGE, why, NULL, "cannot use '%.280s' for --as", text);
}

/* ---- tries ---- */

enum probe_result
probe_classify(int errnum, double milliseconds)
{
	switch (errnum) {
	case 0:
		return PROBE_OPEN;
	case ECONNREFUSED:
	case ECONNRESET:	/* the peer closed it early, but it answered */
		return PROBE_REFUSED;
	case EHOSTUNREACH:
		return milliseconds < PROBE_AT_ONCE ? PROBE_NO_ROUTE : PROBE_HOST_DOWN;
	case EHOSTDOWN:
		return PROBE_HOST_DOWN;
	case ETIMEDOUT:
		return PROBE_TIMEOUT;
	default:
		return PROBE_ERROR;
	}
}

void
probe_begin(struct context_result *outcome, const struct context *context, enum observer witness)
{
	*outcome = (struct context_result){ .context = *context, .witness = witness,
	    .result = PROBE_NOT_RUN, .milliseconds = -1 };
}

void
probe_add(struct context_result *outcome, int errnum, double milliseconds)
{
	enum probe_result result = probe_classify(errnum, milliseconds);
	bool reached = result == PROBE_OPEN || result == PROBE_REFUSED;

	outcome->tries++;
	outcome->opened += result == PROBE_OPEN;
	outcome->refused += result == PROBE_REFUSED;
	outcome->no_route += result == PROBE_NO_ROUTE;
	if (result == PROBE_OPEN && outcome->first_open == 0)
		outcome->first_open = outcome->tries;
	if (errnum != 0)
		outcome->number = errnum;
	if (outcome->first_reached == 0)
		outcome->milliseconds = milliseconds;
	if (reached && outcome->first_reached == 0)
		outcome->first_reached = outcome->tries;
	if (reached || outcome->opened + outcome->refused < PROBE_REACHED_ENOUGH)
		outcome->result = reached && outcome->opened > 0 ? PROBE_OPEN : result;
}

bool
probe_decided(const struct context_result *outcome)
{
	return outcome->opened + outcome->refused >= PROBE_REACHED_ENOUGH;
}

bool
probe_reached(const struct context_result *outcome)
{
	return outcome->result == PROBE_OPEN || outcome->result == PROBE_REFUSED;
}

/* ---- what connect prints ---- */

static bool
probe_read_address(struct context_result *outcome, const char *address, const char *place)
{
	static const char bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789:.%_-";
	size_t at = outcome->address_count;

	if (at == ADDRESSES_MAX || address[0] == '\0' || address[strspn(address, bytes)] != '\0' ||
	    !text_copy(outcome->addresses[at], ADDRESS_TEXT, address) ||
	    !peer_scope_read(place, &outcome->places[at]))
		return false;
	outcome->address_count++;
	return true;
}

static bool
probe_read_try(struct context_result *outcome, const char *errnum, const char *time)
{
	double number, milliseconds;

	if (outcome->tries == PROBE_TRIES_MAX || strchr(errnum, '.') != NULL ||
	    !text_seconds(errnum, &number) || number > PROBE_UNRESOLVED ||
	    !text_seconds(time, &milliseconds))
		return false;
	probe_add(outcome, (int)number, milliseconds);
	return true;
}

/* Read "address ADDRESS PLACE", "try NUMBER MILLISECONDS" or "end", after the first line. */
static bool
probe_read_line(struct context_result *outcome, char *line)
{
	char *first = strchr(line, ' '), *second = first == NULL ? NULL : strchr(first + 1, ' ');

	if (outcome->complete)
		return false;
	if (!outcome->begun) {
		outcome->begun = true;
		return strcmp(line, PROBE_HEAD) == 0;
	}
	outcome->complete = second == NULL;
	if (outcome->complete)
		return strcmp(line, "end") == 0;
	*first = *second = '\0';
	return strcmp(line, "address") == 0 ? probe_read_address(outcome, first + 1, second + 1) :
	    strcmp(line, "try") == 0 && probe_read_try(outcome, first + 1, second + 1);
}

static void
probe_reset(struct context_result *outcome)
{
	*outcome = (struct context_result){ .context = outcome->context,
	    .witness = outcome->witness, .uid_known = outcome->uid_known, .uid = outcome->uid,
	    .result = PROBE_NOT_RUN, .milliseconds = -1 };
}

bool
probe_read(struct context_result *outcome, struct bytes bytes)
{
	const unsigned char *start = bytes.data, *end;
	size_t left = bytes.size;
	char line[256];
	bool good = bytes.size <= PROBE_OUTPUT_MAX;

	probe_reset(outcome);
	while (good && left > 0 && (end = memchr(start, '\n', left)) != NULL) {
		size_t length = (size_t)(end - start);

		good = length < sizeof line;
		if (good) {
			memcpy(line, start, length);
			line[length] = '\0';
			good = strlen(line) == length && probe_read_line(outcome, line);
		}
		start = end + 1;
		left -= length + 1;
	}
	if (!good) {
		probe_reset(outcome);
		text_copy(outcome->why, sizeof outcome->why,
		    "its result is not in the format that lnpctl writes");
	}
	return good;
}

int
probe_plist(const struct probe_job *job, struct bytes *bytes, struct error *error)
{
	struct plist *tree = plist_new(), *arguments = plist_new_list();
	char seconds[32];

	text_format(seconds, sizeof seconds, "--timeout=%.3f", job->seconds);
	plist_append(arguments, plist_new_text(job->program));
	plist_append(arguments, plist_new_text("connect"));
	plist_append(arguments, plist_new_text(seconds));
	plist_append(arguments, plist_new_text(job->target));
	plist_add_text(tree, "Label", job->label);
	plist_add(tree, "ProgramArguments", arguments);
	if (job->user != NULL)
		plist_add_text(tree, "UserName", job->user);
	if (job->group != NULL)
		plist_add_text(tree, "GroupName", job->group);
	plist_add(tree, "RunAtLoad", plist_new_boolean(true));
	plist_add(tree, "ExitTimeOut", plist_new_integer(PROBE_EXIT_SECONDS));
	/* if unset, launchd throttles it: launchd.plist(5) */
	plist_add_text(tree, "ProcessType", "Interactive");
	plist_add_text(tree, "StandardOutPath", job->output);
	bytes->data = (unsigned char *)plist_serialize(tree, &bytes->size);
	plist_release(tree);
	if (bytes->data == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot write the plist of '%s'", job->label);
	return 0;
}

/* ---- words ---- */

const char *
probe_result_word(enum probe_result result)
{
	static const char *const words[] = {
		[PROBE_OPEN] = "open", [PROBE_REFUSED] = "refused", [PROBE_NO_ROUTE] = "no_route",
		[PROBE_HOST_DOWN] = "host_down", [PROBE_TIMEOUT] = "timeout",
		[PROBE_ERROR] = "error", [PROBE_NOT_RUN] = "not_run",
	};

	return words[result];
}

const char *
probe_verdict_word(enum probe_verdict verdict)
{
	static const char *const words[] = {
		[PROBE_VERDICT_OPEN] = "open", [PROBE_VERDICT_BLOCKED] = "blocked",
		[PROBE_VERDICT_UNREACHABLE] = "unreachable",
		[PROBE_VERDICT_UNDETERMINED] = "undetermined",
		[PROBE_VERDICT_BAD_TARGET] = "bad_target",
	};

	return words[verdict];
}

const char *
probe_witness_word(enum observer witness)
{
	return witness == WITNESS_JOB ? "job" : "lnpctl";
}

const char *
probe_errno_name(int errnum)
{
	static const struct {
		int		 errnum;
		const char	*name;
	} names[] = {
		{ ECONNREFUSED, "ECONNREFUSED" }, { ECONNRESET, "ECONNRESET" },
		{ EHOSTUNREACH, "EHOSTUNREACH" }, { EHOSTDOWN, "EHOSTDOWN" },
		{ ETIMEDOUT, "ETIMEDOUT" }, { ENETUNREACH, "ENETUNREACH" },
		{ ENETDOWN, "ENETDOWN" }, { EACCES, "EACCES" }, { EPERM, "EPERM" },
		{ EADDRNOTAVAIL, "EADDRNOTAVAIL" }, { EAFNOSUPPORT, "EAFNOSUPPORT" },
		{ EINVAL, "EINVAL" }, { EMFILE, "EMFILE" }, { ENFILE, "ENFILE" },
		{ ENOBUFS, "ENOBUFS" }, { ENOMEM, "ENOMEM" }, { PROBE_UNRESOLVED, "EAI_NONAME" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].errnum == errnum)
			return names[i].name;
	return NULL;
}
