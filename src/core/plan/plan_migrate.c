/* Plan the steps of an agent: it becomes the daemon, or is restored. */
#include <string.h>

#include "plan_parts.h"
#include "core/facts/paste.h"
#include "core/text.h"

static const struct state gone = { .exists = NO };

static bool
has_agent(const struct spec *spec)
{
	return spec->agent.path[0] != '\0';
}

/*
 * Return true for a job that is not known to be the agent. Where the agent is one of all accounts,
 * each account can load its own job with that label, and make what launchd prints of it unreadable.
 * That must not block the migration.
 */
static bool
is_strange(const struct spec *spec, const struct agent_domain *agent)
{
	return spec->agent.account[0] == '\0' && agent->domain != NO && agent->loaded != NO &&
	    strcmp(agent->path, spec->agent.path) != 0;
}

bool
plan_is_agent_between(const struct receipt *receipt, const struct facts *facts)
{
	return has_agent(&receipt->spec) && receipt->changing &&
	    (receipt->undo.files[SNAP_AGENT].exists || facts->agent.plist.file.exists == YES);
}

void
plan_observe_agent(struct snapshot *now, const struct spec *spec, const struct facts *facts)
{
	for (size_t i = 0; i < AGENT_DOMAINS && has_agent(spec); i++) {
		const struct agent_domain *agent = &facts->agent.domains[i];

		now->agents[i] = agent->domain != YES ? UNKNOWN : is_strange(spec, agent) ? NO :
		    agent->loaded;
		now->agents_running[i] = now->agents[i] == YES && agent->running;
	}
}

static const struct identity *
owner_of(const struct spec *spec, const struct facts *facts)
{
	return spec->agent.account[0] == '\0' ? NULL : &facts->agent.account.identity;
}

static struct state
loaded_state(const struct spec *spec, enum tristate loaded, bool running)
{
	return plan_job_state(loaded, spec->agent.path, running);
}

void
plan_add_agent_unloads(struct plan *plan, const struct receipt *receipt, const struct facts *facts)
{
	char target[NAME_SIZE];

	for (size_t i = 0; spec_agent_target(&receipt->spec, i, target); i++) {
		struct state was = loaded_state(&receipt->spec, receipt->undo.agents[i],
		    receipt->undo.agents_running[i]);
		struct state now = loaded_state(&receipt->spec, facts->agent.domains[i].loaded,
		    false);

		if (is_strange(&receipt->spec, &facts->agent.domains[i])) {
			plan_note(plan, "%s: another job with this label is loaded%s%s", target,
			    facts->agent.domains[i].path[0] == '\0' ? "" : ", from ",
			    facts->agent.domains[i].path);
			continue;
		}
		if (was.exists == YES || now.exists == YES)
			plan_add(plan, KIND_AGENT_UNLOAD, target, was, now, gone);
	}
}

static struct step *
add_plist(struct plan *plan, const struct receipt *receipt, const struct facts *facts,
    struct state goal)
{
	struct step *step = plan_add(plan, KIND_AGENT, receipt->spec.agent.path,
	    plan_snapshot_state(&receipt->undo.files[SNAP_AGENT]),
	    plan_file_state(&facts->agent.plist.file, facts->agent.plist.bytes), goal);

	step->as = owner_of(&receipt->spec, facts);
	spec_agent_kept(&receipt->spec, 0, step->backup);
	return step;
}

/* Return whether the plist that goes is the one that is kept, or has its text. */
static bool
is_original(const struct receipt *receipt, const struct facts *facts)
{
	struct bytes before = receipt->before.files[SNAP_AGENT].content,
	    now = receipt->undo.files[SNAP_AGENT].exists ?
	    receipt->undo.files[SNAP_AGENT].content : facts->agent.plist.bytes;

	return facts->receipt.file.exists == YES && bytes_equal(now, before);
}

/*
 * A kept file is all that is left of an agent, so it is never replaced. The one of an earlier
 * migration makes room; a plist that came back while the job was installed, as `brew services`
 * writes it, is kept beside that of the migration, which --undo restores, unless its text is kept
 * already. One that cannot be kept stays: its account can write as many as it likes, and must not
 * prevent a restart.
 */
