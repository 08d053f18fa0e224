/*
 * The usage, made from the tables of commands and options.
 */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "command/command.h"

/* List the commands; everything: those that other commands run, and all options, too. */
void	help_all(FILE *, bool everything);

/* Print the usage of one command and its options; those of every command come last. */
void	help_one(const struct command *, FILE *);

#endif
