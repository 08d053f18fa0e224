/* The checks of the program, and of what runs it. */
#include <errno.h>
#include <string.h>

#include "check_rows.h"
#include "core/facts/content.h"
#include "core/facts/interpreter.h"
#include "core/facts/paste.h"
#include "core/facts/trust.h"
#include "core/lint/lint.h"
#include "core/text.h"

static void
check_program_present(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->program.file.exists == UNKNOWN)
		check_unseen(draft, facts, receipt->spec.program.theirs, facts->program.file.error);
	else if (facts->program.file.exists == NO)
		check_set(draft, VERDICT_FAIL, check_missing_fix(receipt->spec.program.theirs,
		    "install the program"), "%s is missing: the job exits with 78 (EX_CONFIG)",
		    receipt->spec.program.theirs);
	else if (facts->program.file.type != FILE_REGULAR)
		check_set(draft, VERDICT_FAIL, "install the program", "%s is not a regular file",
		    receipt->spec.program.theirs);
	else
		check_set(draft, VERDICT_PASS, NULL, "%s exists", receipt->spec.program.theirs);
}

/* A process that has stayed up could read the program, whatever protects it. */
static bool
is_proven_by_process(const struct spec *spec, const struct facts *facts)
{
	return facts->launchd.service.pid > 0 && facts->launchd.process.exists == YES &&
	    facts->launchd.uptime >= spec->settle;
}

/*
 * The process that tries it for the account inherits lnpctl's responsible process, perhaps a
 * Terminal with Full Disk Access, or sshd without it; a job is its own. Where macOS protects
 * privacy they may differ, and what it keeps from lnpctl (EPERM) does not fail the job.
 */
static void
check_program_access(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const char *protected = lint_protected(facts->program.file.resolved);
	bool runs = facts->program.runs == YES, private = protected != NULL &&
	    (runs || (facts->program.runs == NO && facts->program.runs_error == EPERM));

	if (private && !is_proven_by_process(&receipt->spec, facts))
		check_set(draft, VERDICT_WARN,
		    "put the program elsewhere, or give it Full Disk Access",
		    "%s %s privacy protection may keep the job out of %s", receipt->spec.user,
		    runs ? "can run the program from lnpctl, but" :
		    "cannot run the program from lnpctl:", protected);
	else if (runs || private)
		check_set(draft, VERDICT_PASS, NULL, "%s can run the program", receipt->spec.user);
	else if (facts->program.runs == UNKNOWN && check_lacks_account(facts, draft))
		return;
	else if (facts->program.runs == UNKNOWN)
		check_unseen(draft, facts, receipt->spec.program.theirs, facts->program.runs_error);
	else {
		check_set(draft, VERDICT_FAIL,
		    "give that account read and execute access to the program, and search "
		    "access to the directories above it",
		    "%s cannot run %s: %s", receipt->spec.user, receipt->spec.program.theirs,
		    error_reason(facts->program.runs_error));
		if (paste_may_name(&facts->program.file) && (facts->program.file.mode & 05) != 05)
			check_advise(draft, "sudo chmod a+rx %s", receipt->spec.program.theirs);
	}
}

/* Return whether the job's process runs this very file, which was there when it was started. */
static bool
runs_this_file(const struct facts *facts)
{
	const struct file_identity *file = &facts->program.file.identity;
	const struct process_fact *process = &facts->launchd.process;

	return facts->launchd.service.pid > 0 && process->exists == YES && process->inode != 0 &&
	    process->inode == file->inode && process->device == file->device &&
	    process->started > file->changed;
}

static void
check_architecture(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const char *program = receipt->spec.program.theirs;
	enum macho_form form = facts->program.form;

	if (facts->program.is_script || receipt->spec.other_root)
		check_set(draft, VERDICT_SKIP, NULL, "%s", facts->program.is_script ?
		    "the program is a script" : "the program is below the job's RootDirectory");
	else if (form == FORM_NONE)
		check_set(draft, VERDICT_FAIL, facts->program.file.identity.size == 0 ?
		    "install the program again" :
		    "a script needs #! and the full path of its interpreter as its first "
		    "characters",
		    "%s is %s: the job exits with 78 (EX_CONFIG)", program,
		    facts->program.file.identity.size == 0 ? "empty" :
		    "neither a program of macOS nor a script that begins with #!");
	else if (form == FORM_FOREIGN && !runs_this_file(facts))
		check_set(draft, VERDICT_FAIL, "install the program for this Mac's processor",
		    "%s is not for this Mac's processor: the job exits with 78 (EX_CONFIG)",
		    program);
	else if (form == FORM_TRANSLATED && !is_proven_by_process(&receipt->spec, facts))
		check_set(draft, VERDICT_WARN,
		    "to install Rosetta: sudo softwareupdate --install-rosetta",
		    "%s is for Intel only: without Rosetta the job exits with 78 (EX_CONFIG)",
		    program);
	else if (form == FORM_UNKNOWN || form == FORM_FOREIGN)
		check_set(draft, VERDICT_SKIP, NULL, "the program's processor is not known");
}

