/* service.c: the recorded outputs in tests/evidence, and output made to deceive the parser. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/launchd/service.h"

#define CORPUS	"tests/evidence/"
#define COLUMNS	8

static struct service
parse(const char *text)
{
	struct service service;

	service_parse(&service, text, strlen(text));
	return service;
}

static void
a_complete_answer_fills_every_field(void **state)
{
	struct service service = parse("system/com.example.job = {\n"
	    "\tactive count = 1\n"
	    "\tpath = /Library/LaunchDaemons/com.example.job.plist\n"
	    "\ttype = LaunchDaemon\n"
	    "\tstate = running\n"
	    "\n"
	    "\tprogram = /usr/local/bin/my worker\n"
	    "\tstdout path = /var/log/job.log\n"
	    "\tstderr path = /var/log/job.err\n"
	    "\tdomain = system\n"
	    "\tusername = _worker\n"
	    "\tgroup = staff\n"
	    "\tminimum runtime = 10\n"
	    "\tbase minimum runtime = 11\n"
	    "\texit timeout = 5\n"
	    "\truns = 3\n"
	    "\tsuccessive crashes = 2\n"
	    "\tpid = 4711\n"
	    "\tlast exit code = 78: EX_CONFIG\n"
	    "\tjob state = running\n"
	    "\tproperties = keepalive | has LWCR\n"
	    "}\n");

	(void)state;
	assert_string_equal(service.path, "/Library/LaunchDaemons/com.example.job.plist");
	assert_string_equal(service.state, "running");
	assert_string_equal(service.program, "/usr/local/bin/my worker");
	assert_string_equal(service.stdout_path, "/var/log/job.log");
	assert_string_equal(service.stderr_path, "/var/log/job.err");
	assert_string_equal(service.domain, "system");
	assert_string_equal(service.username, "_worker");
	assert_string_equal(service.group, "staff");
	assert_int_equal(service.minimum_runtime, 10);
	assert_int_equal(service.base_minimum_runtime, 11);
	assert_int_equal(service.exit_timeout, 5);
	assert_int_equal(service.runs, 3);
	assert_int_equal(service.successive_crashes, 2);
	assert_string_equal(service.job_state, "running");
	assert_string_equal(service.properties, "keepalive | has LWCR");
	assert_int_equal(service.pid, 4711);
	assert_int_equal(service.last_exit, LAST_EXIT_CODE);
	assert_int_equal(service.last_exit_value, 78);
	assert_string_equal(service.last_exit_text, "EX_CONFIG");
}

static void
output_without_a_field_is_refused(void **state)
{
	static const char *const answers[] = {
		"",
		"\n",
		"{",
		"}",
		"\t",
		"\t{",
		"Could not find service \"com.example.job\" in domain for system\n",
		"system/com.example.job = {\n}\n",
		"state = running\n",
		"system/com.example.job = {\n\tstates = running\n}\n",
		"system/com.example.job = {\n\t\tjobs state = running\n}\n",
		"system = {\n\tproperties = uncorked | audit check done\n}\n",
	};
	struct service service;

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		memset(&service, 'x', sizeof service);
		assert_false(service_parse(&service, answers[i], strlen(answers[i])));
		assert_string_equal(service.state, "");
		assert_string_equal(service.last_exit_text, "");
		assert_int_equal(service.pid, SERVICE_NUMBER_UNKNOWN);
		assert_int_equal(service.runs, SERVICE_NUMBER_UNKNOWN);
		assert_int_equal(service.exit_timeout, SERVICE_NUMBER_UNKNOWN);
		assert_int_equal(service.last_exit_value, SERVICE_NUMBER_UNKNOWN);
		assert_int_equal(service.last_exit, LAST_EXIT_ABSENT);
	}
	assert_false(service_parse(&service, NULL, 0));
}

static void
what_stands_in_a_block_does_not_count(void **state)
{
	struct service service = parse("system/com.example.job = {\n"
	    "\targuments = {\n"
	    "\t\tpid = 1\n"
	    "\t\tstate = running\n"
	    "\t\t}\n"
	    "\t\t{\n"
	    "\t\tx = {\n"
	    "\t}\n"
	    "\tstate = not running\n"
	    "\tresource coalition = {\n"
	    "\t\tstate = active\n"
	    "\t}\n"
	    "\tevent triggers = {\n"
	    "\t\tcom.example.job => {\n"
	    "\t\t\tstate = active\n"
	    "\t\t}\n"
	    "\t}\n"
	    "\truns = 2\n"
	    "}\n");

	(void)state;
	assert_string_equal(service.state, "not running");
	assert_int_equal(service.pid, SERVICE_NUMBER_UNKNOWN);
	assert_int_equal(service.runs, 2);
}

static void
a_value_that_ends_in_a_brace_does_not_open_a_block(void **state)
{
	struct service service = parse("system/com.example.job = {\n"
	    "\tprogram = /opt/odd = {\n"
	    "\tstdout path = /tmp/}\n"
	    "\tpid = 7\n"
	    "\tstate = {\n"
	    "\t\tpath = /x\n"
	    "\t}\n"
	    "}\n");

	(void)state;
	assert_string_equal(service.program, "/opt/odd = {");
	assert_string_equal(service.stdout_path, "/tmp/}");
	assert_string_equal(service.state, "");
	assert_string_equal(service.path, "");
	assert_int_equal(service.pid, 7);
}

static void
an_argument_that_closes_its_block_early_gives_no_field(void **state)
{
	static const char text[] = "system/com.example.job = {\n\tstate = not "
	    "running\n\n\targuments = "
				   "{\n\t\t/bin/cat\n\t\tx\n\t}\n\tpid = 1\n"
				   "\tusername = root\n\t}\n\n\tdomain = system\n\truns = 3\n}\n";
	struct service service;

	(void)state;
	assert_true(service_parse(&service, text, sizeof text - 1));
	assert_string_equal(service.state, "not running");
	assert_int_equal(service.pid, SERVICE_NUMBER_UNKNOWN);
	assert_string_equal(service.username, "");
	assert_int_equal(service.runs, 3);
}

static void
an_argument_with_a_newline_cannot_replace_a_field(void **state)
{
	struct service service = parse("system/com.example.job = {\n"
	    "\tstate = not running\n"
	    "\targuments = {\n"
	    "\t\t/bin/echo\n"
	    "\t\thello\n"
	    "}\n"
	    "\t}\n"
	    "\tstate = running\n"
	    "\tpid = 1\n"
	    "\tlast exit code = 0\n"
	    "}\n"
	    "\t}\n"
	    "\truns = 9\n"
	    "\tpid = 4711\n"
	    "\tlast exit code = 1\n"
	    "}\n");

	(void)state;
	assert_string_equal(service.state, "");
	assert_int_equal(service.pid, SERVICE_NUMBER_UNKNOWN);
	assert_int_equal(service.last_exit, LAST_EXIT_ABSENT);
	assert_int_equal(service.runs, 9);
}

static void
a_field_that_is_repeated_without_a_difference_stays(void **state)
{
	struct service service = parse("\tpid = 5\n\tstate = running\n\tpid = 5\n\tstate = "
	    "running\n\tstate = running\n");

	(void)state;
	assert_int_equal(service.pid, 5);
	assert_string_equal(service.state, "running");
}

static void
any_indentation_and_line_end_will_do(void **state)
{
	static const char *const answers[] = {
		"system/com.example.job = {\r\n\targuments = {\r\n\t\tpid = 1\r\n\t}\r\n\tstate = "
		    "running\r\n\tpid = "
		"12\r\n}\r\n",
		"system/com.example.job = {\n    arguments = {\n        pid = 1\n    }\n    state "
		    "= running\n    pid = "
		"12\n}\n",
		"system/com.example.job = {\n        x = {\n          pid = 1\n        }\n        "
		    "state = running\n    "
		"    pid = 12\n}",
		"warning\nsystem/com.example.job = {\n \tstate = running\n \tpid = 12\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct service service = parse(answers[i]);

		assert_string_equal(service.state, "running");
		assert_int_equal(service.pid, 12);
	}
}

static void
a_missing_header_does_no_harm(void **state)
{
	struct service service = parse("\targuments = {\n\t\tpid = 1\n\t}\n\tstate = "
	    "running\n\t\tstate = active\n");

	(void)state;
	assert_string_equal(service.state, "running");
	assert_int_equal(service.pid, SERVICE_NUMBER_UNKNOWN);
}

static void
truncated_output_gives_what_is_certain(void **state)
{
	static const char answer[] =
	    "system/com.example.job = {\n\tstate = running\n\targuments = {\n\t\tpid = 1\n\t}\n"
	    "\tpid = 24784\n}\n";
	struct service service;

	(void)state;
	for (size_t size = 0; size < sizeof answer; size++) {
		service_parse(&service, answer, size);
		assert_true(service.pid == 24784 || service.pid == SERVICE_NUMBER_UNKNOWN);
		assert_true(strcmp(service.state, "running") == 0 ||
		    strcmp(service.state, "") == 0);
	}
	assert_int_equal(service.pid, 24784);
}

static void
only_a_plain_number_that_fits_is_a_number(void **state)
{
	static const char *const odd[] = { "-1", "+1", "0x10", "1e3", "12 s", " 1", "1 ", "", "abc",
		"99999999999999999999", "9223372036854775808", "(unlimited)" };
	char answer[100];

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		snprintf(answer, sizeof answer, "\tpid = %s\n", odd[i]);
		assert_int_equal(parse(answer).pid, SERVICE_NUMBER_UNKNOWN);
	}
	assert_int_equal(parse("\truns = 0\n").runs, 0);
	assert_int_equal(parse("\truns = 2147483647\n").runs, 2147483647);
}

static void
a_value_that_does_not_fit_is_left_out(void **state)
{
	char answer[2000] = "\tpath = ";
	static const char zero[] = "\tstate = run\0ning\n\tpid = 3\n";
	struct service service;

	(void)state;
	memset(answer + strlen("\tpath = "), '/', 1024);
	snprintf(answer + strlen(answer), 100, "\n\tpid = 3\n");
	service = parse(answer);
	assert_string_equal(service.path, "");
	assert_int_equal(service.pid, 3);
	assert_true(service_parse(&service, zero, sizeof zero - 1));
	assert_string_equal(service.state, "");
	assert_int_equal(service.pid, 3);
}

static void
the_domain_is_the_short_one(void **state)
{
	static const char *const domains[][2] = {
		{ "system", "system" },
		{ "gui/501 [100015]", "gui/501" },
		{ "user/503", "user/503" },
		{ "", "" },
	};
	char answer[100];

	(void)state;
	for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
		snprintf(answer, sizeof answer, "\tdomain = %s\n", domains[i][0]);
		assert_string_equal(parse(answer).domain, domains[i][1]);
	}
}

static void
the_last_exit_is_read_in_all_its_forms(void **state)
{
	static const struct {
		const char	*lines;
		enum last_exit	 last_exit;
		long		 value;
		const char	*text;
	} cases[] = {
		{ "\tlast exit code = (never exited)\n", LAST_EXIT_NEVER, SERVICE_NUMBER_UNKNOWN,
		  "" },
		{ "\tlast exit code = 0\n", LAST_EXIT_CODE, 0, "" },
		{ "\tlast exit code = 78: EX_CONFIG\n", LAST_EXIT_CODE, 78, "EX_CONFIG" },
		{ "\tlast exit code = (unknown)\n", LAST_EXIT_UNKNOWN, SERVICE_NUMBER_UNKNOWN,
		  "(unknown)" },
		{ "\tlast exit code = -1\n", LAST_EXIT_UNKNOWN, SERVICE_NUMBER_UNKNOWN, "-1" },
		{ "\tlast exit code = x: y\n", LAST_EXIT_UNKNOWN, SERVICE_NUMBER_UNKNOWN, "x: y" },
		{ "\tlast terminating signal = Terminated: 15\n", LAST_EXIT_SIGNAL, 15,
		  "Terminated" },
		{ "\tlast terminating signal = Trace/BPT trap: 5\n", LAST_EXIT_SIGNAL, 5,
		  "Trace/BPT trap" },
		{ "\tlast terminating signal = 15\n", LAST_EXIT_UNKNOWN, SERVICE_NUMBER_UNKNOWN,
		  "15" },
		{ "\tlast exit reason = OS_REASON_CODESIGNING\n", LAST_EXIT_REASON,
		  SERVICE_NUMBER_UNKNOWN, "OS_REASON_CODESIGNING" },
		{ "\tlast exit code = 1\n\tlast terminating signal = Killed: 9\n", LAST_EXIT_SIGNAL,
		  9, "Killed" },
		{ "\tlast exit code = 1\n\tlast terminating signal = Killed: 9\n\tlast exit reason "
		  "= R\n", LAST_EXIT_REASON, SERVICE_NUMBER_UNKNOWN, "R" },
		{ "\tlast exit reason = (never exited)\n\tlast exit code = 3\n", LAST_EXIT_CODE, 3,
		  "" },
		{ "\tlast exit code = (never exited)\n\tlast terminating signal = Killed: 9\n",
		  LAST_EXIT_SIGNAL, 9, "Killed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct service service = parse(cases[i].lines);

		assert_int_equal(service.last_exit, cases[i].last_exit);
		assert_int_equal(service.last_exit_value, cases[i].value);
		assert_string_equal(service.last_exit_text, cases[i].text);
	}
}

static enum override
override(const char *text, const char *label)
{
	return service_override(text, strlen(text), label);
}

static void
the_switch_is_read_in_its_old_and_new_words(void **state)
{
	static const char old[] =
	    "disabled services = {\n\t\"com.example.on\" => false\n\t\"com.example.off\" => "
	    "true\n}\n"
	    "login item associations = {\n\t\"com.example.item\" => \"com.example.off\"\n}\n";
	static const char new[] = "\n\tdisabled services = {\r\n\t\t\"com.example.on\" => "
	    "enabled\r\n"
	    "\t\t\"com.example.off\" => disabled\r\n\t\t\"com.example.odd\" => maybe\r\n\t}\r\n\r\n"
	    "\tlogin item associations = {\r\n\t\t\"com.example.item\" => disabled\r\n\t}\r\n";

	(void)state;
	assert_int_equal(override(old, "com.example.on"), OVERRIDE_ENABLED);
	assert_int_equal(override(old, "com.example.off"), OVERRIDE_DISABLED);
	assert_int_equal(override(old, "com.example.item"), OVERRIDE_NONE);
	assert_int_equal(override(new, "com.example.on"), OVERRIDE_ENABLED);
	assert_int_equal(override(new, "com.example.off"), OVERRIDE_DISABLED);
	assert_int_equal(override(new, "com.example.odd"), OVERRIDE_UNKNOWN);
	assert_int_equal(override(new, "com.example.item"), OVERRIDE_NONE);
}

static void
labels_of_the_switch_are_compared_exactly(void **state)
{
	static const char list[] = "disabled services = {\n\t\"com.example.job\" => disabled\n}\n";

	(void)state;
	assert_int_equal(override(list, "com.example.job"), OVERRIDE_DISABLED);
	assert_int_equal(override(list, "com.example.jo"), OVERRIDE_NONE);
	assert_int_equal(override(list, "com.example.job2"), OVERRIDE_NONE);
	assert_int_equal(override(list, "com.Example.job"), OVERRIDE_NONE);
	assert_int_equal(override(list, "example.job"), OVERRIDE_NONE);
	assert_int_equal(override(list, ""), OVERRIDE_NONE);
}

static void
an_answer_that_is_not_known_leaves_the_switch_unknown(void **state)
{
	static const char *const answers[] = {
		"", "\n", "Could not print\n", "login item associations = {\n\t\"com.example.job\" "
		    "=> disabled\n}\n",
		"\"com.example.other\" => disabled\n",
		"disabled services = {\n\t\"com.example.other\" => disabled\n",
		"disabled services = {\n\t\"com.example.job\" => enabled\n\t\"com.example.job\" => "
		    "disabled\n}\n",
		"disabled services = {\n\t\"com.example.job\" => disab",
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		assert_int_equal(override(answers[i], "com.example.job"), OVERRIDE_UNKNOWN);
	assert_int_equal(service_override(NULL, 0, "com.example.job"), OVERRIDE_UNKNOWN);
}

static void
one_line_of_the_list_is_enough(void **state)
{
	(void)state;
	assert_int_equal(override("\"com.example.job\" => true\n", "com.example.job"),
	    OVERRIDE_DISABLED);
	assert_int_equal(override("\t\"com.example.job\" => enabled", "com.example.job"),
	    OVERRIDE_ENABLED);
	assert_int_equal(override("disabled services = {\n}\n\"com.example.job\" => true\n",
	    "com.example.job"), OVERRIDE_NONE);
}

/* The recorded outputs. */

