/* check.c: every check can return each of its results. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/check/check.h"
#include "healthy.h"

static struct healthy mac;
static struct check_report findings;

#define RECEIPT	(&mac.receipt)
#define FACTS	(&mac.facts)

static int
begin(void **state)
{
	(void)state;
	healthy_installed(&mac);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	healthy_free(&mac);
	return 0;
}

static const struct check_result *
find(const char *id)
{
	for (size_t i = 0; i < findings.count; i++)
		if (strcmp(findings.rows[i].id, id) == 0)
			return &findings.rows[i];
	fail_msg("no check '%s'", id);
	return NULL;
}

/* ---- one change, one result ---- */

static void
set_text(char *target, const char *text)
{
	strcpy(target, text);
}

static void
unseen(struct file_fact *fact)
{
	*fact = (struct file_fact){ .exists = UNKNOWN, .error = EIO };
}

static void
gone(struct file_fact *fact)
{
	*fact = (struct file_fact){ .exists = NO };
}

static void
agents(const char *first, const char *second)
{
	FACTS->loaded_agent.loaded = YES;
	set_text(FACTS->loaded_agent.targets[0], first);
	set_text(FACTS->loaded_agent.targets[1], second);
}

static void
no_agents(const char *trouble)
{
	FACTS->loaded_agent.loaded = UNKNOWN;
	set_text(FACTS->loaded_agent.trouble, trouble);
}

static void
other_user(void)
{
	mac.facts.root = false;
}

static void
new_program(unsigned inodes, int bytes)
{
	mac.facts.program.file.identity.inode += inodes;
	mac.facts.program.file.identity.size += bytes;
	mac.facts.program.file.identity.modified++;
	mac.facts.program.file.identity.changed = mac.facts.now - 9;
	mac.facts.program.file.identity.sha256[0] ^= 1;
}

/* Of one that costs too much, or whose receipt version 0.1 wrote. */
static void
unknown_program(unsigned inodes)
{
	mac.facts.program.file.identity.inode += inodes;
	mac.facts.program.file.identity.modified++;
	mac.facts.program.file.identity.changed = mac.facts.now - 9;
	mac.receipt.program_identity.sha256[0] = '\0';
}

static void
protect(const char *path)
{
	set_text(mac.facts.program.file.resolved, path);
}

static void
process_of(const char *path, uint64_t device, uint64_t inode)
{
	set_text(mac.facts.launchd.process.path, path);
	mac.facts.launchd.process.device = device;
	mac.facts.launchd.process.inode = inode;
}

#define INTERPRETER	mac.facts.program.interpreter

/* The program is a script, run by a root-owned program. */
static void
interpreted(void)
{
	INTERPRETER.any = true;
	set_text(INTERPRETER.path, "/bin/run");
	INTERPRETER.file = mac.facts.program.file;
}

static void
state_is(const char *state, long pid)
{
	set_text(mac.facts.launchd.service.state, state);
	mac.facts.launchd.service.pid = pid;
}

static void
ended(const char *state, enum last_exit kind, long value, const char *words)
{
	state_is(state, strcmp(state, "running") == 0 ? 4711 : SERVICE_NUMBER_UNKNOWN);
	mac.facts.launchd.service.last_exit = kind;
	mac.facts.launchd.service.last_exit_value = value;
	set_text(mac.facts.launchd.service.last_exit_text, words);
}

/* A job with a timer and RunAtLoad, whose last run of so many failed. */
static void
ended_recurring(bool just_loaded, long runs)
{
	mac.receipt.spec.health = HEALTH_ONCE;
	mac.receipt.spec.triggered = true;
	ended("not running", LAST_EXIT_CODE, 1, "");
	mac.facts.launchd.just_loaded = just_loaded;
	mac.facts.launchd.service.runs = runs;
}

#define PEER	"10.9.0.2:7000"
#define PROBE	"sudo lnpctl probe --label " LABEL " " PEER

static void
refused(int which, const char *target)
{
	mac.facts.log[which].refused = true;
	set_text(mac.facts.log[which].refused_by, target);
}

static void
named_peer(enum tristate connected)
{
	set_text(mac.receipt.spec.peers[mac.receipt.spec.peer_count++], PEER);
	mac.facts.peers[0].connected = connected;
}

/* Its last process exited with 1, and this one, if there is any, is so old. */
static void
crashed(const char *state, long runs, int seconds)
{
	ended(state, LAST_EXIT_CODE, 1, "");
	mac.facts.launchd.service.runs = runs;
	mac.facts.launchd.uptime = seconds;
	mac.facts.launchd.process.started = mac.facts.now - seconds;
}

static void
changed(int seconds)
{
	mac.facts.receipt.file.identity.modified = mac.facts.now - seconds;
}

static void
logged(long abnormal, int seconds, bool whole)
{
	mac.facts.launchd.log = (struct launchd_log){ .since = mac.facts.now - seconds,
	    .abnormal = abnormal, .whole = whole };
}

#define SERVICE	mac.facts.launchd.service

static void
reason(const char *state, const char *word)
{
	ended(state, LAST_EXIT_REASON, SERVICE_NUMBER_UNKNOWN, word);
}

static void
properties(const char *state, const char *words)
{
	state_is(state, strcmp(state, "running") == 0 ? 4711 : SERVICE_NUMBER_UNKNOWN);
	set_text(SERVICE.properties, words);
}

static void
booting(void)
{
	mac.facts.system.booted = mac.facts.now - 60;
}

