/* Check what runs the job's program: the interpreter of a script, the command of env(1). */
#include "check_rows.h"
#include "core/facts/interpreter.h"
#include "core/facts/trust.h"

static void
interpreter_report(const struct promise *promise, const struct facts *facts, enum weakness weakness,
    struct check_draft *draft)
{
	const struct interpreter_fact *interpreter = &facts->program.interpreter;
	const struct file_fact *file = &interpreter->file;
	/* Only warn of what owner and mode do not show, and of what version 0.1 accepted. */
	bool fails = promise->uid == 0 && promise->rules >= PROMISE_RULES &&
	    !trust_is_hidden(weakness);

	check_set(draft, fails ? VERDICT_FAIL : VERDICT_WARN, interpreter->is_read ?
	    "make the script and every directory above it owned and writable by root only" :
	    "make the interpreter and every directory above it owned and writable by root only",
	    "others can %s %s, which %s: '%s' %s; %s",
	    file->exists == NO ? "create" : "replace", interpreter->path,
	    interpreter->is_read ? "the program reads as its script" : "runs the program",
	    file->untrusted_path[0] != '\0' ? file->untrusted_path : interpreter->path,
	    trust_reason(weakness),
	    promise->uid == 0 ? "the job runs as root" :
	    "a user who can change it can run code as the job's user");
}

void
check_interpreter(const struct promise *promise, const struct facts *facts,
    struct check_draft *draft)
{
	const struct interpreter_fact *interpreter = &facts->program.interpreter;
	const struct file_fact *file = &interpreter->file;
	enum weakness weakness = interpreter->path[0] == '\0' ? WEAK_NOT :
	    interpreter_weakness(file, facts->owner);

	if (!interpreter->any)
		check_set(draft, VERDICT_SKIP, NULL, "the program is not a script");
	else if (weakness != WEAK_NOT)
		interpreter_report(promise, facts, weakness, draft);
	else if (interpreter->vague && interpreter->is_read)
		check_set(draft, VERDICT_WARN,
		    "run the script itself, with #! and the full path of its interpreter",
		    "the options of the program do not show which script it reads");
	else if (interpreter->vague)
		check_set(draft, VERDICT_WARN,
		    "name the full path of the interpreter in the script's first line",
		    "the first line of the program does not show what runs it");
	else if (file->exists == UNKNOWN && interpreter->is_read &&
	    (promise->uid != 0 || promise->rules < PROMISE_RULES))
		check_set(draft, VERDICT_SKIP, NULL, "the script %s cannot be read",
		    interpreter->path);
	else if (file->exists == UNKNOWN)
		check_unseen(draft, facts, interpreter->path, file->error);
	else if (file->exists == NO)		/* an image may lack system programs */
		check_set(draft, VERDICT_SKIP, NULL, "%s, which %s, is missing",
		    interpreter->path,
		    interpreter->is_read ? "the program reads" : "runs the program");
	else
		check_set(draft, VERDICT_PASS, NULL, interpreter->is_read ?
		    "only root can change the script" :
		    "only root can change what runs the program");
}
