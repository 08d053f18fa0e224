/* The checks of launchd's state and the process. */
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/facts/paste.h"
#include "core/text.h"

static void
check_enabled(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	if (facts->launchd.override == OVERRIDE_UNKNOWN)
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "cannot determine whether the label is disabled%s%s",
		    facts->launchd.trouble[0] == '\0' ? "" : ": ", facts->launchd.trouble);
	else if (facts->launchd.override == OVERRIDE_DISABLED) {
		check_set(draft, VERDICT_FAIL, NULL,
		    "the label is disabled: launchd does not load it (119)");
		fix_set(draft, REMEDY_INSTALL, NULL, receipt, facts);
	}
}

/* Return true if the plist gives launchd no reason to refuse it. */
static bool
is_plist_sound(const struct facts *facts)
{
	return facts->plist.file.exists == YES && facts->plist.file.type == FILE_REGULAR &&
	    (facts->plist.file.mode & 022) == 0 && facts->plist.file.owner == facts->owner &&
	    facts->plist.file.quarantined == NO;
}

static void
check_background(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->launchd.loaded == UNKNOWN)
		check_set(draft, VERDICT_UNKNOWN, NULL, "cannot read the state of launchd: %s",
		    facts->launchd.trouble);
	else if (facts->launchd.loaded == NO && !receipt->spec.only_once &&
	    facts->launchd.override != OVERRIDE_DISABLED &&
	    is_plist_sound(facts) && facts->system.booted != 0 &&
	    facts->now - facts->system.booted >= CHECK_BOOT_SECONDS)
		check_set(draft, VERDICT_WARN,
		    "inspect it with: sudo sfltool dumpbtm; turn it on in System Settings, "
		    "General, Login Items",
		    "not loaded although its plist is in order: it may be disabled in Login Items");
}

static void
check_loaded(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	if (facts->launchd.loaded == UNKNOWN)
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "cannot determine whether the job is loaded: %s", facts->launchd.trouble);
	else if (facts->launchd.loaded == NO && receipt->spec.only_once)
		check_set(draft, VERDICT_SKIP, NULL,
		    "not loaded: launchd unloads a job with LaunchOnlyOnce when it has run");
	else if (facts->launchd.loaded == NO) {
		check_set(draft, VERDICT_FAIL, NULL, "the job is not loaded");
		/* What enables the label also loads the job, and nothing else does. */
		fix_set(draft, facts->launchd.override == OVERRIDE_DISABLED ? REMEDY_INSTALL :
		    REMEDY_REPAIR, NULL, receipt, facts);
	}
}

static void
check_agent(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	const struct loaded_agent *agent = &facts->loaded_agent;
	const char *second = agent->targets[1];

	(void)receipt;
	if (agent->loaded == UNKNOWN && agent->trouble[0] != '\0')
		check_set(draft, facts->root ? VERDICT_UNKNOWN : VERDICT_SKIP, NULL,
		    "cannot determine whether an agent with this label is loaded: %s",
		    agent->trouble);
	else if (agent->loaded == UNKNOWN && !check_lacks_account(facts, draft))
		check_set(draft, VERDICT_SKIP, NULL, "not checked: see lnpctl verify");
	else if (agent->loaded == YES) {
		check_set(draft, VERDICT_FAIL, NULL,
		    "an agent with this label is loaded, too, so both run: %s%s%s",
		    agent->targets[0], second[0] == '\0' ? "" : " and ", second);
		paste_bootout(draft->fix, sizeof draft->fix, agent);
	}
}

static void
check_definition(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct service *service = &facts->launchd.service;

	if (service->path[0] == '\0' && service->program[0] == '\0')
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "launchd does not report which plist the job came from");
	else if ((service->path[0] != '\0' && strcmp(service->path,
	    receipt->spec.plist_path) != 0) ||
	    (service->program[0] != '\0' &&
	    strcmp(service->program, receipt->spec.program.theirs) != 0)) {
		check_set(draft, VERDICT_FAIL, NULL,
		    "launchd runs another definition: %s from %s", service->program, service->path);
		fix_set(draft, REMEDY_RESTART, NULL, receipt, facts);
	}
}

