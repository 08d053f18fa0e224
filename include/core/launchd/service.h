/*
 * What `launchctl print` and `launchctl print-disabled` say, as data.
 *
 * Apple: "this output is not API". So every field is optional, unknown words are passed on as they
 * are, and what is ambiguous is left out rather than guessed:
 *  - only lines at the outermost level count; the lines of a nested block ("arguments = {" ... "}") never do, whatever
 *    they look like. A block ends at the line that holds "}" at the indentation of the line that opened it, so braces
 *    in an argument or a value do no harm;
 *  - a field that stands twice at the outermost level with different values is treated as absent: a program argument
 *    with a newline in it may imitate a line. Where such an argument closes its block early, the block's own "}" stands
 *    alone later: what was read between is absent, too.
 *  - indentation may be tabs or any number of blanks (recorded copies have both), the output may be cut off, its header
 *    may be missing, and its lines may end in CR LF.
 * Sources: the recorded outputs listed in tests/evidence/print/INDEX.tsv, macOS 10.10 to 26.
 */
#ifndef CORE_LAUNCHD_SERVICE_H
#define CORE_LAUNCHD_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#define SERVICE_NUMBER_UNKNOWN	(-1L)	/* the field was not there, or was no number that fits */

enum last_exit {			/* how the last process of the job ended */
	LAST_EXIT_ABSENT,		/* nothing said */
	LAST_EXIT_NEVER,		/* "last exit code = (never exited)" */
	LAST_EXIT_CODE,			/* "last exit code = 78: EX_CONFIG": value 78, text
					   "EX_CONFIG" (or empty) */
	LAST_EXIT_SIGNAL,		/* "last terminating signal = Terminated: 15": value 15,
					   text "Terminated" */
	LAST_EXIT_REASON,		/* "last exit reason = OS_REASON_CODESIGNING": text */
	LAST_EXIT_UNKNOWN,		/* another form: text is what stood there */
};

struct service {
	char		header[512];	/* "system/com.example.job", as in the first line; empty
					   when it is not there */
	char state[64]; /* "running", "not running", "spawn scheduled", "xpcproxy", "SIGTERMed",
			   ...; may be empty */
	char		path[1024];	/* the plist, or "(submitted by smd.553)"; may be empty */
	char		program[1024];	/* may be empty (then "program identifier" stood there, or
					   nothing) */
	char		domain[64];	/* "system", "gui/501" ("gui/501 [100015]" loses the
					   bracket); may be empty.
					   "com.apple.xpc.launchd.domain.system" of 10.10 is
					   "system" */
	char		username[256];	/* may be empty: root, or not said */
	char		group[256];
	char		stdout_path[1024];
	char		stderr_path[1024];
	long		pid;		/* or SERVICE_NUMBER_UNKNOWN, as the next three */
	long		runs;
	long		exit_timeout;	/* seconds */
	long		minimum_runtime;/* seconds */
	enum last_exit	last_exit;
	long		last_exit_value;/* or SERVICE_NUMBER_UNKNOWN */
	char		last_exit_text[256];
};

/*
 * Reads the answer of `launchctl print DOMAIN/LABEL`, text of size bytes, not necessarily
 * terminated and with any bytes in it. Returns true when at least one field was found at the
 * outermost level, false when this is no such answer; the struct is filled (empty strings, unknown
 * numbers) in both cases. When more than one of the three "last ..." lines is there the precedence
 * is reason, signal, code, but "(never exited)" loses to anything else.
 */
bool	service_parse(struct service *, const char *text, size_t size);

/* Whether launchd has been told to end the job: it is loaded, but will be gone in a moment. */
bool	service_is_ending(const struct service *);

enum override {				/* the administrator's switch, `launchctl enable` and
					   `disable` */
	OVERRIDE_UNKNOWN,		/* the answer is not one that we know */
	OVERRIDE_NONE,			/* not listed: enabled, unless the plist has Disabled */
	OVERRIDE_ENABLED,
	OVERRIDE_DISABLED,
};

/*
 * Reads the answer of `launchctl print-disabled DOMAIN` for one label. Words are enabled/disabled,
 * until macOS 12 true (= disabled) and false. Only the block "disabled services" counts, not "login
 * item associations" (which has "enabled"/"disabled" of its own), unless no block is there at all
 * (one line cut out by grep). A label in the list with an unknown word, or an answer without that
 * block and without that label, is OVERRIDE_UNKNOWN. Labels are compared exactly.
 */
enum override service_override(const char *text, size_t size, const char *label);

#endif
