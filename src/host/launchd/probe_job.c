/* Create, watch and remove the one-shot jobs of probe. */
#include <stdlib.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/text.h"
#include "core/facts/trust.h"
#include "host/files/files.h"
#include "host/launchd/launchctl.h"
#include "host/launchd/bootstrap.h"
#include "host/launchd/probe_job.h"
#include "host/os/platform.h"
#include "host/machine/wait.h"

#define PROGRAM_LARGEST	(256 * 1024 * 1024)
#define END_SECONDS	10.0	/* for one job: launchd kills it after PROBE_EXIT_SECONDS */
#define SWEEP_SECONDS	2.0	/* for a whole sweep: what needs longer is left to the next one */

/* ---- the program ---- */

/* On a --root volume the administrator may try things with any lnpctl. */
int
probe_job_accept(const struct host *host, const char *path, const struct file_fact *fact,
    struct error *error)
{
	if (host->image || !fact->untrusted_for_user)
		return 0;
	return error_set(error, ERROR_FILE,
	    "it is writable by users other than root and the one who called sudo",
	    "install lnpctl where only root can write, for example in /usr/local/lnpctl",
	    "cannot run a copy of '%s' as root", path);
}

static int
read_own(const struct host *host, struct bytes *bytes, struct probe_binary *program,
    struct error *error)
{
	char path[PATH_SIZE];
	struct file_fact fact;
	struct host machine;
	int result;

	if (!platform_own_path(path))
		return error_set(error, ERROR_SYSTEM,
		    "its path could not be determined, or it was replaced",
		    "run lnpctl again", "cannot read this program");
	if (host_open(&machine, NULL, NULL, error) == -1)
		return -1;
	machine.administrator = host->administrator;
	result = files_read(&machine, path, PROGRAM_LARGEST, bytes, &fact, error);
	host_close(&machine);
	if (result == -1)
		return -1;
	/* The first path component others can write: a copy of this binary will run as root. */
	text_copy(program->untrusted_path, PATH_SIZE, fact.untrusted_path[0] == '\0' &&
	    trust_file(&fact, 0) != WEAK_NOT ? path : fact.untrusted_path);
	macho_read(&program->identity, *bytes, platform_processor());
	return probe_job_accept(host, path, &fact, error);
}

static bool
is_copy(const struct host *host, struct bytes own)
{
	struct file_fact fact;
	struct error ignored;
	struct bytes bytes;
	bool same;

	if (files_read(host, PROBE_JOB_PROGRAM, PROGRAM_LARGEST, &bytes, &fact, &ignored) == -1)
		return false;
	same = bytes_equal(bytes, own) && fact.owner == host->owner && fact.mode == 0755 &&
	    fact.untrusted_path[0] == '\0' && fact.granted == WEAK_NOT && fact.links == 1 &&
	    fact.quarantined == NO;
	bytes_free(&bytes);
	return same;
}

int
probe_job_prepare(const struct host *host, struct probe_binary *program, struct error *error)
{
	struct bytes own = { NULL, 0 };
	int result = -1;

	memset(program, 0, sizeof *program);
	if (files_make_directory(host, PROBE_JOB_DIRECTORY, 0711, error) == 0)
		result = read_own(host, &own, program, error);
	if (result == 0 && !is_copy(host, own))
		result = files_write(host, PROBE_JOB_PROGRAM, own, 0755, FILES_EVENTUALLY,
		    error);
	bytes_free(&own);
	return result;
}

/* ---- one job ---- */

/* Derive every name from the label, so that a later run finds them all. */
static void
name_parts(struct probe_job_run *job, enum context_kind kind, uid_t uid)
{
	static const char *const kinds[] = {
		[CONTEXT_ROOT] = "root", [CONTEXT_DAEMON] = "daemon", [CONTEXT_AGENT] = "agent",
	};

	memset(job, 0, sizeof *job);
	job->account = uid;
	text_format(job->label, sizeof job->label, PROBE_JOB_LABEL "%s.%ju", kinds[kind],
	    (uintmax_t)uid);
	text_format(job->domain, sizeof job->domain, kind == CONTEXT_AGENT ? "gui/%ju" :
	    "system", (uintmax_t)uid);
	text_format(job->service, sizeof job->service, "%s/%s", job->domain, job->label);
	text_format(job->plist, sizeof job->plist, PROBE_JOB_DIRECTORY "/%s.plist", job->label);
	text_format(job->result, sizeof job->result, PROBE_JOB_DIRECTORY "/%s.result", job->label);
}

