/* The daemon in launchd: booted out before its files change, loaded and watched after it. */
#include <stdlib.h>
#include <string.h>

#include "core/check/start.h"
#include "core/check/watch.h"
#include "host/inspect.h"
#include "host/launchd/bootstrap.h"
#include "host/launchd/launchctl.h"
#include "host/launchd/state.h"
#include "host/launchd/watch.h"
#include "host/machine/wait.h"
#include "step_row.h"

static const char *
load_old_path(const struct apply *apply, const struct step *step)
{
	const char *path = step->was.loaded_from;

	return path == NULL || path[0] == '\0' ? apply->receipt->spec.plist_path : path;
}

/* The user may have logged out meanwhile; launchd will load the agent at next login. */
bool
step_is_back(const struct apply *apply, const struct step *step)
{
	return step->was.exists != YES || !launchd_has_domain(apply->host, step->name) ||
	    launchd_is_loaded_from(apply->host, step->name, load_old_path(apply, step));
}

int
step_load_again(const struct apply *apply, const struct step *step, uid_t account,
    struct error *error)
{
	struct printed printed;

	if (launchd_bootout(apply->host, step->name, account, apply->timeout, error) == -1 ||
	    launchd_bootstrap(apply->host, step->name, load_old_path(apply, step), false,
	    apply->timeout, NULL, &printed, error) == -1)
		return -1;
	if (!step->was.running || launchd_wait_started(apply->host, step->name, apply->timeout))
		return 0;
	return error_set(error, ERROR_FAILED, "it is loaded again, but launchd has not started it",
	    "see: lnpctl status", "cannot restore '%s'", step->name);
}

int
step_boot_out_own(const struct apply *apply, const struct step *step, uid_t account,
    struct error *error)
{
	struct printed printed;

	/* Another job with this label was loaded meanwhile, which may be why ours was refused. */
	if (launchctl_print_one(apply->host, step->name, &printed) == YES &&
	    printed.service.path[0] != '\0' &&
	    strcmp(printed.service.path, step->goal.loaded_from) != 0)
		return 0;
	return launchd_bootout(apply->host, step->name, account, apply->timeout, error);
}

static int
unload_do(struct apply *apply, struct step *step, struct error *error)
{
	return launchd_bootout(apply->host, step->name, apply->receipt->spec.uid, apply->timeout,
	    error);
}

/*
 * The old definition runs the program that is on disk now: if that was replaced before the change,
 * it may be what has just failed, and the job that ran cannot come back.
 */
static int
unload_watch_old(const struct apply *apply, const struct step *step, struct error *error)
{
	const struct receipt *old = apply->plan->returns;
	struct error down;

	if (old == NULL || !step->was.running || !apply->watch || apply->stopped)
		return 0;
	state_look(apply->host, old->spec.label, apply->facts);
	if (watch_job(apply->host, old, apply->facts, WATCH_START_SECONDS, &down) == 0)
		return 0;
	return error_set(error, ERROR_FAILED, "the program on disk is not the one that ran, and it "
	    "fails: put the old one back", NULL, "the job '%s' is down", old->spec.label);
}

static int
unload_undo(struct apply *apply, struct step *step, struct error *error)
{
	if (step_is_back(apply, step))
		return 0;
	return step_load_again(apply, step, apply->receipt->spec.uid, error) == -1 ||
	    unload_watch_old(apply, step, error) == -1 ? -1 : 0;
}

const struct step_row step_unload = {
	.words = {
		{ "unload", "boot out", "booted out", "loaded again" },
		{ "load", "bootstrap", "bootstrapped", "booted out again" },
	},
	.run = unload_do,
	.undo = unload_undo,
};

/* Look for the reason in the job's files and accounts as they are now. */
static bool
load_find_cause(const struct apply *apply, struct error *error)
{
	struct facts *facts = calloc(1, sizeof *facts);
	bool found;

	if (facts == NULL)
		return false;
	facts->user = apply->facts->user;
	facts->group = apply->facts->group;
	inspect_many(apply->host, NULL, NULL, apply->receipt, facts, 1);
	found = start_explain(apply->receipt, facts, error);
	inspect_free(facts);
	free(facts);
	return found;
}

