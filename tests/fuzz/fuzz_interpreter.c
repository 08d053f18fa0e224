/*
 * Any bytes as the beginning of a script, and its words as a command line of env's and as a PATH.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/facts/interpreter.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_ends(const char *text, size_t size)
{
	if (memchr(text, '\0', size) == NULL)
		abort();
}

static void
check(const struct interpreter *interpreter)
{
	check_ends(interpreter->path, sizeof interpreter->path);
	check_ends(interpreter->command, sizeof interpreter->command);
	check_ends(interpreter->search, sizeof interpreter->search);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), path[PATH_SIZE];
	struct interpreter interpreter;
	const char *words[3] = { "/usr/bin/env", text, text };

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	interpreter_read(&interpreter, text);
	check(&interpreter);
	interpreter_of_words(&interpreter, words, 3);
	check(&interpreter);
	for (size_t i = 0; i < 70 && interpreter_candidate("x", text, text, i, path); i++)
		check_ends(path, sizeof path);
	free(text);
	return 0;
}
