/* Parse launchctl's output line by line into struct service and enum override. */
#include <stdlib.h>
#include <string.h>

#include "core/launchd/service.h"
#include "line.h"

struct field {
	const char	*name;
	size_t		 offset;	/* of the member of struct service */
	size_t		 size;		/* of a text, 0: a number */
};

#define TEXT(member)	offsetof(struct service, member), sizeof((struct service *)0)->member
#define NUMBER(member)	offsetof(struct service, member), 0

enum { EXIT_REASON, EXIT_SIGNAL, EXIT_CODE, EXITS };	/* in the order of precedence */

static const struct field fields[] = {
	/* for fill_last_exit() */
	[EXIT_REASON] = { "last exit reason", 0, 0 },
	[EXIT_SIGNAL] = { "last terminating signal", 0, 0 },
	[EXIT_CODE] = { "last exit code", 0, 0 },
	{ "state", TEXT(state) },
	{ "path", TEXT(path) },
	{ "program", TEXT(program) },
	{ "domain", TEXT(domain) },
	{ "username", TEXT(username) },
	{ "group", TEXT(group) },
	{ "stdout path", TEXT(stdout_path) },
	{ "stderr path", TEXT(stderr_path) },
	{ "pid", NUMBER(pid) },
	{ "runs", NUMBER(runs) },
	{ "exit timeout", NUMBER(exit_timeout) },
	{ "minimum runtime", NUMBER(minimum_runtime) },
	{ "base minimum runtime", NUMBER(base_minimum_runtime) },
	{ "successive crashes", NUMBER(successive_crashes) },
	{ "job state", TEXT(job_state) },
	{ "properties", TEXT(properties) },	/* the last row, see below */
};

#define FIELDS	(sizeof fields / sizeof fields[0])
#define FIELDS_OF_SERVICE	(FIELDS - 1)	/* a domain has properties, too */

struct service_field {			/* value of one row of fields */
	struct line	value;		/* start is NULL: none yet */
	bool		ambiguous;	/* there is another value, or a forged end of a block came
					   before it */
	bool		fresh;		/* found since the last block began */
};

/* A value that does not fit or has a zero byte becomes empty: half a value is a wrong value. */
static void
service_copy(char *target, size_t size, struct line line)
{
	bool fits = line.length < size && memchr(line.start, '\0', line.length) == NULL;

	memcpy(target, line.start, fits ? line.length : 0);
	target[fits ? line.length : 0] = '\0';
}

/* Return a plain decimal number of at most 18 digits, or SERVICE_NUMBER_UNKNOWN. */
static long
service_number(struct line line)
{
	char digits[19];

	service_copy(digits, sizeof digits, line);
	return digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0' ?
	    SERVICE_NUMBER_UNKNOWN : strtol(digits, NULL, 10);
}

/* Split a line at the last ": ". */
static bool
split_last(struct line line, struct line *before, struct line *after)
{
	for (size_t i = line.length; i >= 2; i--)
		if (line.start[i - 2] == ':' && line.start[i - 1] == ' ') {
			*before = (struct line){ line.start, i - 2 };
			*after = (struct line){ line.start + i, line.length - i };
			return true;
		}
	return false;
}

/* Return the row for "name = value" and the value; NULL for any other line. */
static const struct field *
find_field(struct line line, struct line *value)
{
	for (size_t i = 0; i < FIELDS; i++) {
		*value = line;
		if (line_skip(value, fields[i].name) && line_skip(value, " = ") &&
		    !line_is(*value, "{"))
			return &fields[i];
	}
	return NULL;
}

static void
service_note(struct service_field *found, struct line value)
{
	found->fresh = true;
	if (found->value.start == NULL)
		found->value = value;
	else if (!line_equal(found->value, value))
		found->ambiguous = true;
}

static void
block_opens(struct service_field *found)
{
	for (size_t i = 0; i < FIELDS; i++)
		found[i].fresh = false;
}

/*
 * An unmatched "}": the end of the last block came from an argument, so the fields read since then
 * were inside the block.
 */
static void
block_was_forged(struct service_field *found)
{
	for (size_t i = 0; i < FIELDS; i++)
		found[i].ambiguous = found[i].ambiguous || found[i].fresh;
}

