/*
 * Commands: one row each. Dispatch, usage, help, "did you mean" and the test of the manual read the
 * same table.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/check/check.h"
#include "core/error.h"
#include "core/facts/facts.h"
#include "core/job/grant.h"
#include "core/json.h"
#include "core/job/migrate.h"
#include "core/options.h"
#include "core/plan/plan.h"
#include "core/probe/probe.h"
#include "core/job/promise.h"
#include "host/accounts.h"
#include "host/machine/budget.h"
#include "host/machine/child.h"
#include "host/machine/dir_cache.h"
#include "host/machine/host.h"
#include "host/plist_index.h"

struct change {				/* of one job: what install, uninstall did or would do */
	char		label[NAME_SIZE];
	bool		changed, rolled_back;
	struct plan	plan;		/* count 0: refused before there was one */
	struct check_report	findings;
};

struct installation {			/* the job that install is about: zeroed with the session,
					   and not on the stack, for most of it is never touched */
	struct promise	promise, receipt;
	struct facts	facts;
};

struct session {			/* one run of one command */
	const struct command *command;
	struct options	 options;
	struct host	 host;
	struct dir_cache	 folders;	/* the host's, and its deputy, budgets and
						   accounts */
	struct user_helper	 helper;
	struct budgets	 budgets;
	struct accounts	 accounts;
	struct plist_index	 index;	/* of a command that looks at many jobs and changes
						   none */
	FILE		*out, *err;
	struct bytes	 from_bytes;	/* of --from; owned */
	mode_t		 from_mode;	/* of that file */
	bool		 from_is_untrusted;	/* another account than root and host.administrator
						   can change that file: what it says is that
						   account's, see command/install_from.h */
	bool		 label_is_untrusted;	/* and the label is what it says */
	struct grants	 grants;	/* and what its keys would give it */
	bool		 from_is_installed;	/* version 0.1 installed the job from this file */
	struct plist	*from;		/* the same; owned, the options borrow texts of it */
	struct migration *migration;	/* of migrate: what becomes of each key; owned; NULL:
					   nothing to tell */
	struct candidate *candidate;	/* of migrate: found before the lock is taken; owned */
	struct change	 change;	/* of install: the JSON is made from it */
	struct installation	 installation;	/* of install */
	struct json	 jobs;		/* of the others: the members of "jobs", written one by
					   one */
	char		*jobs_text;
	size_t		 jobs_size;
	struct probe	 probe;	/* of probe */
	struct error	 trouble;	/* of a probe within verify */
	struct system	 system;	/* of verify, scan and probe */
};

enum command_needs {
	NEEDS_ROOT	= 1 << 0,	/* unless --root or --dry-run is given */
};

struct command {
	const char	*name;
	const char	*arguments;	/* as in the manual */
	const char	*help;		/* one line, lower case, no full stop */
	unsigned	 needs;
	enum command_bit bit;
	int		(*run)(struct session *, struct error *);
	/* its own members of the JSON object */
	void		(*answer)(struct session *, struct json *);
};

/* All rows, in the order of the manual; *count says how many. */
const struct command *command_table(size_t *count);

/* help, which runs without a session and has no row there. */
extern const struct command command_help;

/*
 * Runs the command of argv (argv[0] is the program's name) and returns the exit status. Answers go
 * to out, errors and everything else to err; stop is set by a signal handler of the caller's, or
 * NULL.
 */
int	command_main(int argc, char *const argv[], FILE *out, FILE *err,
    const volatile sig_atomic_t *stop);

/* The rows' functions, each in the file of its name. */
int	command_install(struct session *, struct error *);
int	command_repair(struct session *, struct error *);
int	command_restart(struct session *, struct error *);
int	command_uninstall(struct session *, struct error *);
int	command_verify(struct session *, struct error *);
int	command_status(struct session *, struct error *);
int	command_probe(struct session *, struct error *);
int	command_connect(struct session *, struct error *);
int	command_lint(struct session *, struct error *);
int	command_scan(struct session *, struct error *);
int	command_migrate(struct session *, struct error *);
int	command_completion(struct session *, struct error *);

#endif
