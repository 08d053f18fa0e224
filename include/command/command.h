/*
 * Commands: one row each in one table, which dispatch, usage, help, "did you mean" and the manual's
 * test read.
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

struct change {				/* what a command did, or would do, to one job */
	char		label[NAME_SIZE];
	bool		changed, rolled_back;
	struct plan	plan;		/* count 0: refused before planning */
	struct check_report	findings;
};

struct installation {			/* the current job; change_release() frees what it owns */
	struct promise	promise, receipt;
	struct facts	facts;
};

struct session {			/* one run of one command */
	const struct command *command;
	struct options	 options;
	struct host	 host;
	struct dir_cache	 folders;	/* this and the next three: used by host */
	struct user_helper	 helper;
	struct budgets	 budgets;
	struct accounts	 accounts;
	struct plist_index	 index;	/* of verify and status, which change nothing */
	FILE		*out, *err;
	struct bytes	 from_bytes;	/* the file of --from; owned */
	mode_t		 from_mode;	/* of that file */
	bool		 from_is_untrusted;	/* accounts other than root and host.administrator
						   can change that file: see install_from.h */
	bool		 label_is_untrusted;	/* and the label comes from it */
	struct grants	 grants;	/* and what its keys would give the account */
	bool		 from_is_installed;	/* version 0.1 installed the job from this file */
	struct plist	*from;		/* the parsed file; owned, options borrow its texts */
	struct migration *migration;	/* the fate of each key; owned; NULL: nothing to report */
	struct candidate *candidate;	/* of migrate: found before the lock is taken; owned */
	struct change	*change;	/* the current job's; install prints it as JSON */
	struct change	 only;		/* which is this, except in a batch of jobs */
	struct installation	 installation;
	struct json	 jobs;		/* the members of "jobs" (lint: "files"), one by one */
	char		*jobs_text;
	size_t		 jobs_size;
	struct probe	 probe;
	struct error	 trouble;	/* of a probe within verify */
	struct system	 system;	/* of verify, scan and probe */
};

enum command_needs {
	NEEDS_ROOT	= 1 << 0,	/* unless --root or --dry-run is given */
	IS_PLUMBING	= 1 << 1,	/* in the manual only: help does not list it */
};

struct command {
	const char	*name;
	const char	*arguments;	/* as in the manual; may be empty */
	const char	*help;		/* one line, lower case, no full stop */
	unsigned	 needs;
	enum command_bit bit;
	int		(*run)(struct session *, struct error *);
	/* writes its own members of the JSON object */
	void		(*answer)(struct session *, struct json *);
};

/* Return the table, in the order of the manual, and its number of rows in *count. */
const struct command *command_table(size_t *count);

/* help runs without a session and has no row in the table. */
extern const struct command command_help;

/*
 * Run the command of argv (argv[0] is the program's name) and return the exit status. Answers go to
 * out, everything else to err. stop: set by the caller's signal handler, or NULL.
 */
int	command_main(int argc, char *const argv[], FILE *out, FILE *err,
    const volatile sig_atomic_t *stop);

/* The functions of the rows, each in the file of its name. */
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
int	command_complete(struct session *, struct error *);

#endif