/*
 * An account can load a job with our label in its own domain and let it run forever: a job that
 * launchd did not read from our plist is neither waited for nor changed.
 */
static bool
probe_job_is_ours(const struct probe_job_run *job, const struct printed *printed)
{
	return printed->loaded == YES && strcmp(printed->service.path, job->plist) == 0;
}

/* Keep the plist while launchd may have the job: the next run finds the job by it. */
static int
probe_job_remove(const struct host *host, const struct probe_job_run *job, double seconds,
    struct error *error)
{
	struct printed printed;

	if ((launchctl_print_one(host, job->service, &printed) != YES ||
	    probe_job_is_ours(job, &printed)) &&
	    launchd_bootout(host, job->service, job->account, seconds, error) == -1)
		return -1;
	return files_remove(host, job->result, FILES_EVENTUALLY, error) == -1 ||
	    files_remove(host, job->plist, FILES_EVENTUALLY, error) == -1 ? -1 : 0;
}

static int
probe_job_not_ours(const struct probe_job_run *job, const struct printed *printed,
    struct error *error)
{
	char why[sizeof error->why], fix[sizeof error->fix];

	text_format(why, sizeof why, "another job with this label is loaded, from '%.400s'",
	    printed->service.path);
	paste_line(fix, sizeof fix, "to remove it: sudo launchctl bootout %s", job->service);
	return error_set(error, ERROR_FAILED, why, fix, "cannot load '%s'", job->service);
}

static int
write_files(const struct host *host, const struct probe_job_run *job,
    const struct identity *account, const struct probe_job *description, struct error *error)
{
	struct bytes plist;
	int result;

	if (probe_plist(description, &plist, error) == -1)
		return -1;
	result = files_remove(host, job->result, FILES_EVENTUALLY, error) == -1 ||
	    files_log(host, job->result, NULL, account, account->gid, 0600, error) == -1 ? -1 :
	    files_write(host, job->plist, plist, 0644, FILES_EVENTUALLY, error);
	bytes_free(&plist);
	return result;
}

int
probe_job_begin(const struct host *host, struct probe_job_run *job, enum context_kind kind,
    const struct identity *account, struct probe_job *description, struct error *error)
{
	struct printed printed;
	char why[700];

	name_parts(job, kind, kind == CONTEXT_ROOT ? 0 : account->uid);
	description->label = job->label;
	description->program = PROBE_JOB_PROGRAM;
	description->output = job->result;
	if (launchctl_print_one(host, job->service, &printed) == UNKNOWN) {
		answer_describe(&printed.answer, "print", why, sizeof why);
		return error_set(error, printed.answer.end == RUN_EXITED ? ERROR_FAILED :
		    ERROR_LAUNCHCTL, why, NULL, "cannot load '%s'", job->service);
	}
	if (answer_lacks_domain(&printed.answer))
		return error_set(error, ERROR_FAILED, "that user is not logged in at the screen",
		    NULL, "there is no domain '%s'", job->domain);
	if (printed.loaded == YES && !probe_job_is_ours(job, &printed))
		return probe_job_not_ours(job, &printed, error);
	if (printed.loaded == YES && probe_job_remove(host, job, END_SECONDS, error) == -1)
		return -1;	/* left by a killed run */
	job->begun = true;
	if (write_files(host, job, account, description, error) == -1)
		return -1;
	return launchd_bootstrap(host, job->service, job->plist, false, 0, NULL, &printed, error);
}

void
probe_job_read(const struct host *host, const struct probe_job_run *job,
    struct context_result *outcome)
{
	struct file_fact fact;
	struct bytes bytes;
	struct error error;

	if (files_read(host, job->result, PROBE_OUTPUT_MAX, &bytes, &fact, &error) == -1) {
		outcome->result = PROBE_NOT_RUN;
		text_format(outcome->why, sizeof outcome->why, "its result could not be read: %s",
		    error.why);
		return;
	}
	probe_read(outcome, bytes);
	bytes_free(&bytes);
}

