/* job.c: what the command line may contain, and the plist that it becomes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/job/grant.h"
#include "core/job/job.h"
#include "core/job/plist_set.h"
#include "core/lint/keys.h"
#include "core/plist/plist.h"
#include "core/job/receipt.h"

#define SECRET	"s3cr3t"
#define MOST	210

static struct options options;
static struct error error;
static const char *environment[4];
static char *operands[MOST];
static struct account worker = {
	.exists = YES, .name = "worker", .identity = { 501, 20, { 20 }, 1 },
	    .home = "/Users/worker", .local = true
};
static struct account root = {
	.exists = YES, .name = "root", .identity = { 0, 0, { 0 }, 1 }, .home = "/var/root",
	    .local = true
};

static char label[] = "com.example.agentworker", program[] = "/usr/local/bin/agentworker";

/* Set up a valid job. */
static int
sound(void **state)
{
	(void)state;
	memset(&error, 0, sizeof error);
	memset(environment, 0, sizeof environment);
	operands[0] = program;
	options = (struct options){ .timeout = -1, .settle = -1, .label = label, .user = "worker",
	    .operands = operands,
	    .operand_count = 1, .environment = { environment, 0 } };
	return 0;
}

/* The bytes alone. */
static int
to_plist(const struct options *given, const struct account *account, const char *group,
    struct bytes *bytes, struct error *why)
{
	struct plist_file file;
	int result = job_to_plist(given, account, group, NULL, &file, why);

	plist_release(file.tree);
	*bytes = file.bytes;
	return result;
}

static void
accepted(void)
{
	if (job_check(&options, &error) == -1)
		fail_msg("%s: %s", error.what, error.why);
}

static void
refused(enum error_kind kind, const char *what, const char *why)
{
	memset(&error, 0, sizeof error);
	assert_int_equal(job_check(&options, &error), -1);
	assert_int_equal(error.kind, kind);
	if (strstr(error.what, what) == NULL || strstr(error.why, why) == NULL)
		fail_msg("expected '%s: %s', got '%s: %s'", what, why, error.what, error.why);
	assert_null(strstr(error.what, SECRET));
	assert_null(strstr(error.why, SECRET));
	assert_null(strstr(error.fix, SECRET));
}

static void
a_plain_job_is_accepted(void **state)
{
	(void)state;
	accepted();
	options.group = "staff";
	options.log_directory = "/var/log/workers";
	options.stdout_path = "/var/log/a b'c";
	options.working_directory = "/";
	accepted();
}

static void
label_user_and_program_must_be_given(void **state)
{
	(void)state;
	options.label = NULL;
	refused(ERROR_USAGE, "--label is missing", "");
	sound(NULL);
	options.user = NULL;
	refused(ERROR_USAGE, "--user is missing", "");
	sound(NULL);
	options.operand_count = 0;
	refused(ERROR_USAGE, "the program is missing", "");
}