static char *
read_all(const char *name, size_t *size)
{
	char path[300], *text = malloc(100001);
	FILE *file;

	*size = 0;
	assert_non_null(text);
	assert_true((size_t)snprintf(path, sizeof path, CORPUS "%s", name) < sizeof path);
	file = fopen(path, "rb");
	if (file == NULL) {
		fail_msg("cannot read %s", path);
		abort();	/* not reached after fail_msg(); clang-tidy does not know that */
	}
	*size = fread(text, 1, 100000, file);
	text[*size] = '\0';
	fclose(file);
	return text;
}

/* Return the value of the first line "<base>NAME = " in a sample, or "". */
static void
line_value(const char *text, const char *name, char *value, size_t size)
{
	static const char *const bases[] = { "\t", "    ", "        " };
	char start[100];

	value[0] = '\0';
	for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
		const char *found;

		snprintf(start, sizeof start, "\n%s%s = ", bases[i], name);
		found = strstr(text, start);
		if (found != NULL) {
			found += strlen(start);
			assert_true(strcspn(found, "\n") < size);
			snprintf(value, size, "%.*s", (int)strcspn(found, "\n"), found);
			return;
		}
	}
}

static void
check_last_exit(const struct service *service, const char *expected)
{
	char described[300] = "-";

	switch (service->last_exit) {
	case LAST_EXIT_NEVER:
		snprintf(described, sizeof described, "(never exited)");
		break;
	case LAST_EXIT_CODE:
		snprintf(described, sizeof described, "%ld%s%s", service->last_exit_value,
		    service->last_exit_text[0] == '\0' ? "" : ": ", service->last_exit_text);
		break;
	case LAST_EXIT_SIGNAL:
		snprintf(described, sizeof described, "signal %s: %ld", service->last_exit_text,
		    service->last_exit_value);
		break;
	case LAST_EXIT_REASON:
		snprintf(described, sizeof described, "reason %s", service->last_exit_text);
		break;
	case LAST_EXIT_ABSENT:
		if (strcmp(expected, "not shown") == 0)
			return;
		break;
	case LAST_EXIT_UNKNOWN:
		fail_msg("unknown last exit '%s'", service->last_exit_text);
	}
	/* "78: EX_CONFIG (job state = spawn failed)": the text in brackets is the index's. */
	if (strncmp(expected, described, strlen(described)) != 0 ||
	    strchr(" ", expected[strlen(described)]) == NULL)
		fail_msg("last exit is '%s', not '%s'", described, expected);
}

