#define _DEFAULT_SOURCE
/*
 * Commands that lnpctl prints for pasting, with names and paths that an attacker chose: of every
 * check, scan, probe's advice and status. A real shell runs them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/check/check.h"
#include "core/probe/probe.h"
#include "core/job/scan.h"
#include "healthy.h"
#include "mac.h"
#include "shell.h"

/* Each has the text that is searched for. */
#define MARK	"zz9"
static const char *const paths[] = { "/zz9", "/zz9/a b", "/zz9/$(touch hit)", "/zz9/`touch hit`",
    "/zz9/';touch hit;'",
	"/zz9/\";touch hit;\"", "/zz9/a\ntouch hit\n", "/zz9/\342\200\256cba", "/zz9/\303\244",
	    "/zz9/*", "/zz9/?[a]{b,c}",
	"/zz9/~root", "/zz9/!x", "/zz9/a\\b", "/zz9/#x", "/zz9/&touch hit&", "/zz9/|touch hit",
	    "/zz9/<x", "/zz9/>hit",
	"/zz9/\t", "/zz9/\033[31m", "/zz9/=x", "/zz9/-rf", "/zz9/;touch hit", "/zz9/\302\233[31m",
	    "/zz9/\233", "/zz9/''" };
static const char *const names[] = { "zz9", "zz9 b", "zz9;touch hit", "zz9$(touch hit)", "zz9'",
    "-zz9", "~zz9",
	"zz9\ntouch hit", "zz9\342\200\256", "zz9&touch hit" };

static struct healthy mac;
static struct check_report findings;
static unsigned pasted;		/* lines that named something */

#define COUNT(array)	(sizeof (array) / sizeof (array)[0])

static struct file_fact *
fact_of(size_t i)
{
	struct facts *facts = &mac.facts;
	struct file_fact *const all[] = { &facts->plist.file, &facts->program.file,
	    &facts->home.file,
	    &facts->working_directory.file,
		&facts->log[0].file, &facts->log[1].file };

	return i < COUNT(all) ? all[i] : NULL;
}

static void
prepare(const char *path, const char *name)
{
	struct receipt *receipt = &mac.receipt;

	healthy_installed(&mac);
	strcpy(receipt->spec.program.theirs, path);
	strcpy(receipt->spec.home.theirs, path);
	strcpy(receipt->spec.working_directory.theirs, path);
	strcpy(receipt->spec.logs[0].theirs, path);
	strcpy(receipt->spec.logs[1].theirs, path);
	strcpy(receipt->spec.user, name);
	strcpy(receipt->spec.group, name);
	strcpy(mac.facts.duplicate.path, path);
	strcpy(mac.facts.agent.path, path);
	strcpy(receipt->spec.peers[receipt->spec.peer_count++], "[fe80::1]:80");
	mac.facts.working_directory.file = mac.facts.home.file;
	mac.facts.working_directory.enters = YES;
}

static void
wrong_owner(struct file_fact *fact)
{
	fact->owner = 502;
	fact->mode = 0777;
}

static void
missing(struct file_fact *fact)
{
	fact->exists = NO;
}

static void
quarantined(struct file_fact *fact)
{
	fact->quarantined = YES;
}

static void
barred(struct file_fact *fact)
{
	fact->mode = 0700;
	mac.facts.program.runs = mac.facts.home.enters = mac.facts.working_directory.enters = NO;
	mac.facts.log[0].writable = mac.facts.log[1].writable = NO;
	mac.facts.program.runs_error = EACCES;
	mac.facts.launchd.loaded = NO;
}

static void
crashed(struct file_fact *fact)
{
	fact->identity.size = INT64_C(1) << 40;
	strcpy(mac.facts.launchd.service.state, "not running");
	mac.facts.launchd.service.pid = SERVICE_NUMBER_UNKNOWN;
	mac.facts.launchd.service.last_exit = LAST_EXIT_CODE;
	mac.facts.launchd.service.last_exit_value = 3;
}

static void
disabled(struct file_fact *fact)
{
	(void)fact;
	mac.facts.launchd.override = OVERRIDE_DISABLED;
	mac.facts.duplicate.path[0] = '\0';
}

/* A script of Windows: the fix changes it in place. */
static void
with_carriage_return(struct file_fact *fact)
{
	struct interpreter_fact *interpreter = &mac.facts.program.interpreter;

	(void)fact;
	mac.facts.program.is_script = interpreter->any = interpreter->missing = true;
	strcpy(interpreter->path, "/bin/sh\r");
}

static void (*const faults[])(struct file_fact *) = { wrong_owner, missing, quarantined, barred,
    crashed, disabled, with_carriage_return };

static void
weak_way(struct file_fact *fact)
{
	strcpy(fact->untrusted_path, "/zz9");
	fact->untrusted_owner = 501;
	fact->untrusted_mode = 0755;
}

