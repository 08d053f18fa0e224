/*
 * The tables as the completion scripts need them. The scripts are in completion_bash.c,
 * completion_zsh.c and completion_fish.c.
 */
#ifndef COMMAND_COMPLETION_H
#define COMMAND_COMPLETION_H

#include <stdio.h>

#include "command/command.h"
#include "core/options.h"
#include "core/job/promise.h"
#include "core/argument.h"

#define COMPLETION_OPERANDS	4

struct operands {			/* of a command */
	const struct argument *values[COMPLETION_OPERANDS];	/* each operand is one of these */
	size_t		 count;
	bool		 many;		/* false: at most one */
};

/* Return row i of command_table(), then help, then NULL. */
const struct command *completion_command(size_t i);

/* Return the next option that the command takes, from *at on, and advance *at; NULL: no more. */
const struct option *completion_option(const struct command *, size_t *at);

/* Return the row of an option's argument, or NULL for a flag. */
const struct argument *completion_value(const struct option *);

/* Return the operands of a command, read from its usage. */
struct operands completion_operands(const struct command *);

/*
 * Write the fixed words of a value, separated by spaces. After a final ':' or '=' a value follows.
 */
void	completion_words(FILE *, const struct argument *);

/*
 * Write the script for a shell. It never evaluates a name found on the machine, and does not offer
 * one that needs quoting.
 */
void	completion_bash(FILE *);
void	completion_zsh(FILE *);
void	completion_fish(FILE *);

#endif
