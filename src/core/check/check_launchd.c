/* The checks of what launchd and the process say. */
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/facts/paste.h"

#define SIGNAL_TERMINATED	15	/* how launchd ends a job; the same number everywhere */

static const char reinstall[] = "run the same lnpctl install again";

void
check_enabled(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	if (look->override == OVERRIDE_UNKNOWN)
		check_say(finding, VERDICT_UNKNOWN, NULL,
		    "whether the label is disabled is not known%s%s",
		    look->launchd_trouble[0] == '\0' ? "" : ": ", look->launchd_trouble);
	else if (look->override == OVERRIDE_DISABLED) {
		check_say(finding, VERDICT_FAIL, NULL,
		    "the label is disabled: launchd does not load it (119)");
		check_advise(finding, "sudo launchctl enable system/%s, then run the same lnpctl "
		    "install again", promise->label);
	} else
		check_say(finding, VERDICT_PASS, NULL, "the label is not disabled");
}

/* The plist itself gives launchd no reason not to load it. */
static bool
is_sound(const struct facts *look)
{
	return look->plist.exists == YES && look->plist.type == FILE_REGULAR &&
	    (look->plist.mode & 022) == 0 && look->plist.owner == look->owner &&
	    look->plist.quarantined == NO;
}

void
check_background(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	(void)promise;
	if (look->loaded == UNKNOWN)
		check_say(finding, VERDICT_UNKNOWN, NULL, "launchd was not understood: %s",
		    look->launchd_trouble);
	else if (look->loaded == NO && look->override != OVERRIDE_DISABLED && is_sound(look) &&
	    look->system.booted != 0 && look->now - look->system.booted >= CHECK_BOOT_SECONDS)
		check_say(finding, VERDICT_WARN,
		    "look with: sudo sfltool dumpbtm; switch it on in System Settings, General, "
		    "Login Items",
		    "not loaded though nothing is wrong with its plist: it may be switched off in "
		    "Login Items");
	else
		check_say(finding, VERDICT_PASS, NULL,
		    "nothing says that it is switched off in Login Items");
}

void
check_loaded(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	if (look->loaded == UNKNOWN)
		check_say(finding, VERDICT_UNKNOWN, NULL,
		    "whether the job is loaded is not known: %s", look->launchd_trouble);
	else if (look->loaded == YES)
		check_say(finding, VERDICT_PASS, NULL, "the job is loaded in the system domain");
	else {
		check_say(finding, VERDICT_FAIL, NULL, "the job is not loaded");
		check_advise(finding, "sudo lnpctl repair %s", promise->label);
		if (paste_may_name(&look->plist) && bytes_equal(look->plist_bytes, promise->plist))
			check_advise(finding, "sudo launchctl bootstrap system %s",
			    promise->plist_path);
	}
}

void
check_definition(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	const struct service *service = &look->service;

	if (service->path[0] == '\0' && service->program[0] == '\0')
		check_say(finding, VERDICT_UNKNOWN, NULL,
		    "launchd does not say which plist the job came from");
	else if ((service->path[0] != '\0' && strcmp(service->path, promise->plist_path) != 0) ||
	    (service->program[0] != '\0' && strcmp(service->program, promise->program.theirs) != 0))
		check_say(finding, VERDICT_FAIL, reinstall,
		    "launchd runs another definition: %s from %s", service->program, service->path);
	else
		check_say(finding, VERDICT_PASS, NULL, "launchd runs the definition of the plist");
}

static bool
starts_throttled(const struct facts *look)
{
	return strcmp(look->service.state, "spawn scheduled") == 0 ||
	    strcmp(look->service.state, "not running") == 0;
}

/* How the last process ended, as words. */
static void
last_exit(const struct service *service, char target[384])
{
	switch (service->last_exit) {
	case LAST_EXIT_CODE:
		if (service->last_exit_value == 78)
			snprintf(target, 384,
			    "it ended with 78 (EX_CONFIG): "
			    "launchd could not start the program, its log, user or folder");
		else
			snprintf(target, 384, "it ended with exit status %ld",
			    service->last_exit_value);
		break;
	case LAST_EXIT_SIGNAL:
		snprintf(target, 384, "it was ended by signal %ld (%s)", service->last_exit_value,
		    service->last_exit_text);
		break;
	case LAST_EXIT_REASON:
	case LAST_EXIT_UNKNOWN:
		snprintf(target, 384, "it ended: %s", service->last_exit_text);
		break;
	case LAST_EXIT_NEVER:
		snprintf(target, 384, "it has not ended before");
		break;
	case LAST_EXIT_ABSENT:
		snprintf(target, 384, "how it ended is not known");
		break;
	}
}