/* What macOS names as the reason why it ended a process: tests/evidence/RULES.md, 93. */
static const struct exit_reason {
	const char	*word, *meaning;
	bool		 restarts;	/* loading the job again can help */
	bool		 libraries;	/* looking at the libraries of the program does */
	const char	*fix;		/* where neither can be named */
} exit_reasons[] = {
	{ "OS_REASON_CODESIGNING", "macOS refused the code signature of the program", true, false,
	  "install the program again from its source; sign again only what was built here" },
	{ "OS_REASON_DYLD", "a library that the program needs is missing or was refused", false,
	  true, "list with otool -L what the program needs, and install what is missing" },
	{ "OS_REASON_TCC", "it asked for protected data without a usage description", false, false,
	  "add the usage description to the Info.plist of the program's bundle" },
	{ "OS_REASON_EXEC", "macOS cannot execute the program", false, false,
	  "install the program for this Mac's processor and version of macOS" },
	{ NULL, NULL, false, false, NULL },
};

/* Return the row of the reason for the last exit; the last one if it had none, or another. */
static const struct exit_reason *
exit_find_reason(const struct service *service)
{
	const struct exit_reason *reason = exit_reasons;

	while (reason->word != NULL && (service->last_exit != LAST_EXIT_REASON ||
	    strcmp(reason->word, service->last_exit_text) != 0))
		reason++;
	return reason;
}

void
check_fix_exit(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	const struct service *service = &facts->launchd.service;
	const struct exit_reason *reason = exit_find_reason(service);

	/* Of a start that failed the log says nothing; another check has the cause, if any. */
	if (reason->word != NULL)
		text_copy(draft->fix, sizeof draft->fix, reason->fix);
	else if (!service_exited_with(service, EXIT_CONFIG))
		check_read_log(receipt, facts, draft);
	else if (facts->launchd.just_loaded)
		check_advise(draft, SEE_LOG);	/* loading it again has just been tried */
	else if (service_is_refused(service, receipt->spec.health == HEALTH_LOADED))
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
	if (service_is_penalized(service) || (service->pid <= 0 &&
	    service_has_property(service, PROPERTY_LWCR)))
		fix_set(draft, REMEDY_RESTART, NULL, receipt, facts);
	else if (service->pid <= 0 && reason->restarts)
		fix_set(draft, REMEDY_RESTART, reason->fix, receipt, facts);
	if (reason->restarts && check_is_overwritten(receipt, facts) == YES)
		check_advise_copy(receipt, facts, draft);
	if (reason->libraries && paste_may_name(&facts->program.file))
		check_advise(draft, "install what is missing of: otool -L %s",
		    receipt->spec.program.theirs);
}

const char *
check_describe_exit(const struct service *service, char target[384])
{
	const struct exit_reason *reason = exit_find_reason(service);

	if (reason->word != NULL)
		text_format(target, 384, "it was ended by macOS: %s (%s)", reason->meaning,
		    reason->word);
	else if (service_exited_with(service, EXIT_CONFIG) &&
	    service_has_property(service, PROPERTY_LWCR))
		text_copy(target, 384, "it exited with 78 (EX_CONFIG): launchd has the launch "
		    "requirement of a program that was replaced (needs LWCR update)");
	else if (service_exited_with(service, EXIT_CONFIG))
		text_copy(target, 384, "it exited with 78 (EX_CONFIG): launchd could not use the "
		    "program, its log, user or directory");
	else if (service->last_exit == LAST_EXIT_CODE)
		text_format(target, 384, "it exited with status %ld", service->last_exit_value);
	else if (service->last_exit == LAST_EXIT_SIGNAL)
		text_format(target, 384, "it was killed by signal %ld (%s)",
		    service->last_exit_value, service->last_exit_text);
	else if (service->last_exit_text[0] != '\0')
		text_format(target, 384, "it exited: %s", service->last_exit_text);
	else
		text_copy(target, 384, "its last exit is not known");
	return reason->fix;
}

/*
 * Return whether the job only has to be loaded. One with a timer, path, queue or socket that is
 * also started when it is loaded waits like others after that run, by which a change is judged.
 */
static bool
check_waits(const struct receipt *receipt, const struct facts *facts)
{
	return spec_is_occasional(&receipt->spec) && (receipt->spec.health == HEALTH_LOADED ||
	    !facts->launchd.just_loaded || facts->launchd.service.runs > 1);
}

