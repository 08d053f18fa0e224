/* What complete reads in a usage. */
#ifndef COMMAND_COMPLETE_H
#define COMMAND_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "command/command.h"
#include "core/argument.h"

#define COMPLETE_OPERANDS	4

struct operands {			/* of a command */
	const struct argument *values[COMPLETE_OPERANDS];	/* each operand is one of these */
	size_t		 count;
	bool		 many;		/* false: at most one */
};

/* Return the operands of a command, read from its usage. */
struct operands complete_operands(const struct command *);

#endif
