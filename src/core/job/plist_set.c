/* Apply --set KEY=VALUE to a plist. */
#include <stdlib.h>
#include <string.h>

#include "core/lint/keys.h"
#include "core/job/plist_set.h"
#include "core/options.h"
#include "core/text.h"

#define STEPS_MAX	16
#define INDEX_DIGITS	4
#define KEY_SIZE	1024

struct set_step {
	char		*name;		/* in the copy of KEY that is matched */
	size_t		 length;
	bool		 is_item;	/* the name is an index */
};

struct set_target {			/* what a KEY names */
	struct set_step	steps[STEPS_MAX];
	size_t		count;
	const struct key *row;
	struct key_types types;
};

static bool
plist_set_is_key(const char *setting, const char *key)
{
	size_t length = strlen(key);

	return strncmp(setting, key, length) == 0 &&
	    (setting[length] == '.' || setting[length] == '=' || setting[length] == '\0');
}

bool
plist_set_touches(const char *const settings[], size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (plist_set_is_key(settings[i], key))
			return true;
	return false;
}

/* What starts a job on demand. */
static const char *const starters[] = {
	"StartInterval", "StartCalendarInterval", "StartOnMount", "WatchPaths", "QueueDirectories",
	"Sockets", NULL,
};

bool
plist_set_starts(const char *const settings[], size_t count)
{
	for (size_t i = 0; starters[i] != NULL; i++)
		if (plist_set_touches(settings, count, starters[i]))
			return true;
	return false;
}

bool
plist_has_start(const struct plist *tree)
{
	for (size_t i = 0; starters[i] != NULL; i++)
		if (plist_member(tree, starters[i]) != NULL)
			return true;
	return false;
}

int
plist_set_check(const char *const settings[], size_t count, const char *what, struct error *error)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++) {
			size_t length = strcspn(settings[i], "=");

			if (strcspn(settings[j], "=") == length &&
			    strncmp(settings[i], settings[j], length) == 0)
				return error_set(error, ERROR_USAGE, NULL, NULL,
				    "%s '%.*s' is given twice", what,
				    (int)(length < 200 ? length : 200), settings[i]);
		}
	return 0;
}

/* ---- KEY ---- */

static bool plist_set_match(struct set_target *, const struct key *, struct key_types, char *);

/* The same after a step whose name has that length. */
static bool
plist_set_step(struct set_target *target, struct set_step step, const struct key *row,
    struct key_types types)
{
	char *end = step.name + step.length;

	target->steps[target->count++] = step;
	return plist_set_match(target, row, types, *end == '\0' ? NULL : end + 1);
}

/*
 * Match the rest of a key, NULL at its end, with the rows below this one; types are those of the
 * value here. A star takes as little as possible if a row below its own follows, else all the rest.
 */
static bool
plist_set_match(struct set_target *target, const struct key *row, struct key_types types,
    char *rest)
{
	size_t depth = target->count;
	struct set_step step = { rest, rest == NULL ? 0 : strcspn(rest, "."), false };
	const struct key *below;
	struct key_types inner;

	target->row = row;
	target->types = types;
	if (step.length == 0 || depth == STEPS_MAX)
		return rest == NULL;
	step.is_item = step.length <= INDEX_DIGITS &&
	    strspn(rest, "0123456789") == step.length && keys_allow(types, "array", &inner);
	if (step.is_item)
		return plist_set_step(target, step, row, inner);
	below = keys_below(row, rest, step.length);
	if (below != NULL)
		return plist_set_step(target, step, below, keys_types(below));
	below = keys_below(row, "*", 1);
	while (below != NULL) {
		target->count = depth;
		if (plist_set_step(target, step, below, keys_types(below)) &&
		    (rest[step.length] == '\0' || target->row != below))
			return true;
		step.length += 1 + strcspn(rest + step.length + 1, ".");
	}
	return false;
}