enum liveness
check_liveness(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	const struct service *service = &facts->launchd.service;
	char ended[384];

	if (facts->launchd.loaded == UNKNOWN) {
		check_set(draft, VERDICT_UNKNOWN, NULL, "cannot read the state of launchd: %s",
		    facts->launchd.trouble);
		return LIVENESS_WAIT;
	}
	if (facts->launchd.loaded == NO && receipt->spec.only_once)
		return LIVENESS_DONE;
	if (facts->launchd.loaded == NO) {
		check_set(draft, VERDICT_FAIL,
		    "it may be disabled in Login Items; inspect it with: sudo sfltool dumpbtm",
		    "the job is not loaded");
		return LIVENESS_BAD;
	}
	if (service_is_penalized(service)) {
		check_set(draft, VERDICT_FAIL, NULL, "launchd has the job in the penalty box, and "
		    "does not start it until it is loaded again");
		check_fix_exit(receipt, facts, draft);
		return LIVENESS_BAD;
	}
	if (check_waits(receipt, facts))
		return LIVENESS_DONE;
	if (strcmp(service->state, "running") == 0 && service->pid > 0)
		return LIVENESS_UP;
	if (strcmp(service->state, "spawn scheduled") != 0 &&
	    strcmp(service->state, "not running") != 0) {
		/* xpcproxy, or a state of a later launchd */
		check_set(draft, VERDICT_UNKNOWN, NULL, "its state is '%s'", service->state);
		return LIVENESS_WAIT;
	}
	if (receipt->spec.health == HEALTH_CONDITIONAL && service_ended_well(service))
		return LIVENESS_DONE;
	if (service->last_exit == LAST_EXIT_NEVER && service->runs <= 0) {
		check_set(draft, VERDICT_FAIL, NULL, "launchd did not start it");
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);	/* it kickstarts the job */
		return LIVENESS_IDLE;
	}
	if (receipt->spec.health == HEALTH_ONCE && service_exited_with(service, 0))
		return LIVENESS_DONE;
	check_describe_exit(service, ended);
	check_set(draft, VERDICT_FAIL, NULL, "the job is not running: %s", ended);
	check_fix_exit(receipt, facts, draft);
	return LIVENESS_BAD;
}

static void
check_running(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	enum liveness liveness = check_liveness(receipt, facts, draft);
	const char *reason = facts->launchd.log.reasons[LOG_REASONS - 1];

	if (liveness == LIVENESS_UP)
		return;
	if (liveness == LIVENESS_BAD && reason[0] != '\0')
		text_append(draft->message, sizeof draft->message, "; launchd's log: %s", reason);
	if (liveness == LIVENESS_DONE)
		check_set(draft, VERDICT_PASS, NULL, check_waits(receipt, facts) ?
		    "the job is waiting for its timer, path or socket" :
		    receipt->spec.health == HEALTH_CONDITIONAL ?
		    "the job is waiting for what its KeepAlive names" :
		    "the job ran and exited with 0");
	else if (liveness == LIVENESS_WAIT && facts->launchd.loaded == YES &&
	    receipt->spec.settle == 0)
		check_set(draft, VERDICT_PASS, NULL, "the job is starting");
	else if (facts->launchd.service.runs <= 0 && facts->system.booted != 0 &&
	    facts->now - facts->system.booted < CHECK_BOOT_SECONDS)
		check_set(draft, VERDICT_UNKNOWN, "run lnpctl verify again in two minutes",
		    "not running yet; the Mac has just started");
}

/*
 * The program has replaced itself by another one. A framework's Python, which is
 * Resources/Python.app/Contents/MacOS/Python, Java, and the stubs of both in /usr/bin always do so.
 * The check "definition" looks at the program that launchd started.
 */
bool
check_is_another_program(const struct process_fact *process, const struct file_fact *program)
{
	return process->inode != 0 && program->exists == YES &&
	    (process->inode != program->identity.inode ||
	    process->device != program->identity.device);
}

void
check_identity(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	const struct process_fact *process = &facts->launchd.process;

	if (facts->launchd.service.pid <= 0)
		check_set(draft, VERDICT_SKIP, NULL, "the job has no process");
	else if (process->exists == UNKNOWN)
		check_set(draft, facts->root ? VERDICT_UNKNOWN : VERDICT_SKIP, NULL,
		    "only root can inspect the job's process");
	else if (process->exists == NO && receipt->spec.health != HEALTH_KEPT)
		check_set(draft, VERDICT_SKIP, NULL, "the job's process has just exited");
	else if (process->exists == NO)
		check_set(draft, VERDICT_UNKNOWN, "run lnpctl verify again",
		    "the job's process has just exited");
	else if (strcmp(facts->launchd.service.state, "xpcproxy") == 0)
		/* launchd's helper runs as root until it executes the program. */
		check_set(draft, VERDICT_SKIP, NULL, "the job's program is starting");
	else if (process->uid != receipt->spec.uid && receipt->spec.uid != 0) {
		/* A job that runs as root may drop its privileges. */
		check_set(draft, VERDICT_FAIL, NULL,
		    "the process runs as uid %ju, not as %s (%ju)", (uintmax_t)process->uid,
		    receipt->spec.user, (uintmax_t)receipt->spec.uid);
		fix_set(draft, REMEDY_RESTART, NULL, receipt, facts);
	} else if (!facts->program.is_script && check_is_another_program(process,
	    &facts->program.file))
		check_set(draft, VERDICT_PASS, NULL,
		    "the process runs as %s; its program has executed %s", receipt->spec.user,
		    process->path);
	else
		check_set(draft, VERDICT_PASS, NULL, "the process runs as %s", receipt->spec.user);
}

