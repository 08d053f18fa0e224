/*
 * Parse the output of `launchctl print` and `launchctl print-disabled`.
 *
 * Apple: "this output is not API". So every field is optional, unknown words are passed on
 * unchanged, and what is ambiguous is treated as absent, never guessed:
 *  - only lines at the outermost level are read, never those of a nested block ("arguments = {" ...
 *    "}"), whatever they look like. A block ends at a "}" line that is indented as the line that
 *    opened it, so braces in an argument or value do no harm;
 *  - a field that appears twice at the outermost level with different values is absent: a program
 *    argument with a newline may imitate a line. If such an argument closes its block early, the
 *    block's own "}" follows later, unmatched: fields read in between are absent, too;
 *  - indentation may be tabs or any number of blanks (recorded copies have both), the output may be
 *    truncated, its header may be missing, and its lines may end in CR LF.
 * Sources: the recorded outputs listed in tests/evidence/print/INDEX.tsv, macOS 10.10 to 26.
 */
#ifndef CORE_LAUNCHD_SERVICE_H
#define CORE_LAUNCHD_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#define SERVICE_NUMBER_UNKNOWN	(-1L)	/* the field is missing, or not a number that fits */

enum last_exit {			/* how the last process of the job ended */
	LAST_EXIT_ABSENT,		/* not in the output */
	LAST_EXIT_NEVER,		/* "last exit code = (never exited)" */
	LAST_EXIT_CODE,			/* "last exit code = 78: EX_CONFIG": value 78, text
					   "EX_CONFIG" (or empty) */
	LAST_EXIT_SIGNAL,		/* "last terminating signal = Terminated: 15": value 15,
					   text "Terminated" */
	LAST_EXIT_REASON,		/* "last exit reason = OS_REASON_CODESIGNING": text */
	LAST_EXIT_UNKNOWN,		/* another form: text is a copy of it */
};

struct service {
	char		state[64];	/* "running", "not running", "spawn scheduled", "xpcproxy",
					   "SIGTERMed", ...; may be empty */
	char		path[1024];	/* the plist, or "(submitted by smd.553)"; may be empty */
	char		program[1024];	/* may be empty, for example where "program identifier" is
					   printed instead */
	char		domain[64];	/* "system", "gui/501" ("gui/501 [100015]" loses the
					   bracket); may be empty */
	char		username[256];	/* may be empty: root, or not printed */
	char		group[256];
	char		stdout_path[1024];
	char		stderr_path[1024];
	char		job_state[64];	/* "running", "exited", "spawn failed", ...; may be empty */
	char		properties[512];/* "keepalive | has LWCR"; may be empty */
	long		pid;		/* or SERVICE_NUMBER_UNKNOWN, as the other numbers */
	long		runs;		/* starts since it was loaded */
	long		exit_timeout;	/* seconds, as the next two */
	long		minimum_runtime;/* from one start to the next */
	long		base_minimum_runtime;	/* without throttling; not always printed */
	long		successive_crashes;	/* not printed if it is 0 */
	enum last_exit	last_exit;
	long		last_exit_value;/* or SERVICE_NUMBER_UNKNOWN */
	char		last_exit_text[256];
};

/*
 * Parse the output of `launchctl print DOMAIN/LABEL`, size bytes, any bytes, not necessarily
 * terminated. Return true if at least one field was found at the outermost level, false if this is
 * not such output; the struct is filled (empty strings, unknown numbers) in both cases. Of several
 * "last ..." lines, reason takes precedence over signal, and signal over code; "(never exited)"
 * loses to any other.
 */
bool	service_parse(struct service *, const char *text, size_t size);

/* Return whether launchd is ending the job: it is still loaded, but will be gone in a moment. */
bool	service_is_ending(const struct service *);

/* Return whether the last process of the job exited with this status. */
bool	service_exited_with(const struct service *, long status);
#define EXIT_CONFIG	78	/* it did not start: tests/evidence/RULES.md, 32, 39, 50 */

/*
 * Return whether it runs or has run since it was loaded. A job that crashes repeatedly may be
 * between two runs, but it was started; with EXIT_CONFIG it was not.
 */
bool	service_was_started(const struct service *);

/* Return whether its last process ended as one is meant to, or none has ended yet. */
bool	service_ended_well(const struct service *);
#define SIGNAL_TERMINATED	15	/* how launchd ends a job; the same number everywhere */

/*
 * Return whether this is one of its properties, a whole one. Two stop each start until the job is
 * loaded again, see tests/evidence/RULES.md, 32, 92:
 */
bool	service_has_property(const struct service *, const char *name);
#define PROPERTY_LWCR		"needs LWCR update"
#define PROPERTY_PENALTY	"penalty box"

/* Return whether launchd has it in the penalty box: it has no process, and will get none. */
bool	service_is_penalized(const struct service *);

/*
 * Return whether launchd waits longer between two starts than the job's plist says, because the job
 * crashed several times in a row (exponential throttling).
 */
bool	service_is_throttled(const struct service *);

/*
 * Return whether it has no process because launchd could not start one. may_rest: the job is
 * healthy without a process. Its program can exit with EX_CONFIG itself, and is started again.
 */
bool	service_is_refused(const struct service *, bool may_rest);

enum override {				/* set by `launchctl enable` and `launchctl disable` */
	OVERRIDE_UNKNOWN,		/* the output has an unknown form */
	OVERRIDE_NONE,			/* not listed: enabled, unless the plist has Disabled */
	OVERRIDE_ENABLED,
	OVERRIDE_DISABLED,
};

/*
 * Parse the output of `launchctl print-disabled DOMAIN` for one label. Words are enabled and
 * disabled, until macOS 12 true (= disabled) and false. Only the block "disabled services" is read,
 * not "login item associations" (which has "enabled" and "disabled", too), unless there is no block
 * at all (a line selected with grep). OVERRIDE_UNKNOWN: an unknown word for the label, or neither
 * that block nor the label. Labels are compared exactly.
 */
enum override service_override(const char *text, size_t size, const char *label);

#endif
