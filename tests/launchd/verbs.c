#define _DEFAULT_SOURCE
/*
 * The verbs: what launchd does, what it refuses and how it reports that. Source of statuses and
 * texts: tests/evidence/ERRORS.md.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launchd.h"

#define USAGE	64

enum ending ending;

/* --- targets --- */

/* Parse "system", "gui/501" or "user/501", with or without "/LABEL"; label is NULL without. */
static bool
parse_target(const char *target, struct domain *domain, const char **label)
{
	char *end;

	*label = NULL;
	*domain = (struct domain){ DOMAIN_SYSTEM, 0 };
	if (strncmp(target, "system", 6) == 0) {
		target += 6;
	} else if (strncmp(target, "gui/", 4) == 0 || strncmp(target, "user/", 5) == 0) {
		domain->kind = target[0] == 'g' ? DOMAIN_GUI : DOMAIN_USER;
		target = strchr(target, '/') + 1;
		domain->uid = (uid_t)strtoul(target, &end, 10);
		if (end == target)
			return false;
		target = end;
	} else {
		return false;
	}
	if (*target == '/' && target[1] != '\0')
		*label = target + 1;
	return *target == '\0' || *target == '/';
}

static bool
domain_exists(const struct domain *domain)
{
	char *uid = text("%u", (unsigned)domain->uid);
	bool exists = domain->kind != DOMAIN_GUI || settings_lists("session", uid);

	free(uid);
	return exists;
}

static bool
may_change(const struct request *request, const struct domain *domain)
{
	return request->uid == 0 || request->uid == geteuid() ||
	    (domain->kind != DOMAIN_SYSTEM && request->uid == domain->uid);
}

/* --- refusals --- */

static int
usage(struct request *request)
{
	fputs("Usage: launchctl <subcommand> ... | help [subcommand]\n", request->err);
	return USAGE;
}

static int
bad_target(struct request *request)
{
	fputs("Unrecognized target specifier. <service-target> takes a form of "
	    "<domain-target>/<service-id>.\n"
	      "Please refer to `man launchctl` for explanation of the <domain-target> "
	      "specifiers.\n", request->err);
	return usage(request);
}

static int
no_domain(struct request *request, const struct domain *domain)
{
	fputs("Could not find domain for ", request->err);
	print_domain_words(domain, request->err);
	fputs("\n", request->err);
	return 112;
}

static int
no_service(struct request *request, const struct domain *domain, const char *label)
{
	/* print: two lines on current systems, one on older ones (tests/evidence/ERRORS.md, 3). */
	if (strcmp(request->argv[0], "print") == 0 && settings_macos() >= 13)
		fputs("Bad request.\n", request->err);
	fprintf(request->err, "Could not find service \"%s\" in domain for ", label);
	print_domain_words(domain, request->err);
	fputs("\n", request->err);
	return 113;
}

/* Print the one line that each verb has for most of its errors. */
static int
refuse(struct request *request, const char *label, int status)
{
	const char *verb = request->argv[0], *why = error_text(status);

	if (strcmp(verb, "bootstrap") == 0)
		fprintf(request->err, "Bootstrap failed: %d: %s\n", status, why);
	else if (strcmp(verb, "bootout") == 0)
		fprintf(request->err, "Boot-out failed: %d: %s\n", status, why);
	else if (strcmp(verb, "kickstart") == 0 && status != 37)
		fprintf(request->err, "Could not kickstart service \"%s\": %d: %s\n", label, status,
		    why);
	else if (strcmp(verb, "enable") == 0 || strcmp(verb, "disable") == 0)
		fprintf(request->err, "Could not %s service: %d: %s\n", verb, status, why);
	else if (strcmp(verb, "kill") == 0 && status == 1)
		fputs("Not privileged to signal service.\n", request->err);
	else if (strcmp(verb, "kill") == 0 && status == 3)
		fputs("No process to signal.\n", request->err);
	else if (strncmp(verb, "print", 5) == 0)
		fprintf(request->err, "Could not print domain: %d: %s\n", status, why);
	/* Also printed for root (ancwrd1/snx-rs#241). */
	if (strcmp(verb, "bootstrap") == 0 && status == 5)
		fputs("Try re-running the command as root for richer errors.\n", request->err);
	return status;
}