void
plan_add_agent_removal(struct plan *plan, const struct receipt *receipt, const struct facts *facts)
{
	struct step *step;
	bool alone = !facts->agent.kept || is_original(receipt, facts);
	bool comes_back = facts->receipt.file.exists == YES;
	int same = comes_back ? facts->agent.kept_same : 0;
	int number = same > 0 ? same : facts->agent.kept_free;
	char other[NAME_SIZE];

	if (!has_agent(&receipt->spec))
		return;
	if (!alone && number == 0) {
		if (facts->agent.plist.file.exists == YES)
			plan_note(plan, "%s: lnpctl already keeps as many of its plists as it can; "
			    "move those in '" STATE_DIRECTORY "' aside that are not needed, then "
			    "run the same command again", receipt->spec.agent.path);
		return;
	}
	step = add_plist(plan, receipt, facts, gone);
	if (alone || step->result == STEP_UNCHANGED)
		return;
	spec_agent_kept(&receipt->spec, number, other);
	if (comes_back)
		text_copy(step->backup, PATH_SIZE, same > 0 ? "" : other);
	else
		text_copy(step->aside, PATH_SIZE, other);
	plan_note(plan, comes_back ? "%s: the plist that was at %s" :
	    "%s: the plist of an earlier migration, from %s", other, receipt->spec.agent.path);
}

/* Reload it in each domain where it was loaded or would have been at login. */
static void
add_loads(struct plan *plan, const struct receipt *receipt, const struct facts *facts)
{
	char target[NAME_SIZE];

	for (size_t i = 0; spec_agent_target(&receipt->spec, i, target); i++) {
		enum tristate before = receipt->before.agents[i];
		bool gui = i % 2 == 0, wanted = before == YES || (before == UNKNOWN && gui);
		bool running = receipt->before.agents_running[i];
		struct state was = loaded_state(&receipt->spec, receipt->undo.agents[i],
		    receipt->undo.agents_running[i]);
		struct state now = loaded_state(&receipt->spec, facts->agent.domains[i].loaded,
		    running);

		if (is_strange(&receipt->spec, &facts->agent.domains[i]))
			continue;
		if (wanted && facts->agent.domains[i].domain == YES)
			plan_add(plan, KIND_AGENT_LOAD, target, was, now,
			    loaded_state(&receipt->spec, YES, running));
		else if (before == YES && !facts->offline)
			plan_note(plan, "%s: not logged in; launchd loads the agent at the next "
			    "login", target);
	}
}

void
plan_add_agent_return(struct plan *plan, const struct receipt *receipt, const struct facts *facts,
    bool restore)
{
	const struct file_snapshot *before = &receipt->before.files[SNAP_AGENT];
	struct state old = plan_snapshot_state(before);
	char kept[NAME_SIZE];

	if (!has_agent(&receipt->spec))
		return;
	if (restore) {
		/* Do not restore a mode that launchd refuses. */
		old.mode &= ~(mode_t)022;
		add_plist(plan, receipt, facts, facts->agent.plist.file.exists == YES &&
		    !receipt->changing ? plan_file_state(&facts->agent.plist.file,
		    facts->agent.plist.bytes) :
		    old);
		add_loads(plan, receipt, facts);
		if (!facts->agent.kept || facts->agent.plist.file.exists != YES ||
		    receipt->changing)
			return;
	}
	spec_agent_kept(&receipt->spec, 0, kept);
	if (!facts->agent.kept && old.exists == YES)
		plan_add(plan, KIND_PLIST, kept, gone, gone,
		    plan_our_state(facts, before->content, spec_mode(old.mode)));
	if (old.exists == YES)
		plan_note(plan, "%s: the plist of the agent before the migration, from %s", kept,
		    receipt->spec.agent.path);
}

/* ---- refusals ---- */

