/* Follows a script to the program that runs it, and an interpreter to its script. */
#include <string.h>

#include "core/facts/interpreter.h"
#include "core/text.h"
#include "core/facts/trust.h"
#include "host/files/files.h"
#include "host/interpreters.h"

#define DIRECTORIES_MAX	64	/* of a PATH */

/*
 * Looks at the file, and keeps it as the one that is told of. True: it is there, and root's alone.
 */
static bool
interpreters_look_at(const struct host *host, const char *path, struct interpreter_fact *fact,
    char begin[FILES_BEGIN])
{
	text_copy(fact->path, PATH_SIZE, path);
	files_look_at_script(host, path, &fact->file, begin);
	return fact->file.exists == YES &&
	    interpreter_weakness(&fact->file, host->owner) == WEAK_NOT;
}

/*
 * What env would find: one directory after the other, until something is there or could be put
 * there.
 */
static bool
search(const struct host *host, const struct promise *promise, const struct interpreter *line,
    struct interpreter_fact *fact, char begin[FILES_BEGIN])
{
	const char *path = line->searches ? line->search : promise->search;
	char candidate[PATH_SIZE];
	size_t number = 0;

	fact->vague = promise->search_too_long && !line->searches;
	while (!fact->vague && interpreter_candidate(line->command, path,
	    promise->working_directory.theirs, number,
	    candidate)) {
		bool good = interpreters_look_at(host, candidate, fact, begin);

		if (good || fact->file.exists != NO ||
		    interpreter_weakness(&fact->file, host->owner) != WEAK_NOT)
			return good;
		fact->vague = ++number == DIRECTORIES_MAX;
	}
	return false;
}

/* False: not all that runs is root's alone. */
static bool
look_at_programs(const struct host *host, const struct promise *promise, const char *begin,
    struct interpreter_fact *fact)
{
	struct interpreter line;
	char text[FILES_BEGIN], path[PATH_SIZE];
	bool more = interpreter_read(&line, begin);

	fact->any = more || interpreter_is_env(promise->program.theirs);
	if (fact->any && !more) {
		line = promise->env;
		more = true;
	}
	for (int depth = 0; more && depth < INTERPRETER_DEPTH; depth++) {
		/* What is not a full path begins where the job does. */
		if (line.path[0] != '\0' &&
		    (!interpreter_candidate(line.path, "/", promise->working_directory.theirs, 0,
		    path) ||
		    !interpreters_look_at(host, path, fact, text)))
			return false;
		fact->vague = line.vague;
		if (line.vague || (line.command[0] != '\0' &&
		    !search(host, promise, &line, fact, text)))
			return false;
		more = interpreter_read(&line, text);
	}
	fact->vague = fact->vague || more;
	return !fact->vague;
}

void
interpreters_look(const struct host *host, const struct promise *promise, const char *begin,
    struct facts *facts)
{
	struct interpreter_fact *fact = &facts->interpreter;
	const char *script = promise->env.script;
	char text[FILES_BEGIN], path[PATH_SIZE];

	fact->vague = fact->is_read = false;
	fact->path[0] = '\0';
	/* Its own first line counts for nothing where it is read as a script. */
	if (!look_at_programs(host, promise, begin, fact) || script[0] == '\0' ||
	    !(script[0] == '/' ? text_copy(path, PATH_SIZE, script) : text_format(path, PATH_SIZE,
	    "%s/%s", promise->working_directory.theirs, script)))
		return;
	fact->any = fact->is_read = true;
	interpreters_look_at(host, path, fact, text);
}