static void
check_program_owner(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct file_fact *program = &facts->program.file;
	enum verdict bad = receipt->spec.uid == 0 ? VERDICT_FAIL : VERDICT_WARN;
	const char *risk = receipt->spec.uid == 0 ? "the job runs as root" :
	    "a user who can change it can run code as the job's user";
	static const char fix[] = "make the program and every directory above it owned and "
	    "writable by root only";

	if (receipt->spec.other_root)
		check_set(draft, VERDICT_WARN, receipt->spec.uid == 0 ? "remove RootDirectory" :
		    NULL, "the program is below the job's RootDirectory, which lnpctl does not "
		    "inspect; %s", risk);
	else if (trust_is_hidden(program->untrusted_by))
		check_set(draft, VERDICT_WARN, trust_fix(program->untrusted_by),
		    "others can replace the program: '%s' %s; %s", program->untrusted_path,
		    trust_reason(program->untrusted_by), risk);
	else if (program->untrusted_path[0] != '\0')
		check_set(draft, bad, fix,
		    "others can replace the program: '%s' is owned by %ju:%ju with mode %04jo; %s",
		    program->untrusted_path, (uintmax_t)program->untrusted_owner,
		    (uintmax_t)program->untrusted_group, (uintmax_t)program->untrusted_mode, risk);
	else if (program->owner != 0 && program->owner != facts->owner)
		check_set(draft, bad, fix, "%s is owned by uid %ju, which can change it; %s",
		    receipt->spec.program.theirs, (uintmax_t)program->owner, risk);
	else if (trust_is_hidden(trust_file(program, facts->owner)))
		check_set(draft, VERDICT_WARN, trust_fix(program->granted), "%s %s; %s",
		    receipt->spec.program.theirs, trust_reason(program->granted), risk);
	else if (trust_file(program, facts->owner) == WEAK_MODE) {
		check_set(draft, bad, fix, "%s is writable by others (mode %04jo); %s",
		    receipt->spec.program.theirs, (uintmax_t)program->mode, risk);
		if (paste_may_name(program))
			check_advise(draft, "sudo chmod go-w %s", receipt->spec.program.theirs);
	}
}

static void
check_program_quarantine(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->program.file.quarantined == UNKNOWN &&
	    is_proven_by_process(&receipt->spec, facts))
		check_set(draft, VERDICT_SKIP, NULL, "lnpctl cannot read %s, but launchd runs it",
		    receipt->spec.program.theirs);
	else
		check_quarantine(receipt->spec.program.theirs, &facts->program.file, facts, draft);
}

/*
 * The kernel keeps the signature of a file while it is in use, and kills each new process whose
 * pages differ: Apple, "Updating Mac Software". A script has none; and a process that was started
 * since shows that the kernel has the new one.
 */
enum tristate
check_is_overwritten(const struct receipt *receipt, const struct facts *facts)
{
	const struct process_fact *process = &facts->launchd.process;
	const struct file_identity *then = &receipt->program_identity,
	    *now = &facts->program.file.identity;
	enum tristate same = content_same(then, now);

	if (then->inode != now->inode || facts->program.is_script ||
	    (process->exists == YES && process->started > now->changed) ||
	    !receipt_is_program_changed(receipt, facts))
		return NO;
	return same == NO ? YES : UNKNOWN;
}

/* A link is not to become a copy of what it leads to: a later update would not run. */
static bool
program_may_be_replaced(const struct receipt *receipt, const struct facts *facts)
{
	const struct file_fact *program = &facts->program.file;

	return paste_may_name(program) && strcmp(text_short_path(program->resolved),
	    text_short_path(receipt->spec.program.theirs)) == 0;
}