static void
check_complete(const struct service *service, const char *text)
{
	char value[1024];

	line_value(text, "path", value, sizeof value);
	assert_string_equal(service->path, value);
	assert_string_not_equal(service->path, "");
	line_value(text, "program", value, sizeof value);
	assert_string_equal(service->program, value);
	line_value(text, "runs", value, sizeof value);
	assert_int_equal(service->runs, strtol(value, NULL, 10));
	line_value(text, "minimum runtime", value, sizeof value);
	assert_int_equal(service->minimum_runtime, strtol(value, NULL, 10));
	line_value(text, "job state", value, sizeof value);
	assert_string_equal(service->job_state, value);
	line_value(text, "properties", value, sizeof value);
	assert_string_equal(service->properties, strcmp(value, "{") == 0 ? "" : value);
}

static void
check_sample(char *columns[COLUMNS])
{
	enum { FILE_NAME, DOMAIN, MACOS, STATE, PID, LAST_EXIT, SOURCE, COMPLETE };
	char name[200];
	struct service service;
	size_t size;
	char *text;
	bool whole_domain = strstr(columns[DOMAIN], "whole domain") != NULL;
	long pid = strtol(columns[PID], NULL, 10);

	snprintf(name, sizeof name, "print/%s", columns[FILE_NAME]);
	text = read_all(name, &size);
	print_message("%s\n", name);
	assert_int_equal(service_parse(&service, text, size), !whole_domain);
	assert_string_equal(service.state, whole_domain ? "" : columns[STATE]);
	assert_int_equal(service.pid, pid == 0 ? SERVICE_NUMBER_UNKNOWN : pid);
	check_last_exit(&service, columns[LAST_EXIT]);
	if (whole_domain || strstr(text, " domain = ") == NULL)
		assert_true(service.domain[0] == '\0' ||
		    strcmp(service.domain, columns[DOMAIN]) == 0);
	else
		assert_string_equal(service.domain, columns[DOMAIN]);
	if (strncmp(columns[COMPLETE], "complete", strlen("complete")) == 0) {
		assert_string_equal(service.domain, columns[DOMAIN]);
		check_complete(&service, text);
	}
	free(text);
}