/* --- enable and disable --- */

static int
verb_enable(struct request *request)
{
	struct domain domain;
	const char *label;
	int result;

	if (request->argc != 2)
		return usage(request);
	if (!parse_target(request->argv[1], &domain, &label) || label == NULL)
		return bad_target(request);
	if (!domain_exists(&domain))
		return refuse(request, label, 125);
	if (!may_change(request, &domain))
		return refuse(request, label, 1);
	result = overrides_set(&domain, label, request->argv[0][0] == 'd');
	return result == 0 ? 0 : refuse(request, label, 5);
}

/* --- bootstrap --- */

/* Return a caller's path as on the Mac; it may be relative, absolute, or begin with ROOT. */
static char *
mac_path(const struct request *request, const char *given)
{
	char *path = given[0] == '/' ? text("%s", given) : text("%s/%s", request->folder, given);
	char *real = realpath(path, NULL);
	size_t length = strlen(root);
	char *result;

	if (strncmp(path, root, length) == 0 && path[length] == '/')
		result = text("%s", path + length);
	else if (real != NULL && strncmp(real, root, length) == 0 && real[length] == '/')
		result = text("%s", real + length);
	else
		result = text("%s", path);
	free(real);
	free(path);
	return result;
}

static int
bootstrap_one(struct request *request, const struct domain *domain, const char *given, bool several)
{
	char *path = mac_path(request, given);
	bool denied;
	int status = 5;

	if (!settings_take("bootstrap_eio")) {
		status = load(domain, path, &denied);
		if (status == 0 && !denied && settings_take("bootstrap_eio_loads"))
			status = 5;
	}
	/* Some statuses add a line with the path; reports of 5, 37 and 155 have none. */
	if (several ? status != 0 : status == 17 || status == 119 || status == 122)
		fprintf(request->err, "%s: %s\n", path,
		    status == 17 || status == 37 ? "service already bootstrapped" :
		    error_text(status));
	free(path);
	return status;
}

static int
verb_bootstrap(struct request *request)
{
	struct domain domain;
	const char *label;
	int status = 0;

	if (request->argc < 3)
		return usage(request);
	if (!parse_target(request->argv[1], &domain, &label) || label != NULL)
		return bad_target(request);
	if (!domain_exists(&domain))
		return refuse(request, NULL, 125);
	if (!may_change(request, &domain))
		return refuse(request, NULL, 1);
	if (ending != END_NOT)
		return refuse(request, NULL, 124);
	if (request->argc == 3)
		status = bootstrap_one(request, &domain, request->argv[2], false);
	else
		for (int i = 2; i < request->argc; i++)
			if (bootstrap_one(request, &domain, request->argv[i], true) != 0)
				status = 133;
	return status == 0 ? 0 : refuse(request, NULL, status);
}

/* --- bootout --- */

static struct job *
job_of_path(const struct domain *domain, const char *path)
{
	for (struct job *job = jobs; job != NULL; job = job->next)
		if (job->domain.kind == domain->kind && job->domain.uid == domain->uid &&
		    strcmp(job->path, path) == 0)
			return job;
	return NULL;
}

/* Find the job of a plist by its path, or by its label if the plist was moved. */
static struct job *
job_of_plist(const struct request *request, const struct domain *domain, const char *given)
{
	char *path = mac_path(request, given), *full = file_below(path);
	struct job *job = job_of_path(domain, path);
	plist_t plist = job == NULL ? file_plist(full) : NULL, label = NULL;

	if (plist != NULL && plist_get_node_type(plist) == PLIST_DICT)
		label = plist_dict_get_item(plist, "Label");
	if (label != NULL && plist_get_node_type(label) == PLIST_STRING)
		job = job_find(domain, plist_get_string_ptr(label, NULL));
	plist_free(plist);
	free(full);
	free(path);
	return job;
}

