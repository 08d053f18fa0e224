/* Apply --set KEY=VALUE to a plist. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/lint/keys.h"
#include "core/job/plist_set.h"
#include "core/text.h"

#define STEPS_MAX	16
#define KEY_SIZE	1024

struct set_step {
	char		name[KEY_SIZE];
	bool		is_item;
	size_t		index;
};

struct set_target {			/* what a KEY names */
	struct set_step	steps[STEPS_MAX];
	size_t		count;
	const struct key *row;
	struct key_types types;
};

/*
 * Keys that have an option of their own: two ways to set them would need an order of precedence. A
 * key that --set could set in an earlier version does not belong here: see job_check().
 */
static const struct { const char *key, *option; } options[] = {
	{ "Label", "--label" }, { "UserName", "--user" }, { "GroupName", "--group" },
	{ "Program", "-- PROGRAM" }, { "ProgramArguments", "-- PROGRAM ARGUMENT ..." },
	{ "BundleProgram", "-- PROGRAM" },
	{ "StandardOutPath", "--stdout" }, { "StandardErrorPath", "--stderr" },
	{ "WorkingDirectory", "--working-directory" },
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

bool
plist_set_starts(const char *const settings[], size_t count)
{
	static const char *const keys[] = {
		"StartInterval", "StartCalendarInterval", "StartOnMount", "WatchPaths",
		"QueueDirectories", "Sockets", "LaunchEvents", NULL,
	};

	for (size_t i = 0; keys[i] != NULL; i++)
		if (plist_set_touches(settings, count, keys[i]))
			return true;
	return false;
}

int
plist_set_check(const char *const settings[], size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++) {
			size_t length = strcspn(settings[i], "=");

			if (strcspn(settings[j], "=") == length &&
			    strncmp(settings[i], settings[j], length) == 0)
				return error_set(error, ERROR_USAGE, NULL, NULL,
				    "'%.*s' is set twice", (int)(length < 200 ? length : 200),
				    settings[i]);
		}
	return 0;
}

/* ---- KEY ---- */

static bool
plist_set_push_name(struct set_target *target, const char *name, size_t length)
{
	struct set_step *step = &target->steps[target->count];

	if (target->count == STEPS_MAX || length == 0 || length >= KEY_SIZE)
		return false;
	step->is_item = false;
	memcpy(step->name, name, length);
	step->name[length] = '\0';
	target->count++;
	return true;
}

/* Return the length of an index: a whole part of a path, at most 4 digits; 0: there is none. */
static size_t
plist_set_index_length(const char *key)
{
	size_t length = strspn(key, "0123456789");

	return length > 0 && length <= 4 && (key[length] == '.' || key[length] == '\0') ? length :
	    0;
}

static struct key_types
plist_set_types_at(const char *path, size_t length)
{
	char prefix[KEY_SIZE];
	const struct key *row = text_format(prefix, sizeof prefix, "%.*s", (int)length, path) ?
	    keys_row(prefix) : NULL;

	return row == NULL ? (struct key_types){ "", 0 } : keys_types(row);
}

/* Match an index in key, if the part of the row's path up to `at` is an array; return the rest. */
static const char *
plist_set_match_index(const char *path, size_t at, const char *key, struct set_target *target)
{
	struct key_types types = plist_set_types_at(path, at), inner;
	size_t length = *key == '.' ? plist_set_index_length(key + 1) : 0;

	target->types = types;
	if (length == 0 || target->count == STEPS_MAX || !keys_allow(types, "array", &inner))
		return key;
	target->steps[target->count].is_item = true;
	target->steps[target->count++].index = (size_t)strtoul(key + 1, NULL, 10);
	target->types = inner;
	return key + 1 + length;
}

