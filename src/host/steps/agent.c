/*
 * An agent: its plist, in a home that its account owns, and its job in that account's domains of
 * launchd.
 */
#include <stdlib.h>
#include <string.h>

#include "host/launchd/bootstrap.h"
#include "step_row.h"

static struct host
agent_host_of_home(const struct apply *apply, const struct step *step)
{
	struct host host = *apply->host;

	host.folder_owner = step->as;
	return host;
}

/*
 * Keep the inode as the backup or, if the home is on another volume, a copy; without a backup
 * neither. Do nothing if the plist is absent, also where its directory cannot be trusted.
 */
static int
agent_remove(const struct apply *apply, const struct step *step, struct error *error)
{
	const struct state *kept = step->was.exists == YES ? &step->was : &step->goal;
	struct host host = agent_host_of_home(apply, step);
	struct file_fact fact;

	files_look(apply->host, step->name, FILES_STRICT, &fact);
	if (fact.exists == NO)
		return 0;
	if (step->aside[0] != '\0' && step_is_file(apply, step->backup) &&
	    files_restore(apply->host, step->backup, step->aside, error) == -1)
		return -1;
	if (fact.exists == YES && fact.type == FILE_REGULAR && step->backup[0] != '\0' &&
	    files_keep(&host, step->name, step->backup, error) == -1 &&
	    (kept->exists != YES ||
	    files_write(apply->host, step->backup, kept->content, spec_mode(kept->mode),
	    apply->when, error) == -1))
		return -1;
	return files_remove(&host, step->name, apply->when, error);
}

/* Return false for a root-owned copy: it must not be restored with root as its owner. */
static bool
agent_is_own(const struct apply *apply, const char *path, uid_t owner)
{
	struct file_fact fact;

	files_look(apply->host, path, FILES_STRICT, &fact);
	return fact.exists == YES && fact.type == FILE_REGULAR && fact.owner == owner;
}

static int
agent_drop_backup(const struct apply *apply, const struct step *step, struct error *error)
{
	return step->backup[0] == '\0' ? 0 :
	    files_remove(apply->host, step->backup, apply->when, error);
}

static int
agent_put(const struct apply *apply, const struct step *step, const struct state *state,
    struct error *error)
{
	struct host host = agent_host_of_home(apply, step);

	if (state->exists != YES)
		return agent_remove(apply, step, error);
	if (step_is_file(apply, step->name))
		return agent_drop_backup(apply, step, error);
	if (agent_is_own(apply, step->backup, state->owner) &&
	    files_restore(&host, step->backup, step->name, error) == 0)
		return 0;
	if (files_write(&host, step->name, state->content, state->mode, apply->when, error) == -1)
		return -1;
	return agent_drop_backup(apply, step, error);
}

static int
agent_do(struct apply *apply, struct step *step, struct error *error)
{
	return agent_put(apply, step, &step->goal, error);
}

static int
agent_undo(struct apply *apply, struct step *step, struct error *error)
{
	if (agent_put(apply, step, &step->was, error) == -1)
		return -1;
	return step->aside[0] == '\0' || !step_is_file(apply, step->aside) ? 0 :
	    files_restore(apply->host, step->aside, step->backup, error);
}

const struct step_row step_agent = {
	.words = {
		{ "take-away", "take away", "took away", "put back" },
		{ "bring-back", "bring back", "brought back", "took away again" },
	},
	.keeps_backup = true,
	.run = agent_do,
	.undo = agent_undo,
};

/* Return 501 for "gui/501/LABEL". */
static uid_t
agent_account(const struct step *step)
{
	return (uid_t)strtoul(strchr(step->name, '/') + 1, NULL, 10);
}

/*
 * launchctl gets the path of an agent's plist, which its account can replace at any time. Accept
 * only a regular file owned by that account, or by its owner before the migration, or one that only
 * root can replace.
 */
static int
agent_refuse_swapped(const struct apply *apply, const struct step *step, const char *path,
    struct error *error)
{
	const struct receipt *receipt = apply->receipt;

	if (receipt->spec.agent.account[0] == '\0' ||
	    agent_is_own(apply, path, apply->facts->agent.account.identity.uid) ||
	    agent_is_own(apply, path, receipt->before.files[SNAP_AGENT].owner) ||
	    files_is_of(apply->host, path, apply->host->owner))
		return 0;
	return error_set(error, ERROR_DATA, "it is not a regular file of the agent's account",
	    "find out what replaced it, then run the same command again",
	    "cannot load '%s' from '%s'", step->name, path);
}

static int
agent_unload_do(struct apply *apply, struct step *step, struct error *error)
{
	return launchd_bootout(apply->host, step->name, agent_account(step), apply->timeout,
	    error);
}

static int
agent_unload_undo(struct apply *apply, struct step *step, struct error *error)
{
	if (step_is_back(apply, step))
		return 0;
	if (agent_refuse_swapped(apply, step, step->was.loaded_from, error) == -1)
		return -1;
	return step_load_again(apply, step, agent_account(step), error);
}

const struct step_row step_agent_unload = {
	.words = { { "unload", "boot out", "booted out", "loaded again" } },
	.run = agent_unload_do,
	.undo = agent_unload_undo,
};

static int
agent_load_do(struct apply *apply, struct step *step, struct error *error)
{
	const char *path = step->goal.loaded_from;
	struct printed printed;

	if (agent_refuse_swapped(apply, step, path, error) == -1)
		return -1;
	if (launchd_bootstrap(apply->host, step->name, path, false, apply->timeout, NULL,
	    &printed, error) == -1) {
		/* A user may have disabled an agent for all users in their own domain. */
		step->left = apply->receipt->spec.agent.account[0] == '\0';
		return step->left ? 0 : -1;
	}
	if (!step->goal.running || launchd_wait_started(apply->host, step->name, apply->timeout))
		return 0;
	return error_set(error, ERROR_FAILED, "it is loaded, but launchd has not started it",
	    "see: lnpctl scan", "cannot restore '%s'", step->name);
}

static int
agent_load_undo(struct apply *apply, struct step *step, struct error *error)
{
	return step->was.exists == YES ? agent_unload_undo(apply, step, error) :
	    step_boot_out_own(apply, step, agent_account(step), error);
}

const struct step_row step_agent_load = {
	.words = { [1] = { "load", "bootstrap", "bootstrapped", "booted out again" } },
	.why_left = "its account's launchd does not load it",
	.run = agent_load_do,
	.undo = agent_load_undo,
};
