/*
 * Parse the command line. One row per option, shared by the parser, --help, usage and the test of
 * the manual.
 *
 * Options may come before or after operands; "--" ends them; "--name=value" and "--name value" both
 * work; abbreviations are refused.
 */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

enum command_bit {			/* which commands take an option */
	COMMAND_INSTALL		= 1 << 0,
	COMMAND_VERIFY		= 1 << 1,
	COMMAND_UNINSTALL	= 1 << 2,
	COMMAND_STATUS		= 1 << 3,
	COMMAND_HELP		= 1 << 4,
	COMMAND_REPAIR		= 1 << 5,
	COMMAND_RESTART		= 1 << 6,
	COMMAND_LINT		= 1 << 7,
	COMMAND_PROBE		= 1 << 8,
	COMMAND_CONNECT		= 1 << 9,
	COMMAND_SCAN		= 1 << 10,
	COMMAND_MIGRATE		= 1 << 11,
	COMMAND_COMPLETION	= 1 << 12,
	COMMAND_COMPLETE	= 1 << 13,
	COMMAND_VERSION		= 1 << 14,
	COMMAND_SHOW		= 1 << 15,
	COMMAND_CHANGES		= COMMAND_INSTALL | COMMAND_REPAIR | COMMAND_RESTART |
				  COMMAND_UNINSTALL | COMMAND_MIGRATE,
	COMMAND_MAKES		= COMMAND_INSTALL | COMMAND_MIGRATE,	/* they create a job */
};

struct spec;

struct words {				/* values of an option that may be repeated, in order */
	const char	**items;	/* owned by the options */
	size_t		  count;
};

struct options {
	/* every command */
	bool		 help;
	bool		 json, quiet, verbose, dry_run;
	double		 timeout;	/* seconds; below 0: not given */
	double		 lock_wait;	/* seconds */
	const char	*root;		/* NULL: "/" */
	const char	*launchctl;	/* NULL: the default */
	/* install */
	const char	*label, *user, *group, *log_directory, *stdout_path, *stderr_path,
	    *working_directory;
	const char	*keep_alive;	/* "true" or "false"; NULL: the default */
	struct words	 environment;	/* NAME=VALUE */
	struct words	 settings;	/* KEY=VALUE of --set */
	struct words	 peers;		/* HOST:PORT */
	bool		 keep, replace, no_load;
	double		 settle;	/* seconds; below 0: not given */
	long		 max_starts;	/* below 0: not given */
	struct words	 allowed;	/* keys of --allow */
	const char	*from;		/* the plist to start from; NULL: none */
	bool		 account_label;	/* not an option. An account chose the label, which in
					   /var/log may be the name of another program's log */
	const struct spec *installed;	/* not an option. The job as it is, which keeps the names of
					   its logs; NULL: there is none */
	/* verify */
	bool		 probe;
	/* probe */
	struct words	 contexts;	/* of --as */
	/* lint */
	const char	*kind;		/* "daemon" or "agent"; NULL: not given */
	bool		 rules;
	/* migrate */
	bool		 undo;
	/* uninstall */
	bool		 delete_logs, all;

	char *const	*operands;	/* arguments that are not options, in order */
	size_t		 operand_count;
	bool		 dashes;	/* "--" was given */
	void		*storage;	/* owned; the operands and the items of the lists */
};

enum option_kind {
	OPTION_FLAG, OPTION_TEXT, OPTION_SECONDS, OPTION_NUMBER, OPTION_WORD, OPTION_LIST
};

enum option_key {			/* of an option that sets a key of the plist */
	OPTION_SHARES,			/* --set may set the key, where the option is not given */
	OPTION_OWNS,			/* --set may not: lnpctl itself depends on the value */
	OPTION_READS,			/* that, and where the option is not given, the value is
					   that of --from */
};

struct option {
	const char	*name;		/* without the dashes */
	const char	*argument;	/* its name in usage, a row of core/argument.h; NULL for a
					   flag */
	unsigned	 commands;	/* of enum command_bit */
	enum option_kind kind;
	size_t		 offset;	/* of the field in struct options */
	const char	*key;		/* the key that a text or word sets, a row of
					   core/lint/keys.h; NULL: none. core/job/job.h takes its
					   type and range from there, and all else from here */
	enum option_key	 role;
	const char	*help;		/* one line, lower case, no full stop */
};

/* Return all rows, in the order of the manual; the name of the one after the last is NULL. */
const struct option *options_table(void);

/* Return true if every command that does something takes it. */
bool	options_is_common(const struct option *);

/* Return the row for the first length bytes of name that one of the commands takes, or NULL. */
const struct option *options_find(const char *name, size_t length, unsigned commands);

/*
 * Return a text or a word as it is given; NULL: it is not, or the row is of another kind. Its
 * field, to set it.
 */
const char *options_text(const struct options *, const struct option *);
void	*options_field(struct options *, const struct option *);

/*
 * Read the arguments after the command word. The strings are borrowed; options_free() releases the
 * rest, after a failure, too. Fails with ERROR_USAGE: unknown option (with "did you mean"), missing
 * or superfluous value, an option given twice that is not a list, a value of the wrong form; it
 * has no fix where only the command's help has one. Fields have defaults in any case; what was read
 * before a failure (json, quiet) stays.
 */
int	options_parse(struct options *, enum command_bit, int argc, char *const argv[],
    struct error *);
void	options_free(struct options *);

#endif