/*
 * Collect the values at the outermost level, the indentation of the first line that has any: the
 * line before it, "system/com.example.job = {", has none. A last line without its end is ignored:
 * "pid = 24" may be the start of "pid = 24784". Nothing ends the outermost level: a "}" at the left
 * margin may come from an argument that is to hide what follows.
 */
static void
service_collect(struct line rest, struct service_field *found)
{
	struct line line, indentation, base = { NULL, 0 }, value;
	const struct field *field;
	bool complete, skipping = false;

	while (line_next(&rest, &line, &complete)) {
		indentation = line_indentation(&line);
		if (line.length == 0 || indentation.length == 0)
			continue;
		if (base.start == NULL)
			base = indentation;
		if (!line_equal(indentation, base))
			continue;
		field = skipping ? NULL : find_field(line, &value);
		if (skipping)
			skipping = !line_is(line, "}");
		else if (field != NULL && complete)
			service_note(&found[field - fields], value);
		else if (field == NULL && line_is(line, "}"))
			block_was_forged(found);
		else if (field == NULL && line.start[line.length - 1] == '{') {
			block_opens(found);
			skipping = true;
		}
	}
}

static struct line
service_known(const struct service_field *found)
{
	return found->ambiguous ? (struct line){ NULL, 0 } : found->value;
}

/* Read "78: EX_CONFIG" or "Terminated: 15"; a reason, and what has no number, stays as it is. */
static void
fill_exit(struct service *service, struct line line, enum last_exit kind)
{
	struct line before = line, after = { line.start, 0 };

	service->last_exit = kind;
	service_copy(service->last_exit_text, sizeof service->last_exit_text, line);
	if (kind == LAST_EXIT_REASON)
		return;
	split_last(line, &before, &after);
	service->last_exit_value = service_number(kind == LAST_EXIT_CODE ? before : after);
	if (service->last_exit_value == SERVICE_NUMBER_UNKNOWN)
		service->last_exit = LAST_EXIT_UNKNOWN;
	else
		service_copy(service->last_exit_text, sizeof service->last_exit_text,
		    kind == LAST_EXIT_CODE ? after : before);
}

static void
fill_last_exit(struct service *service, const struct service_field *found)
{
	static const enum last_exit kinds[EXITS] = {
		[EXIT_REASON] = LAST_EXIT_REASON, [EXIT_SIGNAL] = LAST_EXIT_SIGNAL,
		[EXIT_CODE] = LAST_EXIT_CODE,
	};

	for (int row = 0; row < EXITS; row++) {
		struct line line = service_known(&found[row]);

		if (line.length > 0 && !line_is(line, "(never exited)")) {
			fill_exit(service, line, kinds[row]);
			return;
		}
		if (line.length > 0)
			service->last_exit = LAST_EXIT_NEVER;
	}
}

static void
service_fill(struct service *service, const struct field *field, struct line value)
{
	char *member = (char *)service + field->offset;
	long number = service_number(value);

	if (field->size > 0)
		service_copy(member, field->size, value);
	else
		memcpy(member, &number, sizeof number);
}

bool
service_parse(struct service *service, const char *text, size_t size)
{
	struct service_field found[FIELDS] = { { { NULL, 0 }, false, false } };
	bool any = false;

	*service = (struct service){ .pid = SERVICE_NUMBER_UNKNOWN,
	    .runs = SERVICE_NUMBER_UNKNOWN, .exit_timeout = SERVICE_NUMBER_UNKNOWN,
	    .minimum_runtime = SERVICE_NUMBER_UNKNOWN,
	    .base_minimum_runtime = SERVICE_NUMBER_UNKNOWN,
	    .successive_crashes = SERVICE_NUMBER_UNKNOWN,
	    .last_exit_value = SERVICE_NUMBER_UNKNOWN };
	service_collect((struct line){ text, size }, found);
	for (size_t i = 0; i < FIELDS; i++) {
		struct line value = service_known(&found[i]);

		any = any || (i < FIELDS_OF_SERVICE && found[i].value.start != NULL);
		if (value.start != NULL && i >= EXITS)
			service_fill(service, &fields[i], value);
	}
	/* "gui/501 [100015]" */
	service->domain[strcspn(service->domain, " ")] = '\0';
	fill_last_exit(service, found);
	return any;
}

