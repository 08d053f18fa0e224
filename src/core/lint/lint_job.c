/* The rules about the label, schedule, logs, account, and the file itself. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

/* ---- label ---- */

static void
lint_rule_missing_label(struct lint *lint)
{
	if (plist_member(lint->tree, "Label") == NULL)
		lint_report(lint, NULL, "give the job a name, for example com.example.agentworker",
		    "there is no Label: launchd refuses the job (110)");
}

static void
lint_rule_bad_label(struct lint *lint)
{
	const char *label = lint_text_of(lint, "Label");

	if (label == NULL)
		return;
	if (label[strspn(label, " \t\r\n")] == '\0')
		lint_report(lint, lint_key(lint, "Label"), NULL,
		    "the Label is empty: launchd refuses the job (110)");
	else if (text_has_control(label))
		lint_report(lint, lint_key(lint, "Label"), "write it on one line",
		    "the Label has control characters: launchd refuses the job");
	else if (strcmp(label, "shell") == 0)
		lint_report(lint, lint_key(lint, "Label"), "choose another name",
		    "launchd refuses the Label 'shell' (140)");
	else if (strchr(label, '/') != NULL)
		lint_report(lint, lint_key(lint, "Label"),
		    "use letters, digits, dots, hyphens and underscores",
		    "the Label contains a slash: launchctl cannot name the job");
}

static void
lint_rule_label_style(struct lint *lint)
{
	const char *label = lint_text_of(lint, "Label");

	if (label != NULL && label[0] != '\0' && strchr(label, '.') == NULL &&
	    lint_find_placeholder(label).length == 0)
		lint_report(lint, lint_key(lint, "Label"),
		    "begin with a domain you own, for example com.example",
		    "another job may also use the Label '%.100s'", label);
}

/* Accept com.example.job.plist.in, too: the name of a template ends at its first ".plist". */
static void
lint_rule_file_name(struct lint *lint)
{
	const char *name = lint->facts->name, *label = lint_text_of(lint, "Label");
	const char *end = name == NULL ? NULL : strstr(name, ".plist");

	if (end == NULL || label == NULL || lint_find_placeholder(label).length > 0)
		return;
	if (strlen(label) != (size_t)(end - name) || strncmp(label, name, strlen(label)) != 0)
		lint_report(lint, lint_key(lint, "Label"), NULL,
		    "the file is not named '%.200s.plist', as is customary", label);
}

/* ---- when it runs ---- */

static void
lint_check_entry(struct lint *lint, const struct plist_path *entry)
{
	if (plist_is_dictionary(entry->value) && plist_member(entry->value, "Minute") == NULL)
		lint_report(lint, entry, "set Minute, for example to 0",
		    "without Minute the job runs every minute of that hour or day");
}

static void
lint_rule_hour_without_minute(struct lint *lint)
{
	static const char calendar[] = "StartCalendarInterval";
	size_t count = plist_count(lint_key(lint, calendar)->value);

	lint_check_entry(lint, lint_key(lint, calendar));
	for (size_t i = 0; i < count && i < LINT_FINDINGS_MAX; i++)
		lint_check_entry(lint, lint_inside(lint, calendar, NULL, i));
}

static void
lint_rule_no_trigger(struct lint *lint)
{
	static const char *const triggers[] = {
		"StartInterval", "StartCalendarInterval", "WatchPaths", "QueueDirectories",
		"LaunchEvents", "MachServices", "Sockets", NULL,
	};
	bool on_demand = true;

	plist_boolean(plist_member(lint->tree, "OnDemand"), &on_demand);
	if (plist_is_true(lint->tree, "RunAtLoad") || plist_is_true(lint->tree, "KeepAlive") ||
	    plist_is_true(lint->tree, "StartOnMount") ||
	    plist_is_dictionary(plist_member(lint->tree, "KeepAlive")) || !on_demand)
		return;
	for (size_t i = 0; triggers[i] != NULL; i++)
		if (plist_member(lint->tree, triggers[i]) != NULL)
			return;
	lint_report(lint, NULL, "set RunAtLoad or KeepAlive, unless launchctl is to start it",
	    "no key in the plist starts the job");
}