static bool
split(char *line, char *columns[COLUMNS])
{
	size_t count = 0;

	for (; count < COLUMNS; count++) {
		columns[count] = line;
		line = strchr(line, '\t');
		if (line == NULL)
			break;
		*line++ = '\0';
	}
	return count == COLUMNS - 1;
}

static void
recorded_outputs_are_read_as_their_index_lists(void **state)
{
	char empty[] = "", *columns[COLUMNS], *line, *next;
	size_t size, samples = 0;
	char *index = read_all("print/INDEX.tsv", &size);

	(void)state;
	line = strchr(index, '\n');
	assert_non_null(line);
	for (line++; *line != '\0'; line = next, samples++) {
		next = line + strcspn(line, "\n");
		if (*next != '\0')
			*next++ = '\0';
		for (size_t i = 0; i < COLUMNS; i++)
			columns[i] = empty;
		assert_true(split(line, columns));
		check_sample(columns);
	}
	assert_true(samples >= 31);
	free(index);
}

static void
a_property_is_found_as_a_whole_only(void **state)
{
	static const struct {
		const char	*properties, *name;
		bool		 found;
	} rows[] = {
		{ "penalty box", "penalty box", true },
		{ "keepalive | penalty box", "penalty box", true },
		{ "penalty box | runatload", "penalty box", true },
		{ "keepalive | needs LWCR update | managed LWCR", "needs LWCR update", true },
		{ "managed LWCR | has LWCR", "needs LWCR update", false },
		{ "needs LWCR updates", "needs LWCR update", false },
		{ "no penalty box", "penalty box", false },
		{ "penalty box|runatload", "penalty box", false },
		{ " | ", "penalty box", false },
		{ "", "penalty box", false },
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct service service;

		snprintf(text, sizeof text, "\tproperties = %s\n", rows[i].properties);
		service = parse(text);
		assert_int_equal(service_has_property(&service, rows[i].name), rows[i].found);
	}
}

