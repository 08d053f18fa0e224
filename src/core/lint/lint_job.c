/* The label, the times, the logs, the account, and the file itself. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lint_rows.h"
#include "core/text.h"

/* ---- label ---- */

void
lint_rule_missing_label(struct lint *lint)
{
	if (plist_member(lint->tree, "Label") == NULL)
		lint_report(lint, NULL, "give the job a name, for example com.example.agentworker",
		    "there is no Label: launchd refuses it (110)");
}

void
lint_rule_bad_label(struct lint *lint)
{
	const char *label = lint_text_of(lint, "Label");
	struct plist_path spot;

	if (label == NULL || !lint_find(lint, "Label", &spot))
		return;
	if (label[strspn(label, " \t\r\n")] == '\0')
		lint_report(lint, &spot, NULL, "the Label is empty: launchd refuses it (110)");
	else if (text_has_control(label))
		lint_report(lint, &spot, "write it on one line",
		    "the Label has control characters: launchd refuses it");
	else if (strcmp(label, "shell") == 0)
		lint_report(lint, &spot, "take another name",
		    "launchd refuses the Label 'shell' (140)");
	else if (strchr(label, '/') != NULL)
		lint_report(lint, &spot, "use letters, digits, dots, hyphens and underscores",
		    "the Label has a slash: launchctl cannot name the job");
}

void
lint_rule_label_style(struct lint *lint)
{
	const char *label = lint_text_of(lint, "Label");
	struct plist_path spot;

	if (label != NULL && label[0] != '\0' && strchr(label, '.') == NULL &&
	    lint_find_placeholder(label).length == 0 && lint_find(lint, "Label", &spot))
		lint_report(lint, &spot, "begin with a domain of yours, for example com.example",
		    "'%.100s' may be somebody else's Label, too", label);
}

/* "com.example.job" for com.example.job.plist; for a template what stands before .plist. */
void
lint_rule_file_name(struct lint *lint)
{
	const char *name = lint->facts->name, *label = lint_text_of(lint, "Label");
	const char *end = name == NULL ? NULL : strstr(name, ".plist");
	struct plist_path spot;

	if (end == NULL || label == NULL || lint_find_placeholder(label).length > 0 ||
	    !lint_find(lint, "Label", &spot))
		return;
	if (strlen(label) != (size_t)(end - name) || strncmp(label, name, strlen(label)) != 0)
		lint_report(lint, &spot, NULL, "the file is not named '%.200s.plist', as is usual",
		    label);
}

/* ---- when it runs ---- */

static void
judge_entry(struct lint *lint, const struct plist_path *entry)
{
	struct plist_path minute;

	if (plist_is_dictionary(entry->value) && !lint_member(entry, "Minute", &minute))
		lint_report(lint, entry, "set Minute, for example to 0",
		    "without Minute the job runs every minute of that time");
}

void
lint_rule_hour_without_minute(struct lint *lint)
{
	struct plist_path calendar, entry;

	if (!lint_find(lint, "StartCalendarInterval", &calendar))
		return;
	judge_entry(lint, &calendar);
	for (size_t i = 0; i < LINT_MOST && lint_item(&calendar, i, &entry); i++)
		judge_entry(lint, &entry);
}

void
lint_rule_no_trigger(struct lint *lint)
{
	static const char *const triggers[] = { "StartInterval", "StartCalendarInterval",
	    "WatchPaths",
		"QueueDirectories", "LaunchEvents", "MachServices", "Sockets", NULL };
	bool on_demand = true;

	plist_boolean(plist_member(lint->tree, "OnDemand"), &on_demand);
	if (lint_is_true(lint, "RunAtLoad") || lint_is_true(lint, "KeepAlive") ||
	    lint_is_true(lint, "StartOnMount") ||
	    plist_is_dictionary(plist_member(lint->tree, "KeepAlive")) || !on_demand)
		return;
	for (size_t i = 0; triggers[i] != NULL; i++)
		if (plist_member(lint->tree, triggers[i]) != NULL)
			return;
	lint_report(lint, NULL, "set RunAtLoad or KeepAlive, unless launchctl is to start it",
	    "nothing in it starts the job");
}

void
lint_rule_disabled(struct lint *lint)
{
	struct plist_path spot;

	if (lint_is_true(lint, "Disabled") && lint_find(lint, "Disabled", &spot))
		lint_report(lint, &spot, "launchctl enable, or remove the key",
		    "launchd does not load the job unless launchctl has enabled it");
}

/* ---- keys that need others ---- */

