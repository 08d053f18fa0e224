/*
 * Commands: one row each in one table, which dispatch, usage, help, "did you mean" and the manual's
 * test read.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/error.h"
#include "core/facts/facts.h"
#include "core/json.h"
#include "core/options.h"
#include "core/probe/probe.h"
#include "host/accounts.h"
#include "host/machine/budget.h"
#include "host/machine/child.h"
#include "host/machine/dir_cache.h"
#include "host/machine/host.h"

struct session {			/* one run of one command */
	const struct command *command;
	struct options	 options;
	struct host	 host;
	struct dir_cache	 folders;	/* this and the next three: used by host */
	struct user_helper	 helper;
	struct budgets	 budgets;
	struct accounts	 accounts;
	int		 lock;		/* of change_lock(), closed at the end; 0: not taken */
	FILE		*out, *err;
	struct json	 jobs;		/* the members of "jobs" (lint: "files"), one by one;
					   install: its members */
	char		*jobs_text;
	size_t		 jobs_size;
	struct probe	 probe;		/* of probe, verify and install */
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
	/* NULL: help, which runs without a session */
	int		(*run)(struct session *, struct error *);
	/* writes its own members of the JSON object */
	void		(*answer)(struct session *, struct json *);
};

/* Return the table, in the order of the manual; the name of the row after the last is NULL. */
const struct command *command_table(void);

/* Return the row of a name, or NULL. */
const struct command *command_find(const char *name);

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
int	command_show(struct session *, struct error *);
int	command_version(struct session *, struct error *);

#endif