/* Match the rest of key with the row's path from `at` on. A star matches as little as possible. */
static bool
plist_set_match(const char *path, size_t at, const char *key, struct set_target *target)
{
	size_t length = strcspn(path + at, "."), taken = strcspn(key, "."), before = target->count;
	bool is_last = path[at + length] == '\0', is_star = path[at] == '*';
	const char *rest;

	if (is_star && is_last) {
		target->types = plist_set_types_at(path, at + length);
		return plist_set_push_name(target, key, strlen(key));
	}
	if (!is_star && (taken != length || strncmp(path + at, key, length) != 0))
		return false;
	for (;; taken += 1 + strcspn(key + taken + 1, ".")) {
		target->count = before;
		if (!plist_set_push_name(target, key, taken))
			return false;
		rest = plist_set_match_index(path, at + length, key + taken, target);
		if (is_last ? *rest == '\0' : *rest == '.' &&
		    plist_set_match(path, at + length + 1, rest + 1, target))
			return true;
		if (!is_star || key[taken] == '\0')
			return false;
	}
}

static size_t
plist_set_depth(const char *path)
{
	size_t depth = 0;

	for (; *path != '\0'; path++)
		depth += *path == '.';
	return depth;
}

/* Find the matching row with the longest path: Sockets.*.SockType, not Sockets.*. */
static bool
plist_set_find(const char *key, struct set_target *target)
{
	size_t count;
	const struct key *rows = keys_table(&count), *best = NULL;

	for (size_t i = 0; i < count; i++) {
		target->count = 0;
		if (plist_set_is_key(key, "LaunchEvents") ||
		    !plist_set_match(rows[i].path, 0, key, target))
			continue;
		if (best == NULL || plist_set_depth(rows[i].path) > plist_set_depth(best->path))
			best = &rows[i];
	}
	if (best == NULL)
		return false;
	target->count = 0;
	target->row = best;
	return plist_set_match(best->path, 0, key, target);
}

static int
plist_set_unknown(const char *key, struct error *error)
{
	size_t length = strcspn(key, ".");
	char top[KEY_SIZE], fix[KEY_SIZE] = "see: man launchd.plist";
	const struct key *row, *near;

	if (plist_set_is_key(key, "LaunchEvents"))
		return error_set(error, ERROR_USAGE, "its structure has no fixed form",
		    "put it into a plist, and use --from with that file",
		    "cannot set '%.200s'", key);
	if (!text_format(top, sizeof top, "%.*s", (int)length, key))
		top[0] = '\0';
	row = keys_row(top);
	near = keys_nearest(row, row == NULL ? top : text_after_last(key, '.'));
	if (near != NULL)
		text_format(fix, sizeof fix, "did you mean %s?", near->path);
	return error_set(error, ERROR_USAGE,
	    row == NULL ? "launchd does not know this key" :
	    "launchd does not know this key in that dictionary", fix,
	    "cannot set '%.200s'", key);
}

/* Refuse keys that exist, but not for a daemon or not for --set. */
static int
plist_set_check_key(const char *key, const struct key *row, struct error *error)
{
	const char *why = row->applies == KEY_NOWHERE ? "launchd does not read this key" :
	    row->applies == KEY_AGENT ? "it is for agents, not daemons" :
	    row->status == KEY_REMOVED ? "it no longer has any effect" : NULL;

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (plist_set_is_key(key, options[i].key)) {
			char fix[64];

			text_format(fix, sizeof fix, "use: %s", options[i].option);
			return error_set(error, ERROR_USAGE, "it has an option of its own", fix,
			    "cannot set '%.200s'", key);
		}
	return why == NULL ? 0 : error_set(error, ERROR_USAGE, why, row->advice,
	    "cannot set '%.200s'", key);
}

bool
plist_set_offers(const struct key *row)
{
	static const char *const plain[] = { "boolean", "integer", "real", "string" };
	struct error ignored;

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (keys_allow(keys_types(row), plain[i], NULL))
			return row->status == KEY_DOCUMENTED && strchr(row->path, '*') == NULL &&
			    !plist_set_is_key(row->path, "LaunchEvents") &&
			    plist_set_check_key(row->path, row, &ignored) == 0;
	return false;
}

/* ---- VALUE ---- */

static bool
plist_set_read_integer(const char *text, long long *value)
{
	const char *digits = text + (text[0] == '-');
	char *end;

	/* "022" is not an integer, but text that launchd reads as octal. */
	if (digits[0] < '0' || digits[0] > '9' || (digits[0] == '0' && digits[1] != '\0'))
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return *end == '\0' && errno == 0;
}

