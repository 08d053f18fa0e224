/*
 * Fills struct error; knows the exit status of each kind of error and a fix for the common error
 * numbers.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/text.h"

/*
 * Only what helps whatever was tried; and a reason where the system's own says nothing of what
 * happened here.
 */
static const struct {
	int		 number;
	const char	*fix, *why;
} fixes[] = {
	{ EREMOTE,	"use a path without that volume, or unmount it",
	    "a volume is mounted in a directory that others can change: root does not enter it" },
	{ ETIMEDOUT,	"see what is mounted there, and try again",
	    "no answer in time: a volume there is dead, or the process that looked was stopped" },
	{ ECONNRESET,	"try again",	"the process that looked as that account was killed" },
	{ ENOSPC,	"free some space, then run the same command", NULL },
	{ EDQUOT,	"free some space or raise the quota, then run the same command", NULL },
	{ EROFS,	"the volume is mounted read-only", NULL },
	{ EACCES,	"run it with sudo, and see who owns the folder", NULL },
	{ EPERM,	"run it with sudo; where root is refused, macOS protects what is there: "
	  "move it, or give " ERROR_ACCESS
	    "; or it is locked, see: ls -lO", NULL },
	{ ENAMETOOLONG,	"choose a shorter name", NULL },
	{ ELOOP,	"a link stands where none is allowed: look at it and move it away", NULL },
	{ EMFILE,	"close programs, or raise the limit of open files", NULL },
	{ ENFILE,	"close programs: the system has no files left", NULL },
};

static const int statuses[] = {
	[ERROR_NONE] = 0,
	[ERROR_FAILED] = 1,
	[ERROR_UNKNOWN] = 2,
	[ERROR_USAGE] = 64,
	[ERROR_DATA] = 65,
	[ERROR_ACCOUNT] = 67,
	[ERROR_LAUNCHCTL] = 69,
	[ERROR_SYSTEM] = 71,
	[ERROR_FILE] = 73,
	[ERROR_PARTIAL] = 74,
	[ERROR_BUSY] = 75,
	[ERROR_ROOT] = 77,
};

/* Bytes of s that fit where room bytes are, with no character cut in two. */
static size_t
whole_length(const char *s, size_t room)
{
	size_t length = 0, size = strlen(s), step;

	while (length < size) {
		step = text_utf8_length(s + length, size - length);
		if (step == 0)
			step = 1;
		if (length + step > room)
			break;
		length += step;
	}
	return length;
}

/* What is too long ends in "...": an error that is cut off is better than none. */
static void
error_fill(char *target, size_t size, const char *s)
{
	static const char mark[] = "...";
	size_t length;

	if (s == NULL)
		s = "";
	length = strlen(s);
	if (length >= size) {
		length = whole_length(s, size - sizeof mark);
		memcpy(target + length, mark, sizeof mark);
	} else
		target[length] = '\0';
	memcpy(target, s, length);
	text_clean(target);	/* names of files and answers of programs end up here */
}

static int
set(struct error *error, enum error_kind kind, const char *why, const char *fix, const char *what,
    va_list arguments) __attribute__((format(printf, 5, 0)));

static int
set(struct error *error, enum error_kind kind, const char *why, const char *fix, const char *what,
    va_list arguments)
{
	struct error made = { .kind = kind };	/* the texts given may be those of *error */
	char formatted[sizeof made.what + 8];	/* longer, so that fill() sees what was cut off */

	if (vsnprintf(formatted, sizeof formatted, what, arguments) < 0)
		formatted[0] = '\0';
	error_fill(made.what, sizeof made.what, formatted);
	error_fill(made.why, sizeof made.why, why);
	error_fill(made.fix, sizeof made.fix, fix);
	*error = made;
	return -1;
}

int
error_set(struct error *error, enum error_kind kind, const char *why, const char *fix,
    const char *what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	set(error, kind, why, fix, what, arguments);
	va_end(arguments);
	return -1;
}

const char *
error_reason(int number)
{
	for (size_t i = 0; i < sizeof fixes / sizeof fixes[0]; i++)
		if (fixes[i].number == number && fixes[i].why != NULL)
			return fixes[i].why;
	return strerror(number);
}

int
error_number(struct error *error, enum error_kind kind, int number, const char *what, ...)
{
	const char *fix = NULL;
	va_list arguments;

	for (size_t i = 0; i < sizeof fixes / sizeof fixes[0]; i++)
		if (fixes[i].number == number)
			fix = fixes[i].fix;
	va_start(arguments, what);
	set(error, kind, error_reason(number), fix, what, arguments);
	va_end(arguments);
	return -1;
}

int
error_status(enum error_kind kind)
{
	return statuses[kind];
}
