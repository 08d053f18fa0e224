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

static const struct verb {
	const char *name;
	int (*run)(struct request *request);
	const char *usage;	/* as Apple's, or what it could be; "": no arguments */
	const char *help;	/* NULL: a verb of this launchd only, exempt from faults */
} *find_verb(const char *name);

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

static void
print_usage(const char *verb, FILE *stream)
{
	const struct verb *found = find_verb(verb);

	if (found == NULL)
		fputs("Usage: launchctl <subcommand> ... | help [subcommand]\n", stream);
	else
		fprintf(stream, "Usage: launchctl %s%s%s\n", verb,
		    found->usage[0] == '\0' ? "" : " ", found->usage);
}

int
verb_usage(struct request *request)
{
	print_usage(request->argc == 0 ? "" : request->argv[0], request->err);
	return USAGE;
}

/* Return the loaded job that a target without a domain can mean. */
static const struct job *
job_meant(const struct request *request, const char *target)
{
	for (const struct job *job = jobs; job != NULL; job = job->next)
		if (strcmp(job->label, target) == 0 &&
		    (may_change(request, &job->domain) || job->domain.kind == DOMAIN_SYSTEM))
			return job;
	return NULL;
}

/* The order of the lines from 13 on: nix-community/home-manager#9585, pingdotgg/t3code#11995. */
static int
bad_target(struct request *request)
{
	static const char form[] = "<service-target> takes a form of "
	    "<domain-target>/<service-id>.\n", manual[] = "Please refer to `man launchctl` for "
	    "explanation of the <domain-target> specifiers.\n";
	const struct job *meant = job_meant(request, request->argv[request->argc - 1]);

	if (meant != NULL) {
		/* The target has a line of its own: chipsenkbeil/service-manager-rs reads it. */
		fputs("Unrecognized target specifier, did you mean\n", request->err);
		print_domain_target(&meant->domain, request->err);
		fprintf(request->err, "/%s\n", meant->label);
		return USAGE;
	}
	if (settings_macos() < 13) {
		fprintf(request->err, "Unrecognized target specifier. %s%s", form, manual);
		return verb_usage(request);
	}
	fputs("Unrecognized target specifier.\n", request->err);
	verb_usage(request);
	fprintf(request->err, "%s%s", form, manual);
	return USAGE;
}

/* print: two lines on current systems, one on older ones (tests/evidence/ERRORS.md, 3). */
static void
bad_request(struct request *request)
{
	if (strcmp(request->argv[0], "print") == 0 && settings_macos() >= 13)
		fputs("Bad request.\n", request->err);
}

static int
no_domain(struct request *request, const struct domain *domain)
{
	bad_request(request);
	fputs("Could not find domain for ", request->err);
	print_domain_words(domain, request->err);
	fputs("\n", request->err);
	return 112;
}