bool
service_is_ending(const struct service *service)
{
	return strncmp(service->state, "SIGTERM", 7) == 0 ||
	    strncmp(service->state, "SIGKILL", 7) == 0;
}

bool
service_exited_with(const struct service *service, long status)
{
	return service->last_exit == LAST_EXIT_CODE && service->last_exit_value == status;
}

bool
service_was_started(const struct service *service)
{
	return strcmp(service->state, "running") == 0 ||
	    (service->runs > 0 && service->last_exit != LAST_EXIT_NEVER &&
	    service->last_exit != LAST_EXIT_ABSENT &&
	    !service_exited_with(service, EXIT_CONFIG));
}

bool
service_ended_well(const struct service *service)
{
	return service->last_exit == LAST_EXIT_ABSENT || service->last_exit == LAST_EXIT_NEVER ||
	    service_exited_with(service, 0) ||
	    (service->last_exit == LAST_EXIT_SIGNAL &&
	    service->last_exit_value == SIGNAL_TERMINATED) ||
	    (service->last_exit == LAST_EXIT_REASON &&
	    strcmp(service->last_exit_text, "JETSAM_REASON_MEMORY_IDLE_EXIT") == 0);
}

bool
service_has_property(const struct service *service, const char *name)
{
	const char *word = service->properties;
	size_t length = strlen(name);

	while (word != NULL) {
		if (strncmp(word, name, length) == 0 &&
		    (word[length] == '\0' || strncmp(word + length, " | ", 3) == 0))
			return true;
		word = strstr(word, " | ");
		word = word == NULL ? NULL : word + 3;
	}
	return false;
}

bool
service_is_penalized(const struct service *service)
{
	return service->pid <= 0 && service_has_property(service, PROPERTY_PENALTY);
}

bool
service_is_throttled(const struct service *service)
{
	return service->base_minimum_runtime >= 0 &&
	    service->minimum_runtime > service->base_minimum_runtime;
}

bool
service_is_refused(const struct service *service, bool may_rest)
{
	return service->pid <= 0 && (strcmp(service->job_state, "spawn failed") == 0 ||
	    (!may_rest && service_exited_with(service, EXIT_CONFIG)));
}

/* Parse a line "LABEL" => word; false if it is about another label. */
static bool
override_word(struct line line, const char *label, enum override *word)
{
	if (!line_skip(&line, "\"") || !line_skip(&line, label) || !line_skip(&line, "\" => "))
		return false;
	if (line_is(line, "enabled") || line_is(line, "false"))
		*word = OVERRIDE_ENABLED;
	else if (line_is(line, "disabled") || line_is(line, "true"))
		*word = OVERRIDE_DISABLED;
	else
		*word = OVERRIDE_UNKNOWN;
	return true;
}

struct override_list {			/* output of print-disabled, as far as it was read */
	bool		blocks;		/* there is a block of any name */
	bool		ours;		/* there is a "disabled services" */
	bool		inside;		/* it is open */
	/* of the label outside of that block, and inside */
	bool		listed[2];
	enum override	word[2];
};

static void
override_line(struct override_list *list, struct line line, const char *label)
{
	enum override word;

	if (line.start[0] != '"' && line.start[line.length - 1] == '{') {
		list->blocks = true;
		list->inside = line_is(line, "disabled services = {");
		list->ours = list->ours || list->inside;
	} else if (line_is(line, "}"))
		list->inside = false;
	else if (override_word(line, label, &word)) {
		/* Two different words for one label are ambiguous. */
		list->word[list->inside] = list->listed[list->inside] &&
		    list->word[list->inside] != word ? OVERRIDE_UNKNOWN : word;
		list->listed[list->inside] = true;
	}
}

enum override
service_override(const char *text, size_t size, const char *label)
{
	struct override_list list = { .word = { OVERRIDE_UNKNOWN, OVERRIDE_UNKNOWN } };
	struct line rest = { text, size }, line;
	bool complete;

	while (line_next(&rest, &line, &complete)) {
		line_indentation(&line);
		if (line.length > 0)
			override_line(&list, line, label);
	}
	if (list.listed[true])
		return list.word[true];
	if (!list.blocks)
		return list.word[false];
	return list.ours && !list.inside ? OVERRIDE_NONE : OVERRIDE_UNKNOWN;
}
