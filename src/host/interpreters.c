/* Follow a script to the program that runs it, and an interpreter to its script. */
#include <string.h>

#include "core/facts/interpreter.h"
#include "core/text.h"
#include "core/facts/trust.h"
#include "host/files/files.h"
#include "host/interpreters.h"

#define DIRECTORIES_MAX	64	/* in PATH */

/*
 * Return whether a missing file says that a program is missing. An image may be of the Data volume,
 * which lacks the programs of macOS; the name of none of them has a carriage return.
 */
static bool
interpreters_knows(const struct host *host, const char *path)
{
	static const char *const system[] = { "/bin", "/sbin", "/usr", "/System" };

	for (size_t i = 0; host->image && strchr(path, '\r') == NULL &&
	    i < sizeof system / sizeof system[0]; i++)
		if (text_is_below(path, system[i]) && !text_is_below(path, "/usr/local"))
			return false;
	return true;
}

/*
 * Return whether the kernel certainly cannot execute the file just looked at: it is missing, a
 * directory, or executable by nobody (XNU bsd/kern/kern_exec.c, exec_check_permissions()).
 */
static bool
interpreters_lack(const struct host *host, const struct interpreter_fact *fact)
{
	if (fact->file.exists != YES)
		return fact->file.exists == NO && interpreters_knows(host, fact->path);
	return fact->file.type == FILE_DIRECTORY ||
	    (fact->file.type == FILE_REGULAR && (fact->file.mode & 0111) == 0);
}

/* Look at the file and record it. Return true if it exists and only root can change it. */
static bool
interpreters_look_at(const struct host *host, const char *path, struct interpreter_fact *fact,
    char begin[FILES_BEGIN])
{
	text_copy(fact->path, PATH_SIZE, path);
	files_look_at_script(host, path, NULL, &fact->file, begin);
	return fact->file.exists == YES &&
	    interpreter_weakness(&fact->file, host->owner) == WEAK_NOT;
}

/*
 * Search PATH like env, up to the first directory that has the file, or in which users other than
 * root could create it.
 */
static bool
interpreters_search(const struct host *host, const struct spec *spec,
    const struct interpreter *line, struct interpreter_fact *fact, char begin[FILES_BEGIN])
{
	const char *path = line->searches ? line->search : spec->search;
	char candidate[PATH_SIZE];
	size_t number = 0;
	bool known = true;

	fact->vague = spec->search_too_long && !line->searches;
	while (!fact->vague && interpreter_candidate(line->command, path,
	    spec->working_directory.theirs, number,
	    candidate)) {
		bool good = interpreters_look_at(host, candidate, fact, begin);

		if (good || fact->file.exists != NO ||
		    interpreter_weakness(&fact->file, host->owner) != WEAK_NOT)
			return good;
		known = known && interpreters_knows(host, candidate);
		fact->vague = ++number == DIRECTORIES_MAX;
	}
	fact->missing = fact->searched = known && !fact->vague && number > 0;
	return false;
}

/* Return false unless only root can change everything that runs. */
static bool
look_at_programs(const struct host *host, const struct spec *spec, const char *begin,
    struct interpreter_fact *fact)
{
	struct interpreter line;
	char text[FILES_BEGIN], path[PATH_SIZE];
	bool more = interpreter_read(&line, begin);

	fact->any = more || interpreter_is_env(spec->program.theirs);
	if (fact->any && !more) {
		line = spec->env;
		more = true;
	}
	for (int depth = 0; more && depth < INTERPRETER_DEPTH; depth++) {
		/* A relative path starts at the job's working directory. */
		if (line.path[0] != '\0' &&
		    !interpreter_candidate(line.path, "/", spec->working_directory.theirs, 0, path))
			return false;
		if (line.path[0] != '\0') {
			bool good = interpreters_look_at(host, path, fact, text);

			fact->missing = interpreters_lack(host, fact);
			if (!good || fact->missing)
				return false;
		}
		fact->vague = line.vague;
		if (line.vague || (line.command[0] != '\0' &&
		    !interpreters_search(host, spec, &line, fact, text)))
			return false;
		more = interpreter_read(&line, text);
	}
	fact->vague = fact->vague || more;
	return !fact->vague;
}

void
interpreters_look(const struct host *host, const struct spec *spec, const char *begin,
    struct facts *facts)
{
	struct interpreter_fact *fact = &facts->program.interpreter;
	const char *script = spec->env.script;
	char text[FILES_BEGIN], path[PATH_SIZE];

	fact->vague = fact->is_read = fact->missing = fact->searched = false;
	fact->path[0] = '\0';
	/* The first line of a file that is passed as a script is ignored. */
	if (!look_at_programs(host, spec, begin, fact))
		return;
	if (spec->env.script_vague)
		fact->any = fact->is_read = fact->vague = true;
	if (script[0] == '\0' ||
	    !(script[0] == '/' ? text_copy(path, PATH_SIZE, script) : text_format(path, PATH_SIZE,
	    "%s/%s", spec->working_directory.theirs, script)))
		return;
	fact->any = fact->is_read = true;
	interpreters_look_at(host, path, fact, text);
	fact->missing = fact->file.exists == NO && interpreters_knows(host, path);
}