static void
labels_that_are_not_reverse_dns_names_are_refused(void **state)
{
	static const struct bad {
		const char	*label, *why;
	} bads[] = {
		{ "", "it is empty" },
		{ "com/example", "only letters" },
		{ "../etc/x", "only letters" },
		{ "com example", "only letters" },
		{ " com.example", "only letters" },
		{ "com.example\n", "only letters" },
		{ "com.ex\xc3\xa4mple", "only letters" },
		{ "com.example;x", "only letters" },
		{ "com.example$x", "only letters" },
		{ ".com.example", "begins with a dot" },
		{ "-com.example", "begins with a dot or hyphen" },
		{ "com.example.", "ends with a dot" },
		{ "com.apple.x", "Apple" },
		{ "COM.APPLE.x", "Apple" },
		{ "Com.aPPle.agent", "Apple" },
		{ "com.apple.", "dot" },
		{ "shell", "reserves" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		options.label = bads[i].label;
		refused(ERROR_DATA, "cannot use the label '", bads[i].why);
	}
}

static void
a_label_has_up_to_200_bytes(void **state)
{
	static char longest[202];

	(void)state;
	memset(longest, 'a', sizeof longest);
	longest[200] = '\0';
	options.label = longest;
	accepted();
	longest[200] = 'a';
	longest[201] = '\0';
	refused(ERROR_DATA, "cannot use the label '", "longer than 200 bytes");
}

static void
labels_that_only_resemble_apples_are_accepted(void **state)
{
	static const char *const good[] = { "com.applejuice.x", "org.com.apple.x", "com.apple-x",
	    "a", "1_b-c.D",
		"shell.x" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		options.label = good[i];
		accepted();
	}
}

static void
program_and_directories_are_full_plain_paths(void **state)
{
	static const struct bad {
		const char	*path, *why;
	} bads[] = {
		{ "bin/cat", "" },
		{ "./cat", "" },
		{ "cat", "" },
		{ "", "" },
		{ "~/cat", "does not expand ~" },
		{ "~worker/cat", "does not expand ~" },
		{ "/bin/../cat", "'..'" },
		{ "/bin/..", "'..'" },
		{ "/./cat", "'.'" },
		{ "//cat", "'//'" },
		{ "/bin//cat", "'//'" },
		{ "/bin/cat/", "slash at its end" },
		{ "/bin/c\nat", "control character" },
		{ "/bin/c\x1b[2Jat", "control character" },
		{ "/bin/c\xff", "not valid UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		char path[32];

		sound(NULL);
		strcpy(path, bads[i].path);
		operands[0] = path;
		refused(ERROR_DATA, "cannot use the program '", bads[i].why);
		sound(NULL);
		options.log_directory = path;
		refused(ERROR_DATA, "cannot use --log-dir '", bads[i].why);
		sound(NULL);
		options.stdout_path = path;
		refused(ERROR_DATA, "cannot use --stdout '", bads[i].why);
		sound(NULL);
		options.stderr_path = path;
		refused(ERROR_DATA, "cannot use --stderr '", bads[i].why);
		sound(NULL);
		options.working_directory = path;
		refused(ERROR_DATA, "cannot use --working-directory '", bads[i].why);
	}
	sound(NULL);
	options.working_directory = "/a.b/..c/...";
	accepted();
}

static void
a_relative_program_is_refused_as_path_is_not_searched(void **state)
{
	char relative[] = "bin/cat";

	(void)state;
	operands[0] = relative;
	refused(ERROR_DATA, "cannot use the program 'bin/cat'",
	    "launchd does not search the job's PATH");
}

static void
a_path_that_is_too_long_is_refused(void **state)
{
	char path[PATH_SIZE + 1];

	(void)state;
	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[PATH_SIZE - 64] = '\0';
	operands[0] = path;
	refused(ERROR_DATA, "cannot use the program '", "longer than 959 bytes");
	path[PATH_SIZE - 65] = '\0';
	accepted();
}

/* Bytes that a plist or a line of `launchctl print` cannot represent. */
static const struct bad_text {
	const char	*text, *why;
} bad_texts[] = {
	{ "a\nb", "newline or another control character" },
	{ "\n", "control character" },
	{ "a\rb", "control character" },
	{ "a\tb", "control character" },
	{ "\x01", "control character" },
	{ "\x1b[2J", "control character" },
	{ "\x7f", "control character" },
	{ "\xc2\x85", "control character" },
	{ "\xff", "not valid UTF-8" },
	{ "a\xc3", "not valid UTF-8" },
	{ "\xc0\xaf", "not valid UTF-8" },
	{ "\xed\xa0\x80", "not valid UTF-8" },
	{ "\xf4\x90\x80\x80", "not valid UTF-8" },
	{ "\xef\xbf\xbe", "XML" },
	{ "x\xef\xbf\xbfy", "XML" },
};

#define BAD_TEXTS	(sizeof bad_texts / sizeof bad_texts[0])

static void
text_that_a_plist_cannot_represent_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < BAD_TEXTS; i++) {
		char text[16];

		sound(NULL);
		strcpy(text, bad_texts[i].text);
		operands[1] = label;
		operands[2] = text;
		options.operand_count = 3;
		refused(ERROR_DATA, "cannot use the argument '", bad_texts[i].why);
		sound(NULL);
		options.user = text;
		refused(ERROR_DATA, "cannot use --user '", bad_texts[i].why);
		sound(NULL);
		options.group = text;
		refused(ERROR_DATA, "cannot use --group '", bad_texts[i].why);
	}
}