static int
no_service(struct request *request, const struct domain *domain, const char *label)
{
	bad_request(request);
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

int
request_override(const struct request *request, const struct domain *domain, const char *label,
    bool disabled)
{
	if (settings_macos() < 15)
		log_domain(domain, NOTICE, "%s service %s", disabled ? "Disabling" : "Enabling",
		    label);
	else
		log_domain(domain, NOTICE, "Setting service %s to %s (initiated by launchctl[%d])",
		    label, disabled ? "disabled" : "enabled", (int)request->pid);
	return overrides_set(domain, label, disabled);
}

static int
verb_enable(struct request *request)
{
	struct domain domain;
	const char *label;

	if (request->argc != 2)
		return verb_usage(request);
	if (!parse_target(request->argv[1], &domain, &label) || label == NULL)
		return bad_target(request);
	if (!domain_exists(&domain))
		return refuse(request, label, 125);
	if (!may_change(request, &domain))
		return refuse(request, label, 1);
	return request_override(request, &domain, label, request->argv[0][0] == 'd') == 0 ? 0 :
	    refuse(request, label, 5);
}

/* --- bootstrap --- */

char *
request_path(const struct request *request, const char *given)
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

int
request_load(const struct request *request, const struct domain *domain, const char *path,
    bool force)
{
	bool denied = false;
	int status = 5;

	if (settings_take("bootstrap_eio"))
		return status;
	status = load(domain, path, force, &denied);
	if (status != 0 || denied)
		return status;
	/* The path is private from 26 on; which version is the first is not known. */
	log_domain(domain, NOTICE, "Bootstrap by launchctl[%d] for %s succeeded (0: )",
	    (int)request->pid, settings_macos() < 26 ? path : "<private>");
	return settings_take("bootstrap_eio_loads") ? 5 : 0;
}

static int
bootstrap_one(struct request *request, const struct domain *domain, const char *given, bool several)
{
	char *path = request_path(request, given);
	int status = request_load(request, domain, path, false);

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
		return verb_usage(request);
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

struct job *
request_job(const struct domain *domain, const char *path)
{
	struct job *job = job_of_path(domain, path);
	char *label = job == NULL ? plist_label(path) : NULL;

	if (label != NULL)
		job = job_find(domain, label);
	free(label);
	return job;
}

int
request_bootout(struct request *request, struct job *job, bool wait)
{
	if (job->leaving && !wait)
		return 37;
	/* A job without a process is unloaded immediately. */
	request->waiting = wait && job->pid != 0 ? WAIT_GONE : WAIT_NOT;
	request->job = job;
	if (!job->leaving) {
		log_job(job, NOTICE, "booting out service: caller = launchctl");
		job_unload(job, false);
	}
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
	char *path;
	int status;

	if (target == NULL)
		return verb_usage(request);
	if (!parse_target(target, &domain, &label) ||
	    (label == NULL) != (request->argc == 3 && !wait))
		return bad_target(request);
	if (!domain_exists(&domain))
		return refuse(request, label, 125);
	if (!may_change(request, &domain))
		return refuse(request, label, 1);
	path = label == NULL ? request_path(request, request->argv[2]) : NULL;
	job = label != NULL ? job_find(&domain, label) : request_job(&domain, path);
	free(path);
	if (job == NULL) {
		/* By path 5: DeterminateSystems/nix-installer#1187, on 27 jdx/mise#10965. */
		status = (int)settings_number("bootout_missing_status", label != NULL ? 3 : 5);
	} else {
		status = request_bootout(request, job, wait);
	}
	return status == 0 ? 0 : refuse(request, label, status);
}

/* --- print, print-disabled, error --- */

static int
verb_print(struct request *request)
{
	struct domain domain;
	struct job *job;
	const char *label;

	if (request->argc != 2)
		return verb_usage(request);
	if (!parse_target(request->argv[1], &domain, &label))
		return bad_target(request);
	if (!domain_exists(&domain))
		return no_domain(request, &domain);
	if (label == NULL) {
		/* One measurement; that of one job in such a domain was not measured. */
		if (domain.kind != DOMAIN_SYSTEM && !may_change(request, &domain)) {
			refuse(request, NULL, 1);
			return 1;
		}
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
		return verb_usage(request);
	if (!parse_target(request->argv[1], &domain, &label) || label != NULL)
		return bad_target(request);
	if (!domain_exists(&domain))
		return no_domain(request, &domain);
	print_disabled(&domain, request->out);
	return 0;
}

/* strtol's base 0: 0xa1 is 161, as log lines have it. */
static int
verb_error(struct request *request)
{
	bool kind = request->argc == 3 && (strcmp(request->argv[1], "posix") == 0 ||
	    strcmp(request->argv[1], "bootstrap") == 0);
	int number;

	if (request->argc != 2 && !kind)
		return verb_usage(request);
	number = (int)strtol(request->argv[kind ? 2 : 1], NULL, 0);
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
					return verb_usage(request);
			}
	}
	if (target == NULL)
		return verb_usage(request);
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
		return verb_usage(request);
	number = print_signal_number(request->argv[1][0] == '-' ? request->argv[1] + 1 :
	    request->argv[1]);
	if (number == -1) {
		fputs("Invalid signal.\n", request->err);
		return verb_usage(request);
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

/* --- help and version --- */

static int verb_help(struct request *request);

/* Only its first words are the same on every Mac (pingdotgg/t3code#11995). */
static int
verb_version(struct request *request)
{
	if (request->argc != 1)
		return verb_usage(request);
	fputs("Darwin Bootstrapper Version 7.0.0: Thu Jan  1 00:00:00 PST 1970; "
	    "root:libxpc_executables-1~1/launchd/EMBEDDED\n", request->out);
	return 0;
}

#define TARGET	"<service-target>"
#define PATHS	"<service-path, service-path2, ...>"

static const struct verb verbs[] = {
	{ "bootout", verb_bootout, "<domain-target> [service-path1, service-path2, ...] | "
	    TARGET, "Tears down a domain or removes a service from a domain." },
	{ "bootstrap", verb_bootstrap, "<domain-target> [service-path, service-path2, ...]",
	    "Bootstraps a domain or a service into a domain." },
	{ "disable", verb_enable, TARGET, "Disables an existing service." },
	{ "enable", verb_enable, TARGET, "Enables an existing service." },
	{ "error", verb_error, "[posix|mach|bootstrap] <code>",
	    "Prints a description of an error." },
	{ "fault", verb_fault, "[<name> [<value>]]", NULL },
	{ "help", verb_help, "<subcommand>", "Prints the usage for a given subcommand." },
	{ "kickstart", verb_kickstart, "[-k] [-p] " TARGET,
	    "Forces an existing service to start." },
	{ "kill", verb_kill, "<signal-number|signal-name> " TARGET,
	    "Sends a signal to the service instance." },
	{ "list", verb_list, "[service-name]", "Lists information about services." },
	{ "load", verb_load, PATHS, "Bootstraps a service or directory of services." },
	{ "print", verb_print, "<domain-target> | " TARGET,
	    "Prints a description of a domain or service." },
	{ "print-disabled", verb_print_disabled, "", "Prints which services are disabled." },
	{ "reboot", verb_end, "", NULL },
	{ "remove", verb_remove, "<service-name>", "Unloads the specified service name." },
	{ "shutdown", verb_end, "[now]", NULL },
	{ "start", verb_start, "<service-name>", "Starts the specified service." },
	{ "stop", verb_stop, "<service-name>", "Stops the specified service if it is running." },
	{ "unload", verb_load, PATHS, "Unloads a service or directory of services." },
	{ "version", verb_version, "", "Prints the launchd version." },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int
verb_help(struct request *request)
{
	if (request->argc > 1) {
		const char *known = find_verb(request->argv[1]) != NULL ? request->argv[1] : NULL;

		print_usage(known != NULL ? known : "help", request->err);
		return known != NULL ? 0 : USAGE;
	}
	print_usage("", request->out);
	fputs("\nSubcommands:\n", request->out);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (verbs[i].help != NULL)
			fprintf(request->out, "\t%-16s%s\n", verbs[i].name, verbs[i].help);
	return 0;
}

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
	const struct verb *verb = request->argc > 0 ? find_verb(request->argv[0]) : NULL;
	int status = 5;

	if (verb == NULL) {
		if (request->argc > 0)
			fprintf(request->err, "Unrecognized subcommand: %s\n", request->argv[0]);
		return verb_usage(request);
	}
	if (verb->help != NULL && settings_hit("refuse", verb->name, &status))
		return refuse(request, last_label(request), status);
	return verb->run(request);
}