/* name, change, id, verdict, part of the message, part of the fix ("": any; NULL: no fix) */
#define CASES \
	CASE(healthy, (void)0, "receipt", VERDICT_PASS, "lnpctl installed this job", NULL) \
	CASE(interrupted, (RECEIPT->changing = true, \
	    set_text(RECEIPT->undo.files[SNAP_PLIST].path, RECEIPT->spec.plist_path)), "receipt", \
	    VERDICT_UNKNOWN, "an install is in progress or was interrupted", "lnpctl repair") \
	CASE(removing, RECEIPT->changing = true, "receipt", VERDICT_UNKNOWN, "an uninstall is in " \
	    "progress or was interrupted", "sudo lnpctl uninstall com.example.agentworker") \
	CASE(removing_plist, (RECEIPT->changing = true, gone(&FACTS->plist.file)), \
	    "plist-present", \
	    VERDICT_SKIP, "is being removed", NULL) \
	\
	CASE(plist_there, (void)0, "plist-present", VERDICT_PASS, "exists", NULL) \
	CASE(plist_gone, gone(&FACTS->plist.file), "plist-present", VERDICT_FAIL, "is missing", \
	    "lnpctl repair") \
	CASE(plist_unseen, unseen(&FACTS->plist.file), "plist-present", VERDICT_UNKNOWN, \
	    "Input/output", NULL) \
	CASE(plist_hidden, (unseen(&FACTS->plist.file), other_user()), "plist-present", \
	    VERDICT_SKIP, \
	    "only root", NULL) \
	\
	CASE(plist_file, (void)0, "plist-file", VERDICT_PASS, "regular file", NULL) \
	CASE(plist_link, FACTS->plist.file.type = FILE_LINK, "plist-file", VERDICT_FAIL, \
	    "not a regular file", "move it aside") \
	CASE(plist_names, FACTS->plist.file.links = 2, "plist-file", VERDICT_FAIL, "2 hard links", \
	    "sudo lnpctl repair " LABEL) \
	CASE(plist_weak, set_text(FACTS->plist.file.untrusted_path, "/Library"), "plist-file", \
	    VERDICT_FAIL, "'/Library'", "sudo install -d -o root -g wheel -m 0755 /Library") \
	CASE(plist_list, (set_text(FACTS->plist.file.untrusted_path, "/Library"), \
	    FACTS->plist.file.untrusted_by = WEAK_ACL), "plist-file", VERDICT_WARN, \
	    "'/Library' has an access control list", "chmod -N") \
	CASE(plist_weak_quoted, set_text(FACTS->plist.file.untrusted_path, "/a b"), "plist-file", \
	    VERDICT_FAIL, "'/a b'", "use a directory that only root") \
	CASE(plist_weak_state, set_text(FACTS->plist.file.untrusted_path, \
	    "/Library/Application Support"), "plist-file", VERDICT_FAIL, \
	    "writable by users other than root", \
	    "sudo install -d -o root -g wheel -m 0755 '/Library/Application Support'") \
	CASE(plist_weak_owner, (FACTS->plist.file.owner = 501, \
	    set_text(FACTS->plist.file.untrusted_path, \
	    "/Library")), "plist-owner", VERDICT_FAIL, "501", \
	    "sudo lnpctl repair com.example.agentworker") \
	CASE(plist_link_owner, (FACTS->plist.file.owner = 501, FACTS->plist.file.links = 2), \
	    "plist-owner", \
	    VERDICT_FAIL, "501", "sudo lnpctl repair") \
	CASE(plist_file_gone, gone(&FACTS->plist.file), "plist-file", VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(plist_owner, (void)0, "plist-owner", VERDICT_PASS, "right owner", NULL) \
	CASE(plist_owned, FACTS->plist.file.owner = 501, "plist-owner", VERDICT_FAIL, \
	    "owned by 501:0", \
	    "sudo lnpctl repair com.example.agentworker") \
	CASE(plist_grouped, FACTS->plist.file.group = 20, "plist-owner", VERDICT_FAIL, \
	    "group 20, not 0", "sudo lnpctl repair") \
	CASE(plist_owner_gone, gone(&FACTS->plist.file), "plist-owner", VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(plist_mode, (void)0, "plist-mode", VERDICT_PASS, "0644", NULL) \
	CASE(plist_writable, FACTS->plist.file.mode = 0664, "plist-mode", VERDICT_FAIL, \
	    "0664: it is writable by others", "sudo lnpctl repair") \
	CASE(plist_odd_mode, FACTS->plist.file.mode = 0600, "plist-mode", VERDICT_FAIL, \
	    "0600, not 0644", "sudo lnpctl repair") \
	CASE(plist_mode_gone, gone(&FACTS->plist.file), "plist-mode", VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(plist_valid, (void)0, "plist-valid", VERDICT_PASS, "is valid", NULL) \
	CASE(plist_damaged, FACTS->plist.bytes.size /= 2, "plist-valid", VERDICT_FAIL, \
	    "does not define a launchd job", "lnpctl repair") \
	CASE(plist_other_label, FACTS->plist.bytes = healthy_plist(LABEL, "com.example.other"), \
	    "plist-valid", VERDICT_FAIL, "com.example.other", "lnpctl repair") \
	CASE(plist_strange_job, (RECEIPT->spec.account_label = true, FACTS->plist.bytes = \
	    healthy_plist("ProgramArguments", "Other")), "plist-valid", VERDICT_FAIL, \
	    "does not define a launchd job", "inspect it; it may be another vendor's") \
	CASE(plist_unread, (FACTS->plist.bytes.data = NULL, FACTS->plist.file.error = EIO), \
	    "plist-valid", VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(plist_valid_gone, gone(&FACTS->plist.file), "plist-valid", VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(plist_same, (void)0, "plist-unchanged", VERDICT_PASS, "as it was installed", NULL) \
	CASE(plist_edited, FACTS->plist.bytes = healthy_plist("--loop", "--pool"), \
	    "plist-unchanged", VERDICT_FAIL, "was changed", "lnpctl repair") \
	CASE(plist_strange, (RECEIPT->spec.account_label = true, FACTS->plist.bytes = \
	    healthy_plist("<string>worker<", "<string>another<")), "plist-unchanged", \
	    VERDICT_FAIL, "was changed", "inspect it; it may be another vendor's") \
	CASE(plist_edited_chosen, (RECEIPT->spec.account_label = true, FACTS->plist.bytes = \
	    healthy_plist("--loop", "--pool")), "plist-unchanged", VERDICT_FAIL, "was changed", \
	    "lnpctl repair") \
	CASE(plist_bytes_unread, (FACTS->plist.bytes.data = NULL, FACTS->plist.file.error = EIO), \
	    "plist-unchanged", VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(plist_bytes_hidden, (FACTS->plist.bytes.data = NULL, other_user()), \
	    "plist-unchanged", VERDICT_SKIP, "only root", NULL) \
	\
	CASE(plist_quarantine, (void)0, "plist-quarantine", VERDICT_PASS, "not quarantined", NULL) \
	CASE(plist_quarantined, FACTS->plist.file.quarantined = YES, "plist-quarantine", \
	    VERDICT_FAIL, \
	    "is quarantined", "sudo lnpctl repair") \
	CASE(plist_attribute, (FACTS->plist.file.quarantined = UNKNOWN, FACTS->plist.file.error = \
	    EIO), \
	    "plist-quarantine", VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(plist_quarantine_gone, gone(&FACTS->plist.file), "plist-quarantine", VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(program_there, (void)0, "program-present", VERDICT_PASS, "exists", NULL) \
	CASE(program_gone, gone(&FACTS->program.file), "program-present", VERDICT_FAIL, \
	    "78 (EX_CONFIG)", "install the program") \
	CASE(program_unmounted, (set_text(RECEIPT->spec.program.theirs, "/Volumes/Disk/x"), \
	    gone(&FACTS->program.file)), "program-present", VERDICT_FAIL, \
	    "78 (EX_CONFIG)", "mount its volume") \
	CASE(program_folder, FACTS->program.file.type = FILE_DIRECTORY, "program-present", \
	    VERDICT_FAIL, "not a regular file", "install the program") \
	CASE(program_unseen, unseen(&FACTS->program.file), "program-present", VERDICT_UNKNOWN, \
	    "Input/output", NULL) \
	CASE(program_hidden, (unseen(&FACTS->program.file), other_user()), "program-present", \
	    VERDICT_SKIP, "only root", NULL) \
	\
	CASE(program_runs, (void)0, "program-access", VERDICT_PASS, "worker can run", NULL) \
	CASE(program_protected, (protect("/Users/worker/Downloads/x"), FACTS->launchd.uptime = 0), \
	    "program-access", VERDICT_WARN, "may keep the job out of Downloads", \
	    "Full Disk Access") \
	CASE(program_on_volume, (protect("/Volumes/Disk/x"), state_is("not running", \
	    SERVICE_NUMBER_UNKNOWN)), "program-access", VERDICT_WARN, "out of most volumes", \
	    "put the program elsewhere") \
	CASE(program_protected_runs, protect("/Volumes/Disk/x"), "program-access", VERDICT_PASS, \
	    "worker can run", NULL) \
	CASE(program_protected_private, (protect("/Users/worker/Documents/x"), \
	    FACTS->launchd.uptime = 0, FACTS->program.runs = NO, FACTS->program.runs_error = \
	    EPERM), "program-access", VERDICT_WARN, \
	    "worker cannot run the program from lnpctl: privacy", \
	    "Full Disk Access") \
	CASE(program_protected_proven, (protect("/Users/worker/Documents/x"), \
	    FACTS->program.runs = NO, FACTS->program.runs_error = EPERM), "program-access", \
	    VERDICT_PASS, "worker can run", NULL) \
	CASE(program_not_permitted, (FACTS->program.runs = NO, FACTS->program.runs_error = EPERM), \
	    "program-access", VERDICT_FAIL, "not permitted", "give that account") \
	CASE(program_protected_barred, (protect("/Volumes/Disk/x"), FACTS->program.runs = NO, \
	    FACTS->program.runs_error = EACCES), "program-access", VERDICT_FAIL, \
	    "Permission denied", \
	    "give that account") \
	CASE(program_barred, (FACTS->program.runs = NO, FACTS->program.runs_error = EACCES), \
	    "program-access", VERDICT_FAIL, "Permission denied", \
	    "search access to the directories") \
	CASE(program_not_executable, (FACTS->program.runs = NO, FACTS->program.runs_error = \
	    EACCES, \
	    FACTS->program.file.mode = 0700), "program-access", VERDICT_FAIL, "Permission denied", \
	    "sudo chmod a+rx /usr/local/bin/agentworker") \
	CASE(program_below_untrusted, (FACTS->program.runs = NO, FACTS->program.runs_error = \
	    EACCES, \
	    FACTS->program.file.mode = 0700, set_text(FACTS->program.file.untrusted_path, \
	    "/usr/local")), \
	    "program-access", VERDICT_FAIL, "Permission denied", "give that account") \
	CASE(program_unknown, (FACTS->program.runs = UNKNOWN, FACTS->program.runs_error = EIO), \
	    "program-access", VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(program_access_hidden, (FACTS->program.runs = UNKNOWN, other_user()), \
	    "program-access", VERDICT_SKIP, "only root", NULL) \
	CASE(program_access_gone, gone(&FACTS->program.file), "program-access", VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(program_owner, (void)0, "program-owner", VERDICT_PASS, "only root", NULL) \
	CASE(program_wheel, FACTS->program.file.mode = 0775, "program-owner", VERDICT_PASS, \
	    "only root", NULL) \
	CASE(program_owned, FACTS->program.file.owner = 502, "program-owner", VERDICT_WARN, \
	    "owned by uid 502", "make the program") \
	CASE(program_weak, set_text(FACTS->program.file.untrusted_path, "/usr/local"), \
	    "program-owner", \
	    VERDICT_WARN, "'/usr/local'", "make the program") \
	CASE(program_mode, FACTS->program.file.mode = 0757, "program-owner", VERDICT_WARN, \
	    "mode 0757", \
	    "sudo chmod go-w /usr/local/bin/agentworker") \
	CASE(program_group, (FACTS->program.file.mode = 0775, FACTS->program.file.group = 80), \
	    "program-owner", VERDICT_WARN, "mode 0775", "sudo chmod go-w") \
	CASE(program_list, FACTS->program.file.granted = WEAK_ACL, "program-owner", VERDICT_WARN, \
	    "access control list", "chmod -N") \
	CASE(program_volume, (set_text(FACTS->program.file.untrusted_path, "/Volumes/Disk"), \
	    FACTS->program.file.untrusted_by = WEAK_VOLUME), "program-owner", VERDICT_WARN, \
	    "'/Volumes/Disk' is on a volume that ignores ownership", "enableOwnership") \
	CASE(program_root_list, (RECEIPT->spec.uid = 0, FACTS->program.file.granted = WEAK_ACL), \
	    "program-owner", VERDICT_WARN, "runs as root", "chmod -N") \
	CASE(program_root_mode_and_list, (RECEIPT->spec.uid = 0, FACTS->program.file.owner = 502, \
	    FACTS->program.file.granted = WEAK_ACL), "program-owner", VERDICT_FAIL, \
	    "owned by uid 502", \
	    "make the program") \
	CASE(program_root, (RECEIPT->spec.uid = 0, FACTS->program.file.owner = 502), \
	    "program-owner", \
	    VERDICT_FAIL, "runs as root", "make the program") \
	CASE(program_root_weak, (RECEIPT->spec.uid = 0, \
	    set_text(FACTS->program.file.untrusted_path, \
	    "/usr")), "program-owner", VERDICT_FAIL, "'/usr'", "make the program") \
	CASE(program_root_mode, (RECEIPT->spec.uid = 0, FACTS->program.file.mode = 0757), \
	    "program-owner", \
	    VERDICT_FAIL, "mode 0757", "sudo chmod go-w") \
	CASE(interpreter_none, (void)0, "interpreter", VERDICT_SKIP, "not a script", NULL) \
	CASE(interpreter_good, interpreted(), "interpreter", VERDICT_PASS, "only root", NULL) \
	CASE(interpreter_owned, (interpreted(), INTERPRETER.file.owner = 502), "interpreter", \
	    VERDICT_WARN, "replace /bin/run", "make the interpreter") \
	CASE(interpreter_weak, (interpreted(), set_text(INTERPRETER.file.untrusted_path, "/opt")), \
	    "interpreter", VERDICT_WARN, "'/opt' has an owner", "make the interpreter") \
	CASE(interpreter_put, (interpreted(), INTERPRETER.file.exists = NO, \
	    set_text(INTERPRETER.file.untrusted_path, "/opt")), "interpreter", VERDICT_WARN, \
	    "create /bin/run", "make the interpreter") \
	CASE(interpreter_missing, (interpreted(), INTERPRETER.file.exists = NO), "interpreter", \
	    VERDICT_SKIP, "is missing", NULL) \
	CASE(interpreter_absent, (interpreted(), INTERPRETER.missing = true, \
	    INTERPRETER.file.exists = NO), "interpreter", VERDICT_FAIL, \
	    "/bin/run, which runs /usr/local/bin/agentworker, is missing", \
	    "install the interpreter") \
	CASE(interpreter_barred, (interpreted(), INTERPRETER.missing = true), "interpreter", \
	    VERDICT_FAIL, "is not a file that can be executed", "install the interpreter") \
	CASE(interpreter_return, (interpreted(), FACTS->program.is_script = true, \
	    INTERPRETER.missing = true, set_text(INTERPRETER.path, "/bin/run\r")), \
	    "interpreter", VERDICT_FAIL, "ends in a carriage return", \
	    "sudo perl -pi -e 's/\\r$//' /usr/local/bin/agentworker") \
	CASE(interpreter_nowhere, (interpreted(), INTERPRETER.missing = INTERPRETER.searched = \
	    true), "interpreter", VERDICT_FAIL, "runs 'run', which is in no directory", "PATH") \
	CASE(interpreter_below, (interpreted(), INTERPRETER.missing = true, \
	    INTERPRETER.file.exists = NO, RECEIPT->spec.other_root = true), "interpreter", \
	    VERDICT_SKIP, "is missing", NULL) \
	CASE(interpreter_vague, (interpreted(), INTERPRETER.vague = true), "interpreter", \
	    VERDICT_WARN, "does not show what runs it", "full path") \
	CASE(interpreter_unseen, (interpreted(), unseen(&INTERPRETER.file)), "interpreter", \
	    VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(interpreter_old, (interpreted(), RECEIPT->spec.uid = 0, INTERPRETER.file.mode = \
	    0757), \
	    "interpreter", VERDICT_WARN, "runs as root", "make the interpreter") \
	CASE(interpreter_root, (interpreted(), RECEIPT->spec.uid = 0, RECEIPT->rules = \
	    RECEIPT_RULES, \
	    INTERPRETER.file.mode = 0757), "interpreter", VERDICT_FAIL, "runs as root", \
	    "make the interpreter") \
	CASE(script_root, (interpreted(), INTERPRETER.is_read = true, RECEIPT->spec.uid = 0, \
	    RECEIPT->rules = RECEIPT_RULES, INTERPRETER.file.owner = 502), "interpreter", \
	    VERDICT_FAIL, "replace /bin/run, which the program reads", "make the script") \
	CASE(script_old, (interpreted(), INTERPRETER.is_read = true, RECEIPT->spec.uid = 0, \
	    INTERPRETER.file.owner = 502), "interpreter", VERDICT_WARN, "which the program reads", \
	    "make the script") \
	CASE(script_good, (interpreted(), INTERPRETER.is_read = true), "interpreter", \
	    VERDICT_PASS, "only root can change the script", NULL) \
	CASE(script_missing, (interpreted(), INTERPRETER.is_read = true, \
	    INTERPRETER.file.exists = NO), "interpreter", VERDICT_SKIP, \
	    "which the program reads, is missing", NULL) \
	CASE(script_unseen, (interpreted(), INTERPRETER.is_read = true, \
	    unseen(&INTERPRETER.file)), "interpreter", VERDICT_SKIP, "cannot be read", NULL) \
	CASE(script_root_unseen, (interpreted(), INTERPRETER.is_read = true, RECEIPT->spec.uid = \
	    0, \
	    RECEIPT->rules = RECEIPT_RULES, unseen(&INTERPRETER.file)), "interpreter", \
	    VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(script_vague, (interpreted(), INTERPRETER.is_read = INTERPRETER.vague = true, \
	    RECEIPT->spec.uid = 0, RECEIPT->rules = RECEIPT_RULES), "interpreter", VERDICT_WARN, \
	    "do not show which script it reads", "run the script itself") \
	CASE(interpreter_list, (interpreted(), RECEIPT->spec.uid = 0, RECEIPT->rules = \
	    RECEIPT_RULES, \
	    INTERPRETER.file.granted = WEAK_ACL), "interpreter", VERDICT_WARN, \
	    "access control list", "make the interpreter") \
	CASE(program_owner_gone, gone(&FACTS->program.file), "program-owner", VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(access_nobody, (FACTS->user.exists = NO, FACTS->program.runs = UNKNOWN), \
	    "program-access", VERDICT_SKIP, "not checked: the account does not exist", NULL) \
	CASE(access_nobody_seen, (FACTS->user.exists = FACTS->program.runs = UNKNOWN), \
	    "program-access", VERDICT_SKIP, "not checked: the account cannot be", NULL) \
	CASE(home_nobody, (FACTS->user.exists = NO, FACTS->home.enters = UNKNOWN), "home", \
	    VERDICT_SKIP, "not checked: the account does not exist", NULL) \
	CASE(log_nobody, (FACTS->user.exists = NO, FACTS->log[1].writable = UNKNOWN), \
	    "log-files", VERDICT_SKIP, "not checked: the account does not exist", NULL) \
	CASE(form_native, FACTS->program.form = FORM_NATIVE, "architecture", VERDICT_PASS, \
	    "for this Mac's processor", NULL) \
	CASE(form_unknown, (void)0, "architecture", VERDICT_SKIP, "not known", NULL) \
	CASE(form_script, FACTS->program.is_script = true, "architecture", VERDICT_SKIP, \
	    "is a script", NULL) \
	CASE(form_below, (RECEIPT->spec.other_root = true, FACTS->program.form = FORM_NONE), \
	    "architecture", VERDICT_SKIP, "RootDirectory", NULL) \
	CASE(form_none, FACTS->program.form = FORM_NONE, "architecture", VERDICT_FAIL, \
	    "neither a program", "#!") \
	CASE(form_empty, (FACTS->program.form = FORM_NONE, \
	    FACTS->program.file.identity.size = 0), "architecture", VERDICT_FAIL, "is empty", \
	    "install the program again") \
	CASE(form_foreign, (FACTS->program.form = FORM_FOREIGN, \
	    FACTS->launchd.process.inode = FACTS->program.file.identity.inode + 1), \
	    "architecture", VERDICT_FAIL, "not for this Mac's processor", \
	    "install the program for") \
	CASE(form_foreign_runs, (FACTS->program.form = FORM_FOREIGN, \
	    FACTS->launchd.process.device = FACTS->program.file.identity.device, \
	    FACTS->launchd.process.inode = FACTS->program.file.identity.inode, \
	    FACTS->launchd.process.started = FACTS->program.file.identity.changed + 1), \
	    "architecture", VERDICT_SKIP, "not known", NULL) \
	CASE(form_proven, FACTS->program.form = FORM_TRANSLATED, "architecture", VERDICT_PASS, \
	    "for this Mac's processor", NULL) \
	CASE(form_translated, (FACTS->program.form = FORM_TRANSLATED, state_is("not running", \
	    SERVICE_NUMBER_UNKNOWN)), "architecture", VERDICT_WARN, "without Rosetta", \
	    "softwareupdate --install-rosetta") \
	\
	CASE(program_free, (void)0, "program-quarantine", VERDICT_PASS, "not quarantined", NULL) \
	CASE(program_caught, FACTS->program.file.quarantined = YES, "program-quarantine", \
	    VERDICT_FAIL, \
	    "is quarantined", "/agentworker") \
	CASE(program_attribute, (FACTS->program.file.quarantined = UNKNOWN, \
	    FACTS->program.file.error = EIO, FACTS->launchd.uptime = 0), "program-quarantine", \
	    VERDICT_UNKNOWN, "/usr/local/bin/agentworker: Input/output", NULL) \
	CASE(program_attribute_private, (FACTS->program.file.quarantined = UNKNOWN, \
	    FACTS->program.file.error = EPERM, FACTS->launchd.uptime = 0), "program-quarantine", \
	    VERDICT_UNKNOWN, "Operation not permitted", "move it elsewhere") \
	CASE(program_attribute_runs, FACTS->program.file.quarantined = UNKNOWN, \
	    "program-quarantine", VERDICT_SKIP, "launchd runs it", NULL) \
	CASE(program_quarantine_gone, gone(&FACTS->program.file), "program-quarantine", \
	    VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(program_same, (void)0, "program-unchanged", VERDICT_PASS, "is unchanged", NULL) \
	CASE(program_new, new_program(1, 0), "program-unchanged", VERDICT_WARN, "was replaced", \
	    "lnpctl restart") \
	CASE(program_new_size, new_program(1, 1), "program-unchanged", VERDICT_WARN, \
	    "was replaced", "lnpctl restart") \
	CASE(program_new_caught, (new_program(1, 0), FACTS->program.file.quarantined = YES), \
	    "program-unchanged", VERDICT_WARN, "was replaced", "sudo lnpctl restart") \
	CASE(program_copied, FACTS->program.file.identity.inode++, "program-unchanged", \
	    VERDICT_PASS, "is unchanged", NULL) \
	CASE(program_touched, FACTS->program.file.identity.modified++, "program-unchanged", \
	    VERDICT_PASS, "is unchanged", NULL) \
	CASE(program_unread, unknown_program(1), "program-unchanged", VERDICT_WARN, \
	    "may have been replaced", "sudo lnpctl restart com.example.agentworker") \
	CASE(program_unread_here, unknown_program(0), "program-unchanged", VERDICT_WARN, \
	    "may have been replaced", "sudo lnpctl restart") \
	CASE(program_unread_before, (unknown_program(1), \
	    FACTS->system.booted = FACTS->program.file.identity.changed + 1), "program-unchanged", \
	    VERDICT_PASS, "before the last boot", NULL) \
	CASE(program_old_receipt, RECEIPT->program_identity.sha256[0] = '\0', \
	    "program-unchanged", VERDICT_PASS, "is unchanged", NULL) \
	CASE(program_over, new_program(0, 0), "program-unchanged", VERDICT_WARN, \
	    "overwritten in place", "sudo cp -p /usr/local/bin/agentworker " \
	    "/usr/local/bin/agentworker.lnpctl-copy && " \
	    "sudo mv /usr/local/bin/agentworker.lnpctl-copy " \
	    "/usr/local/bin/agentworker && sudo lnpctl restart com.example.agentworker") \
	CASE(program_over_way, (new_program(0, 1), \
	    set_text(FACTS->program.file.untrusted_path, "/opt")), "program-unchanged", \
	    VERDICT_WARN, "overwritten in place", "put a new file there with mv") \
	CASE(program_over_script, (new_program(0, 1), FACTS->program.is_script = true), \
	    "program-unchanged", VERDICT_WARN, "replaced", "lnpctl restart") \
	CASE(program_before_boot, (new_program(1, 0), \
	    FACTS->system.booted = FACTS->program.file.identity.changed + 1), "program-unchanged", \
	    VERDICT_PASS, "before the last boot", NULL) \
	CASE(program_of_image, (new_program(1, 0), FACTS->system.booted = FACTS->now, \
	    FACTS->offline = true), "program-unchanged", VERDICT_WARN, "was replaced", \
	    "lnpctl restart") \
	CASE(program_other_disk, FACTS->program.file.identity.device++, "program-unchanged", \
	    VERDICT_PASS, "is unchanged", NULL) \
	CASE(program_attribute_new, FACTS->program.file.identity.changed++, "program-unchanged", \
	    VERDICT_PASS, "is unchanged", NULL) \
	CASE(program_unchanged_gone, gone(&FACTS->program.file), "program-unchanged", \
	    VERDICT_SKIP, \
	    "is missing or cannot be read", NULL) \
	\
	CASE(user, (void)0, "user", VERDICT_PASS, "worker exists", NULL) \
	CASE(user_gone, FACTS->user.exists = NO, "user", VERDICT_FAIL, "does not exist", \
	    "create the account again") \
	CASE(user_unknown, (FACTS->user.exists = UNKNOWN, FACTS->user.error = EIO), "user", \
	    VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(user_other, FACTS->user.identity.uid = 502, "user", VERDICT_FAIL, \
	    "uid 502 now; it was 501", "with lnpctl install") \
	CASE(user_remote, FACTS->user.local = false, "user", VERDICT_WARN, "is not local", \
	    "use a local account") \
	\
	CASE(group, (void)0, "group", VERDICT_PASS, "staff exists", NULL) \
	CASE(group_gone, FACTS->group.exists = NO, "group", VERDICT_FAIL, "does not exist", \
	    "create the group again") \
	CASE(group_unknown, (FACTS->group.exists = UNKNOWN, FACTS->group.error = EIO), "group", \
	    VERDICT_UNKNOWN, "Input/output", NULL) \
	CASE(group_other, FACTS->group.gid = 21, "group", VERDICT_FAIL, "gid 21 now; it was 20", \
	    "sudo lnpctl install --label " LABEL " --group staff") \
	\
	CASE(home, (void)0, "home", VERDICT_PASS, "can be entered", NULL) \
	CASE(home_none, RECEIPT->spec.home.theirs[0] = '\0', "home", VERDICT_SKIP, "no home", \
	    NULL) \
	CASE(home_gone, gone(&FACTS->home.file), "home", VERDICT_WARN, "is missing", \
	    "create the directory") \
	CASE(home_file, FACTS->home.file.type = FILE_REGULAR, "home", VERDICT_WARN, \
	    "not a directory", \
	    "move it aside") \
	CASE(home_barred, FACTS->home.enters = NO, "home", VERDICT_WARN, "cannot enter", \
	    "search access to it") \
	CASE(home_unseen, unseen(&FACTS->home.file), "home", VERDICT_UNKNOWN, "Input/output", \
	    NULL) \
	CASE(home_hidden, (FACTS->home.enters = UNKNOWN, other_user()), "home", VERDICT_SKIP, \
	    "only root", NULL) \
	\
	CASE(working_none, (void)0, "working-directory", VERDICT_SKIP, "no working directory", \
	    NULL) \
	CASE(working, (set_text(RECEIPT->spec.working_directory.theirs, "/w"), \
	    FACTS->working_directory.file = FACTS->home.file, FACTS->working_directory.enters = \
	    YES), \
	    "working-directory", VERDICT_PASS, "can be entered", NULL) \
	CASE(working_gone, (set_text(RECEIPT->spec.working_directory.theirs, "/it's"), \
	    gone(&FACTS->working_directory.file)), "working-directory", VERDICT_FAIL, \
	    "is missing", \
	    "create the directory") \
	CASE(working_barred, (set_text(RECEIPT->spec.working_directory.theirs, "/w"), \
	    FACTS->working_directory.file = FACTS->home.file, FACTS->working_directory.enters = \
	    NO), \
	    "working-directory", VERDICT_FAIL, "cannot enter", "search access to it") \
	CASE(working_unseen, (set_text(RECEIPT->spec.working_directory.theirs, "/w"), \
	    unseen(&FACTS->working_directory.file)), "working-directory", VERDICT_UNKNOWN, \
	    "Input/output", NULL) \
	\
	CASE(logs, (void)0, "log-files", VERDICT_PASS, "owned by the job's user", NULL) \
	CASE(logs_none, RECEIPT->spec.logs[0].theirs[0] = RECEIPT->spec.logs[1].theirs[0] = '\0', \
	    "log-files", VERDICT_SKIP, "no logs", NULL) \
	CASE(logs_second_only, (RECEIPT->spec.logs[0].theirs[0] = '\0', \
	    gone(&FACTS->log[0].file)), \
	    "log-files", VERDICT_PASS, "owned by", NULL) \
	CASE(log_gone, gone(&FACTS->log[1].file), "log-files", VERDICT_FAIL, \
	    "agentworker.err is missing", "lnpctl repair") \
	CASE(log_link, FACTS->log[0].file.type = FILE_LINK, "log-files", VERDICT_FAIL, \
	    "agentworker.log is not a regular file", "lnpctl repair") \
	CASE(log_owner, FACTS->log[0].file.owner = 0, "log-files", VERDICT_FAIL, "owned by 0:20", \
	    "sudo lnpctl repair") \
	CASE(log_group, FACTS->log[0].file.group = 0, "log-files", VERDICT_WARN, "owned by 501:0", \
	    "sudo lnpctl repair") \
	CASE(log_private, (RECEIPT->spec.log_mode = FACTS->log[0].file.mode = \
	    FACTS->log[1].file.mode = 0600), \
	    "log-files", VERDICT_PASS, "owned by", NULL) \
	CASE(log_opened, (RECEIPT->spec.log_mode = FACTS->log[0].file.mode = 0600), "log-files", \
	    VERDICT_WARN, "with 0600", "sudo lnpctl repair") \
	CASE(log_mode, FACTS->log[1].file.mode = 0644, "log-files", VERDICT_WARN, "mode 0644", \
	    "sudo lnpctl repair") \
	CASE(log_read_only, FACTS->log[1].file.mode = 0440, "log-files", VERDICT_FAIL, \
	    "mode 0440", \
	    "sudo lnpctl repair") \
	CASE(log_barred, FACTS->log[1].writable = NO, "log-files", VERDICT_FAIL, \
	    "cannot write the log", "give the account") \
	CASE(log_unseen, unseen(&FACTS->log[0].file), "log-files", VERDICT_UNKNOWN, \
	    "Input/output", \
	    NULL) \
	CASE(log_hidden, (unseen(&FACTS->log[1].file), other_user()), "log-files", VERDICT_SKIP, \
	    "only root", NULL) \
	CASE(log_untried, FACTS->log[0].writable = UNKNOWN, "log-files", VERDICT_UNKNOWN, \
	    "cannot determine", NULL) \
	CASE(log_untried_by_others, (FACTS->log[0].writable = UNKNOWN, other_user()), \
	    "log-files", VERDICT_PASS, "owned by", NULL) \
	CASE(log_worse_second, (FACTS->log[0].file.mode = 0644, gone(&FACTS->log[1].file)), \
	    "log-files", \
	    VERDICT_FAIL, "agentworker.err is miss", "i") \
	CASE(log_worse_first, (FACTS->log[1].file.mode = 0644, gone(&FACTS->log[0].file)), \
	    "log-files", \
	    VERDICT_FAIL, "agentworker.log is miss", "i") \
	CASE(log_hidden_and_gone, (unseen(&FACTS->log[0].file), other_user(), \
	    gone(&FACTS->log[1].file)), \
	    "log-files", VERDICT_FAIL, "is missing", "i") \
	CASE(log_open_folder, (set_text(FACTS->log[0].file.untrusted_path, "/private/var/log"), \
	    FACTS->log[0].file.untrusted_mode = 0777), "log-files", VERDICT_WARN, \
	    "is below /private/var/log, which is writable by", \
	    "sudo install -d -o root -g wheel -m 0755 /private/var/log") \
	CASE(log_shared_folder, (set_text(FACTS->log[0].file.untrusted_path, "/opt/logs"), \
	    FACTS->log[0].file.untrusted_mode = 0777), "log-files", VERDICT_WARN, \
	    "is below /opt/logs", "sudo lnpctl install --label " LABEL " --log-dir /var/log") \
	CASE(log_shared_folder_held, (set_text(FACTS->log[0].file.untrusted_path, "/opt/logs"), \
	    FACTS->log[0].file.untrusted_mode = 0777, gone(&FACTS->program.file)), "log-files", \
	    VERDICT_WARN, "is below /opt/logs", "use a directory that only root can change") \
	CASE(log_own_folder, (set_text(FACTS->log[0].file.untrusted_path, "/l"), \
	    FACTS->log[0].file.untrusted_owner = 501, \
	    FACTS->log[0].file.untrusted_mode = 0755), "log-files", VERDICT_PASS, "owned by", \
	    NULL) \
	CASE(log_quote, (set_text(RECEIPT->spec.logs[0].theirs, "/l/a'; rm x"), \
	    FACTS->log[0].file.owner = 0), "log-files", VERDICT_FAIL, "is owned by", \
	    "sudo lnpctl repair com.example.agentworker") \
	CASE(log_way, (FACTS->log[0].file.owner = 0, set_text(FACTS->log[0].file.untrusted_path, \
	    "/l"), \
	    FACTS->log[0].file.untrusted_owner = 501), "log-files", VERDICT_FAIL, "is owned by", \
	    "move it aside") \
	CASE(log_home, (FACTS->log[0].file.mode = 0600, \
	    set_text(FACTS->log[0].file.untrusted_path, "/l"), \
	    FACTS->log[0].file.untrusted_owner = 501), "log-files", VERDICT_WARN, "mode 0600", \
	    "sudo lnpctl repair com.example.agentworker") \
	CASE(log_names, (FACTS->log[0].file.mode = 0600, FACTS->log[0].file.links = 2), \
	    "log-files", \
	    VERDICT_WARN, "mode 0600", "move it aside") \
	CASE(log_before, (FACTS->log[0].file.owner = 0, RECEIPT->made_log[0] = false), \
	    "log-files", \
	    VERDICT_FAIL, "is owned by", "sudo lnpctl repair com.example.agentworker") \
	CASE(log_third, (FACTS->log[0].file.owner = 502, RECEIPT->made_log[0] = false), \
	    "log-files", \
	    VERDICT_FAIL, "is owned by 502", "move it aside") \
	CASE(log_chosen, (FACTS->log[0].file.owner = 0, RECEIPT->spec.account_log[0] = true, \
	    RECEIPT->made_log[0] = false), "log-files", VERDICT_FAIL, "is owned by 0", \
	    "move it aside") \
	CASE(log_blank, (set_text(RECEIPT->spec.logs[0].theirs, "/l/a b"), \
	    FACTS->log[0].file.owner = \
	    0), \
	    "log-files", VERDICT_FAIL, "is owned by", \
	    "sudo lnpctl repair com.example.agentworker") \
	\
	CASE(growth, FACTS->log[0].file.identity.size = INT64_C(1) << 30, "log-growth", \
	    VERDICT_PASS, \
	    "no log is over", NULL) \
	CASE(growth_much, FACTS->log[1].file.identity.size = (INT64_C(1) << 30) + 1, "log-growth", \
	    VERDICT_WARN, "agentworker.err", "sudo cp /dev/null /var/log/agentworker.err") \
	CASE(growth_way, (FACTS->log[1].file.identity.size = (INT64_C(1) << 30) + 1, \
	    set_text(FACTS->log[1].file.untrusted_path, "/var")), "log-growth", VERDICT_WARN, \
	    "agentworker.err", "have its owner empty it") \
	\
	CASE(unique, (void)0, "label-unique", VERDICT_PASS, "no other plist", NULL) \
	CASE(unique_duplicate, set_text(FACTS->duplicate.path, "/L/x.plist"), "label-unique", \
	    VERDICT_FAIL, "/L/x.plist also has the label", "remove the other plist") \
	CASE(unique_agent, set_text(FACTS->agent.path, "/A/x.plist"), "label-unique", \
	    VERDICT_FAIL, \
	    "/A/x.plist also has the label", "remove the other plist") \
	CASE(unique_own_agent, set_text(FACTS->agent.path, \
	    "/Users/worker/Library/LaunchAgents/x.plist"), "label-unique", VERDICT_WARN, \
	    "an agent of the job's account", "have the job's account remove it") \
	CASE(unique_back, (set_text(FACTS->agent.path, \
	    "/Users/worker/Library/LaunchAgents/x.plist"), \
	    set_text(RECEIPT->spec.agent.path, "/Users/worker/Library/LaunchAgents/x.plist")), \
	    "label-unique", VERDICT_WARN, "an agent of the job's account", \
	    "sudo lnpctl repair com.example.agentworker") \
	CASE(unique_unread, (FACTS->search_complete = NO, set_text(FACTS->unreadable, \
	    "/L/y.plist")), "label-unique", VERDICT_UNKNOWN, "/L/y.plist", NULL) \
	CASE(unique_hidden, (FACTS->search_complete = NO, other_user()), "label-unique", \
	    VERDICT_SKIP, "could not be read", NULL) \
	CASE(unique_not_looked, FACTS->search_complete = UNKNOWN, "label-unique", VERDICT_UNKNOWN, \
	    "could not be read", NULL) \
	\
	CASE(enabled, (void)0, "enabled", VERDICT_PASS, "not disabled", NULL) \
	CASE(enabled_said, FACTS->launchd.override = OVERRIDE_ENABLED, "enabled", VERDICT_PASS, \
	    "not disabled", NULL) \
	CASE(disabled, FACTS->launchd.override = OVERRIDE_DISABLED, "enabled", VERDICT_FAIL, \
	    "(119)", \
	    "sudo lnpctl install --label " LABEL) \
	CASE(enabled_unknown, (FACTS->launchd.override = OVERRIDE_UNKNOWN, \
	    set_text(FACTS->launchd.trouble, "odd")), "enabled", VERDICT_UNKNOWN, \
	    "is disabled: odd", NULL) \
	CASE(enabled_offline, FACTS->offline = true, "enabled", VERDICT_SKIP, \
	    "images have no launchd", NULL) \
	\
	CASE(background, (void)0, "background", VERDICT_PASS, "not disabled in Login Items", NULL) \
	CASE(background_off, FACTS->launchd.loaded = NO, "background", VERDICT_WARN, \
	    "Login Items", \
	    "sfltool") \
	CASE(background_disabled, (FACTS->launchd.loaded = NO, FACTS->launchd.override = \
	    OVERRIDE_DISABLED), \
	    "background", VERDICT_PASS, "not disabled in Login Items", NULL) \
	CASE(background_bad_plist, (FACTS->launchd.loaded = NO, FACTS->plist.file.mode = 0666), \
	    "background", \
	    VERDICT_PASS, "not disabled in Login Items", NULL) \
	CASE(background_boot, (FACTS->launchd.loaded = NO, booting()), "background", VERDICT_PASS, \
	    "not disabled in Login Items", NULL) \
	CASE(background_boot_ends, (FACTS->launchd.loaded = NO, \
	    FACTS->system.booted = FACTS->now - CHECK_BOOT_SECONDS), "background", VERDICT_WARN, \
	    "Login Items", "sfltool") \
	CASE(background_unknown, (FACTS->launchd.loaded = UNKNOWN, \
	    set_text(FACTS->launchd.trouble, \
	    "odd")), "background", VERDICT_UNKNOWN, "odd", NULL) \
	CASE(background_offline, FACTS->offline = true, "background", VERDICT_SKIP, "image", NULL) \
	\
	CASE(loaded, (void)0, "loaded", VERDICT_PASS, "is loaded", NULL) \
	CASE(loaded_not, FACTS->launchd.loaded = NO, "loaded", VERDICT_FAIL, "is not loaded", \
	    "sudo lnpctl repair " LABEL) \
	CASE(loaded_unknown, (FACTS->launchd.loaded = UNKNOWN, set_text(FACTS->launchd.trouble, \
	    "odd")), \
	    "loaded", VERDICT_UNKNOWN, "odd", NULL) \
	CASE(loaded_disabled, (FACTS->launchd.loaded = NO, \
	    FACTS->launchd.override = OVERRIDE_DISABLED), "loaded", VERDICT_FAIL, \
	    "is not loaded", "sudo lnpctl install --label " LABEL) \
	CASE(loaded_offline, FACTS->offline = true, "loaded", VERDICT_SKIP, "image", NULL) \
	\
	CASE(definition, (void)0, "definition", VERDICT_PASS, "runs the definition", NULL) \
	CASE(definition_path, FACTS->launchd.service.program[0] = '\0', "definition", \
	    VERDICT_PASS, \
	    "runs the definition", NULL) \
	CASE(definition_other, set_text(FACTS->launchd.service.path, "/tmp/x.plist"), \
	    "definition", \
	    VERDICT_FAIL, "/tmp/x.plist", "lnpctl restart") \
	CASE(definition_program, set_text(FACTS->launchd.service.program, "/bin/x"), "definition", \
	    VERDICT_FAIL, "/bin/x", "lnpctl restart") \
	CASE(definition_unsaid, FACTS->launchd.service.path[0] = \
	    FACTS->launchd.service.program[0] = '\0', \
	    "definition", VERDICT_UNKNOWN, "does not report", NULL) \
	CASE(definition_unloaded, FACTS->launchd.loaded = NO, "definition", VERDICT_SKIP, \
	    "not loaded", \
	    NULL) \
	\
	CASE(agent, (void)0, "agent", VERDICT_PASS, "no agent", NULL) \
	CASE(agent_loaded, agents("gui/501/com.example.agentworker", ""), "agent", VERDICT_FAIL, \
	    "both run: gui/501/com.example.agentworker", \
	    "sudo launchctl bootout gui/501/com.example.agentworker") \
	CASE(agent_twice, agents("gui/501/a.b", "user/501/a.b"), "agent", VERDICT_FAIL, \
	    "gui/501/a.b and user/501/a.b", \
	    "sudo launchctl bootout gui/501/a.b && sudo launchctl bootout user/501/a.b") \
	CASE(agent_unknown, no_agents("launchctl print gui/501 exited with 5"), "agent", \
	    VERDICT_UNKNOWN, "is loaded: launchctl print gui/501 exited", NULL) \
	CASE(agent_hidden, (no_agents("launchctl print gui/501 exited with 1"), other_user()), \
	    "agent", VERDICT_SKIP, "exited with 1", NULL) \
	CASE(agent_not_asked, no_agents(""), "agent", VERDICT_SKIP, "see lnpctl verify", NULL) \
	CASE(agent_of_nobody, (no_agents(""), FACTS->user.exists = NO), "agent", VERDICT_SKIP, \
	    "the account does not exist", NULL) \
	\
	CASE(running, (void)0, "running", VERDICT_PASS, "is running", NULL) \
	CASE(running_not, ended("not running", LAST_EXIT_CODE, 3, ""), "running", VERDICT_FAIL, \
	    "exited with status 3", "") \
	CASE(running_config, ended("spawn scheduled", LAST_EXIT_CODE, 78, "EX_CONFIG"), "running", \
	    VERDICT_FAIL, "78 (EX_CONFIG)", "sudo lnpctl repair " LABEL) \
	CASE(running_signal, ended("not running", LAST_EXIT_SIGNAL, 9, "Killed"), "running", \
	    VERDICT_FAIL, "signal 9 (Killed)", "") \
	CASE(running_reason, ended("not running", LAST_EXIT_REASON, -1, "OS_REASON_CODESIGNING"), \
	    "running", VERDICT_FAIL, "OS_REASON", "") \
	CASE(running_kept_done, ended("not running", LAST_EXIT_CODE, 0, ""), "running", \
	    VERDICT_FAIL, "exited with status 0", "") \
	CASE(running_new_state, state_is("levitating", -1), "running", VERDICT_UNKNOWN, \
	    "'levitating'", NULL) \
	CASE(running_no_settle, (state_is("xpcproxy", 1), RECEIPT->spec.settle = 0), "running", \
	    VERDICT_PASS, "is starting", NULL) \
	CASE(running_no_settle_down, (ended("not running", LAST_EXIT_CODE, 3, ""), \
	    RECEIPT->spec.settle = 0), "running", VERDICT_FAIL, "status 3", "") \
	CASE(running_no_pid, state_is("running", -1), "running", VERDICT_UNKNOWN, "'running'", \
	    NULL) \
	CASE(running_idle, (state_is("not running", -1), FACTS->launchd.service.runs = 0), \
	    "running", \
	    VERDICT_FAIL, "did not start it", "") \
	CASE(running_boot, (state_is("not running", -1), FACTS->launchd.service.runs = 0, \
	    booting()), \
	    "running", VERDICT_UNKNOWN, "has just started", "two minutes") \
	CASE(running_boot_xpcproxy, (state_is("xpcproxy", -1), FACTS->launchd.service.runs = 0, \
	    booting()), "running", VERDICT_UNKNOWN, "just", "") \
	CASE(running_boot_failed, (ended("not running", LAST_EXIT_CODE, 3, ""), booting()), \
	    "running", VERDICT_FAIL, "status 3", "") \
	CASE(running_once, (RECEIPT->spec.health = HEALTH_ONCE, ended("not running", \
	    LAST_EXIT_CODE, 0, \
	    "")), "running", VERDICT_PASS, "exited with 0", NULL) \
	CASE(running_once_bad, (RECEIPT->spec.health = HEALTH_ONCE, ended("not running", \
	    LAST_EXIT_CODE, 1, "")), "running", VERDICT_FAIL, "status 1", "") \
	CASE(running_timer, (RECEIPT->spec.health = HEALTH_LOADED, ended("not running", \
	    LAST_EXIT_CODE, \
	    1, "")), "running", VERDICT_PASS, "is waiting", NULL) \
	CASE(running_recurring, ended_recurring(false, 1), "running", VERDICT_PASS, "is waiting", \
	    NULL) \
	CASE(running_recurring_again, ended_recurring(true, 2), "running", VERDICT_PASS, \
	    "is waiting", NULL) \
	CASE(running_recurring_first, ended_recurring(true, 1), "running", VERDICT_FAIL, \
	    "status 1", "") \
	CASE(loaded_only_once, (FACTS->launchd.loaded = NO, RECEIPT->spec.only_once = true), \
	    "loaded", VERDICT_SKIP, "when it has run", NULL) \
	CASE(background_only_once, (FACTS->launchd.loaded = NO, RECEIPT->spec.only_once = true), \
	    "background", VERDICT_PASS, "not disabled", NULL) \
	CASE(running_unloaded, FACTS->launchd.loaded = NO, "running", VERDICT_SKIP, "not loaded", \
	    NULL) \
	\
	CASE(identity, (void)0, "identity", VERDICT_PASS, "runs as worker", NULL) \
	CASE(identity_image, process_of("/tmp/mac/agentworker", \
	    FACTS->program.file.identity.device, \
	    FACTS->program.file.identity.inode), "identity", VERDICT_PASS, "runs as worker", NULL) \
	CASE(identity_uid, FACTS->launchd.process.uid = 0, "identity", VERDICT_FAIL, \
	    "uid 0, not as worker (501)", "lnpctl restart") \
	CASE(identity_starting, (state_is("xpcproxy", 321), FACTS->launchd.process.uid = 0), \
	    "identity", \
	    VERDICT_SKIP, "is starting", NULL) \
	CASE(identity_root, (RECEIPT->spec.uid = 0, FACTS->launchd.process.uid = 70), "identity", \
	    VERDICT_PASS, \
	    "runs as", NULL) \
	CASE(identity_path, process_of("/usr/local/bin/agentworker/other-one", 1, 999), \
	    "identity", VERDICT_PASS, "has executed", NULL) \
	CASE(identity_disk, process_of("/bin/sh", 999, FACTS->program.file.identity.inode), \
	    "identity", \
	    VERDICT_PASS, "has executed /bin/sh", NULL) \
	CASE(identity_script, (set_text(FACTS->launchd.process.path, "/bin/sh"), \
	    FACTS->program.is_script = true), "identity", VERDICT_PASS, "as", NULL) \
	CASE(identity_unseen_path, FACTS->launchd.process.path[0] = '\0', "identity", \
	    VERDICT_PASS, \
	    "as worker", NULL) \
	CASE(identity_done, (FACTS->launchd.process.exists = NO, RECEIPT->spec.health = \
	    HEALTH_ONCE), "identity", VERDICT_SKIP, "just exited", NULL) \
	CASE(identity_ended, FACTS->launchd.process.exists = NO, "identity", VERDICT_UNKNOWN, \
	    "just exited", "verify again") \
	CASE(identity_unknown, FACTS->launchd.process.exists = UNKNOWN, "identity", \
	    VERDICT_UNKNOWN, "", \
	    NULL) \
	CASE(identity_hidden, (FACTS->launchd.process.exists = UNKNOWN, other_user()), "identity", \
	    VERDICT_SKIP, "only root", NULL) \
	CASE(identity_none, FACTS->launchd.service.pid = -1, "identity", VERDICT_SKIP, \
	    "no process", NULL) \
	\
	CASE(stable, (void)0, "stable", VERDICT_PASS, "stays up", NULL) \
	CASE(stable_just, FACTS->launchd.uptime = RECEIPT->spec.settle, "stable", VERDICT_PASS, \
	    "stays up", \
	    NULL) \
	CASE(stable_restarted, FACTS->launchd.restarted = true, "stable", VERDICT_FAIL, \
	    "was restarted", \
	    "") \
	CASE(stable_young, FACTS->launchd.uptime = RECEIPT->spec.settle - 0.1, "stable", \
	    VERDICT_UNKNOWN, \
	    "a moment ago", "verify again") \
	CASE(stable_recurring, (ended_recurring(false, 1), FACTS->launchd.restarted = true), \
	    "stable", VERDICT_SKIP, "not meant to stay up", NULL) \
	CASE(conditional_new, (RECEIPT->spec.health = HEALTH_CONDITIONAL, \
	    ended("not running", LAST_EXIT_NEVER, 0, ""), \
	    FACTS->launchd.service.runs = 0), "running", VERDICT_PASS, "KeepAlive names", NULL) \
	CASE(conditional_well, (RECEIPT->spec.health = HEALTH_CONDITIONAL, \
	    ended("not running", LAST_EXIT_CODE, 0, "")), "running", VERDICT_PASS, \
	    "KeepAlive names", NULL) \
	CASE(conditional_bad, (RECEIPT->spec.health = HEALTH_CONDITIONAL, \
	    ended("spawn scheduled", LAST_EXIT_CODE, 1, "")), "running", VERDICT_FAIL, \
	    "exited with status 1", "agentworker.err") \
	CASE(conditional_loop, (RECEIPT->spec.health = HEALTH_CONDITIONAL, \
	    crashed("spawn scheduled", 9, 0), SERVICE.pid = SERVICE_NUMBER_UNKNOWN), "stable", \
	    VERDICT_FAIL, "a crash loop", "agentworker.err") \
	CASE(stable_timer, RECEIPT->spec.health = HEALTH_LOADED, "stable", VERDICT_SKIP, \
	    "not meant to stay up", \
	    NULL) \
	CASE(stable_none, FACTS->launchd.service.pid = -1, "stable", VERDICT_SKIP, "no process", \
	    NULL) \
	\
	CASE(loop_waits, crashed("spawn scheduled", 3, 0), "stable", VERDICT_FAIL, \
	    "a crash loop: launchd waits before it starts it again", "agentworker.err") \
	CASE(loop_not, (crashed("spawn scheduled", 3, 0), SERVICE.last_exit_value = 0), "stable", \
	    VERDICT_SKIP, "no process", NULL) \
	CASE(loop_in_a_row, (crashed("running", 10, 30), SERVICE.successive_crashes = 9), \
	    "stable", VERDICT_FAIL, "it crashed 9 times in a row", "agentworker.err") \
	CASE(loop_once, (crashed("running", 2, 30), SERVICE.successive_crashes = 1), "stable", \
	    VERDICT_WARN, "up for less than 10 minutes, and before that it exited with status 1", \
	    "agentworker.err") \
	CASE(loop_over, (crashed("running", 10, 600), SERVICE.successive_crashes = 9, \
	    changed(90000)), "stable", VERDICT_PASS, "stays up", NULL) \
	CASE(loop_throttled, (crashed("running", 3, 30), SERVICE.minimum_runtime = 80, \
	    SERVICE.base_minimum_runtime = 10), "stable", VERDICT_FAIL, \
	    "launchd starts it only every 80 seconds", "") \
	CASE(loop_penalty, properties("not running", "keepalive | penalty box"), "stable", \
	    VERDICT_FAIL, "penalty box", "lnpctl restart com.example.agentworker") \
	CASE(loop_logged, (crashed("running", 40, 700), logged(6, 3600, true)), "stable", \
	    VERDICT_FAIL, "6 of its starts in the last hour followed an abnormal exit (counted " \
	    "from launchd's log); more than 5 an hour", "agentworker.err") \
	CASE(loop_timer_at_load, (crashed("running", 40, 700), logged(6, 3600, true), \
	    RECEIPT->spec.health = HEALTH_ONCE, RECEIPT->spec.triggered = true), "stable", \
	    VERDICT_SKIP, "not meant to stay up", NULL) \
	CASE(loop_logged_not, (crashed("running", 40, 700), logged(5, 3600, true)), "stable", \
	    VERDICT_PASS, "stays up", NULL) \
	CASE(loop_logged_soon, (crashed("running", 40, 700), logged(6, 720, false)), "stable", \
	    VERDICT_FAIL, "in the last 12 minutes", "") \
	CASE(loop_logged_now, (crashed("running", 40, 700), logged(6, 1, false)), "stable", \
	    VERDICT_FAIL, "in the last second followed", "") \
	CASE(loop_before_restart, (crashed("running", 2, 700), logged(300, 3600, true)), \
	    "stable", VERDICT_PASS, "stays up", NULL) \
	CASE(loop_allowed, (crashed("running", 40, 700), logged(6, 3600, true), \
	    RECEIPT->spec.max_starts = 6), "stable", VERDICT_PASS, "stays up", NULL) \
	CASE(loop_forbidden, (crashed("running", 40, 700), logged(1, 3600, true), \
	    RECEIPT->spec.max_starts = 0), "stable", VERDICT_FAIL, "more than 0 an hour", "") \
	CASE(loop_average, (crashed("running", 37, 700), changed(7200)), "stable", VERDICT_FAIL, \
	    "restarted 36 times in the 2 hours since lnpctl loaded it, 18.0 an hour " \
	    "(counted from its runs); more than 5 an hour", "agentworker.err") \
	CASE(loop_average_now, (crashed("running", 12, 100), changed(600)), "stable", \
	    VERDICT_FAIL, "restarted 11 times in the 10 minutes since lnpctl loaded it (counted " \
	    "from its runs)", "") \
	CASE(loop_average_boot, (crashed("running", 201, 700), changed(900000)), "stable", \
	    VERDICT_FAIL, "restarted 200 times in the 28 hours since the boot, 7.2 an hour", "") \
	CASE(loop_average_low, (crashed("running", 11, 700), changed(7200)), "stable", \
	    VERDICT_PASS, "stays up", NULL) \
	CASE(loop_average_part, (crashed("running", 37, 700), changed(7200), \
	    logged(1, 600, false)), "stable", VERDICT_FAIL, "counted from its runs", "") \
	CASE(loop_average_rotated, (crashed("running", 37, 700), changed(7200), \
	    logged(1, 900, false)), "stable", VERDICT_PASS, "stays up", NULL) \
	CASE(loop_average_rotated_loop, (crashed("running", 37, 700), changed(7200), \
	    logged(2, 900, false)), "stable", VERDICT_FAIL, "counted from its runs", "") \
	CASE(loop_average_just_rotated, (crashed("running", 37, 700), changed(7200), \
	    logged(0, 599, false)), "stable", VERDICT_FAIL, "counted from its runs", "") \
	CASE(loop_average_kept, (crashed("running", 37, 700), changed(100), \
	    RECEIPT->log_starts.time = mac.facts.now - 90000), "stable", VERDICT_PASS, \
	    "stays up", NULL) \
	CASE(loop_average_old, (crashed("running", 37, 700), changed(100)), "stable", \
	    VERDICT_PASS, "stays up", NULL) \
	CASE(loop_average_soon, (crashed("running", 6, 700), changed(750)), "stable", \
	    VERDICT_PASS, "stays up", NULL) \
	CASE(loop_average_past, (crashed("running", 37, 3600), changed(7200)), "stable", \
	    VERDICT_PASS, "stays up", NULL) \
	CASE(loop_average_well, (crashed("running", 37, 700), changed(7200), \
	    SERVICE.last_exit_value = 0), "stable", VERDICT_PASS, "stays up", NULL) \
	CASE(loop_age_unknown, (crashed("running", 37, 0), changed(7200), \
	    SERVICE.successive_crashes = 9, FACTS->launchd.process.started = 0, \
	    FACTS->launchd.uptime = 20), "stable", VERDICT_PASS, "stays up", NULL) \
	CASE(loop_young, (crashed("running", 3, 599), logged(2, 3600, true)), "stable", \
	    VERDICT_WARN, "it exited with status 1; 2 of its starts in the last hour", "") \
	CASE(loop_too_young, crashed("running", 3, 5), "stable", VERDICT_UNKNOWN, \
	    "a moment ago", "verify again") \
	CASE(loop_of_timer, (crashed("spawn scheduled", 400, 0), logged(30, 3600, true), \
	    RECEIPT->spec.health = HEALTH_LOADED), "stable", VERDICT_SKIP, "stay up", NULL) \
	\
	CASE(penalty, properties("not running", "penalty box"), "running", VERDICT_FAIL, \
	    "penalty box, and does not start it until it is loaded again", \
	    "sudo lnpctl restart com.example.agentworker") \
	CASE(penalty_timer, (properties("not running", "penalty box"), \
	    RECEIPT->spec.health = HEALTH_LOADED), "running", VERDICT_FAIL, "penalty box", \
	    "sudo lnpctl restart") \
	CASE(penalty_over, properties("running", "penalty box"), "running", VERDICT_PASS, \
	    "is running", NULL) \
	CASE(signature, properties("running", "managed LWCR | has LWCR"), "code-signature", \
	    VERDICT_PASS, "nothing against", NULL) \
	CASE(signature_next, properties("running", "needs LWCR update | managed LWCR"), \
	    "code-signature", VERDICT_WARN, "may not start it the next time", \
	    "sudo lnpctl restart com.example.agentworker") \
	CASE(signature_timer, properties("not running", "needs LWCR update"), "code-signature", \
	    VERDICT_WARN, "may not start it", "sudo lnpctl restart") \
	CASE(signature_refused, (properties("spawn scheduled", "needs LWCR update"), \
	    set_text(SERVICE.job_state, "spawn failed")), "code-signature", VERDICT_FAIL, \
	    "launchd does not start it", "sudo lnpctl restart com.example.agentworker") \
	CASE(signature_over, new_program(0, 1), "code-signature", VERDICT_WARN, \
	    "overwritten in place, so macOS kills it at each later start", "sudo cp -p") \
	CASE(signature_over_refused, (properties("spawn scheduled", "needs LWCR update"), \
	    set_text(SERVICE.job_state, "spawn failed"), new_program(0, 1)), "code-signature", \
	    VERDICT_FAIL, "overwritten in place", "sudo cp -p") \
	CASE(signature_over_later, (new_program(0, 1), \
	    FACTS->launchd.process.started = FACTS->now - 8), "code-signature", VERDICT_PASS, \
	    "nothing against", NULL) \
	CASE(program_over_later, (new_program(0, 1), \
	    FACTS->launchd.process.started = FACTS->now - 8), "program-unchanged", VERDICT_WARN, \
	    "was replaced", "sudo lnpctl restart com.example.agentworker") \
	CASE(signature_unknown, unknown_program(0), "code-signature", VERDICT_PASS, \
	    "nothing against", NULL) \
	CASE(signature_new, new_program(1, 1), "code-signature", VERDICT_PASS, \
	    "nothing against", NULL) \
	CASE(signature_caught, (properties("running", "needs LWCR update"), \
	    FACTS->program.file.quarantined = YES), "code-signature", VERDICT_WARN, \
	    "may not start it", "sudo lnpctl restart") \
	CASE(reason_over, (reason("not running", "OS_REASON_CODESIGNING"), new_program(0, 1)), \
	    "running", VERDICT_FAIL, "(OS_REASON_CODESIGNING)", "sudo cp -p") \
	CASE(reason_codesigning, reason("not running", "OS_REASON_CODESIGNING"), "running", \
	    VERDICT_FAIL, "macOS refused the code signature of the program " \
	    "(OS_REASON_CODESIGNING)", "sudo lnpctl restart com.example.agentworker") \
	CASE(reason_before, reason("running", "OS_REASON_CODESIGNING"), "last-exit", \
	    VERDICT_WARN, "before this run it was ended by macOS", "from its source") \
	CASE(reason_dyld, reason("not running", "OS_REASON_DYLD"), "last-exit", VERDICT_FAIL, \
	    "a library that the program needs is missing or was refused (OS_REASON_DYLD)", \
	    "otool -L /usr/local/bin/agentworker") \
	CASE(reason_dyld_path, (reason("not running", "OS_REASON_DYLD"), \
	    set_text(FACTS->program.file.untrusted_path, "/usr/local")), "last-exit", \
	    VERDICT_FAIL, "OS_REASON_DYLD", "list with otool -L") \
	CASE(reason_tcc, reason("not running", "OS_REASON_TCC"), "running", VERDICT_FAIL, \
	    "usage description (OS_REASON_TCC)", "Info.plist") \
	CASE(reason_exec, reason("not running", "OS_REASON_EXEC"), "running", VERDICT_FAIL, \
	    "macOS cannot execute the program", "for this Mac's processor") \
	CASE(reason_other, reason("not running", "OS_REASON_GUARD"), "running", VERDICT_FAIL, \
	    "it exited: OS_REASON_GUARD", "agentworker.err") \
	\
	CASE(exit_idle, reason("not running", "JETSAM_REASON_MEMORY_IDLE_EXIT"), "last-exit", \
	    VERDICT_PASS, "last exit was normal", NULL) \
	CASE(exit_never, (void)0, "last-exit", VERDICT_PASS, "last exit was normal", NULL) \
	CASE(exit_zero, ended("running", LAST_EXIT_CODE, 0, ""), "last-exit", VERDICT_PASS, \
	    "last exit was normal", NULL) \
	CASE(exit_terminated, ended("running", LAST_EXIT_SIGNAL, 15, "Terminated"), "last-exit", \
	    VERDICT_PASS, "last exit was normal", NULL) \
	CASE(exit_before, ended("running", LAST_EXIT_CODE, 78, "EX_CONFIG"), "last-exit", \
	    VERDICT_WARN, "before this run", NULL) \
	CASE(exit_config, ended("not running", LAST_EXIT_CODE, 78, "EX_CONFIG"), "last-exit", \
	    VERDICT_FAIL, "78 (EX_CONFIG)", "sudo lnpctl repair " LABEL) \
	CASE(exit_killed, ended("running", LAST_EXIT_SIGNAL, 11, "Segmentation fault"), \
	    "last-exit", VERDICT_WARN, "signal 11", "") \
	CASE(exit_failed, ended("not running", LAST_EXIT_CODE, 1, ""), "last-exit", VERDICT_FAIL, \
	    "exited with status 1", "") \
	CASE(exit_without_log, (ended("not running", LAST_EXIT_CODE, 1, ""), \
	    gone(&FACTS->log[1].file)), "last-exit", VERDICT_FAIL, "exited with status 1", NULL) \
	CASE(exit_odd, ended("not running", LAST_EXIT_UNKNOWN, -1, "by magic"), "last-exit", \
	    VERDICT_FAIL, "by magic", "") \
	CASE(exit_just_loaded, (ended("spawn scheduled", LAST_EXIT_CODE, 78, "EX_CONFIG"), \
	    FACTS->launchd.just_loaded = true), "last-exit", VERDICT_FAIL, "EX_CONFIG", \
	    "sudo log show") \
	CASE(exit_recurring, ended_recurring(false, 1), "last-exit", VERDICT_WARN, "1", "") \
	CASE(exit_recurring_first, ended_recurring(true, 1), "last-exit", VERDICT_FAIL, "1", "") \
	CASE(exit_timer, (RECEIPT->spec.health = HEALTH_LOADED, ended("not running", \
	    LAST_EXIT_CODE, 1, \
	    "")), "last-exit", VERDICT_WARN, "1", "") \
	CASE(exit_absent, ended("running", LAST_EXIT_ABSENT, -1, ""), "last-exit", VERDICT_SKIP, \
	    "does not report", NULL) \
	CASE(exit_unloaded, FACTS->launchd.loaded = NO, "last-exit", VERDICT_SKIP, "not loaded", \
	    NULL) \
	\
	CASE(system_same, (void)0, "system-version", VERDICT_PASS, "same system", NULL) \
	CASE(system_newer, set_text(FACTS->system.build, "25A1"), "system-version", VERDICT_PASS, \
	    "15.5 (24F74), now on 15.5 (25A1)", NULL) \
	CASE(system_unknown, FACTS->system.version[0] = '\0', "system-version", VERDICT_SKIP, \
	    "not known", NULL) \
	\
	CASE(peer, (void)0, "peer", VERDICT_SKIP, "no peer was named", NULL) \
	CASE(peer_connected, named_peer(YES), "peer", VERDICT_PASS, "a connection to each", NULL) \
	CASE(peer_silent, named_peer(NO), "peer", VERDICT_UNKNOWN, "no connection from", \
	    "sudo lnpctl verify --probe " LABEL) \
	CASE(peer_timer, (named_peer(NO), RECEIPT->spec.health = HEALTH_LOADED, \
	    state_is("not running", SERVICE_NUMBER_UNKNOWN)), "peer", VERDICT_SKIP, \
	    "only while it works", PROBE) \
	CASE(peer_timer_runs, (named_peer(NO), RECEIPT->spec.health = HEALTH_LOADED), "peer", \
	    VERDICT_SKIP, "only while it works", PROBE) \
	CASE(peer_once, (named_peer(NO), RECEIPT->spec.health = HEALTH_ONCE, \
	    ended("not running", LAST_EXIT_CODE, 0, "")), "peer", VERDICT_SKIP, \
	    "only while it works", PROBE) \
	CASE(peer_timer_at_load, (named_peer(NO), RECEIPT->spec.health = HEALTH_ONCE, \
	    RECEIPT->spec.triggered = true), "peer", VERDICT_SKIP, "only while it works", PROBE) \
	CASE(peer_timer_kept, (named_peer(NO), RECEIPT->spec.triggered = true), "peer", \
	    VERDICT_UNKNOWN, "no connection from", "--probe") \
	CASE(peer_once_runs, (named_peer(NO), RECEIPT->spec.health = HEALTH_ONCE), "peer", \
	    VERDICT_UNKNOWN, "no connection from", "--probe") \
	CASE(peer_timer_blocked, (named_peer(NO), RECEIPT->spec.health = HEALTH_LOADED, \
	    FACTS->peers[0].probed = true, \
	    FACTS->peers[0].verdict = PROBE_VERDICT_BLOCKED), "peer", VERDICT_FAIL, PEER, PROBE) \
	\
	CASE(lan, (void)0, "lan", VERDICT_SKIP, "not proved: no peer was named", NULL) \
	CASE(lan_root, (refused(1, ""), RECEIPT->spec.uid = 0), "lan", VERDICT_SKIP, \
	    "does not apply to a job of root", NULL) \
	CASE(lan_old, (refused(1, ""), set_text(FACTS->system.version, "14.7")), "lan", \
	    VERDICT_SKIP, "older than macOS 15", NULL) \
	CASE(lan_connected, (refused(1, ""), named_peer(YES)), "lan", VERDICT_PASS, \
	    "a connection to each", NULL) \
	CASE(lan_peer, named_peer(NO), "lan", VERDICT_SKIP, "see the check peer", NULL) \
	CASE(lan_log, refused(0, ""), "lan", VERDICT_WARN, "/var/log/agentworker.log has", \
	    "to test it: sudo lnpctl probe --label " LABEL " HOST:PORT") \
	CASE(lan_errors, refused(1, "10.9.0.3:80"), "lan", VERDICT_WARN, \
	    "/var/log/agentworker.err has \"No route to host\" for 10.9.0.3:80: macOS may", \
	    "sudo lnpctl probe --label " LABEL " HOST:PORT") \
	CASE(lan_peer_log, (refused(1, "10.9.0.3:80"), named_peer(NO)), "lan", VERDICT_WARN, \
	    "No route", PROBE) \
	CASE(lan_unloaded, (refused(1, ""), FACTS->launchd.loaded = NO), "lan", VERDICT_SKIP, \
	    "not loaded", NULL)

#define CASE(name, change, id, verdict, message, fix) static void \
change_##name(void) \
{ \
	change; \
}
CASES
#undef CASE

static const struct row {
	const char	*name;
	void		(*change)(void);
	const char	*id;
	enum verdict	 verdict;
	const char	*message, *fix;
} rows[] = {
#define CASE(name, change, id, verdict, message, fix) \
	{ #name, change_##name, id, verdict, message, fix },
CASES
#undef CASE
};

#define ROWS	(sizeof rows / sizeof rows[0])

static void
each_check_gives_the_result_of_what_is_seen(void **state)
{
	int failed = 0;

	for (size_t i = 0; i < ROWS; i++) {
		const struct check_result *found;

		end(state);
		begin(state);
		rows[i].change();
		check_all(RECEIPT, FACTS, &findings);
		found = find(rows[i].id);
		if (found->verdict == rows[i].verdict &&
		    strstr(found->message, rows[i].message) != NULL && found->message[0] != '\0' &&
		    (rows[i].fix == NULL ? found->fix[0] == '\0' :
		    strstr(found->fix, rows[i].fix) != NULL && found->fix[0] != '\0'))
			continue;
		print_error("%s: %s is %s: '%s' fix '%s'\n", rows[i].name, rows[i].id,
		    check_word(found->verdict), found->message, found->fix);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* A check that always or never passes checks nothing. */
static void
each_check_of_the_table_is_seen_to_pass_and_not_to_pass(void **state)
{
	const struct check *check;

	(void)state;
	for (size_t i = 0; (check = check_row(i)) != NULL; i++) {
		bool passed = false, other = false;

		for (size_t j = 0; j < ROWS; j++)
			if (strcmp(rows[j].id, check->id) == 0) {
				passed = passed || rows[j].verdict == VERDICT_PASS;
				other = other || rows[j].verdict != VERDICT_PASS;
			}
		if (!passed || !other)
			fail_msg("%s is not tried both ways", check->id);
		assert_true(i < CHECKS_MAX && check->meaning[0] != '\0');
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(check->id, check_row(j)->id);
	}
}

static void
the_checks_come_in_the_order_that_is_promised(void **state)
{
	static const char promised[] = "receipt plist-present plist-file plist-owner plist-mode "
	    "plist-valid plist-unchanged "
	    "plist-quarantine program-present program-access architecture "
	    "program-owner interpreter "
	    "program-quarantine program-unchanged code-signature user group home "
	    "working-directory log-files log-growth label-unique enabled background loaded agent "
	    "definition running identity stable "
	    "last-exit system-version peer lan ";
	char ids[1024] = "";

	(void)state;
	check_all(RECEIPT, FACTS, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		strcat(ids, findings.rows[i].id);
		strcat(ids, " ");
	}
	assert_string_equal(ids, promised);
}

static void
a_healthy_job_has_nothing_but_pass_and_skip(void **state)
{
	(void)state;
	check_all(RECEIPT, FACTS, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.rows[i].verdict != VERDICT_PASS &&
		    findings.rows[i].verdict != VERDICT_SKIP)
			fail_msg("%s: %s", findings.rows[i].id, findings.rows[i].message);
		assert_string_equal(findings.rows[i].fix, "");
	}
	assert_int_equal(check_result(&findings), ERROR_NONE);
}

/* A monitor runs verify every minute and compares its lines. */
static void
an_ok_line_is_the_same_text_each_time(void **state)
{
	static struct check_report first;

	(void)state;
	check_all(RECEIPT, FACTS, &first);
	FACTS->launchd.service.pid = 98765;
	FACTS->launchd.service.runs = 4242;
	FACTS->launchd.process.started += 1111;
	FACTS->now += 2222;
	FACTS->launchd.uptime = 3333;
	FACTS->log[0].file.identity.size = 5555;
	check_all(RECEIPT, FACTS, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		assert_string_equal(findings.rows[i].message, first.rows[i].message);
		assert_null(strstr(first.rows[i].message, "4711"));
	}
}

static void
an_image_that_nobody_runs_is_not_asked_of_launchd(void **state)
{
	static const char *const ids[] = { "enabled", "background", "loaded", "definition",
	    "running", "identity", "stable", "last-exit" };

	(void)state;
	FACTS->offline = true;
	FACTS->launchd.loaded = UNKNOWN;
	FACTS->launchd.override = OVERRIDE_UNKNOWN;
	check_all(RECEIPT, FACTS, &findings);
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		assert_int_equal(find(ids[i])->verdict, VERDICT_SKIP);
	assert_int_equal(check_result(&findings), ERROR_NONE);
}

static enum error_kind
result_of(const enum verdict *verdicts, size_t count)
{
	findings.count = count;
	for (size_t i = 0; i < count; i++)
		findings.rows[i].verdict = verdicts[i];
	return check_result(&findings);
}

static void
fail_goes_before_unknown_and_unknown_before_the_rest(void **state)
{
	static const enum verdict fine[] = { VERDICT_PASS, VERDICT_WARN, VERDICT_SKIP },
	    unknown[] = { VERDICT_WARN, VERDICT_UNKNOWN, VERDICT_PASS },
	    failed[] = { VERDICT_UNKNOWN, VERDICT_FAIL, VERDICT_UNKNOWN },
	    failed_first[] = { VERDICT_FAIL, VERDICT_UNKNOWN, VERDICT_PASS };

	(void)state;
	assert_int_equal(result_of(fine, 3), ERROR_NONE);
	assert_int_equal(result_of(unknown, 3), ERROR_UNKNOWN);
	assert_int_equal(result_of(failed, 3), ERROR_FAILED);
	assert_int_equal(result_of(failed_first, 3), ERROR_FAILED);
	assert_int_equal(result_of(fine, 0), ERROR_NONE);
}

static void
a_job_without_a_receipt_has_one_finding(void **state)
{
	(void)state;
	check_all(RECEIPT, FACTS, &findings);
	check_no_receipt(&findings, false, "there is 100% none", "install it: %s");
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.rows[0].id, "receipt");
	assert_int_equal(findings.rows[0].verdict, VERDICT_FAIL);
	assert_string_equal(findings.rows[0].message, "there is 100% none");
	assert_string_equal(findings.rows[0].fix, "install it: %s");
	assert_int_equal(check_result(&findings), ERROR_FAILED);
	check_no_receipt(&findings, true, "only root can read it", "");
	assert_int_equal(check_result(&findings), ERROR_UNKNOWN);
}

static void
results_have_the_documented_words(void **state)
{
	(void)state;
	assert_string_equal(check_word(VERDICT_PASS), "pass");
	assert_string_equal(check_word(VERDICT_WARN), "warn");
	assert_string_equal(check_word(VERDICT_FAIL), "fail");
	assert_string_equal(check_word(VERDICT_UNKNOWN), "unknown");
	assert_string_equal(check_word(VERDICT_SKIP), "skip");
}

/* ---- liveness ---- */

static void
liveness_shows_whether_waiting_helps(void **state)
{
	static const struct beat {
		enum health	health;
		enum tristate	loaded;
		const char	*state;
		long		pid, runs;
		enum last_exit	last_exit;
		long		value;
		enum liveness	pulse;
	} beats[] = {
		{ HEALTH_KEPT, UNKNOWN, "", -1, -1, LAST_EXIT_ABSENT, -1, LIVENESS_WAIT },
		{ HEALTH_KEPT, NO, "", -1, -1, LAST_EXIT_ABSENT, -1, LIVENESS_BAD },
		{ HEALTH_LOADED, NO, "", -1, -1, LAST_EXIT_ABSENT, -1, LIVENESS_BAD },
		{ HEALTH_LOADED, YES, "not running", -1, 0, LAST_EXIT_NEVER, -1, LIVENESS_DONE },
		{ HEALTH_KEPT, YES, "running", 1, 1, LAST_EXIT_NEVER, -1, LIVENESS_UP },
		{ HEALTH_ONCE, YES, "running", 1, 1, LAST_EXIT_NEVER, -1, LIVENESS_UP },
		{ HEALTH_KEPT, YES, "xpcproxy", 1, 1, LAST_EXIT_NEVER, -1, LIVENESS_WAIT },
		{ HEALTH_KEPT, YES, "running", -1, 1, LAST_EXIT_NEVER, -1, LIVENESS_WAIT },
		{ HEALTH_KEPT, YES, "", 1, 1, LAST_EXIT_NEVER, -1, LIVENESS_WAIT },
		{ HEALTH_KEPT, YES, "not running", -1, 0, LAST_EXIT_NEVER, -1, LIVENESS_IDLE },
		{ HEALTH_KEPT, YES, "not running", -1, -1, LAST_EXIT_NEVER, -1, LIVENESS_IDLE },
		{ HEALTH_KEPT, YES, "not running", -1, 1, LAST_EXIT_NEVER, -1, LIVENESS_BAD },
		{ HEALTH_KEPT, YES, "not running", -1, 0, LAST_EXIT_CODE, 1, LIVENESS_BAD },
		{ HEALTH_ONCE, YES, "spawn scheduled", -1, 0, LAST_EXIT_NEVER, -1, LIVENESS_IDLE },
		{ HEALTH_KEPT, YES, "spawn scheduled", -1, 1, LAST_EXIT_CODE, 0, LIVENESS_BAD },
		{ HEALTH_KEPT, YES, "not running", -1, 1, LAST_EXIT_SIGNAL, 9, LIVENESS_BAD },
		{ HEALTH_ONCE, YES, "not running", -1, 1, LAST_EXIT_CODE, 0, LIVENESS_DONE },
		{ HEALTH_ONCE, YES, "not running", -1, 1, LAST_EXIT_CODE, 1, LIVENESS_BAD },
		{ HEALTH_ONCE, YES, "not running", -1, 1, LAST_EXIT_SIGNAL, 0, LIVENESS_BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof beats / sizeof beats[0]; i++) {
		struct check_draft finding = { .id = "" };
		enum liveness pulse;

		RECEIPT->spec.health = beats[i].health;
		FACTS->launchd.loaded = beats[i].loaded;
		set_text(FACTS->launchd.service.state, beats[i].state);
		FACTS->launchd.service.pid = beats[i].pid;
		FACTS->launchd.service.runs = beats[i].runs;
		FACTS->launchd.service.last_exit = beats[i].last_exit;
		FACTS->launchd.service.last_exit_value = beats[i].value;
		pulse = check_liveness(RECEIPT, FACTS, &finding);
		if (pulse != beats[i].pulse)
			fail_msg("row %zu: %d", i, (int)pulse);
		if (pulse == LIVENESS_BAD || pulse == LIVENESS_IDLE) {
			assert_int_equal(finding.verdict, VERDICT_FAIL);
			assert_string_not_equal(finding.message, "");
			assert_string_not_equal(finding.fix, "");
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_check_gives_the_result_of_what_is_seen, begin,
		    end),
		cmocka_unit_test(each_check_of_the_table_is_seen_to_pass_and_not_to_pass),
		cmocka_unit_test_setup_teardown(the_checks_come_in_the_order_that_is_promised,
		    begin, end),
		cmocka_unit_test_setup_teardown(a_healthy_job_has_nothing_but_pass_and_skip, begin,
		    end),
		cmocka_unit_test_setup_teardown(an_ok_line_is_the_same_text_each_time, begin, end),
		cmocka_unit_test_setup_teardown(an_image_that_nobody_runs_is_not_asked_of_launchd,
		    begin, end),
		cmocka_unit_test(fail_goes_before_unknown_and_unknown_before_the_rest),
		cmocka_unit_test_setup_teardown(a_job_without_a_receipt_has_one_finding, begin,
		    end),
		cmocka_unit_test(results_have_the_documented_words),
		cmocka_unit_test_setup_teardown(liveness_shows_whether_waiting_helps, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
