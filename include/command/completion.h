/*
 * What completion's scripts are made of: the tables as each shell's file asks for them. The scripts
 * themselves are in completion_bash.c, completion_zsh.c and completion_fish.c.
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
	bool		 many;		/* else one at most */
};

/* The rows of command_table(), then help; NULL behind the last. */
const struct command *completion_command(size_t i);

/*
 * The rows of the options that the command takes, beginning with *at, which goes on; NULL: no more.
 */
const struct option *completion_option(const struct command *, size_t *at);

/* The row of an option's argument; NULL: it is a flag. */
const struct argument *completion_value(const struct option *);

/* What the command takes besides options, as its usage says. */
struct operands completion_operands(const struct command *);

/*
 * Writes the fixed words of a value, with blanks between. What ends with a colon or an equals sign
 * goes on behind.
 */
void	completion_words(FILE *, const struct argument *);

/*
 * The shells' rows. In each script: a name of the machine's is never run, and not offered if it
 * needs quoting.
 */
void	completion_bash(FILE *);
void	completion_zsh(FILE *);
void	completion_fish(FILE *);

#endif