void
check_advise_copy(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const char *program = receipt->spec.program.theirs;

	fix_set(draft, REMEDY_RESTART, "put a new file there with mv or install, not with cp",
	    receipt, facts);
	if (program_may_be_replaced(receipt, facts))
		check_advise(draft, "sudo cp -p %s %s.lnpctl-copy && sudo mv %s.lnpctl-copy %s && "
		    "sudo lnpctl restart %s", program, program, program, program,
		    receipt->spec.label);
}

static void
check_program_unchanged(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	enum tristate overwritten = check_is_overwritten(receipt, facts);
	enum tristate same = content_same(&receipt->program_identity,
	    &facts->program.file.identity);

	if (same == YES)
		return;
	if (!receipt_is_program_changed(receipt, facts)) {
		check_set(draft, VERDICT_PASS, NULL,
		    "the program was last changed before the last boot");
		return;
	}
	check_set(draft, VERDICT_WARN, NULL, same == UNKNOWN ?
	    "the program may have been replaced since it was loaded: its inode or time is "
	    "another one, and its content could not be compared" : overwritten == YES ?
	    "the program was overwritten in place since it was loaded" :
	    "the program was replaced, or restored from a backup, since it was loaded");
	if (overwritten == YES)
		check_advise_copy(receipt, facts, draft);
	else
		fix_set(draft, REMEDY_RESTART, NULL, receipt, facts);
}

static void
interpreter_report(const struct receipt *receipt, const struct facts *facts, enum weakness weakness,
    struct check_draft *draft)
{
	const struct interpreter_fact *interpreter = &facts->program.interpreter;
	const struct file_fact *file = &interpreter->file;
	/* Only warn of what owner and mode do not show, and of what version 0.1 accepted. */
	bool fails = receipt->spec.uid == 0 && receipt->rules >= RECEIPT_RULES &&
	    !trust_is_hidden(weakness);

	check_set(draft, fails ? VERDICT_FAIL : VERDICT_WARN, interpreter->is_read ?
	    "make the script and every directory above it owned and writable by root only" :
	    "make the interpreter and every directory above it owned and writable by root only",
	    "others can %s %s, which %s: '%s' %s; %s",
	    file->exists == NO ? "create" : "replace", interpreter->path,
	    interpreter->is_read ? "the program reads as its script" : "runs the program",
	    file->untrusted_path[0] != '\0' ? file->untrusted_path : interpreter->path,
	    trust_reason(weakness),
	    receipt->spec.uid == 0 ? "the job runs as root" :
	    "a user who can change it can run code as the job's user");
}

/* In each case nothing runs the program. */
static void
interpreter_report_missing(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct interpreter_fact *interpreter = &facts->program.interpreter;
	const char *program = receipt->spec.program.theirs;
	size_t length = strlen(interpreter->path);

	/* XNU takes the carriage return for a part of the name: exec_shell_imgact(). */
	if (length > 0 && interpreter->path[length - 1] == '\r') {
		check_set(draft, VERDICT_FAIL, "save the script with Unix line endings (LF)",
		    "the first line of %s ends in a carriage return, so that its interpreter is "
		    "not found", facts->program.is_script ? program : interpreter->path);
		if (facts->program.is_script && program_may_be_replaced(receipt, facts))
			check_advise(draft, "sudo perl -pi -e 's/\\r$//' %s", program);
	} else if (interpreter->searched)
		check_set(draft, VERDICT_FAIL, facts->program.is_script ?
		    "name the full path of the interpreter in the script's first line, or give "
		    "the job another PATH" : "name the full path of the program, or give the job "
		    "another PATH", "%s runs '%s', which is in no directory of the job's PATH",
		    program, text_after_last(interpreter->path, '/'));
	else if (interpreter->is_read)
		check_set(draft, VERDICT_FAIL, check_missing_fix(interpreter->path,
		    "install the script"), "%s, which %s reads as its script, is missing",
		    interpreter->path, program);
	else
		check_set(draft, VERDICT_FAIL,
		    "install the interpreter, or name another one in the script's first line",
		    "%s, which runs %s, %s", interpreter->path, program,
		    interpreter->file.exists == YES ? "is not a file that can be executed" :
		    "is missing");
}

