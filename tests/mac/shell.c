/* Paste lines into a shell, in a directory of its own. */
#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "shell.h"

static char folder[64];

static const char *
below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void
write_text(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(below(name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(below(name), mode), 0);
}

int
shell_setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/lnpctl-shell.XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mkdir(below("bin"), 0755), 0);
	assert_int_equal(mkdir(below("here"), 0755), 0);
	write_text("bin/sudo", "#!/bin/sh\nfor word; do /usr/bin/printf '%s\\036' \"$word\"; "
	    "done\n", 0755);
	write_text("bin/touch", "#!/bin/sh\nfor word; do : >\"$word\"; done\n", 0755);
	return 0;
}

int
shell_teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);		/* NOLINT(cert-env33-c) */
}

static size_t
count_files(void)
{
	DIR *here = opendir(below("here"));
	size_t count = 0;

	assert_non_null(here);
	for (const struct dirent *entry; (entry = readdir(here)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(here);
	return count;
}

const char *
shell_paste(const char *line)
{
	static char arguments[16384];
	char command[512];
	size_t size;
	FILE *out;

	write_text("line", line, 0644);
	snprintf(command, sizeof command,
	    "cd '%s/here' && PATH='%s/bin' /bin/sh ../line >../out 2>../err </dev/null", folder,
	    folder);
	/* The sentence around the command may not be a command. */
	(void)!system(command);		/* NOLINT(cert-env33-c) */
	if (count_files() != 0)
		fail_msg("it made a file: %s", line);
	out = fopen(below("out"), "r");
	assert_non_null(out);
	size = fread(arguments, 1, sizeof arguments - 1, out);
	fclose(out);
	arguments[size] = '\0';
	return arguments;
}

bool
shell_has(const char *arguments, const char *argument)
{
	size_t length = strlen(argument);

	for (const char *at = arguments, *end; (end = strchr(at, SHELL_END)) != NULL; at = end + 1)
		if ((size_t)(end - at) == length && memcmp(at, argument, length) == 0)
			return true;
	return false;
}