enum liveness
check_liveness(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	const struct service *service = &look->service;
	char ended[384];

	if (look->loaded == UNKNOWN) {
		check_say(finding, VERDICT_UNKNOWN, NULL, "launchd was not understood: %s",
		    look->launchd_trouble);
		return LIVENESS_WAIT;
	}
	if (look->loaded == NO) {
		check_say(finding, VERDICT_FAIL,
		    "look with: sudo sfltool dumpbtm; it may be switched off in Login Items",
		    "launchd does not have the job");
		return LIVENESS_BAD;
	}
	if (promise->health == HEALTH_LOADED)
		return LIVENESS_DONE;
	if (strcmp(service->state, "running") == 0 && service->pid > 0)
		return LIVENESS_UP;
	if (!starts_throttled(look)) {		/* xpcproxy, or a state of a launchd to come */
		check_say(finding, VERDICT_UNKNOWN, NULL, "its state is '%s'", service->state);
		return LIVENESS_WAIT;
	}
	if (service->last_exit == LAST_EXIT_NEVER && service->runs <= 0) {
		check_say(finding, VERDICT_FAIL, NULL, "launchd did not start it");
		check_read_log(promise, look, finding);
		return LIVENESS_IDLE;
	}
	if (promise->health == HEALTH_ONCE && service->last_exit == LAST_EXIT_CODE &&
	    service->last_exit_value == 0)
		return LIVENESS_DONE;
	last_exit(service, ended);
	check_say(finding, VERDICT_FAIL, NULL, "the job is not running: %s", ended);
	check_read_log(promise, look, finding);
	return LIVENESS_BAD;
}

void
check_running(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	enum liveness pulse = check_liveness(promise, look, finding);
	bool booting = look->system.booted != 0 &&
	    look->now - look->system.booted < CHECK_BOOT_SECONDS;

	switch (pulse) {
	case LIVENESS_UP:
		check_say(finding, VERDICT_PASS, NULL, "the job is running");
		break;
	case LIVENESS_DONE:
		check_say(finding, VERDICT_PASS, NULL, promise->health == HEALTH_LOADED ?
		    "the job waits for its timer, path or socket" : "the job ran and ended with 0");
		break;
	case LIVENESS_WAIT:
	case LIVENESS_IDLE:
	case LIVENESS_BAD:
		if (booting && look->service.runs <= 0)
			check_say(finding, VERDICT_UNKNOWN, "ask again in two minutes",
			    "the Mac has just started: not running yet");
		break;
	}
}

/*
 * What launchd started has become another program: a framework's Python, which is
 * Resources/Python.app/Contents/MacOS/Python, Java, and what /usr/bin has for both do so, each
 * time. Which program launchd started the check "definition" says.
 */
bool
check_is_another_program(const struct process_fact *process, const struct file_fact *program)
{
	return process->inode != 0 && program->exists == YES &&
	    (process->inode != program->identity.inode ||
	    process->device != program->identity.device);
}

void
check_identity(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	const struct process_fact *process = &look->process;

	if (look->service.pid <= 0)
		check_say(finding, VERDICT_SKIP, NULL, "the job has no process");
	else if (process->exists == UNKNOWN)
		check_say(finding, look->root ? VERDICT_UNKNOWN : VERDICT_SKIP, NULL,
		    "only root can look at the job's process");
	else if (process->exists == NO)
		check_say(finding, VERDICT_UNKNOWN, "ask again",
		    "the job's process has just ended");
	else if (strcmp(look->service.state, "xpcproxy") ==
	    0) /* launchd's own helper, root's until it becomes the program */
		check_say(finding, VERDICT_SKIP, NULL, "the job's program is being started");
	else if (process->uid != promise->uid && promise->uid != 0)
		/* A job of root's may drop its privileges by itself. */
		check_say(finding, VERDICT_FAIL, reinstall,
		    "the process runs as uid %ju, not as %s (%ju)", (uintmax_t)process->uid,
		    promise->user, (uintmax_t)promise->uid);
	else if (!look->program_is_script && check_is_another_program(process, &look->program))
		check_say(finding, VERDICT_PASS, NULL,
		    "the process runs as %s; its program has become %s", promise->user,
		    process->path);
	else
		check_say(finding, VERDICT_PASS, NULL, "the process runs as %s", promise->user);
}