static void
a_job_with_a_process_is_not_in_the_penalty_box(void **state)
{
	struct service service = parse("\tproperties = keepalive | penalty box\n");

	(void)state;
	assert_true(service_is_penalized(&service));
	service.pid = 7;
	assert_false(service_is_penalized(&service));
}

/* Two numbers that are not both printed say nothing. */
static void
what_launchd_says_of_starts_is_understood_or_left(void **state)
{
	static const struct {
		const char	*text;
		bool		 ended_well, throttled, refused;
	} rows[] = {
		{ "\tstate = running\n", true, false, false },
		{ "\tlast exit code = (never exited)\n", true, false, false },
		{ "\tlast exit code = 0\n", true, false, false },
		{ "\tlast exit code = 1\n", false, false, false },
		{ "\tlast exit code = (abandoned)\n", false, false, false },
		{ "\tlast terminating signal = Terminated: 15\n", true, false, false },
		{ "\tlast terminating signal = Killed: 9\n", false, false, false },
		{ "\tlast exit reason = JETSAM_REASON_MEMORY_IDLE_EXIT\n", true, false, false },
		{ "\tlast exit reason = OS_REASON_DYLD\n", false, false, false },
		{ "\tlast exit code = 78: EX_CONFIG\n", false, false, true },
		{ "\tpid = 7\n\tlast exit code = 78: EX_CONFIG\n", false, false, false },
		{ "\tlast exit code = 0\n\tjob state = spawn failed\n", true, false, true },
		{ "\tpid = 7\n\tjob state = spawn failed\n", true, false, false },
		{ "\tjob state = spawn postponed\n", true, false, false },
		{ "\tminimum runtime = 80\n\tbase minimum runtime = 10\n", true, true, false },
		{ "\tminimum runtime = 10\n\tbase minimum runtime = 10\n", true, false, false },
		{ "\tminimum runtime = 80\n", true, false, false },
		{ "\tbase minimum runtime = 10\n", true, false, false },
		{ "\tminimum runtime = long\n\tbase minimum runtime = 10\n", true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct service service = parse(rows[i].text);

		print_message("%s", rows[i].text);
		assert_int_equal(service_ended_well(&service), rows[i].ended_well);
		assert_int_equal(service_is_throttled(&service), rows[i].throttled);
		assert_int_equal(service_is_refused(&service, false), rows[i].refused);
	}
}

static void
recorded_outputs_may_be_truncated_anywhere(void **state)
{
	static const char *const names[] = { "print/01-system-running.txt",
		"print/08-gui-running-after-signal.txt" };
	struct service whole, part;
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *text = read_all(names[i], &size);

		assert_true(service_parse(&whole, text, size));
		for (size_t end = 0; end < size; end++) {
			service_parse(&part, text, end);
			assert_true(part.pid == whole.pid || part.pid == SERVICE_NUMBER_UNKNOWN);
			assert_true(part.runs == whole.runs || part.runs == SERVICE_NUMBER_UNKNOWN);
			assert_true(part.program[0] == '\0' ||
			    strcmp(part.program, whole.program) == 0);
			assert_true(part.last_exit == whole.last_exit ||
			    part.last_exit == LAST_EXIT_ABSENT);
		}
		free(text);
	}
}

