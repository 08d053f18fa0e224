/* What runs the job's program: the interpreter of a script, the command of env(1). */
#include "check_rows.h"
#include "core/facts/interpreter.h"
#include "core/facts/trust.h"

static void
tell_weakness(const struct promise *promise, const struct facts *look, enum weakness weakness,
    struct check_draft *finding)
{
	const struct interpreter_fact *interpreter = &look->interpreter;
	const struct file_fact *file = &interpreter->file;
	/* What owner and mode do not tell is warned about, and so is what version 0.1 took. */
	bool fails = promise->uid == 0 && promise->rules >= PROMISE_RULES &&
	    !trust_is_hidden(weakness);

	check_say(finding, fails ? VERDICT_FAIL : VERDICT_WARN, interpreter->is_read ?
	    "keep the script root's, in directories that are root's alone" :
	    "keep interpreters root's, in directories that are root's alone",
	    "others can %s %s, which %s, for '%s' %s; %s",
	    file->exists == NO ? "make" : "replace", interpreter->path,
	    interpreter->is_read ? "the program reads as its script" : "runs the program",
	    file->untrusted_path[0] != '\0' ? file->untrusted_path : interpreter->path,
	    trust_reason(weakness),
	    promise->uid == 0 ? "the job runs as root" :
	    "whoever can change it runs code as the job's user");
}

void
check_interpreter(const struct promise *promise, const struct facts *look,
    struct check_draft *finding)
{
	const struct interpreter_fact *interpreter = &look->interpreter;
	const struct file_fact *file = &interpreter->file;
	enum weakness weakness = interpreter->path[0] == '\0' ? WEAK_NOT :
	    interpreter_weakness(file, look->owner);

	if (!interpreter->any)
		check_say(finding, VERDICT_SKIP, NULL, "the program is no script");
	else if (weakness != WEAK_NOT)
		tell_weakness(promise, look, weakness, finding);
	else if (interpreter->vague)
		check_say(finding, VERDICT_WARN,
		    "name the full path of the interpreter in the script's first line",
		    "what runs the program cannot be told from its first line");
	else if (file->exists == UNKNOWN && interpreter->is_read &&
	    (promise->uid != 0 || promise->rules < PROMISE_RULES))
		check_say(finding, VERDICT_SKIP, NULL, "%s, the script, cannot be looked at",
		    interpreter->path);
	else if (file->exists == UNKNOWN)
		check_unseen(finding, look, interpreter->path, file->error);
	else if (file->exists == NO)		/* an image may lack the system's own programs */
		check_say(finding, VERDICT_SKIP, NULL, "%s, which %s, is missing",
		    interpreter->path,
		    interpreter->is_read ? "the program reads" : "runs the program");
	else
		check_say(finding, VERDICT_PASS, NULL, interpreter->is_read ?
		    "only root can change the script" :
		    "only root can change what runs the program");
}