static void
a_variable_that_is_refused_is_not_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < BAD_TEXTS; i++) {
		char variable[64];

		snprintf(variable, sizeof variable, "TOKEN=" SECRET "%s", bad_texts[i].text);
		environment[0] = "A=" SECRET;
		environment[1] = variable;
		options.environment.count = 2;
		refused(ERROR_DATA, "cannot use the variable 'TOKEN'", bad_texts[i].why);
		snprintf(variable, sizeof variable, "N%s=" SECRET, bad_texts[i].text);
		refused(ERROR_DATA, "cannot use the variable 'N", bad_texts[i].why);
	}
}

static void
a_variable_needs_a_name_and_is_given_once(void **state)
{
	(void)state;
	options.environment.count = 1;
	environment[0] = "=" SECRET;
	refused(ERROR_USAGE, "cannot use value 1 of --env", "no NAME before '='");
	environment[0] = SECRET;
	refused(ERROR_USAGE, "cannot use value 1 of --env", "no NAME");
	environment[0] = "";
	refused(ERROR_USAGE, "cannot use value 1 of --env", "no NAME");
	options.environment.count = 3;
	environment[0] = "A=" SECRET;
	environment[1] = "AB=" SECRET;
	environment[2] = "A=" SECRET "2";
	refused(ERROR_USAGE, "variable 'A' is given twice", "");
	environment[2] = "a=";
	accepted();
}

static void
unusual_but_valid_text_is_accepted(void **state)
{
	static const char *const good[] = { "", " ", "A & B <x>", "\"quoted\" 'too'", "\\", ";",
	    "$HOME", "`id`", "]]>",
		"&amp;", "gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x90\x8d", "\xe2\x80\xa8", "pid = 1", "}",
		    "\xef\xbf\xbd",
		"\xef\xbb\xbf" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		char text[32], variable[40];

		strcpy(text, good[i]);
		snprintf(variable, sizeof variable, "A=%s", good[i]);
		operands[1] = text;
		options.operand_count = 2;
		environment[0] = variable;
		options.environment.count = 1;
		accepted();
	}
}

/* ---- the plist ---- */

/* Write a tree as one line: {Key=value;...}, "text", [item,...], true. */
static void flatten(const struct plist *, FILE *);

static void
flatten_member(void *context, const char *key, const struct plist *value)
{
	FILE *stream = context;

	fprintf(stream, "%s=", key);
	flatten(value, stream);
	putc(';', stream);
}

static void
flatten(const struct plist *plist, FILE *stream)
{
	bool boolean;

	if (plist_text(plist) != NULL)
		fprintf(stream, "\"%s\"", plist_text(plist));
	else if (plist_boolean(plist, &boolean))
		fputs(boolean ? "true" : "false", stream);
	else if (plist_is_dictionary(plist)) {
		putc('{', stream);
		plist_visit(plist, flatten_member, stream);
		putc('}', stream);
	} else {
		putc('[', stream);
		for (size_t i = 0; i < plist_count(plist); i++) {
			if (i > 0)
				putc(',', stream);
			flatten(plist_item(plist, i), stream);
		}
		putc(']', stream);
	}
}

static void
assert_plist(const struct account *account, const char *group, const char *expected)
{
	struct bytes bytes;
	struct plist *tree;
	char *flat = NULL;
	size_t size;
	FILE *stream = open_memstream(&flat, &size);

	assert_non_null(stream);
	accepted();
	assert_int_equal(to_plist(&options, account, group, &bytes, &error), 0);
	tree = plist_parse(bytes, &error);
	assert_non_null(tree);
	flatten(tree, stream);
	fclose(stream);
	assert_string_equal(flat, expected);
	free(flat);
	plist_release(tree);
	bytes_free(&bytes);
}