static bool
plist_set_find(struct set_target *target, char *key)
{
	if (plist_set_is_key(key, "LaunchEvents") ||
	    !plist_set_match(target, NULL, (struct key_types){ "", 0 }, key))
		return false;
	for (size_t i = 0; i < target->count; i++)
		target->steps[i].name[target->steps[i].length] = '\0';
	return true;
}

static int
plist_set_unknown(const char *key, struct error *error)
{
	char top[KEY_SIZE], fix[KEY_SIZE] = "see: man launchd.plist";
	const struct key *row, *near;

	if (plist_set_is_key(key, "LaunchEvents"))
		return error_set(error, ERROR_USAGE, "its structure has no fixed form",
		    "put it into a plist, and use --from with that file",
		    "cannot set '%.200s'", key);
	text_format(top, sizeof top, "%.*s", (int)strcspn(key, "."), key);
	row = keys_row(top);
	near = keys_nearest(row, row == NULL ? top : text_after_last(key, '.'));
	if (near != NULL)
		text_format(fix, sizeof fix, "did you mean %s?", near->path);
	return error_set(error, ERROR_USAGE,
	    row == NULL ? "launchd does not know this key" :
	    "launchd does not know this key in that dictionary", fix,
	    "cannot set '%.200s'", key);
}

static int
plist_set_has_option(const char *key, const char *option, struct error *error)
{
	char fix[64];

	text_format(fix, sizeof fix, "use: --%s", option);
	return error_set(error, ERROR_USAGE, "it has an option of its own", fix,
	    "cannot set '%.200s'", key);
}

/* Refuse keys that exist, but not for a daemon or not for --set. */
static int
plist_set_check_key(const char *key, const struct key *row, struct error *error)
{
	static const char *const programs[] = { "Program", "ProgramArguments", "BundleProgram" };
	const char *why = row->applies == KEY_NOWHERE ? "launchd does not read this key" :
	    row->applies == KEY_AGENT ? "it is for agents, not daemons" :
	    row->status == KEY_REMOVED ? "it no longer has any effect" : NULL;

	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (plist_set_is_key(key, programs[i]))
			return plist_set_has_option(key, " PROGRAM [ARGUMENT ...]", error);
	for (const struct option *option = options_table(); option->name != NULL; option++)
		if (option->role != OPTION_SHARES && plist_set_is_key(key, option->key))
			return plist_set_has_option(key, option->name, error);
	return why == NULL ? 0 : error_set(error, ERROR_USAGE, why, row->advice,
	    "cannot set '%.200s'", key);
}

static bool
plist_set_is_plain(struct key_types types)
{
	return keys_allow(types, "boolean", NULL) || keys_allow(types, "integer", NULL) ||
	    keys_allow(types, "string", NULL);
}

bool
plist_set_offers(const struct key *row)
{
	struct error ignored;

	return plist_set_is_plain(keys_types(row)) && row->status == KEY_DOCUMENTED &&
	    strchr(row->path, '*') == NULL && !plist_set_is_key(row->path, "LaunchEvents") &&
	    plist_set_check_key(row->path, row, &ignored) == 0;
}

/* ---- VALUE ---- */

/* "022" is not an integer, but text that launchd reads as octal. */
static bool
plist_set_read_integer(const char *text, long long *value)
{
	char same[32];

	*value = strtoll(text, NULL, 10);
	return text_format(same, sizeof same, "%lld", *value) && strcmp(same, text) == 0;
}

struct plist *
plist_set_value(const struct key *row, struct key_types types, const char *text)
{
	bool is_true = strcmp(text, "true") == 0;
	long long integer;

	if (keys_allow(types, "boolean", NULL) && (is_true || strcmp(text, "false") == 0))
		return plist_new_boolean(is_true);
	if (keys_allow(types, "integer", NULL) && plist_set_read_integer(text, &integer))
		return keys_allow_integer(row, integer) ? plist_new_integer(integer) : NULL;
	if (keys_allow(types, "string", NULL) && text_is_utf8(text) && !text_has_control(text) &&
	    keys_allow_text(row, text))
		return plist_new_text(text);
	return NULL;
}

