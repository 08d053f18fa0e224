/*
 * Any bytes as the beginning of a script, as words of command lines of env and of interpreters, and
 * as a PATH.
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
	check_ends(interpreter->script, sizeof interpreter->script);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), path[PATH_SIZE];
	struct interpreter interpreter;
	static const char *const programs[] = { "/usr/bin/env", "/bin/bash", "/bin/zsh",
		"/usr/bin/python3", "/usr/bin/perl", "/usr/bin/ruby", "/opt/bin/node" };
	const char *words[4] = { NULL, text, text, "/opt/x" };

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	interpreter_read(&interpreter, text);
	check(&interpreter);
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
		words[0] = programs[i];
		interpreter_of_words(&interpreter, words, 4);
		check(&interpreter);
	}
	for (size_t i = 0; i < 70 && interpreter_candidate("x", text, text, i, path); i++)
		check_ends(path, sizeof path);
	free(text);
	return 0;
}