void
check_stable(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	if (promise->health == HEALTH_LOADED || look->service.pid <= 0)
		check_say(finding, VERDICT_SKIP, NULL, "the job has no process");
	else if (look->restarted) {
		check_say(finding, VERDICT_FAIL, NULL,
		    "the job ended and was started again while it was watched");
		check_read_log(promise, look, finding);
	} else if (look->uptime < promise->settle)
		check_say(finding, VERDICT_UNKNOWN, "ask again",
		    "the job was started a moment ago");
	else
		check_say(finding, VERDICT_PASS, NULL, "the job stays up");
}

void
check_last_exit(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	const struct service *service = &look->service;
	char ended[384];
	bool up = strcmp(service->state, "running") == 0;

	last_exit(service, ended);
	if (service->last_exit == LAST_EXIT_NEVER ||
	    (service->last_exit == LAST_EXIT_CODE && service->last_exit_value == 0) ||
	    (service->last_exit == LAST_EXIT_SIGNAL &&
	    service->last_exit_value == SIGNAL_TERMINATED))
		check_say(finding, VERDICT_PASS, NULL, "nothing wrong is known of its last end");
	else if (service->last_exit == LAST_EXIT_ABSENT)
		check_say(finding, VERDICT_SKIP, NULL, "launchd does not say how it last ended");
	else {
		check_say(finding, up || promise->health == HEALTH_LOADED ? VERDICT_WARN :
		    VERDICT_FAIL, NULL, "%s%s", up ? "before this run " : "", ended);
		check_read_log(promise, look, finding);
	}
}

void
check_system_version(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	if (look->system.version[0] == '\0')
		check_say(finding, VERDICT_SKIP, NULL, "the system's version is not known");
	else if (strcmp(promise->system_version, look->system.version) == 0 &&
	    strcmp(promise->system_build, look->system.build) == 0)
		check_say(finding, VERDICT_PASS, NULL,
		    "the system is the one that the job was installed on");
	else
		check_say(finding, VERDICT_PASS, NULL, "installed on %s (%s), now on %s (%s)",
		    promise->system_version, promise->system_build, look->system.version,
		    look->system.build);
}

/* How a peer counts, and the sentence about it. */
static enum verdict
check_one_peer(const char *peer, const struct peer_fact *fact, const struct facts *look,
    char text[PEER_WHY])
{
	text[0] = '\0';
	if (fact->connected == YES)
		return VERDICT_PASS;
	if (!fact->probed) {
		snprintf(text, PEER_WHY,
		    fact->connected == UNKNOWN && !look->root
			? "only root can see whether the job has a connection to %s"
			: "no connection of the job to %s was seen",
		    peer);
		return fact->connected == UNKNOWN && !look->root ? VERDICT_SKIP : VERDICT_UNKNOWN;
	}
	snprintf(text, PEER_WHY, "%s: %.*s", peer, PEER_WHY - PEER_SIZE - 3, fact->why);
	if (fact->verdict == PROBE_VERDICT_OPEN)
		return VERDICT_WARN;
	return fact->verdict == PROBE_VERDICT_BLOCKED ? VERDICT_FAIL : VERDICT_UNKNOWN;
}

/* The worst of all peers is the verdict; each that is no pass is named. */
void
check_peer(const struct promise *promise, const struct facts *look, struct check_draft *finding)
{
	static const int ranks[] = { [VERDICT_PASS] = 0, [VERDICT_SKIP] = 1, [VERDICT_WARN] = 2,
	    [VERDICT_UNKNOWN] = 3,
		[VERDICT_FAIL] = 4 };
	char text[PEER_WHY];
	size_t length;

	check_say(finding, VERDICT_PASS, NULL, "%s", "");
	for (size_t i = 0; i < promise->peer_count; i++) {
		const char *peer = promise->peers[i];
		enum verdict verdict = check_one_peer(peer, &look->peers[i], look, text);

		length = strlen(finding->message);
		if (text[0] != '\0')
			snprintf(finding->message + length, sizeof finding->message - length,
			    "%s%s", length == 0 ? "" : "; ", text);
		if (ranks[verdict] <= ranks[finding->verdict])
			continue;
		finding->verdict = verdict;
		if (look->peers[i].probed || verdict == VERDICT_SKIP)
			check_advise(finding, "sudo lnpctl probe --label %s %s", promise->label,
			    peer);
		else
			check_advise(finding, "sudo lnpctl verify --probe %s", promise->label);
	}
	if (promise->peer_count == 0)
		check_say(finding, VERDICT_SKIP, NULL,
		    "no peer was named when the job was installed");
	else if (finding->verdict == VERDICT_PASS)
		check_say(finding, VERDICT_PASS, NULL,
		    "the job has a connection to each of its peers");
}