static int
plist_set_refuse_value(const struct set_target *target, const char *key, struct error *error)
{
	char wanted[256], fix[512];
	bool plain = plist_set_is_plain(target->types);

	keys_describe(target->row, target->types, wanted, sizeof wanted);
	if (plain)
		text_format(fix, sizeof fix, "give %s", wanted);
	else
		text_format(fix, sizeof fix, keys_allow(target->types, "array", NULL) ?
		    "set its items, %.200s.0=... and so on, or use --from with a plist" :
		    "set its members, %.200s.NAME=..., or use --from with a plist", key);
	return error_set(error, ERROR_USAGE, plain ? "it does not accept this value" :
	    "its value is an array or a dictionary", fix, "cannot set '%.200s'", key);
}

/* ---- the tree ---- */

static size_t
plist_set_index(const struct set_step *step)
{
	return strtoul(step->name, NULL, 10);
}

static struct plist *
plist_set_child(struct plist *at, const struct set_step *step)
{
	return step->is_item ? plist_item_to_change(at, plist_set_index(step)) :
	    plist_member_to_change(at, step->name);
}

static int
plist_set_put(struct plist *at, const struct set_step *step, struct plist *value, const char *key,
    struct error *error)
{
	size_t count = plist_count(at);

	if (!step->is_item)
		plist_add(at, step->name, value);
	else if (plist_set_index(step) < count)
		plist_replace(at, plist_set_index(step), value);
	else if (plist_set_index(step) == count)
		plist_append(at, value);
	else {
		plist_release(value);
		return error_set(error, ERROR_USAGE, "the items before it are missing",
		    "number the items from 0 without gaps", "cannot set '%.200s'", key);
	}
	return 0;
}

/* Enter the container of the next step, creating it; never replace one of the other kind. */
static int
plist_set_enter(struct plist **at, const struct set_step *step, const char *key,
    struct error *error)
{
	struct plist *inside = plist_set_child(*at, step);
	const char *kind = inside == NULL ? "" : plist_kind(inside), *wanted = step[1].is_item ?
	    "array" : "dict";

	if (strcmp(kind, wanted) != 0 && (strcmp(kind, "array") == 0 || strcmp(kind, "dict") == 0))
		return error_set(error, ERROR_USAGE, step[1].is_item ?
		    "it is a dictionary, so a name is needed, not a number" :
		    "it is an array, so a number is needed, not a name", NULL,
		    "cannot set '%.200s'", key);
	if (strcmp(kind, wanted) != 0 &&
	    plist_set_put(*at, step, step[1].is_item ? plist_new_list() : plist_new(), key,
	    error) == -1)
		return -1;
	*at = plist_set_child(*at, step);
	return 0;
}

int
plist_set_apply(struct plist *tree, const char *setting, struct error *error)
{
	size_t length = strcspn(setting, "=");
	struct set_target target = { .count = 0 };
	struct plist *value;
	char key[KEY_SIZE], names[KEY_SIZE];

	if (length == 0 || setting[length] == '\0')
		return error_set(error, ERROR_USAGE, "it is not KEY=VALUE",
		    "for example: --set ThrottleInterval=30",
		    "cannot use a value of --set");
	if (!text_format(key, sizeof key, "%.*s", (int)length, setting))
		return error_set(error, ERROR_USAGE, "its key is too long", NULL,
		    "cannot use a value of --set");
	text_copy(names, sizeof names, key);
	if (!plist_set_find(&target, names))
		return plist_set_unknown(key, error);
	if (plist_set_check_key(key, target.row, error) == -1)
		return -1;
	for (size_t i = 0; i + 1 < target.count; i++)
		if (plist_set_enter(&tree, &target.steps[i], key, error) == -1)
			return -1;
	value = plist_set_value(target.row, target.types, setting + length + 1);
	return value == NULL ? plist_set_refuse_value(&target, key, error) :
	    plist_set_put(tree, &target.steps[target.count - 1], value, key, error);
}