void
check_stable(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	if (check_waits(receipt, facts) || facts->launchd.service.pid <= 0)
		check_set(draft, VERDICT_SKIP, NULL, check_waits(receipt, facts) ?
		    "the job is not meant to stay up" : "the job has no process");
	else if (facts->launchd.restarted) {
		check_set(draft, VERDICT_FAIL, NULL,
		    "the job exited and was restarted while it was watched");
		check_read_log(receipt, facts, draft);
	} else if (facts->launchd.uptime < receipt->spec.settle)
		check_set(draft, VERDICT_UNKNOWN, "run lnpctl verify again",
		    "the job was started a moment ago");
}

/* A timer, path or socket job is started again and again, and one that ended is not restarted. */
static void
check_stays_up(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	check_stable(receipt, facts, draft);
	if (!spec_is_occasional(&receipt->spec))
		check_crashes(receipt, facts, draft);
}

static void
check_last_exit(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct service *service = &facts->launchd.service;
	char ended[384];
	bool up = strcmp(service->state, "running") == 0;

	if (service->last_exit == LAST_EXIT_ABSENT)
		check_set(draft, VERDICT_SKIP, NULL, "launchd does not report its last exit");
	if (service_ended_well(service))
		return;
	check_describe_exit(service, ended);
	check_set(draft, up || check_waits(receipt, facts) ? VERDICT_WARN : VERDICT_FAIL, NULL,
	    "%s%s", up ? "before this run " : "", ended);
	check_fix_exit(receipt, facts, draft);
}

static void
check_system_version(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->system.version[0] == '\0')
		check_set(draft, VERDICT_SKIP, NULL, "the system version is not known");
	else if (strcmp(receipt->system_version, facts->system.version) != 0 ||
	    strcmp(receipt->system_build, facts->system.build) != 0)
		check_set(draft, VERDICT_PASS, NULL, "installed on %s (%s), now on %s (%s)",
		    receipt->system_version, receipt->system_build, facts->system.version,
		    facts->system.build);
}

const struct check check_launchd_rows[] = {
	{ "enabled", "the label is not disabled",
	  NEEDS_LAUNCHD, check_enabled,
	  "the label is not disabled" },
	{ "background", "it is not disabled in Login Items, as far as can be seen",
	  NEEDS_LAUNCHD, check_background,
	  "not disabled in Login Items, as far as can be seen" },
	{ "loaded", "the job is loaded in the system domain",
	  NEEDS_LAUNCHD, check_loaded,
	  "the job is loaded in the system domain" },
	{ "agent", "no agent with the label is loaded for the job's account",
	  NEEDS_LAUNCHD, check_agent,
	  "no agent with this label is loaded" },
	{ "definition", "launchd runs the plist's definition",
	  NEEDS_LAUNCHD | NEEDS_LOADED, check_definition,
	  "launchd runs the definition of the plist" },
	{ "running", "the job is running, or waiting as intended",
	  NEEDS_LAUNCHD | NEEDS_LOADED, check_running,
	  "the job is running" },
	{ "identity", "its process runs as the right user",
	  NEEDS_LAUNCHD | NEEDS_LOADED, check_identity,
	  "" },
	{ "stable", "it stays up, and does not crash again and again",
	  NEEDS_LAUNCHD | NEEDS_LOADED, check_stays_up,
	  "the job stays up" },
	{ "last-exit", "its last exit was normal",
	  NEEDS_LAUNCHD | NEEDS_LOADED, check_last_exit,
	  "last exit was normal" },
	{ "system-version", "which system it was installed on",
	  0, check_system_version,
	  "same system as when the job was installed" },
	{ NULL, NULL, 0, NULL, NULL },
};
