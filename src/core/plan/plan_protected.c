/* Warn of a path that privacy protection may keep the job out of. */
#include <stdio.h>

#include "core/lint/lint.h"
#include "core/plan/plan.h"
#include "core/text.h"

bool
plan_protected(const struct spec *spec, const struct facts *facts, size_t which, char *text,
    size_t size)
{
	const struct { const struct file_fact *fact; const struct foreign_path *path; } rows[] = {
		{ &facts->program.file, &spec->program },
		  { &facts->working_directory.file, &spec->working_directory },
		{ &facts->log[0].file, &spec->logs[0] }, { &facts->log[1].file,
		    &spec->logs[1] },
	};
	const char *path, *folder;

	text[0] = '\0';
	if (which == sizeof rows / sizeof rows[0])
		return false;
	path = rows[which].fact->resolved[0] != '\0' ? rows[which].fact->resolved :
	    rows[which].path->theirs;
	folder = lint_protected(path);
	if (folder != NULL)
		snprintf(text, size, "privacy protection keeps jobs out of %s unless their program "
		    "has Full Disk Access%s; it is better to put '%s' elsewhere", folder,
		    text_begins_folded(path, "/Volumes/") ?
		    ", and daemons start before an external volume is mounted" : "", path);
	return true;
}