static void
describe_end(const struct service *service, char *why, size_t size)
{
	if (service_exited_with(service, EXIT_CONFIG))
		text_format(why, size, "launchd could not start it (78, EX_CONFIG)");
	else if (service->last_exit == LAST_EXIT_CODE || service->last_exit == LAST_EXIT_SIGNAL)
		text_format(why, size, "it ended with %s %ld before it was finished",
		    service->last_exit == LAST_EXIT_CODE ? "status" : "signal",
		    service->last_exit_value);
	else
		text_copy(why, size, "launchd did not start it in time");
}

bool
probe_job_is_over(const struct host *host, const struct probe_job_run *job, bool kick, char *why,
    size_t size)
{
	struct printed printed;
	struct answer answer;

	switch (launchctl_print_one(host, job->service, &printed)) {
	case NO:
		text_copy(why, size, "the job is no longer loaded");
		return true;
	case UNKNOWN:
		answer_describe(&printed.answer, "print", why, size);
		return false;
	case YES:
		if (probe_job_is_ours(job, &printed))
			break;
		text_copy(why, size, "another job with this label was loaded");
		return true;
	}
	describe_end(&printed.service, why, size);
	if (printed.service.pid > 0 || strcmp(printed.service.state, "running") == 0)
		return false;
	if (kick)
		/* the next look shows the result */
		launchctl_act(host, "kickstart", job->service, NULL, &answer);
	/* launchd retries a failed start forever. */
	return !kick && printed.service.last_exit != LAST_EXIT_NEVER &&
	    printed.service.last_exit != LAST_EXIT_ABSENT;
}

/* ---- the end ---- */

int
probe_job_end(const struct host *host, struct probe_job_run *job, struct error *error)
{
	struct host unstopped = *host;

	if (!job->begun)
		return 0;
	unstopped.stop = NULL;
	if (probe_job_remove(&unstopped, job, END_SECONDS, error) == -1)
		return -1;
	job->begun = false;
	return 0;
}

struct sweep {
	const struct host	*host;
	struct error		*error;		/* the first; its kind is ERROR_NONE until then */
	double			 deadline;
};

/* Derive the job from the name of a file it left: "lnpctl.probe.daemon.501.plist". */
static bool
read_name(const char *name, struct probe_job_run *job)
{
	static const enum context_kind kinds[] = { CONTEXT_ROOT, CONTEXT_DAEMON, CONTEXT_AGENT };
	const char *digits = name + strcspn(name, "0123456789");

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		name_parts(job, kinds[i], (uid_t)strtoul(digits, NULL, 10));
		if (strcmp(name, text_after_last(job->plist, '/')) == 0 ||
		    strcmp(name, text_after_last(job->result, '/')) == 0)
			return true;
	}
	return false;
}

/* Continue after a job that cannot be removed. */
static void
sweep_one(void *context, const char *name)
{
	struct sweep *sweep = context;
	double left = sweep->deadline - wait_now();
	struct error error = { .kind = ERROR_NONE };
	char draft[PATH_SIZE];
	struct probe_job_run job;
	int result = 0;

	/* A draft that was never renamed begins with a dot. */
	if (name[0] == '.' && text_format(draft, sizeof draft, PROBE_JOB_DIRECTORY "/%s", name))
		result = files_remove(sweep->host, draft, FILES_EVENTUALLY, &error);
	else if (read_name(name, &job))
		result = probe_job_remove(sweep->host, &job, left > 0 ? left : 0, &error);
	if (result == -1 && sweep->error->kind == ERROR_NONE)
		*sweep->error = error;
}

int
probe_job_sweep(const struct host *host, struct error *error)
{
	struct sweep sweep = { host, error, wait_now() + SWEEP_SECONDS };

	if (host->launchctl == NULL)
		return 0;
	error->kind = ERROR_NONE;
	if (files_list(host, PROBE_JOB_DIRECTORY, sweep_one, &sweep, error) == -1)
		return -1;
	return error->kind == ERROR_NONE ? 0 : -1;
}
