#define _DEFAULT_SOURCE
/*
 * The legacy verbs: load, unload, start, stop, remove and list. They take no target, but act in
 * the caller's own domain. What they answer: tests/evidence/ERRORS.md, 6.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launchd.h"

/* An ordinary account does not see the jobs of the system's domain. */
static struct domain
own_domain(const struct request *request)
{
	bool system = request->uid == 0 || request->uid == geteuid();

	return (struct domain){ system ? DOMAIN_SYSTEM : DOMAIN_GUI, system ? 0 : request->uid };
}

static struct job *
own_job(const struct request *request)
{
	struct domain domain = own_domain(request);

	return job_find(&domain, request->argv[1]);
}

/* --- load and unload: they exit with 0 whatever happens --- */

struct legacy_words {
	const char *failed, *instead;
};

static void
warn_of_folder(struct request *request, const char *path, const struct legacy_words *words)
{
	bool system = own_domain(request).kind == DOMAIN_SYSTEM;
	const char *wrong = system ? "LaunchAgents" : "LaunchDaemons";

	if (settings_macos() < 12 || strstr(path, wrong) == NULL)
		return;
	fprintf(request->err, "Warning: Expecting a %s path since the command was ran as %s. Got "
	    "%s instead.\n`launchctl %s` is a recommended alternative.\n",
	    system ? "LaunchDaemons" : "LaunchAgents", system ? "root" : "user", wrong,
	    words->instead);
}

static void
legacy_refuse(struct request *request, const char *path, int status,
    const struct legacy_words *words)
{
	bool known = status == 17 || status == 119 || status == 122;

	/* Before 12 one line for the path; from then on 5 for most (haimgel/display-switch#85). */
	if (known || settings_macos() < 12)
		fprintf(request->err, "%s: %s\n", path, status == 17 || status == 37 ?
		    "service already loaded" : error_text(status));
	if (settings_macos() < 12)
		return;
	fprintf(request->err, "%s failed: %d: %s\n", words->failed, known ? status : 5,
	    error_text(known ? status : 5));
	if (!known)
		fprintf(request->err, "Try running `launchctl %s` as root for richer errors.\n",
		    words->instead);
}

static void
override(const struct request *request, const char *path, bool disabled)
{
	struct domain domain = own_domain(request);
	char *label = plist_label(path);

	if (label != NULL)
		request_override(request, &domain, label, disabled);
	free(label);
}

static void
load_path(struct request *request, const char *path, bool force)
{
	static const struct legacy_words words = { "Load", "bootstrap" };
	struct domain domain = own_domain(request);
	int status;

	warn_of_folder(request, path, &words);
	status = ending != END_NOT ? 124 : request_load(request, &domain, path, force);
	if (status != 0)
		legacy_refuse(request, path, status, &words);
}

/*
 * unload returns when the job has ended: with a bootout in its place a load that follows fails,
 * but scripts have unload and load without a pause between them.
 */
static void
unload_path(struct request *request, const char *path)
{
	static const struct legacy_words words = { "Unload", "bootout" };
	struct domain domain = own_domain(request);
	struct job *job = request_job(&domain, path);

	warn_of_folder(request, path, &words);
	if (job == NULL)
		legacy_refuse(request, path, 113, &words);
	else
		request_bootout(request, job, true);
}

/*
 * Return the index of the first path, 0 for an unknown option. Not getopt(), which remembers the
 * arguments of the request before. -S and -D are for what no daemon needs.
 */
static int
load_options(const struct request *request, bool *persistent, bool *force)
{
	int i;

	for (i = 1; i < request->argc && request->argv[i][0] == '-'; i++) {
		for (const char *c = request->argv[i] + 1; *c != '\0'; c++) {
			*persistent |= *c == 'w';
			*force |= *c == 'F';
			if (strchr("wFSD", *c) == NULL)
				return 0;
			if (strchr("SD", *c) == NULL)
				continue;
			i += c[1] == '\0';
			break;
		}
	}
	return i;
}

int
verb_load(struct request *request)
{
	bool loads = request->argv[0][0] == 'l', persistent = false, force = false;
	int first = load_options(request, &persistent, &force);

	if (first == 0 || first >= request->argc)
		return verb_usage(request);
	for (int i = first; i < request->argc; i++) {
		char *path = request_path(request, request->argv[i]);

		if (persistent)
			override(request, path, !loads);
		if (loads)
			load_path(request, path, force);
		else
			unload_path(request, path);
		free(path);
	}
	return 0;
}

/* --- start, stop, remove --- */

int
verb_start(struct request *request)
{
	struct job *job;

	if (request->argc != 2)
		return verb_usage(request);
	job = own_job(request);
	if (job == NULL)
		return 3;
	/* It does not wait for the process. */
	return job->leaving || job->pid != 0 ? 0 : job_kick(job, false);
}

int
verb_stop(struct request *request)
{
	struct job *job;

	if (request->argc != 2)
		return verb_usage(request);
	job = own_job(request);
	if (job == NULL)
		return 3;
	/* What KeepAlive wants starts again. */
	if (job->pid != 0)
		job_stop(job);
	return 0;
}

int
verb_remove(struct request *request)
{
	struct job *job;

	if (request->argc != 2)
		return verb_usage(request);
	job = own_job(request);
	if (job != NULL)
		request_bootout(request, job, false);
	return 0;
}

/* --- list --- */

int
verb_list(struct request *request)
{
	struct domain domain = own_domain(request);
	struct job *job;

	if (request->argc > 2)
		return verb_usage(request);
	if (request->argc == 1) {
		print_list(&domain, request->out);
		return 0;
	}
	job = own_job(request);
	if (job == NULL) {
		fprintf(request->err, "Could not find service \"%s\" in domain for port\n",
		    request->argv[1]);
		return 113;
	}
	print_list_job(job, request->out);
	return 0;
}