void
lint_rule_no_effect(struct lint *lint)
{
	struct plist_path spot;
	const char *user = lint_text_of(lint, "UserName"), *group = lint_text_of(lint, "GroupName");

	if (user != NULL && strcmp(user, "root") == 0 && lint_find(lint, "UserName", &spot))
		lint_report(lint, &spot, NULL, "root is the default: launchd takes it as not "
		    "given, and sets no HOME");
	if (user == NULL && group != NULL && strcmp(group, "wheel") != 0 &&
	    lint_find(lint, "GroupName", &spot))
		lint_report(lint, &spot, "set UserName",
		    "without UserName the job still runs as root");
	if (user == NULL && lint_find(lint, "InitGroups", &spot))
		lint_report(lint, &spot, NULL, "without UserName it is ignored");
	if (lint_is_true(lint, "EnablePressuredExit") && lint_is_true(lint, "KeepAlive") &&
	    lint_find(lint, "EnablePressuredExit", &spot))
		lint_report(lint, &spot, NULL, "beside KeepAlive it is not respected");
	if (lint_find(lint, "inetdCompatibility", &spot) &&
	    plist_member(lint->tree, "Sockets") == NULL)
		lint_report(lint, &spot, "set Sockets",
		    "without Sockets there is nothing to listen on");
}

void
lint_rule_system_limits(struct lint *lint)
{
	static const char *const sets[] = { "SoftResourceLimits", "HardResourceLimits", NULL };
	static const char *const limits[] = { "NumberOfFiles", "NumberOfProcesses", NULL };
	struct plist_path set, spot;

	if (lint->facts->kind != LINT_DAEMON)
		return;
	for (size_t i = 0; sets[i] != NULL; i++)
		for (size_t j = 0; limits[j] != NULL; j++)
			if (lint_find(lint, sets[i], &set) && lint_member(&set, limits[j], &spot))
				lint_report(lint, &spot, NULL,
				    "in a daemon this also sets the kernel's limit for the whole "
				    "Mac");
}

/* ---- account ---- */

bool
lint_runs_as_root(const struct lint *lint)
{
	const char *user = lint_text_of(lint, "UserName");

	return lint->facts->kind == LINT_DAEMON && (user == NULL || strcmp(user, "root") == 0);
}

void
lint_rule_no_home(struct lint *lint)
{
	const char *label = lint_text_of(lint, "Label");

	if (lint_runs_as_root(lint) && (label == NULL || strncmp(label, "com.apple.", 10) != 0) &&
	    plist_member(plist_member(lint->tree, "EnvironmentVariables"), "HOME") == NULL)
		lint_report(lint, NULL, "if the program needs it: set HOME in "
		    "EnvironmentVariables, or UserName",
		    "a daemon of root's has no HOME");
}

/* Four numbers with dots between; only the first two are given back. */
static bool
lint_job_read_address(const char *text, unsigned parts[2])
{
	for (int i = 0; i < 4; i++) {
		size_t length = strspn(text, "0123456789");

		if (length == 0 || length > 3 || (i < 3 && text[length] != '.'))
			return false;
		if (i < 2)
			parts[i] = (unsigned)strtoul(text, NULL, 10);
		text += length + 1;
	}
	return true;
}

/* 10.x, 172.16.x to 172.31.x, 192.168.x, or a name in .local */
static bool
is_local(const char *text)
{
	const char *local = strstr(text, ".local");

	if (local != NULL && !isalnum((unsigned char)local[6]) && local[6] != '/' &&
	    local[6] != '.')
		return text[0] != '/' && text[0] != '~';
	for (const char *at = text; *at != '\0'; at++) {
		unsigned parts[2];

		if (!isdigit((unsigned char)*at) ||
		    (at > text && (isdigit((unsigned char)at[-1]) || at[-1] == '.')))
			continue;
		if (lint_job_read_address(at, parts) &&
		    (parts[0] == 10 || (parts[0] == 192 && parts[1] == 168) ||
		    (parts[0] == 172 && parts[1] >= 16 && parts[1] < 32)))
			return true;
	}
	return false;
}

static void
find_local(void *context, const char *key, const struct plist *value)
{
	const char *text = plist_text(value);

	(void)key;
	if (text != NULL && is_local(text))
		*(bool *)context = true;
}

void
lint_rule_lan_as_root(struct lint *lint)
{
	const struct plist *arguments = plist_member(lint->tree, "ProgramArguments");
	bool found = false;

	if (!lint_runs_as_root(lint))
		return;
	plist_visit(plist_member(lint->tree, "EnvironmentVariables"), find_local, &found);
	for (size_t i = 1; i < plist_count(arguments) && i < LINT_MOST; i++)
		find_local(&found, "", plist_item(arguments, i));
	if (found)
		lint_report(lint, NULL,
		    "name an account with UserName if it need not be root, and see that it reaches "
		    "the network",
		    "it talks to the local network, and has no UserName: it runs as root");
}

