/* Parse "#!" lines and the command lines of env(1) and of interpreters. */
#include <string.h>

#include "core/facts/interpreter.h"
#include "core/text.h"
#include "core/facts/trust.h"

#define BLANKS		" \t"
#define LAUNCHD_PATH	"/usr/bin:/bin:/usr/sbin:/sbin"
#define WORDS_MAX	64
#define LINE_SIZE	2048

struct word_reader {			/* words of a command line */
	char		 text[LINE_SIZE];	/* the words, each zero-terminated */
	size_t		 at, size;
	bool		 whole;		/* all words fit */
};

static void
interpreter_add_word(struct word_reader *reader, const char *word, size_t length)
{
	if (text_format(reader->text + reader->size, sizeof reader->text - reader->size, "%.*s",
	    (int)length, word))
		reader->size += length + 1;
	else
		reader->whole = false;
}

static void
add_words(struct word_reader *reader, const char *text)
{
	while (*(text += strspn(text, BLANKS)) != '\0') {
		size_t length = strcspn(text, BLANKS);

		interpreter_add_word(reader, text, length);
		text += length;
	}
}

/* Return the next word, or NULL after the last. */
static const char *
next_word(struct word_reader *reader)
{
	const char *word = reader->text + reader->at;

	if (reader->at >= reader->size)
		return NULL;
	reader->at += strlen(word) + 1;
	return word;
}

/* Put the words of -S before the others. Quotes and variables in them are not supported: false. */
static bool
interpreter_split(struct word_reader *reader, const char *text)
{
	struct word_reader first = { .whole = true };

	if (text == NULL || strpbrk(text, "\"'\\$#") != NULL)
		return false;
	add_words(&first, text);
	for (const char *word; (word = next_word(reader)) != NULL;)
		interpreter_add_word(&first, word, strlen(word));
	first.whole = first.whole && reader->whole;
	*reader = first;
	return true;
}

static bool
set_search(struct interpreter *interpreter, const char *search)
{
	interpreter->searches = true;
	return search != NULL && text_copy(interpreter->search, PATH_SIZE, search);
}

/* Read one word of options, "-iS": letters of both BSD and GNU env. False: unknown. */
static bool
read_options(struct interpreter *interpreter, struct word_reader *reader, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		const char *value = letters[1] != '\0' ? letters + 1 : NULL;

		if (strchr("uPS", *letters) != NULL && value == NULL)
			value = next_word(reader);
		if (*letters == 'S')
			return interpreter_split(reader, value);
		if (*letters == 'P')
			return set_search(interpreter, value);
		if (*letters == 'i' || (*letters == 'u' && value != NULL &&
		    strcmp(value, "PATH") == 0))
			set_search(interpreter, "");
		if (*letters == 'u')
			return value != NULL;
		if (strchr("i0v", *letters) == NULL)
			return false;
	}
	return true;
}

static bool
read_long_option(struct word_reader *reader, const char *option, bool *last)
{
	static const char text[] = "--split-string=";

	*last = strcmp(option, "--") == 0;
	return *last || (strncmp(option, text, sizeof text - 1) == 0 &&
	    interpreter_split(reader, option + sizeof text - 1));
}

/*
 * Options of interpreters before the name of their script: sh(1), zsh(1), python(1), perlrun(1),
 * ruby(1), osascript(1), node(1). A version ("python3.11") may follow the name.
 */
