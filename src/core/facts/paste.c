/* Build command lines that can be pasted. */
#include <assert.h>
#include <string.h>

#include "core/facts/paste.h"
#include "core/text.h"
#include "core/facts/trust.h"

#define STICKY	01000	/* S_ISVTX: a directory for all users */

/* False: no quoting makes it safe in every shell, or it is not readable as text. */
static bool
paste_is_word(const char *text)
{
	if (text[0] == '\0' || text[0] == '-')
		return false;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e || *text == '\'')
			return false;
	return true;
}

/* Append to target. False: it does not fit. */
static bool
paste_add(char *target, size_t size, const char *text, size_t length)
{
	return text_append(target, size, "%.*s", (int)length, text);
}

static bool
needs_quotes(const char *text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@:,";

	return text[strspn(text, plain)] != '\0';
}

static bool
paste_add_word(char *target, size_t size, const char *text)
{
	bool quoted = needs_quotes(text);

	return paste_is_word(text) && paste_add(target, size, "'", quoted) &&
	    paste_add(target, size, text, strlen(text)) && paste_add(target, size, "'", quoted);
}

bool
paste_line_of(char *target, size_t size, const char *format, va_list arguments)
{
	const char *next;
	bool fits = size > 0;

	if (fits)
		target[0] = '\0';
	for (; fits && (next = strchr(format, '%')) != NULL; format = next + 2) {
		assert(next[1] == 's');
		fits = paste_add(target, size, format, (size_t)(next - format)) &&
		    paste_add_word(target, size, va_arg(arguments, const char *));
	}
	if (fits && paste_add(target, size, format, strlen(format)))
		return true;
	if (size > 0)
		target[0] = '\0';
	return false;
}

bool
paste_line(char *target, size_t size, const char *format, ...)
{
	va_list arguments;
	bool made;

	va_start(arguments, format);
	made = paste_line_of(target, size, format, arguments);
	va_end(arguments);
	return made;
}

const char *
paste_read_word(const char *line, char word[], size_t size)
{
	bool quoted = false;
	size_t length = 0;

	for (; *line != '\0' && (quoted || *line != ' '); line++)
		if (*line == '\'')
			quoted = !quoted;
		else if (length + 1 < size)
			word[length++] = *line;
	word[length] = '\0';
	return *line == ' ' ? line + 1 : line;
}

void
paste_bootout(char *target, size_t size, const struct loaded_agent *agent)
{
	if (agent->targets[1][0] == '\0')
		paste_line(target, size, "sudo launchctl bootout %s", agent->targets[0]);
	else
		paste_line(target, size, "sudo launchctl bootout %s && sudo launchctl bootout %s",
		    agent->targets[0], agent->targets[1]);
}

void
paste_shown(char *target, size_t size, const char *text)
{
	const char *quote = needs_quotes(text) ? "'" : "";

	text_format(target, size, "%s%s%s", quote, text, quote);
	for (char *at = target; *at != '\0'; at++)
		if (*at == '\'' && at != target && at[1] != '\0')
			*at = '?';
}

bool
paste_is_plain(const char *text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 /._-+@:,'";

	return text[strspn(text, plain)] == '\0';
}

bool
paste_may_name(const struct file_fact *fact)
{
	if (fact->exists == UNKNOWN || fact->untrusted_path[0] != '\0')
		return false;
	return fact->exists == NO || fact->type == FILE_DIRECTORY ||
	    (fact->type == FILE_REGULAR && fact->links == 1);
}

/*
 * "/Library" and "/Library/LaunchDaemons" are on the way to lnpctl's own files, "/private/var/log"
 * is where it puts logs.
 */
static bool
paste_is_ours(const char *folder)
{
	static const char *const ways[] = { DAEMONS_DIRECTORY "/", STATE_DIRECTORY "/",
	    "/private/var/log/" };
	size_t length = strlen(folder);

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (length > 0 && strncmp(ways[i], folder, length) == 0 && ways[i][length] == '/')
			return true;
	return false;
}

/* install(1) with -d sets owner, group and mode of a directory that exists, too. */
void
paste_folder(const struct file_fact *fact, char *target, size_t size)
{
	if (trust_is_hidden(fact->untrusted_by))
		text_copy(target, size, trust_fix(fact->untrusted_by));
	else if ((fact->untrusted_mode & STICKY) != 0 || !paste_is_ours(fact->untrusted_path) ||
	    !paste_line(target, size, "sudo install -d -o root -g wheel -m 0755 %s",
	    fact->untrusted_path))
		text_copy(target, size, "use a directory that only root can change");
}