static void
the_checklist_becomes_exactly_its_keys(void **state)
{
	(void)state;
	environment[0] = "PATH=/usr/local/bin:/usr/bin:/bin";
	options.environment.count = 1;
	options.stdout_path = "/var/log/agentworker.log";
	options.stderr_path = "/var/log/agentworker.err";
	assert_plist(&worker, "staff", "{Label=\"com.example.agentworker\";"
	    "ProgramArguments=[\"/usr/local/bin/agentworker\"];UserName=\"worker\";"
	    "GroupName=\"staff\";"
	    "EnvironmentVariables={HOME=\"/Users/worker\";PATH=\"/usr/local/bin:/usr/bin:/bin\";};"
	    "StandardOutPath=\"/var/log/agentworker.log\";"
	    "StandardErrorPath=\"/var/log/agentworker.err\";"
	    "RunAtLoad=true;KeepAlive=true;}");
}

static void
every_option_has_its_key(void **state)
{
	char one[] = "-x", two[] = "";

	(void)state;
	operands[1] = one;
	operands[2] = two;
	options.operand_count = 3;
	options.stdout_path = "/a/out";
	options.stderr_path = "/b/err";
	options.log_directory = "/not/used";
	options.working_directory = "/w";
	options.keep_alive = "false";
	environment[0] = "HOME=/elsewhere";
	environment[1] = "EMPTY=";
	environment[2] = "Q=a=b & <c>";
	options.environment.count = 3;
	assert_plist(&worker, "other",
	    "{Label=\"com.example.agentworker\";"
	    "ProgramArguments=[\"/usr/local/bin/agentworker\",\"-x\",\"\"];UserName=\"worker\";"
	    "GroupName=\"other\";"
	    "EnvironmentVariables={PATH=\"/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin\";HOME=\"/"
	    "elsewhere\";EMPTY=\"\";"
	    "Q=\"a=b & "
	    "<c>\";};WorkingDirectory=\"/w\";StandardOutPath=\"/a/out\";"
	    "StandardErrorPath=\"/b/err\";RunAtLoad=true;}");
}

/* Check HOME and PATH of the job's environment, "HOME|PATH". */
static void
assert_environment(const struct account *account, const char *expected)
{
	struct bytes bytes;
	struct plist *tree;
	const struct plist *variables;
	char both[256];

	assert_int_equal(to_plist(&options, account, "g", &bytes, &error), 0);
	tree = plist_parse(bytes, &error);
	variables = plist_member(tree, "EnvironmentVariables");
	assert_non_null(plist_text(plist_member(variables, "PATH")));
	snprintf(both, sizeof both, "%s|%s",
	    plist_member(variables, "HOME") == NULL ? "-" :
	    plist_text(plist_member(variables, "HOME")),
	    plist_text(plist_member(variables, "PATH")));
	assert_string_equal(both, expected);
	plist_release(tree);
	bytes_free(&bytes);
}