static const struct script_reader {
	const char	*name;
	const char	*instead;	/* options that run their value, or standard input */
	const char	*next;		/* options whose value may be the next word */
	const char	*rest;		/* options whose value is the rest of their word */
	const char	*number;	/* options whose value is the digits after them */
	const char	*elsewhere;	/* options that change where the script is looked for */
	const char	*valued;	/* long options whose value is the next word; NULL: it is
					   not known which have one */
	bool		 shell;		/* "+e" is an option, too, and "-" ends options */
} script_readers[] = {
	{ "sh", "cs", "oO", "", "", "", " rcfile init-file ", true },
	{ "bash", "cs", "oO", "", "", "", " rcfile init-file ", true },
	{ "dash", "cs", "o", "", "", "", "", true },
	{ "ksh", "cs", "o", "", "", "", "", true },
	{ "zsh", "cs", "o", "", "", "", " emulate ", true },
	{ "csh", "cst", "", "", "", "", "", false },
	{ "tcsh", "cst", "", "", "", "", "", false },
	{ "python", "cmhV", "WX", "", "", "", " check-hash-based-pycs ", false },
	{ "Python", "cmhV", "WX", "", "", "", " check-hash-based-pycs ", false },
	{ "perl", "eEhvV", "I", "CDFMmix:=", "l0", "S", "", false },
	{ "ruby", "eh", "CEIXr", "FKix:", "0TW", "CSXx", NULL, false },
	{ "osascript", "ei", "ls", "", "", "", "", false },
	{ "node", "ehpv", "Cr", "", "", "", NULL, false },
};

static const struct script_reader *
find_script_reader(const char *program)
{
	const char *name = text_after_last(program, '/');
	size_t length = strlen(name);

	while (length > 0 && strchr("0123456789.", name[length - 1]) != NULL)
		length--;
	for (size_t i = 0; i < sizeof script_readers / sizeof script_readers[0]; i++)
		if (strlen(script_readers[i].name) == length &&
		    strncmp(script_readers[i].name, name, length) == 0)
			return &script_readers[i];
	return NULL;
}

/* Skip one word of options, and a value after it. False: no file follows. */
static bool
skip_options(const struct script_reader *row, struct word_reader *reader, const char *letters,
    bool *vague)
{
	for (; *letters != '\0'; letters++) {
		*vague = *vague || strchr(row->elsewhere, *letters) != NULL;
		if (strchr(row->instead, *letters) != NULL)
			return false;
		if (strchr(row->rest, *letters) != NULL)
			return true;
		if (strchr(row->number, *letters) != NULL)
			letters += strspn(letters + 1, "0123456789");
		if (strchr(row->next, *letters) == NULL)
			continue;
		if (letters[1] == '\0')
			next_word(reader);
		/* "-oname": zsh takes the rest as the value, bash and dash the next word. */
		*vague = *vague || (row->shell && letters[1] != '\0');
		return true;
	}
	return true;
}

/* Skip a long option and its value if that is the next word. Return false for other options. */
static bool
skip_long_option(const struct script_reader *row, struct word_reader *reader, const char *option,
    bool *vague)
{
	size_t dashes = strspn(option, "-");
	char name[LINE_SIZE];
	bool valued = row->valued != NULL && text_format(name, sizeof name, " %s ",
	    option + dashes) && strstr(row->valued, name) != NULL;

	/* bash(1) accepts one dash, too. */
	if (dashes < 2 && !(row->shell && valued))
		return false;
	if (valued)
		next_word(reader);
	*vague = *vague || (row->valued == NULL && strchr(option, '=') == NULL);
	return true;
}

/* Find the script; it stays empty if there is none or the words do not show which file it is. */
static void
read_script(struct interpreter *interpreter, const char *program, struct word_reader *reader)
{
	const struct script_reader *row = find_script_reader(program);
	const char *word = row == NULL ? NULL : next_word(reader);
	bool last = false, vague = false;

	while (word != NULL && !last && (word[0] == '-' || (row->shell && word[0] == '+'))) {
		last = strcmp(word, "--") == 0 || (row->shell && strcmp(word, "-") == 0);
		if (!last && (word[1] == '\0' || (!skip_long_option(row, reader, word, &vague) &&
		    !skip_options(row, reader, word + 1, &vague))))
			return;
		word = next_word(reader);
	}
	interpreter->script_vague = word != NULL &&
	    (vague || !text_copy(interpreter->script, PATH_SIZE, word));
	if (interpreter->script_vague)
		interpreter->script[0] = '\0';
}