static void
lint_rule_disabled(struct lint *lint)
{
	if (plist_is_true(lint->tree, "Disabled"))
		lint_report(lint, lint_key(lint, "Disabled"),
		    "remove the key, or use launchctl enable",
		    "launchd does not load the job until launchctl enables it");
}

static void
lint_rule_system_limits(struct lint *lint)
{
	static const char *const limits[][2] = {
		{ "SoftResourceLimits", "NumberOfFiles" },
		{ "SoftResourceLimits", "NumberOfProcesses" },
		{ "HardResourceLimits", "NumberOfFiles" },
		{ "HardResourceLimits", "NumberOfProcesses" },
	};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		if (lint->facts->kind == LINT_DAEMON &&
		    lint_inside(lint, limits[i][0], limits[i][1], 0)->value != NULL)
			lint_report(lint, lint_inside(lint, limits[i][0], limits[i][1], 0), NULL,
			    "in a daemon this also sets the kernel's limit for the whole Mac");
}

/* ---- account ---- */

static bool
lint_runs_as_root(const struct lint *lint)
{
	const char *user = lint_text_of(lint, "UserName");

	return lint->facts->kind == LINT_DAEMON && (user == NULL || strcmp(user, "root") == 0);
}

static void
lint_rule_no_home(struct lint *lint)
{
	const char *label = lint_text_of(lint, "Label");

	if (lint_runs_as_root(lint) && (label == NULL || strncmp(label, "com.apple.", 10) != 0) &&
	    plist_member(plist_member(lint->tree, "EnvironmentVariables"), "HOME") == NULL)
		lint_report(lint, NULL,
		    "if the program needs HOME, set it in EnvironmentVariables, or set UserName",
		    "a daemon that runs as root has no HOME");
}

/* 10.x, 172.16.x to 172.31.x, 192.168.x, or a name in .local */
static bool
lint_job_is_local(const char *text)
{
	const char *local = strstr(text, ".local");

	if (local != NULL && !isalnum((unsigned char)local[6]) && local[6] != '/' &&
	    local[6] != '.')
		return text[0] != '/' && text[0] != '~';
	for (const char *at = text; *at != '\0' && at < text + TEXT_MATCH_MAX; at++) {
		unsigned a, b, c, d;
		char part[20], more[2];

		/* sscanf() would measure all of the text each time. */
		if (isdigit((unsigned char)*at) &&
		    (at == text || (!isdigit((unsigned char)at[-1]) && at[-1] != '.')) &&
		    text_format(part, sizeof part, "%.19s", at) &&
		    sscanf(part, "%3u.%3u.%3u.%3u%1[0-9]", &a, &b, &c, &d, more) == 4 &&
		    (a == 10 || (a == 192 && b == 168) || (a == 172 && b >= 16 && b < 32)))
			return true;
	}
	return false;
}

static void
lint_job_find_local(void *context, const char *key, const struct plist *value)
{
	const char *text = plist_text(value);

	(void)key;
	if (text != NULL && lint_job_is_local(text))
		*(bool *)context = true;
}

static void
lint_rule_lan_as_root(struct lint *lint)
{
	const struct plist *arguments = plist_member(lint->tree, "ProgramArguments");
	bool found = false;

	if (!lint_runs_as_root(lint))
		return;
	plist_visit(plist_member(lint->tree, "EnvironmentVariables"), lint_job_find_local, &found);
	for (size_t i = 1; i < plist_count(arguments) && i < LINT_FINDINGS_MAX; i++)
		lint_job_find_local(&found, "", plist_item(arguments, i));
	if (found)
		lint_report(lint, NULL,
		    "if it does not need root, set UserName, and test that it reaches the network",
		    "it uses the local network and has no UserName, so it runs as root");
}