static void
home_and_path_have_defaults_that_env_overrides(void **state)
{
	struct account homeless = worker;

	(void)state;
	assert_environment(&worker, "/Users/worker|/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
	assert_environment(&root, "/var/root|/usr/bin:/bin:/usr/sbin:/sbin");
	homeless.home[0] = '\0';
	assert_environment(&homeless, "-|/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
	environment[0] = "HOMES=/x";	/* a longer name is another variable */
	environment[1] = "PATHS=/x";
	options.environment.count = 2;
	assert_environment(&worker, "/Users/worker|/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
	environment[0] = "PATH=/bin";
	environment[1] = "HOME=/tmp";
	assert_environment(&root, "/tmp|/bin");
}

static void
assert_logs(const char *output, const char *errors)
{
	struct bytes bytes;
	struct plist *tree;

	assert_int_equal(to_plist(&options, &worker, "staff", &bytes, &error), 0);
	tree = plist_parse(bytes, &error);
	assert_string_equal(plist_text(plist_member(tree, "StandardOutPath")), output);
	assert_string_equal(plist_text(plist_member(tree, "StandardErrorPath")), errors);
	plist_release(tree);
	bytes_free(&bytes);
}

static void
logs_are_named_after_the_whole_label(void **state)
{
	(void)state;
	options.label = "worker";
	assert_logs("/var/log/worker.log", "/var/log/worker.err");
	options.label = "com.example.system";	/* not Apple's /var/log/system.log */
	assert_logs("/var/log/com.example.system.log", "/var/log/com.example.system.err");
	options.label = "a.b.c-d_e";
	options.log_directory = "/opt/logs";
	assert_logs("/opt/logs/a.b.c-d_e.log", "/opt/logs/a.b.c-d_e.err");
	options.log_directory = "/";
	assert_logs("/a.b.c-d_e.log", "/a.b.c-d_e.err");
	options.stderr_path = "/var/log/all";
	assert_logs("/a.b.c-d_e.log", "/var/log/all");
}

static void
an_installed_job_keeps_a_log_of_the_last_part(void **state)
{
	struct spec installed = { .logs = { { "/var/log/c.log" }, { "/opt/logs/c.err" } } };

	(void)state;
	options.label = "a.b.c";
	options.installed = &installed;
	assert_logs("/var/log/c.log", "/var/log/a.b.c.err");
	options.log_directory = "/opt/logs";
	assert_logs("/opt/logs/a.b.c.log", "/opt/logs/c.err");
	options.label = "a.b.d";
	assert_logs("/opt/logs/a.b.d.log", "/opt/logs/a.b.d.err");
	options.stdout_path = options.stderr_path = "/var/log/all";
	assert_logs("/var/log/all", "/var/log/all");
}

static void
log_paths_that_get_too_long_are_refused(void **state)
{
	char folder[PATH_SIZE - 64], name[201];
	struct bytes bytes;

	(void)state;
	memset(folder, 'a', sizeof folder);
	folder[0] = '/';
	folder[sizeof folder - 1] = '\0';
	memset(name, 'b', sizeof name);
	name[200] = '\0';
	options.label = name;
	options.log_directory = folder;
	accepted();
	assert_int_equal(to_plist(&options, &worker, "staff", &bytes, &error), -1);
	assert_int_equal(error.kind, ERROR_DATA);
	assert_null(bytes.data);
	/* Both by name: nothing is made of the folder. */
	options.stdout_path = options.stderr_path = "/var/log/x";
	assert_logs("/var/log/x", "/var/log/x");
}

static void
a_variable_with_a_very_long_name_is_refused(void **state)
{
	char variable[400];
	struct bytes bytes;

	(void)state;
	memset(variable, 'N', sizeof variable);
	strcpy(variable + 255, "=" SECRET);
	environment[0] = variable;
	options.environment.count = 1;
	accepted();
	assert_int_equal(to_plist(&options, &worker, "staff", &bytes, &error), 0);
	bytes_free(&bytes);
	memset(variable, 'N', sizeof variable);
	strcpy(variable + 256, "=" SECRET);
	refused(ERROR_DATA, "cannot use the variable 'N", "longer than 255 bytes");
}

static void
two_hundred_arguments_keep_their_order(void **state)
{
	static char texts[200][16];
	struct bytes bytes;
	struct plist *tree;
	const struct plist *arguments;

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(texts[i], sizeof texts[i], "a%d", i);
		operands[i + 1] = texts[i];
	}
	options.operand_count = 201;
	accepted();
	assert_int_equal(to_plist(&options, &worker, "staff", &bytes, &error), 0);
	tree = plist_parse(bytes, &error);
	arguments = plist_member(tree, "ProgramArguments");
	assert_int_equal(plist_count(arguments), 201);
	for (size_t i = 0; i < 200; i++)
		assert_string_equal(plist_text(plist_item(arguments, i + 1)), texts[i]);
	plist_release(tree);
	bytes_free(&bytes);
}

static void
a_plist_over_1_mib_is_refused_and_one_below_is_not(void **state)
{
	static char big[SPEC_SIZE_MAX + 1];
	struct bytes bytes;

	(void)state;
	memset(big, 'x', sizeof big - 1);
	operands[1] = big;
	options.operand_count = 2;
	accepted();
	assert_int_equal(to_plist(&options, &worker, "staff", &bytes, &error), -1);
	assert_int_equal(error.kind, ERROR_DATA);
	assert_non_null(strstr(error.why, "over 1 MiB"));
	assert_null(bytes.data);
	big[sizeof big - 4096] = '\0';
	assert_int_equal(to_plist(&options, &worker, "staff", &bytes, &error), 0);
	bytes_free(&bytes);
}

static void
the_same_job_gives_the_same_bytes(void **state)
{
	struct bytes first, second;

	(void)state;
	assert_int_equal(to_plist(&options, &worker, "staff", &first, &error), 0);
	assert_int_equal(to_plist(&options, &worker, "staff", &second, &error), 0);
	assert_true(first.size > 0 && bytes_equal(first, second));
	bytes_free(&first);
	bytes_free(&second);
}

/* ---- options that are keys ---- */

/* Return a value that a key accepts; a label, an account and a group are the same word here. */
static const char *
sample_of(const struct option *row)
{
	static char text[64];
	const struct key *key = keys_row(row->key);

	if (key == NULL) {
		fail_msg("--%s: %s is not a key of keys.c", row->name, row->key);
		return "";
	}
	if (keys_allow(keys_types(key), "boolean", NULL))
		return "true";
	if (key->allowed == NULL)
		return "other";
	if (strcmp(key->allowed, "/") == 0)
		return "/x";
	snprintf(text, sizeof text, "%.*s", (int)strcspn(key->allowed, ".|"), key->allowed);
	return text;
}

/* The plist of a new job, or of one from a plist with another value, has this value. */
static void
assert_key(const struct option *row, const char *sample, bool is_new)
{
	const char *group = options.group == NULL ? "staff" : options.group;
	char plist[256];
	struct bytes from = { (const unsigned char *)plist, 0 };
	struct plist_file file;
	struct plist *given;
	const struct plist *value;
	int64_t integer;
	bool flag;
	char text[64] = "nothing";

	snprintf(plist, sizeof plist, "<plist><dict><key>%s</key>%s</dict></plist>", row->key,
	    keys_allow(keys_types(keys_row(row->key)), "boolean", NULL) ? "<false/>" :
	    keys_allow(keys_types(keys_row(row->key)), "integer", NULL) ?
	    "<integer>7</integer>" : "<string>/elsewhere</string>");
	from.size = strlen(plist);
	given = plist_parse(from, &error);
	if ((is_new ? job_to_plist(&options, &worker, group, NULL, &file, &error) :
	    job_to_plist_from(&options, given, group, NULL, &file, &error)) == -1)
		fail_msg("--%s %s: %s: %s", row->name, sample, error.what, error.why);
	value = plist_member(file.tree, row->key);
	if (plist_text(value) != NULL)
		snprintf(text, sizeof text, "%s", plist_text(value));
	else if (plist_boolean(value, &flag))
		snprintf(text, sizeof text, "%s", flag ? "true" : "false");
	else if (plist_integer(value, &integer))
		snprintf(text, sizeof text, "%lld", (long long)integer);
	if (strcmp(text, sample) != 0)
		fail_msg("--%s %s: %s is %s", row->name, sample, row->key, text);
	plist_release(given);
	plist_file_free(&file);
}

/* An account's plist cannot ask for what the command line sets. */
static void
assert_no_grant(const struct option *row)
{
	struct plist *tree = plist_new();
	struct grants grants;

	plist_add_text(tree, row->key, "root");
	grants_find(&grants, tree, &options);
	plist_release(tree);
	if (grants.count > 0)
		fail_msg("--%s: %s is a grant", row->name, grants.rows[0].key);
}

/* --set of the key is refused beside the option, and always if the option owns it. */
static void
assert_conflict(const struct option *row, const char *sample)
{
	static char setting[128];
	static const char *settings[] = { setting };
	struct plist *tree = plist_new();

	snprintf(setting, sizeof setting, "%s=%s", row->key, sample);
	options.settings = (struct words){ settings, 1 };
	if (row->role == OPTION_SHARES)
		refused(ERROR_USAGE, row->name, "");
	assert_int_equal(plist_set_apply(tree, setting, &error), row->role == OPTION_SHARES ? 0 :
	    -1);
	if (row->role != OPTION_SHARES && strstr(error.fix, row->name) == NULL)
		fail_msg("--set %s: the hint is '%s'", setting, error.fix);
	plist_release(tree);
	sound(NULL);
	options.settings = (struct words){ settings, 1 };
	accepted();
}

/* A number has the range of the key's row. */
static void
assert_range(const struct option *row)
{
	const struct key *key = keys_row(row->key);
	const char *name = row->name;

	if (!keys_allow(keys_types(key), "integer", NULL))
		return;
	sound(NULL);
	*(const char **)options_field(&options, row) = "-21000000000";
	refused(ERROR_USAGE, name, "does not accept");
	assert_non_null(strstr(error.fix, "an integer"));
	*(const char **)options_field(&options, row) = "x";
	refused(ERROR_USAGE, name, "does not accept");
}

static void
an_option_that_is_a_key_needs_only_its_row(void **state)
{
	size_t keys = 0;
	const struct option *rows = options_table();

	(void)state;
	for (size_t i = 0; rows[i].name != NULL; i++) {
		const char *sample;

		assert_true(rows[i].key != NULL || rows[i].role == OPTION_SHARES);
		if (rows[i].key == NULL)
			continue;
		keys++;
		assert_true(rows[i].kind == OPTION_TEXT || rows[i].kind == OPTION_WORD);
		sample = sample_of(&rows[i]);
		sound(NULL);
		*(const char **)options_field(&options, &rows[i]) = sample;
		accepted();
		assert_no_grant(&rows[i]);
		assert_key(&rows[i], sample, true);
		assert_key(&rows[i], sample, false);
		assert_conflict(&rows[i], sample);
		assert_range(&rows[i]);
	}
	assert_true(keys > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_plain_job_is_accepted, sound),
		cmocka_unit_test_setup(label_user_and_program_must_be_given, sound),
		cmocka_unit_test_setup(labels_that_are_not_reverse_dns_names_are_refused, sound),
		cmocka_unit_test_setup(a_label_has_up_to_200_bytes, sound),
		cmocka_unit_test_setup(labels_that_only_resemble_apples_are_accepted, sound),
		cmocka_unit_test_setup(program_and_directories_are_full_plain_paths, sound),
		cmocka_unit_test_setup(a_relative_program_is_refused_as_path_is_not_searched,
		    sound),
		cmocka_unit_test_setup(a_path_that_is_too_long_is_refused, sound),
		cmocka_unit_test_setup(text_that_a_plist_cannot_represent_is_refused, sound),
		cmocka_unit_test_setup(a_variable_that_is_refused_is_not_shown, sound),
		cmocka_unit_test_setup(a_variable_needs_a_name_and_is_given_once, sound),
		cmocka_unit_test_setup(unusual_but_valid_text_is_accepted, sound),
		cmocka_unit_test_setup(the_checklist_becomes_exactly_its_keys, sound),
		cmocka_unit_test_setup(every_option_has_its_key, sound),
		cmocka_unit_test_setup(home_and_path_have_defaults_that_env_overrides, sound),
		cmocka_unit_test_setup(logs_are_named_after_the_whole_label, sound),
		cmocka_unit_test_setup(an_installed_job_keeps_a_log_of_the_last_part, sound),
		cmocka_unit_test_setup(log_paths_that_get_too_long_are_refused, sound),
		cmocka_unit_test_setup(a_variable_with_a_very_long_name_is_refused, sound),
		cmocka_unit_test_setup(two_hundred_arguments_keep_their_order, sound),
		cmocka_unit_test_setup(a_plist_over_1_mib_is_refused_and_one_below_is_not, sound),
		cmocka_unit_test_setup(the_same_job_gives_the_same_bytes, sound),
		cmocka_unit_test_setup(an_option_that_is_a_key_needs_only_its_row, sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