static int
refuse_folder(const struct spec *spec, const struct facts *facts, struct error *error)
{
	const struct agent *agent = &spec->agent;
	const struct file_fact *plist = &facts->agent.plist.file;
	const struct account *account = &facts->agent.account;

	if (agent->account[0] != '\0' &&
	    (account->exists != YES || !spec_is_agents_plist(agent->path, account->home)))
		return error_set(error, ERROR_ACCOUNT, account->exists == YES ?
		    "its home has changed" :
		    "there is no such account", "inspect it, then move the plist by hand",
		    "'%s' is not an agent of '%s'", agent->path, agent->account);
	if (plist->untrusted_path[0] != '\0' && (agent->account[0] == '\0' ||
	    plist->untrusted_owner != account->identity.uid || (plist->untrusted_mode & 022) != 0))
		return error_set(error, ERROR_FILE,
		    "it is writable by accounts other than root and the agent's",
		    "make it writable by its owner only",
		    "cannot trust '%s', which holds the agent", plist->untrusted_path);
	return 0;
}

/* Only install, where an administrator names the label, enables one that was disabled. */
static int
plan_migrate_refuse_disabled(const struct spec *spec, const struct facts *facts,
    struct error *error)
{
	bool own = facts->agent.domains[0].override == OVERRIDE_DISABLED;
	char fix[sizeof error->fix], domain[32] = "system";

	if (!own && facts->launchd.override != OVERRIDE_DISABLED)
		return 0;
	if (own)
		text_format(domain, sizeof domain, "user/%lu",
		    (unsigned long)spec->agent.users[0]);
	text_format(fix, sizeof fix, "to run it: sudo launchctl enable %s/%s; then run the same "
	    "command again", domain, spec->label);
	return error_set(error, ERROR_DATA,
	    own ? "launchd does not load the agent, but would load the daemon" :
	    "a daemon with this label was disabled on purpose", fix,
	    "the label '%s' is disabled in '%s'", spec->label, domain);
}

int
plan_refuse_migration(const struct spec *spec, const struct receipt *receipt,
    const struct facts *facts, struct error *error)
{
	if (has_agent(spec) && receipt == NULL) {
		if (plan_migrate_refuse_disabled(spec, facts, error) == -1)
			return -1;
		if (facts->agent.kept && facts->agent.kept_free == 0)
			return error_set(error, ERROR_FILE,
			    "lnpctl already keeps as many of its plists as it can",
			    "move those in '" STATE_DIRECTORY "' aside that are not needed",
			    "cannot keep the plist of the agent");
	}
	return plan_refuse_agent(spec, facts, error);
}

int
plan_refuse_agent(const struct spec *spec, const struct facts *facts, struct error *error)
{
	const struct agent *agent = &spec->agent;
	char target[NAME_SIZE], fix[sizeof error->fix];

	if (!has_agent(spec))
		return 0;
	if (facts->agent.plist.file.exists == UNKNOWN)
		return error_number(error, ERROR_FILE, facts->agent.plist.file.error,
		    "cannot read '%s'", agent->path);
	if (facts->agent.plist.file.exists == YES &&
	    (facts->agent.plist.file.type != FILE_REGULAR || facts->agent.plist.bytes.data == NULL))
		return error_set(error, ERROR_FILE, "it is not a regular file, or too large",
		    "inspect it, then move it aside", "cannot remove '%s'", agent->path);
	/* The receipt keeps its content, and would be refused with that of another job. */
	if (facts->agent.plist.file.exists == YES &&
	    !spec_has_label(facts->agent.plist.bytes, spec->label))
		return error_set(error, ERROR_DATA, "it no longer has that label",
		    "inspect it, then run the same command again", "cannot remove '%s'",
		    agent->path);
	if (refuse_folder(spec, facts, error) == -1)
		return -1;
	for (size_t i = 0; !facts->offline && spec_agent_target(spec, i, target); i++) {
		const struct agent_domain *fact = &facts->agent.domains[i];

		if (fact->loaded == UNKNOWN && !is_strange(spec, fact))
			return error_set(error, ERROR_LAUNCHCTL, facts->agent.trouble,
			    "nothing was changed; run the same command again",
			    "cannot determine whether '%s' is loaded", target);
		if (!is_strange(spec, fact) && fact->loaded == YES && fact->path[0] != '\0' &&
		    strcmp(fact->path, agent->path) != 0) {
			paste_line(fix, sizeof fix, "to end it: sudo launchctl bootout %s; then "
			    "run the same command again", target);
			return error_set(error, ERROR_DATA, "lnpctl could not restore it later",
			    fix, "'%s' is loaded from '%s'", target, fact->path);
		}
	}
	return 0;
}