/* Return the value with the type that the table allows, or NULL if it does not fit. */
static struct plist *
plist_set_read_value(const struct set_target *target, const char *text)
{
	bool is_true = strcmp(text, "true") == 0;
	long long integer;

	if (keys_allow(target->types, "boolean", NULL) && (is_true || strcmp(text, "false") == 0))
		return plist_new_boolean(is_true);
	if (keys_allow(target->types, "integer", NULL) && plist_set_read_integer(text, &integer))
		return keys_allow_integer(target->row, integer) ? plist_new_integer(integer) : NULL;
	if (keys_allow(target->types, "string", NULL) && text_is_utf8(text) &&
	    !text_has_control(text) && keys_allow_text(target->row, text))
		return plist_new_text(text);
	return NULL;
}

static int
plist_set_refuse_value(const struct set_target *target, const char *key, struct error *error)
{
	char wanted[256], fix[512];
	bool plain = keys_allow(target->types, "boolean", NULL) ||
	    keys_allow(target->types, "integer", NULL) || keys_allow(target->types, "string", NULL);

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

static struct plist *
plist_set_child(struct plist *at, const struct set_step *step)
{
	return step->is_item ? plist_item_to_change(at, step->index) :
	    plist_member_to_change(at, step->name);
}

static int
plist_set_put(struct plist *at, const struct set_step *step, struct plist *value, const char *key,
    struct error *error)
{
	if (!step->is_item)
		plist_add(at, step->name, value);
	else if (step->index < plist_count(at))
		plist_replace(at, step->index, value);
	else if (step->index == plist_count(at))
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
plist_set_enter(struct plist **at, const struct set_step *step, const struct set_step *next,
    const char *key, struct error *error)
{
	struct plist *inside = plist_set_child(*at, step);
	const char *kind = inside == NULL ? "" : plist_kind(inside), *wanted = next->is_item ?
	    "array" : "dict";

	if (strcmp(kind, wanted) != 0 && (strcmp(kind, "array") == 0 || strcmp(kind, "dict") == 0))
		return error_set(error, ERROR_USAGE, next->is_item ?
		    "it is a dictionary, so a name is needed, not a number" :
		    "it is an array, so a number is needed, not a name", NULL,
		    "cannot set '%.200s'", key);
	if (strcmp(kind, wanted) != 0 &&
	    plist_set_put(*at, step, next->is_item ? plist_new_list() : plist_new(), key,
	    error) == -1)
		return -1;
	*at = plist_set_child(*at, step);
	return 0;
}

int
plist_set_apply(struct plist *tree, const char *setting, struct error *error)
{
	const char *equals = strchr(setting, '=');
	struct set_target *target;
	struct plist *value;
	char key[KEY_SIZE];
	int result = 0;

	if (equals == NULL || equals == setting)
		return error_set(error, ERROR_USAGE, "it is not KEY=VALUE",
		    "for example: --set ThrottleInterval=30",
		    "cannot use a value of --set");
	if (!text_format(key, sizeof key, "%.*s", (int)(equals - setting), setting))
		return error_set(error, ERROR_USAGE, "its key is too long", NULL,
		    "cannot use a value of --set");
	target = calloc(1, sizeof *target);
	if (target == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot set '%.200s'",
		    key);
	if (!plist_set_find(key, target))
		result = plist_set_unknown(key, error);
	else
		result = plist_set_check_key(key, target->row, error);
	value = result == -1 ? NULL : plist_set_read_value(target, equals + 1);
	if (result == 0 && value == NULL)
		result = plist_set_refuse_value(target, key, error);
	for (size_t i = 0; result == 0 && i + 1 < target->count; i++)
		result = plist_set_enter(&tree, &target->steps[i], &target->steps[i + 1], key,
		    error);
	if (result == 0)
		result = plist_set_put(tree, &target->steps[target->count - 1], value, key, error);
	else
		plist_release(value);
	free(target);
	return result;
}