static int
bootout_one(struct request *request, struct job *job, bool wait)
{
	if (job->leaving && !wait)
		return 37;
	/* A job without a process is unloaded immediately. */
	request->waiting = wait && job->pid != 0 ? WAIT_GONE : WAIT_NOT;
	request->job = job;
	if (!job->leaving)
		job_unload(job, false);
	return 0;
}

static int
verb_bootout(struct request *request)
{
	/* --wait exists since 26 and only takes a service target. */
	bool wait = request->argc == 3 && strcmp(request->argv[1], "--wait") == 0 &&
	    settings_macos() >= 26;
	const char *target = request->argc < 2 ? NULL : request->argv[wait ? 2 : 1], *label;
	struct domain domain;
	struct job *job;
	int status;

	if (target == NULL)
		return usage(request);
	if (!parse_target(target, &domain, &label) ||
	    (label == NULL) != (request->argc == 3 && !wait))
		return bad_target(request);
	if (!domain_exists(&domain))
		return refuse(request, label, 125);
	if (!may_change(request, &domain))
		return refuse(request, label, 1);
	job = label != NULL ? job_find(&domain, label) :
	    job_of_plist(request, &domain, request->argv[2]);
	if (job == NULL) {
		/* Measured: 3 up to 26, 5 on 27; 5 for a path (nix-installer#1187). */
		status = (int)settings_number("bootout_missing_status", label != NULL &&
		    settings_macos() < 27 ? 3 : 5);
	} else {
		status = bootout_one(request, job, wait);
	}
	return status == 0 ? 0 : refuse(request, label, status);
}

/* --- print, print-disabled, list, error --- */

static int
verb_print(struct request *request)
{
	struct domain domain;
	struct job *job;
	const char *label;

	if (request->argc != 2)
		return usage(request);
	if (!parse_target(request->argv[1], &domain, &label))
		return bad_target(request);
	if (!domain_exists(&domain))
		return no_domain(request, &domain);
	if (label == NULL) {
		print_domain(&domain, request->out);
		return 0;
	}
	job = job_find(&domain, label);
	if (job == NULL)
		return no_service(request, &domain, label);
	print_job(job, request->out);
	return 0;
}

static int
verb_print_disabled(struct request *request)
{
	struct domain domain;
	const char *label;

	if (request->argc != 2)
		return usage(request);
	if (!parse_target(request->argv[1], &domain, &label) || label != NULL)
		return bad_target(request);
	if (!domain_exists(&domain))
		return no_domain(request, &domain);
	print_disabled(&domain, request->out);
	return 0;
}

static int
verb_list(struct request *request)
{
	/* The caller's own domain: an ordinary user does not see the system's jobs here. */
	bool system = request->uid == 0 || request->uid == geteuid();
	struct domain domain = { system ? DOMAIN_SYSTEM : DOMAIN_GUI, system ? 0 : request->uid };
	struct job *job;

	if (request->argc > 2)
		return usage(request);
	if (request->argc == 1) {
		print_list(&domain, request->out);
		return 0;
	}
	job = job_find(&domain, request->argv[1]);
	if (job == NULL) {
		fprintf(request->err, "Could not find service \"%s\" in domain for port\n",
		    request->argv[1]);
		return 113;
	}
	print_list_job(job, request->out);
	return 0;
}

static int
verb_error(struct request *request)
{
	int number;

	if (request->argc != 2)
		return usage(request);
	number = (int)strtol(request->argv[1], NULL, 10);
	fprintf(request->out, "%d: %s\n", number, error_text(number));
	return 0;
}

/* --- kickstart and kill --- */