static bool
lint_is_secret_name(const char *name)
{
	static const char *const words[] = {
		"*PASSWORD*", "*PASSWD*", "*PASSPHRASE*", "*SECRET*", "*TOKEN*", "*APIKEY*",
		"*API_KEY*", "*ACCESS_KEY*", "*PRIVATE_KEY*", "*CREDENTIAL*", NULL,
	};
	char upper[64];

	if (!text_copy(upper, sizeof upper, name))
		return false;
	for (char *at = upper; *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	return text_matches(upper, words);
}

static void
lint_check_variable(void *context, const char *key, const struct plist *value)
{
	struct lint *lint = context;
	const char *text = plist_text(value);

	/* Paths and unfilled placeholders are not secrets. */
	if (text != NULL && text[0] != '\0' && text[0] != '/' && lint_is_secret_name(key) &&
	    lint_find_placeholder(text).length == 0)
		lint_report(lint, lint_inside(lint, "EnvironmentVariables", key, 0),
		    "put it into a file that only the job's user can read",
		    "'%.100s' looks like a secret, and every user can read this file", key);
}

static void
lint_rule_secret(struct lint *lint)
{
	plist_visit(plist_member(lint->tree, "EnvironmentVariables"), lint_check_variable, lint);
}

/* ---- logs ---- */

static const char *const log_keys[] = { "StandardOutPath", "StandardErrorPath" };

/* Return the directory of a log; false if the path is not full, or is a device. */
static bool
lint_job_log_folder(const char *path, char folder[PATH_SIZE])
{
	const char *slash;

	if (path == NULL || path[0] != '/' || text_is_device(path) ||
	    lint_find_placeholder(path).length > 0)
		return false;
	slash = strrchr(path, '/');
	return text_format(folder, PATH_SIZE, "%.*s", (int)(slash == path ? 1 : slash - path),
	    path);
}

void
lint_log_folders(struct bytes bytes, char folders[2][PATH_SIZE])
{
	struct error ignored;
	struct plist *tree = plist_parse(bytes, &ignored);

	for (int i = 0; i < 2; i++)
		if (!lint_job_log_folder(plist_text(plist_member(tree, log_keys[i])), folders[i]))
			folders[i][0] = '\0';
	plist_release(tree);
}

static bool
lint_is_below(const char *path, const char *folder)
{
	if (strncmp(path, "/private/", 9) == 0)
		path += 8;
	return strcmp(path, folder) == 0 || text_is_below(path, folder);
}

/* Return true for directories that only root can write to on every Mac. */
static bool
lint_job_is_root_owned(const char *folder)
{
	static const char *const folders[] = {
		"/var/log", "/var/db", "/var/run", "/var/root", "/etc", "/usr/bin", "/usr/sbin",
		"/usr/libexec", "/bin", "/sbin", "/System", NULL,
	};

	for (size_t i = 0; folders[i] != NULL; i++)
		if (lint_is_below(folder, folders[i]))
			return true;
	return strcmp(folder, "/") == 0 || strcmp(folder, "/var") == 0;
}

bool
lint_is_open_to_all(const char *path)
{
	return lint_is_below(path, "/tmp") || lint_is_below(path, "/var/tmp") ||
	    lint_is_below(path, "/Users/Shared");
}

static void
lint_rule_log_directory(struct lint *lint)
{
	char folder[PATH_SIZE];

	for (int i = 0; i < 2; i++) {
		if (!lint_job_log_folder(lint_text_of(lint, log_keys[i]), folder))
			continue;
		if (lint->facts->log_folders[i] == NO)
			lint_report(lint, lint_key(lint, log_keys[i]),
			    "create it, owned by the job's user",
			    "the directory '%.200s' is missing", folder);
		else if (!lint_runs_as_root(lint) && lint_job_is_root_owned(folder)) {
			/* Only a note if it may be a daemon that runs as root. */
			if (lint->facts->kind == LINT_UNKNOWN &&
			    lint_text_of(lint, "UserName") == NULL)
				lint->severity = LINT_NOTE;
			lint_report(lint, lint_key(lint, log_keys[i]),
			    "create the file before the job runs, owned by the job's user",
			    "only root can create files in '%.200s': "
			    "another user's job would exit with 78", folder);
		}
	}
}

static void
lint_rule_log_folder_unsafe(struct lint *lint)
{
	static const char fix[] = "log to /var/log or a root-owned directory in it";
	char folder[PATH_SIZE];

	for (int i = 0; i < 2 && lint->facts->kind == LINT_DAEMON; i++) {
		if (!lint_job_log_folder(lint_text_of(lint, log_keys[i]), folder))
			continue;
		if (lint_is_open_to_all(folder))
			lint_report(lint, lint_key(lint, log_keys[i]), fix,
			    "every user can write in '%.200s': "
			    "a symbolic link there would redirect the log", folder);
		else if (lint_runs_as_root(lint) && lint_is_below(folder, "/Users"))
			lint_report(lint, lint_key(lint, log_keys[i]), fix,
			    "a user can write in '%.200s': "
			    "a symbolic link there would make root write elsewhere", folder);
	}
}

/* ---- the file ---- */

static void
lint_rule_file_owner(struct lint *lint)
{
	const struct lint_facts *facts = lint->facts;

	if (facts->in_place && facts->owner != facts->expected)
		lint_report(lint, NULL, "make root its owner and wheel its group",
		    "the file is owned by uid %ld, not by uid %ld: launchd refuses it (122)",
		    (long)facts->owner, (long)facts->expected);
}

static void
lint_rule_file_mode(struct lint *lint)
{
	if (lint->facts->in_place && (lint->facts->mode & 022) != 0)
		lint_report(lint, NULL, "set its mode to 0644",
		    "its mode is 0%03o, so other users can write to it: launchd refuses it (122)",
		    (unsigned)lint->facts->mode);
}

const struct rule lint_label_rules[] = {
	{ { "missing-label", LINT_ERROR, "there is no Label: launchd refuses the job (110)" },
	  lint_rule_missing_label, NULL },
	{ { "bad-label", LINT_ERROR, "launchd refuses the Label, or launchctl cannot name it" },
	  lint_rule_bad_label, NULL },
	{ { "label-style", LINT_NOTE, "the Label is not in reverse-DNS form" },
	  lint_rule_label_style, NULL },
	{ { "file-name", LINT_NOTE, "the file is not named after the Label" },
	  lint_rule_file_name, NULL },
	{ { NULL, LINT_NOTE, NULL }, NULL, NULL },
};

const struct rule lint_job_rules[] = {
	{ { "hour-without-minute", LINT_WARNING,
	    "a calendar entry without Minute runs every minute of that hour or day" },
	  lint_rule_hour_without_minute, NULL },
	{ { "no-trigger", LINT_NOTE, "nothing but launchctl starts the job" },
	  lint_rule_no_trigger, NULL },
	{ { "disabled", LINT_NOTE, "the job is disabled until launchctl enables it" },
	  lint_rule_disabled, NULL },
	{ { "system-limits", LINT_NOTE, "a daemon's limit becomes that of the whole Mac" },
	  lint_rule_system_limits, NULL },
	{ { "log-directory", LINT_WARNING,
	    "the directory of a log is missing, or the job cannot write there" },
	  lint_rule_log_directory, NULL },
	{ { "log-folder-unsafe", LINT_WARNING,
	    "other users can put a symbolic link where a daemon writes its log" },
	  lint_rule_log_folder_unsafe, NULL },
	{ { "no-home", LINT_NOTE, "a daemon that runs as root has no HOME" },
	  lint_rule_no_home, NULL },
	{ { "lan-as-root", LINT_NOTE, "a daemon that uses the local network runs as root" },
	  lint_rule_lan_as_root, NULL },
	{ { "secret", LINT_WARNING,
	    "a variable looks like a secret, and every user can read the file" },
	  lint_rule_secret, NULL },
	{ { "file-owner", LINT_ERROR, "the file is not owned by root: launchd refuses it (122)" },
	  lint_rule_file_owner, NULL },
	{ { "file-mode", LINT_ERROR,
	    "other users can write to the file: launchd refuses it (122)" },
	  lint_rule_file_mode, NULL },
	{ { NULL, LINT_NOTE, NULL }, NULL, NULL },
};