static void
others_way(struct file_fact *fact)
{
	strcpy(fact->untrusted_path, "/zz9");
	fact->untrusted_owner = 502;
	fact->untrusted_mode = 0777;
}

static void
linked(struct file_fact *fact)
{
	fact->type = FILE_LINK;
}

static void
with_two_names(struct file_fact *fact)
{
	fact->links = 2;
}

/* How an account can make root's command change another file. */
static void (*const ways[])(struct file_fact *) = { weak_way, others_way, linked, with_two_names };

/* Pastes a line into the shell; each name must arrive unchanged, or not be in the line. */
static void
paste(const char *fix, const char *path, const char *name)
{
	const char *line = strstr(fix, "sudo "), *arguments;
	char both[64];

	if (line == NULL)
		line = fix;
	arguments = shell_paste(line);
	if (strstr(line, MARK) == NULL)
		return;
	snprintf(both, sizeof both, "%s:%s", name, name);
	pasted++;
	for (const char *at = arguments, *end; (end = strchr(at, SHELL_END)) != NULL;
	    at = end + 1) {
		char argument[2048], *copy;

		snprintf(argument, sizeof argument, "%.*s", (int)(end - at), at);
		copy = strstr(argument, ".lnpctl-copy");
		if (copy != NULL && copy[strlen(".lnpctl-copy")] == '\0')
			*copy = '\0';
		if (strstr(argument, MARK) != NULL && strcmp(argument, path) != 0 &&
		    strcmp(argument, both) != 0)
			fail_msg("'%s' was made of '%s' and '%s' by: %s", argument, path, name,
			    fix);
	}
}

static void
try_paths(const char *path, const char *name)
{
	for (size_t i = 0; i < COUNT(faults); i++) {
		prepare(path, name);
		for (size_t j = 0; fact_of(j) != NULL; j++)
			faults[i](fact_of(j));
		check_all(&mac.receipt, &mac.facts, &findings);
		for (size_t j = 0; j < findings.count; j++)
			paste(findings.rows[j].fix, path, name);
		healthy_free(&mac);
	}
}

static void
pasted_commands_of_all_checks_name_the_intended_files(void **state)
{
	(void)state;
	pasted = 0;
	for (size_t i = 0; i < COUNT(paths); i++)
		try_paths(paths[i], "worker");
	for (size_t i = 0; i < COUNT(names); i++)
		try_paths("/zz9/log", names[i]);
	if (pasted < 40)	/* else this proves nothing */
		fail_msg("only %u lines named something", pasted);
}

static void
no_check_names_a_path_that_others_control(void **state)
{
	(void)state;
	for (size_t way = 0; way < COUNT(ways); way++)
		for (size_t i = 0; i < COUNT(faults); i++) {
			prepare("/zz9/x", "worker");
			for (size_t j = 0; fact_of(j) != NULL; j++) {
				faults[i](fact_of(j));
				ways[way](fact_of(j));
				if (faults[i] == missing && ways[way] != weak_way &&
				    ways[way] != others_way)
					strcpy(fact_of(j)->untrusted_path, "/zz9");
			}
			check_all(&mac.receipt, &mac.facts, &findings);
			for (size_t j = 0; j < findings.count; j++)
				if (strstr(findings.rows[j].fix, MARK) != NULL)
					fail_msg("way %zu, fault %zu: %s: %s", way, i,
					    findings.rows[j].id, findings.rows[j].fix);
			healthy_free(&mac);
		}
}

/* The plist's author chose these: they may be root's own, and root must not give them away. */
static void
home_and_working_directory_are_not_given_away(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		prepare("/zz9/x", "worker");
		for (size_t j = 0; fact_of(j) != NULL; j++)
			faults[i](fact_of(j));
		check_all(&mac.receipt, &mac.facts, &findings);
		for (size_t j = 0; j < findings.count; j++)
			if (strcmp(findings.rows[j].id, "home") == 0 ||
			    strcmp(findings.rows[j].id, "working-directory") == 0)
				assert_has_not(findings.rows[j].fix, "sudo");
		healthy_free(&mac);
	}
}

/* An agent is in its account's directory, so its path may change before migrate reads it. */
static void
scan_prints_labels_but_no_paths_in_commands(void **state)
{
	static struct scan_job job;

	(void)state;
	for (size_t i = 0; i < COUNT(paths) + COUNT(names); i++) {
		memset(&job, 0, sizeof job);
		job.kind = SCAN_AGENT;
		strcpy(job.path, i < COUNT(paths) ? paths[i] : "/x");
		strcpy(job.label, i < COUNT(paths) ? "com.example.job" : names[i - COUNT(paths)]);
		strcpy(job.account, "worker");
		scan_classify(&job, "15.5");
		assert_has_not(job.fix, "/" MARK);
		if (strcmp(job.label, "zz9") != 0)
			assert_has_not(job.fix, MARK);
		shell_paste(job.fix);
	}
}