static void
check_interpreter(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct interpreter_fact *interpreter = &facts->program.interpreter;
	const struct file_fact *file = &interpreter->file;
	enum weakness weakness = interpreter->path[0] == '\0' ? WEAK_NOT :
	    interpreter_weakness(file, facts->owner);

	if (!interpreter->any)
		check_set(draft, VERDICT_SKIP, NULL, "the program is not a script");
	else if (interpreter->missing && !receipt->spec.other_root)
		interpreter_report_missing(receipt, facts, draft);
	else if (weakness != WEAK_NOT)
		interpreter_report(receipt, facts, weakness, draft);
	else if (interpreter->vague && interpreter->is_read)
		check_set(draft, VERDICT_WARN,
		    "run the script itself, with #! and the full path of its interpreter",
		    "the options of the program do not show which script it reads");
	else if (interpreter->vague)
		check_set(draft, VERDICT_WARN,
		    "name the full path of the interpreter in the script's first line",
		    "the first line of the program does not show what runs it");
	else if (file->exists == UNKNOWN && interpreter->is_read &&
	    (receipt->spec.uid != 0 || receipt->rules < RECEIPT_RULES))
		check_set(draft, VERDICT_SKIP, NULL, "the script %s cannot be read",
		    interpreter->path);
	else if (file->exists == UNKNOWN)
		check_unseen(draft, facts, interpreter->path, file->error);
	else if (file->exists == NO)		/* an image may lack system programs */
		check_set(draft, VERDICT_SKIP, NULL, "%s, which %s, is missing",
		    interpreter->path,
		    interpreter->is_read ? "the program reads" : "runs the program");
	else if (interpreter->is_read)
		check_set(draft, VERDICT_PASS, NULL, "only root can change the script");
}

/*
 * launchd knows which signature it starts. A process that was started before needs none, and a
 * requirement that is out of date may be renewed at the next start: only a refusal is a failure.
 */
static void
check_requirement(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct service *service = &facts->launchd.service;

	if (!service_has_property(service, PROPERTY_LWCR))
		return;
	if (service_is_refused(service, false))
		check_set(draft, VERDICT_FAIL, NULL, "the program was replaced, and launchd does "
		    "not start it: its launch requirement is that of the old one (needs LWCR "
		    "update)");
	else
		check_set(draft, VERDICT_WARN, NULL, "the program was replaced, and launchd may "
		    "not start it the next time: its launch requirement is that of the old one "
		    "(needs LWCR update)");
	fix_set(draft, REMEDY_RESTART, NULL, receipt, facts);
}

/* A restart alone does not help a program that was overwritten in place. */
static void
check_code_signature(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	check_requirement(receipt, facts, draft);
	if (check_is_overwritten(receipt, facts) != YES)
		return;
	check_set(draft, draft->verdict == VERDICT_FAIL ? VERDICT_FAIL : VERDICT_WARN, NULL,
	    "the program was overwritten in place, so macOS kills it at each later start "
	    "(Killed: 9, Code Signature Invalid)");
	check_advise_copy(receipt, facts, draft);
}

const struct check check_program_rows[] = {
	{ "program-present", "the program is a regular file",
	  0, check_program_present,
	  "" },
	{ "program-access", "the job's user may execute it",
	  NEEDS_PROGRAM, check_program_access,
	  "" },
	{ "architecture", "it is a script, or a program for this Mac's processor",
	  NEEDS_PROGRAM, check_architecture,
	  "the program is for this Mac's processor" },
	{ "program-owner", "only root can replace it",
	  NEEDS_PROGRAM, check_program_owner,
	  "only root can change the program" },
	{ "interpreter", "what runs the script exists, and only root can replace it or the script",
	  NEEDS_PROGRAM, check_interpreter,
	  "only root can change what runs the program" },
	{ "program-quarantine", "it has no com.apple.quarantine attribute",
	  NEEDS_PROGRAM, check_program_quarantine,
	  "" },
	{ "program-unchanged", "it is the program that was there when the job was loaded",
	  NEEDS_PROGRAM, check_program_unchanged,
	  "the program is unchanged since the job was loaded" },
	{ "code-signature",
	  "it was not overwritten in place, and launchd has the requirement of its signature",
	  NEEDS_LAUNCHD | NEEDS_LOADED, check_code_signature,
	  "launchd reports nothing against its signature" },
	{ NULL, NULL, 0, NULL, NULL },
};
