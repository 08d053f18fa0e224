/* Show a job as options of install. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/job/show.h"
#include "core/options.h"
#include "core/text.h"

#define SHOW_TEXT	4096

struct showing_options {
	void	(*visit)(void *context, const char *text);
	void	*context;
	char	 path[512];		/* of the key that is visited; truncated if longer */
	size_t	 item;			/* of an array: its number */
};

static void
show_one(const struct showing_options *show, const char *name, const char *value)
{
	char text[SHOW_TEXT];

	text_format(text, sizeof text, "%s %s", name, value);
	show->visit(show->context, text);
}

/* Return whether it is a value without members, and write it. */
static bool
show_scalar(const struct plist *value, char *text, size_t size)
{
	bool boolean;
	int64_t integer;
	double real;

	if (plist_text(value) != NULL)
		text_copy(text, size, plist_text(value));
	else if (plist_boolean(value, &boolean))
		text_copy(text, size, boolean ? "true" : "false");
	else if (plist_integer(value, &integer))
		text_format(text, size, "%" PRId64, integer);
	else if (plist_real(value, &real))
		text_format(text, size, "%g", real);
	else
		return false;
	return true;
}

/* Show a value as --set, or each value in it by its path: "WatchPaths.0=/etc/x". */
static void
show_setting(void *context, const char *key, const struct plist *value)
{
	struct showing_options *show = context, inner = { .visit = show->visit,
	    .context = show->context };
	char text[SHOW_TEXT], setting[SHOW_TEXT + sizeof inner.path];
	const char *dot = show->path[0] == '\0' ? "" : ".";

	if (key != NULL)
		text_format(inner.path, sizeof inner.path, "%s%s%s", show->path, dot, key);
	else
		text_format(inner.path, sizeof inner.path, "%s%s%zu", show->path, dot,
		    show->item++);
	if (show_scalar(value, text, sizeof text)) {
		text_format(setting, sizeof setting, "%s=%s", inner.path, text);
		show_one(show, "--set", setting);
	} else
		plist_visit_all(value, show_setting, &inner);
}

static void
show_variable(void *context, const char *name, const struct plist *value)
{
	(void)value;
	show_one(context, "--env", name);
}

/* Return the option that sets this key to such a value, or NULL. */
static const struct option *
show_option_of(const char *key, const struct plist *value)
{
	bool boolean;

	for (const struct option *row = options_table(); row->name != NULL; row++)
		if (row->key != NULL && strcmp(row->key, key) == 0)
			return plist_text(value) != NULL || plist_boolean(value, &boolean) ?
			    row : NULL;
	return NULL;
}

static void
show_rest(void *context, const char *key, const struct plist *value)
{
	static const char *const others[] = { "EnvironmentVariables", "Program", "ProgramArguments",
		NULL };

	if (!text_matches(key, others) && show_option_of(key, value) == NULL)
		show_setting(context, key, value);
}

static void
show_program(const struct showing_options *show, const struct plist *tree)
{
	const struct plist *arguments = plist_member(tree, "ProgramArguments");
	const char *program = plist_text(plist_member(tree, "Program"));
	char text[SHOW_TEXT] = "--";

	if (program != NULL)
		text_append(text, sizeof text, " %s", program);
	for (size_t i = program == NULL ? 0 : 1; i < plist_count(arguments); i++) {
		const char *argument = plist_text(plist_item(arguments, i));

		text_append(text, sizeof text, " %s", argument == NULL ? "" : argument);
	}
	show->visit(show->context, text);
}

void
show_options(const struct spec *spec, const struct plist *tree,
    void (*visit)(void *context, const char *text), void *context)
{
	struct showing_options show = { .visit = visit, .context = context };
	char value[SHOW_TEXT], name[64];

	for (const struct option *row = options_table(); row->name != NULL; row++) {
		const struct plist *member = row->key == NULL ? NULL :
		    plist_member(tree, row->key);

		text_format(name, sizeof name, "--%s", row->name);
		if (member != NULL && show_scalar(member, value, sizeof value))
			show_one(&show, name, value);
	}
	plist_visit(plist_member(tree, "EnvironmentVariables"), show_variable, &show);
	plist_visit(tree, show_rest, &show);
	for (size_t i = 0; i < spec->peer_count; i++)
		show_one(&show, "--peer", spec->peers[i]);
	text_format(value, sizeof value, "%g", spec->settle);
	show_one(&show, "--settle", value);
	text_format(value, sizeof value, "%u", spec->max_starts);
	show_one(&show, "--max-starts", value);
	show_program(&show, tree);
}
