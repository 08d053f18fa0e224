/* Fill struct error. The tables: exit status of each kind, fix for each common errno value. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/text.h"

/*
 * A fix that helps whatever was tried, and a reason where strerror() would not name what happened
 * here.
 */
static const struct error_row {
	int		 errnum;
	const char	*fix, *why;
} fixes[] = {
	{ EREMOTE,	"use a path without that volume, or unmount it",
	    "a volume is mounted in a directory that others can change; root does not enter it" },
	{ ETIMEDOUT,	"check what is mounted there, then try again",
	    "no answer in time: a volume there does not respond, or the helper was stopped" },
	{ ECONNRESET,	"try again",	"the helper that ran as that account was killed" },
	{ ENOSPC,	"free some space, then run the same command", NULL },
	{ EDQUOT,	"free some space or raise the quota, then run the same command", NULL },
	{ EROFS,	"choose a place on a volume that is mounted read-write", NULL },
	{ EACCES,	"run it with sudo, or check who owns the directory", NULL },
	{ EPERM,	"run it with sudo; if root is refused, too, macOS protects the file: "
	  "move it, or give " ERROR_ACCESS "; or it is locked, which shows in: ls -lO", NULL },
	{ ENAMETOOLONG,	"choose a shorter name", NULL },
	{ ELOOP,	"a symbolic link is not allowed here; move it aside", NULL },
	{ EMFILE,	"close programs, or raise the limit on open files", NULL },
	{ ENFILE,	"close programs: the system has too many open files", NULL },
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

/* End a text that is too long with "...": a truncated error is better than none. */
static void
error_fill(char *target, size_t size, const char *s)
{
	static const char mark[] = "...";
	size_t length = s == NULL ? 0 : strlen(s);
	bool fits = length < size;

	if (!fits)
		length = size - sizeof mark;
	while (!fits && length > 0 && ((unsigned char)s[length] & 0xc0) == 0x80)
		length--;		/* do not split a character */
	text_format(target, size, "%.*s%s", (int)length, s == NULL ? "" : s, fits ? "" : mark);
	text_clean(target);	/* it may contain names of files and output of programs */
}

int
error_set(struct error *error, enum error_kind kind, const char *why, const char *fix,
    const char *what, ...)
{
	struct error made = { .kind = kind };	/* the arguments may point into *error */
	char formatted[sizeof made.what + 8];	/* longer, so that truncation shows */
	va_list arguments;

	va_start(arguments, what);
	vsnprintf(formatted, sizeof formatted, what, arguments);
	va_end(arguments);
	error_fill(made.what, sizeof made.what, formatted);
	error_fill(made.why, sizeof made.why, why);
	error_fill(made.fix, sizeof made.fix, fix);
	*error = made;
	return -1;
}

/* Return what is known about an errno value; both texts may be NULL. */
static struct error_row
error_known(int errnum)
{
	for (size_t i = 0; i < sizeof fixes / sizeof fixes[0]; i++)
		if (fixes[i].errnum == errnum)
			return fixes[i];
	return (struct error_row){ errnum, NULL, NULL };
}

const char *
error_reason(int errnum)
{
	const char *why = error_known(errnum).why;

	return why == NULL ? strerror(errnum) : why;
}

int
error_number(struct error *error, enum error_kind kind, int errnum, const char *what, ...)
{
	char formatted[sizeof error->what + 8];		/* as in error_set() */
	va_list arguments;

	va_start(arguments, what);
	vsnprintf(formatted, sizeof formatted, what, arguments);
	va_end(arguments);
	return error_set(error, kind, error_reason(errnum), error_known(errnum).fix, "%s",
	    formatted);
}

int
error_status(enum error_kind kind)
{
	return statuses[kind];
}