static void
names_cannot_change_what_probe_advises(void **state)
{
	static struct advice advice;
	static struct context_result outcomes[2];
	struct probe_place place = { .network = "", .target = "zz9:80", .runs = "" };
	struct error error;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		memset(outcomes, 0, sizeof outcomes);
		assert_int_equal(probe_context(&outcomes[0].context, "root", &error), 0);
		outcomes[0].tries = outcomes[0].opened = outcomes[0].first_open =
		    outcomes[0].first_reached = 3;
		outcomes[1].context.kind = CONTEXT_DAEMON;
		strcpy(outcomes[1].context.name, "daemon:x");
		strcpy(outcomes[1].context.user, names[i]);
		outcomes[1].result = PROBE_NO_ROUTE;
		outcomes[1].tries = outcomes[1].no_route = 100;
		outcomes[1].uid_known = true;
		outcomes[1].uid = 501;
		probe_advise(&advice, PROBE_VERDICT_BLOCKED, outcomes, 2, &place);
		if (advice.count < 3)
			fail_msg("only %zu lines: %s", advice.count, advice.lines[0]);
		for (size_t j = 0; j < advice.count; j++) {
			const char *line = strstr(advice.lines[j], "sudo ");

			if (line != NULL && strstr(line, " (") != NULL)
				advice.lines[j][strstr(line, " (") - advice.lines[j]] = '\0';
			if (line != NULL)
				shell_paste(line);
		}
	}
}

static void
status_enables_no_label_that_a_shell_reads_as_more(void **state)
{
	struct mac *scripted = *state;

	mac_answer(scripted, "print-disabled",
	    "\n\tdisabled services = {\n\t\t\"x; touch hit\" => disabled\n\t}\n", 0);
	mac_words(scripted, (const char *const[]){ "status", "x; touch hit", NULL });
	assert_has(scripted->out, "sudo launchctl enable ");
	shell_paste(strstr(scripted->out, "sudo launchctl enable "));
}

/* Inspected as in a real run, by root and by the child that runs as the account. */
static void
verify_names_nothing_in_a_home(void **state)
{
	struct mac *embedded = *state;
	static const char program[] = "/Users/worker/bin/tool";

	if (!embedded->as_root)
		skip();		/* nothing here is another account's */
	mac_make_folder(embedded, "/Users/worker/bin");
	mac_write(embedded, program, "#!/bin/sh\nexec sleep 1000\n");
	mac_set_mode(embedded, program, 0755);
	mac_make_folder(embedded, "/Users/worker/work");
	mac_make_folder(embedded, "/Users/worker/logs");
	mac_set_owner(embedded, "/Users/worker/logs", embedded->worker_uid, embedded->worker_gid);
	mac_set_owner(embedded, "/Users/worker/bin", embedded->worker_uid, embedded->worker_gid);
	mac_set_owner(embedded, "/Users/worker/work", embedded->worker_uid, embedded->worker_gid);
	mac_set_owner(embedded, program, embedded->worker_uid, embedded->worker_gid);
	assert_status(embedded, mac_install(embedded, "--settle 0 --log-dir /Users/worker/logs "
	    "--working-directory /Users/worker/work",
	    program), 0);
	mac_set_mode(embedded, "/Users/worker/logs/com.example.job.log", 0400);
	mac_set_mode(embedded, program, 0600);
	mac_quarantine(embedded, program);
	mac_set_mode(embedded, "/Users/worker/work", 0);
	mac_launchctl(embedded, "kill KILL system/com.example.job");
	mac_command(embedded, "verify");
	assert_has(embedded->out, "log-files");
	for (const char *fix = embedded->out; (fix = strstr(fix, "fix: ")) != NULL; fix += 5) {
		char line[256];

		snprintf(line, sizeof line, "%.*s", (int)strcspn(fix, "\n"), fix);
		assert_has_not(line, "/Users");
	}
	mac_remove(embedded, "/Users/worker/logs/com.example.job.log");
	mac_command(embedded, "verify --json");
	assert_has_not(embedded->out, "sudo chown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasted_commands_of_all_checks_name_the_intended_files),
		cmocka_unit_test(no_check_names_a_path_that_others_control),
		cmocka_unit_test(home_and_working_directory_are_not_given_away),
		cmocka_unit_test(scan_prints_labels_but_no_paths_in_commands),
		cmocka_unit_test(names_cannot_change_what_probe_advises),
		EMBEDDED(verify_names_nothing_in_a_home),
		SCRIPTED(status_enables_no_label_that_a_shell_reads_as_more),
	};

	return cmocka_run_group_tests(tests, shell_setup, shell_teardown);
}