static bool
is_secret_name(const char *name)
{
	static const char *const words[] = { "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN",
	    "APIKEY", "API_KEY",
		"ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL", NULL };
	char upper[64];
	size_t length = strlen(name);

	if (length >= sizeof upper)
		return false;
	for (size_t i = 0; i <= length; i++)
		upper[i] = (char)toupper((unsigned char)name[i]);
	for (size_t i = 0; words[i] != NULL; i++)
		if (strstr(upper, words[i]) != NULL)
			return true;
	return false;
}

static void
judge_variable(void *context, const char *key, const struct plist *value)
{
	struct lint *lint = context;
	const char *text = plist_text(value);
	struct plist_path variables, spot;

	/* The name of a file is none, and neither is what is still to be filled in. */
	if (text == NULL || text[0] == '\0' || text[0] == '/' || !is_secret_name(key) ||
	    lint_find_placeholder(text).length > 0)
		return;
	if (lint_find(lint, "EnvironmentVariables", &variables) &&
	    lint_member(&variables, key, &spot))
		lint_report(lint, &spot, "put it into a file that only the job's user can read",
		    "'%.100s' looks like a secret, and everybody can read this file", key);
}

void
lint_rule_secret(struct lint *lint)
{
	plist_visit(plist_member(lint->tree, "EnvironmentVariables"), judge_variable, lint);
}

/* ---- logs ---- */

static const char *const log_keys[] = { "StandardOutPath", "StandardErrorPath" };

/* The folder of a log that is a full path and no device; false: there is none. */
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
is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (strncmp(path, "/private/", 9) == 0)
		path += 8;
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Folders that are root's on every Mac, so that nobody else makes anything in them. */
static bool
lint_job_is_roots(const char *folder)
{
	static const char *const folders[] = { "/var/log", "/var/db", "/var/run", "/var/root",
	    "/etc", "/usr/bin",
		"/usr/sbin", "/usr/libexec", "/bin", "/sbin", "/System", NULL };

	for (size_t i = 0; folders[i] != NULL; i++)
		if (is_below(folder, folders[i]))
			return true;
	return strcmp(folder, "/") == 0 || strcmp(folder, "/var") == 0;
}

bool
lint_is_open_to_all(const char *path)
{
	return is_below(path, "/tmp") || is_below(path, "/var/tmp") ||
	    is_below(path, "/Users/Shared");
}

void
lint_rule_log_directory(struct lint *lint)
{
	char folder[PATH_SIZE];
	struct plist_path spot;

	for (int i = 0; i < 2; i++) {
		if (!lint_job_log_folder(lint_text_of(lint, log_keys[i]), folder) ||
		    !lint_find(lint, log_keys[i], &spot))
			continue;
		if (lint->facts->log_folders[i] == NO)
			lint_report(lint, &spot, "make it, and give it to the job's user",
			    "the folder '%.200s' is missing", folder);
		else if (!lint_runs_as_root(lint) && lint_job_is_roots(folder)) {
			/* Of what may be a daemon of root's nothing bad is said. */
			if (lint->facts->kind == LINT_UNKNOWN &&
			    lint_text_of(lint, "UserName") == NULL)
				lint->severity = LINT_NOTE;
			lint_report(lint, &spot, "make folder and file before, and give the file "
			    "to the job's user",
			    "in '%.200s' only root makes files: the job of another user would end "
			    "with 78", folder);
		}
	}
}

void
lint_rule_log_folder_unsafe(struct lint *lint)
{
	char folder[PATH_SIZE];
	struct plist_path spot;

	for (int i = 0; i < 2 && lint->facts->kind == LINT_DAEMON; i++) {
		if (!lint_job_log_folder(lint_text_of(lint, log_keys[i]), folder) ||
		    !lint_find(lint, log_keys[i], &spot))
			continue;
		if (lint_is_open_to_all(folder))
			lint_report(lint, &spot, "log into /var/log, or a folder of root's below "
			    "it",
			    "everybody can write in '%.200s': a link there leads the log elsewhere",
			    folder);
		else if (lint_runs_as_root(lint) && is_below(folder, "/Users"))
			lint_report(lint, &spot, "log into /var/log, or a folder of root's below "
			    "it",
			    "'%.200s' is a user's: a link there makes root write elsewhere",
			    folder);
	}
}

/* ---- the file ---- */

void
lint_rule_file_owner(struct lint *lint)
{
	const struct lint_facts *facts = lint->facts;

	if (facts->in_place && facts->owner != facts->expected)
		lint_report(lint, NULL, "let root own it, with the group wheel",
		    "the file is owned by uid %ld, not by uid %ld: launchd refuses it (122)",
		    (long)facts->owner, (long)facts->expected);
}

void
lint_rule_file_mode(struct lint *lint)
{
	if (lint->facts->in_place && (lint->facts->mode & 022) != 0)
		lint_report(lint, NULL, "give it the mode 0644",
		    "its mode is 0%03o, so others can write it: launchd refuses it (122)",
		    (unsigned)lint->facts->mode);
}