/* For the job's own plist report a visible cause instead of waiting. */
static int
load_bootstrap(const struct apply *apply, const struct step *step, struct printed *printed,
    struct error *error)
{
	const char *path = step->goal.loaded_from;
	bool undiagnosed = false, ours = strcmp(path, apply->receipt->spec.plist_path) == 0;
	bool once = ours && apply->receipt->spec.only_once;
	int result = launchd_bootstrap(apply->host, step->name, path, once, apply->timeout, ours ?
	    &undiagnosed : NULL, printed, error);

	if (result == 0 || !undiagnosed || load_find_cause(apply, error))
		return result;
	return launchd_bootstrap(apply->host, step->name, path, once, apply->timeout, NULL,
	    printed, error);
}

/* Exit 78 has many causes and no log; find the real one. */
static void
load_name_cause(const struct apply *apply, struct error *error)
{
	struct error named;

	if (!check_is_unexplained(apply->facts))
		return;
	error_set(&named, error->kind, NULL, NULL, "the job '%s' ended with 78 (EX_CONFIG)",
	    apply->receipt->spec.label);
	if (load_find_cause(apply, &named))
		*error = named;
}

/*
 * Write the receipt with where the logs end now. Without memory for it the old bytes will do: they
 * name an earlier start. --settle of this run is not the job's.
 */
static void
load_remember(const struct apply *apply)
{
	struct receipt *receipt = apply->receipt;
	double settle = receipt->spec.settle;
	struct plan *plan = apply->plan;
	struct bytes bytes;
	struct error ignored;
	int result;

	receipt->spec.settle = apply->settle;
	result = receipt_to_bytes(receipt, RECEIPT_INSTALLED, &bytes, &ignored);
	receipt->spec.settle = settle;
	for (size_t i = 0; i < plan->count && result == 0; i++)
		if (plan->steps[i].kind == KIND_RECEIPT) {
			plan->steps[i].goal.content = bytes;
			bytes_free(&plan->receipt);
			plan->receipt = bytes;
			return;
		}
	if (result == 0)
		bytes_free(&bytes);
}

/* Load it, and watch it if that is asked for. */
static int
load_start(struct apply *apply, const struct step *step, bool *loaded, struct error *error)
{
	struct printed printed;

	*loaded = load_bootstrap(apply, step, &printed, error) == 0;
	if (!*loaded)
		return -1;
	apply->facts->launchd.just_loaded = true;
	if (!apply->watch)
		return 0;
	state_take(&printed, apply->facts);
	if (watch_job(apply->host, apply->receipt, apply->facts,
	    apply->timeout >= 0 ? apply->timeout : WATCH_START_SECONDS, error) == 0)
		return 0;
	load_name_cause(apply, error);
	return -1;
}

static int
load_do(struct apply *apply, struct step *step, struct error *error)
{
	bool loaded;

	inspect_before_start(apply->host, apply->receipt, apply->facts);
	load_remember(apply);
	if (load_start(apply, step, &loaded, error) == 0)
		return 0;
	/* Before the undo, after which another job may write there, and an empty log is removed. */
	inspect_evidence(apply->host, apply->receipt, apply->facts, error);
	if (!loaded || !apply->keep || wait_is_stopped(apply->host))
		return -1;
	apply->unhealthy = *error;
	return 0;
}

static int
load_undo(struct apply *apply, struct step *step, struct error *error)
{
	return step->was.exists == YES ? unload_undo(apply, step, error) :
	    step_boot_out_own(apply, step, apply->receipt->spec.uid, error);
}

const struct step_row step_load = {
	.words = {
		{ "unload", "boot out", "booted out", "loaded again" },
		{ "load", "bootstrap", "bootstrapped", "booted out again" },
	},
	.run = load_do,
	.undo = load_undo,
};