static int
verb_kickstart(struct request *request)
{
	const char *target = NULL, *label;
	bool kill_first = false;
	struct domain domain;
	struct job *job;
	int status;

	for (int i = 1; i < request->argc; i++) {
		if (request->argv[i][0] != '-')
			target = request->argv[i];
		else
			for (const char *c = request->argv[i] + 1; *c != '\0'; c++) {
				kill_first |= *c == 'k';
				request->asks_pid |= *c == 'p';
				if (strchr("kps", *c) == NULL)
					return usage(request);
			}
	}
	if (target == NULL)
		return usage(request);
	if (!parse_target(target, &domain, &label) || label == NULL)
		return bad_target(request);
	if (!domain_exists(&domain))
		return no_domain(request, &domain);
	job = job_find(&domain, label);
	if (job == NULL)
		return no_service(request, &domain, label);
	if (!may_change(request, &domain))
		return refuse(request, label, 1);
	if (job->leaving || (job->state == STATE_XPCPROXY && !kill_first))
		return refuse(request, label, 37);
	request->job = job;
	if (job->pid != 0 && !kill_first) {
		tell_pid(request, job);
		return 0;
	}
	status = job_kick(job, kill_first);
	if (status != 0)
		return refuse(request, label, status);
	request->waiting = WAIT_SPAWNED;
	return 0;
}

static int
verb_kill(struct request *request)
{
	struct domain domain;
	const char *label;
	struct job *job;
	int number;

	if (request->argc != 3)
		return usage(request);
	number = print_signal_number(request->argv[1][0] == '-' ? request->argv[1] + 1 :
	    request->argv[1]);
	if (number == -1) {
		fputs("Invalid signal.\n", request->err);
		return usage(request);
	}
	if (!parse_target(request->argv[2], &domain, &label) || label == NULL)
		return bad_target(request);
	if (!domain_exists(&domain))
		return no_domain(request, &domain);
	job = job_find(&domain, label);
	if (job == NULL)
		return no_service(request, &domain, label);
	if (!may_change(request, &domain))
		return refuse(request, label, 1);
	if (job->pid == 0 || kill(job->pid, number) == -1)
		return refuse(request, label, 3);
	return 0;
}

/* --- for tests only --- */

static int
verb_end(struct request *request)
{
	struct domain system = { DOMAIN_SYSTEM, 0 };
	bool at_once = request->argc > 1 && strcmp(request->argv[1], "now") == 0;
	struct job *next;

	if (!may_change(request, &system))
		return 1;
	ending = request->argv[0][0] == 'r' ? END_REBOOT : END_SHUTDOWN;
	for (struct job *job = jobs; job != NULL; job = next) {
		next = job->next;
		job_unload(job, at_once);
	}
	request->waiting = WAIT_EMPTY;
	return 0;
}

static int
verb_fault(struct request *request)
{
	struct domain system = { DOMAIN_SYSTEM, 0 };

	if (request->argc == 1)
		settings_print(request->out);
	else if (!may_change(request, &system))
		return 1;
	else
		settings_set(request->argv[1], request->argc > 2 ? request->argv[2] : NULL);
	return 0;
}

static const struct verb {
	const char *name;
	int (*run)(struct request *request);
	bool ours;		/* a verb of this launchd only, exempt from faults */
} verbs[] = {
	{ "bootout", verb_bootout, false },
	{ "bootstrap", verb_bootstrap, false },
	{ "disable", verb_enable, false },
	{ "enable", verb_enable, false },
	{ "error", verb_error, false },
	{ "fault", verb_fault, true },
	{ "kickstart", verb_kickstart, false },
	{ "kill", verb_kill, false },
	{ "list", verb_list, false },
	{ "print", verb_print, false },
	{ "print-disabled", verb_print_disabled, false },
	{ "reboot", verb_end, true },
	{ "shutdown", verb_end, true },
};

/* Return the label that a refusal without a reason would name. */
static const char *
last_label(const struct request *request)
{
	const char *slash = request->argc > 1 ? strrchr(request->argv[request->argc - 1], '/') :
	    NULL;

	return slash == NULL ? "" : slash + 1;
}

int
verb_run(struct request *request)
{
	int status = 5;

	for (size_t i = 0; request->argc > 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, request->argv[0]) != 0)
			continue;
		if (!verbs[i].ours && settings_hit("refuse", verbs[i].name, &status))
			return refuse(request, last_label(request), status);
		return verbs[i].run(request);
	}
	if (request->argc > 0)
		fprintf(request->err, "Unrecognized subcommand: %s\n", request->argv[0]);
	return usage(request);
}