static void
the_recorded_switches_are_read(void **state)
{
	static const struct {
		const char	*name, *label;
		enum override	 expected;
	} cases[] = {
		{ "01-user-true-false.txt", "com.example.boxes.helper", OVERRIDE_ENABLED },
		{ "01-user-true-false.txt", "com.apple.Siri.agent", OVERRIDE_DISABLED },
		{ "01-user-true-false.txt", "version.com.example.boxes.helper", OVERRIDE_NONE },
		{ "02-gui-tab-indented.txt", "Workbot", OVERRIDE_DISABLED },
		{ "02-gui-tab-indented.txt", "com.example.model", OVERRIDE_ENABLED },
		{ "03-gui-26.3.txt", "com.example.content-maker", OVERRIDE_DISABLED },
		{ "04-system-26.6-trimmed.txt", "com.openssh.sshd", OVERRIDE_ENABLED },
		{ "04-system-26.6-trimmed.txt", "com.example.helper", OVERRIDE_NONE },
		{ "05-system-trimmed.txt", "com.example.guard.daemon", OVERRIDE_DISABLED },
		{ "06-inside-print-system.txt", "database-17", OVERRIDE_ENABLED },
		{ "06-inside-print-system.txt", "com.example.job", OVERRIDE_NONE },
		{ "07-gui-27-trimmed.txt", "com.example.grow", OVERRIDE_DISABLED },
		{ "07-gui-27-trimmed.txt", "com.example.job", OVERRIDE_NONE },
		{ "08-system-one-line.txt", "com.apple.nfsd", OVERRIDE_DISABLED },
		{ "08-system-one-line.txt", "com.example.job", OVERRIDE_UNKNOWN },
		{ "../print/17-domain-system-elided.txt", "com.apple.ftpd", OVERRIDE_DISABLED },
		{ "../print/17-domain-system-elided.txt", "com.apple.tsm.portname", OVERRIDE_NONE },
		{ "../print/01-system-running.txt", "collector", OVERRIDE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char name[200], *text;
		size_t size;

		snprintf(name, sizeof name, "print-disabled/%s", cases[i].name);
		text = read_all(name, &size);
		print_message("%s: %s\n", name, cases[i].label);
		assert_int_equal(service_override(text, size, cases[i].label), cases[i].expected);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_complete_answer_fills_every_field),
		cmocka_unit_test(output_without_a_field_is_refused),
		cmocka_unit_test(what_stands_in_a_block_does_not_count),
		cmocka_unit_test(a_value_that_ends_in_a_brace_does_not_open_a_block),
		cmocka_unit_test(an_argument_that_closes_its_block_early_gives_no_field),
		cmocka_unit_test(an_argument_with_a_newline_cannot_replace_a_field),
		cmocka_unit_test(a_field_that_is_repeated_without_a_difference_stays),
		cmocka_unit_test(any_indentation_and_line_end_will_do),
		cmocka_unit_test(a_missing_header_does_no_harm),
		cmocka_unit_test(truncated_output_gives_what_is_certain),
		cmocka_unit_test(only_a_plain_number_that_fits_is_a_number),
		cmocka_unit_test(a_value_that_does_not_fit_is_left_out),
		cmocka_unit_test(the_domain_is_the_short_one),
		cmocka_unit_test(the_last_exit_is_read_in_all_its_forms),
		cmocka_unit_test(the_switch_is_read_in_its_old_and_new_words),
		cmocka_unit_test(labels_of_the_switch_are_compared_exactly),
		cmocka_unit_test(an_answer_that_is_not_known_leaves_the_switch_unknown),
		cmocka_unit_test(one_line_of_the_list_is_enough),
		cmocka_unit_test(recorded_outputs_are_read_as_their_index_lists),
		cmocka_unit_test(a_property_is_found_as_a_whole_only),
		cmocka_unit_test(a_job_with_a_process_is_not_in_the_penalty_box),
		cmocka_unit_test(what_launchd_says_of_starts_is_understood_or_left),
		cmocka_unit_test(recorded_outputs_may_be_truncated_anywhere),
		cmocka_unit_test(the_recorded_switches_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