/* Read options, then NAME=VALUE, then the command. */
static bool
read_env(struct interpreter *interpreter, struct word_reader *reader)
{
	const char *word = next_word(reader);
	char copy[LINE_SIZE];
	bool last = false;

	for (; word != NULL && word[0] == '-' && !last; word = next_word(reader)) {
		text_copy(copy, sizeof copy, word);	/* -S rewrites the words */
		if (strcmp(copy, "-") == 0)
			set_search(interpreter, "");
		else if (copy[1] == '-' ? !read_long_option(reader, copy, &last) :
		    !read_options(interpreter, reader, copy + 1))
			return false;
	}
	for (; word != NULL && strchr(word, '=') != NULL; word = next_word(reader))
		if (strncmp(word, "PATH=", 5) == 0 && !set_search(interpreter, word + 5))
			return false;
	return reader->whole && word != NULL && word[0] != '\0' &&
	    text_copy(interpreter->command, PATH_SIZE, word) && !interpreter_is_env(word);
}

bool
interpreter_is_env(const char *program)
{
	return strcmp(text_after_last(program, '/'), "env") == 0;
}

bool
interpreter_read(struct interpreter *interpreter, const char *begin)
{
	struct word_reader reader = { .whole = true };
	size_t length = strcspn(begin, "\n"), first;
	char line[LINE_SIZE];

	memset(interpreter, 0, sizeof *interpreter);
	if (strncmp(begin, "#!", 2) != 0)
		return false;
	interpreter->vague = length >= sizeof line ||
	    !text_format(line, sizeof line, "%.*s", (int)length - 2, begin + 2);
	if (interpreter->vague)
		return true;
	first = strspn(line, BLANKS);
	length = strcspn(line + first, BLANKS);
	interpreter->vague = length == 0 ||
	    !text_format(interpreter->path, PATH_SIZE, "%.*s", (int)length, line + first);
	if (interpreter->vague || !interpreter_is_env(interpreter->path))
		return true;
	add_words(&reader, line + first + length);
	interpreter->vague = !read_env(interpreter, &reader);
	return true;
}

bool
interpreter_of_words(struct interpreter *interpreter, const char *const words[], size_t count)
{
	struct word_reader reader = { .whole = count <= WORDS_MAX };

	memset(interpreter, 0, sizeof *interpreter);
	if (count == 0 || words[0] == NULL)
		return false;
	for (size_t i = 1; i < count && i < WORDS_MAX; i++)
		if (words[i] == NULL)
			reader.whole = false;
		else
			interpreter_add_word(&reader, words[i], strlen(words[i]));
	if (!interpreter_is_env(words[0])) {
		read_script(interpreter, words[0], &reader);
		return interpreter->script[0] != '\0';
	}
	interpreter->vague = !read_env(interpreter, &reader);
	if (!interpreter->vague)
		read_script(interpreter, interpreter->command, &reader);
	return true;
}

bool
interpreter_candidate(const char *command, const char *search, const char *working_directory,
    size_t index, char path[PATH_SIZE])
{
	const char *at = search[0] == '\0' ? LAUNCHD_PATH : search;
	const char *slash = working_directory[0] == '\0' ? "" : "/";
	char directory[PATH_SIZE];

	if (command[0] == '/')
		return index == 0 && text_copy(path, PATH_SIZE, command);
	if (strchr(command, '/') != NULL)
		return index == 0 && text_format(path, PATH_SIZE, "%s/%s", working_directory,
		    command);
	for (; index > 0; index--) {
		at += strcspn(at, ":");
		if (*at++ == '\0')
			return false;
	}
	if (!text_format(directory, sizeof directory, "%.*s", (int)strcspn(at, ":"), at))
		return false;
	if (directory[0] == '/')
		working_directory = slash = "";
	/* An empty directory in PATH is the working directory. */
	return text_format(path, PATH_SIZE, "%s%s%s/%s", working_directory, slash, directory,
	    command);
}

enum weakness
interpreter_weakness(const struct file_fact *fact, uid_t owner)
{
	if (fact->untrusted_path[0] != '\0')
		return trust_is_hidden(fact->untrusted_by) ? fact->untrusted_by : WEAK_MODE;
	return fact->exists == YES ? trust_file(fact, owner) : WEAK_NOT;
}
