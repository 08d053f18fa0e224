/*
 * The settings: a dictionary of strings and numbers in the root directory,
 * reread for each request. Counters count down in the file itself, which is
 * the only state.
 */
#include <stdlib.h>
#include <string.h>

#include "launchd.h"

#define SETTINGS	"/private/var/db/embedded-launchd.plist"

static plist_t settings;

void
settings_read(void)
{
	char *path = file_below(SETTINGS);

	plist_free(settings);
	settings = file_plist(path);
	if (settings == NULL || plist_get_node_type(settings) != PLIST_DICT) {
		plist_free(settings);
		settings = need(plist_new_dict());
	}
	free(path);
}

static void
write_back(void)
{
	char *path = file_below(SETTINGS);

	if (file_write(path, settings) == -1)
		fprintf(stderr, "cannot write %s\n", path);
	free(path);
}

const char *
settings_text(const char *name)
{
	static char value[512];
	plist_t node = plist_dict_get_item(settings, name);
	uint64_t number;
	uint8_t flag;
	double real;

	switch (node == NULL ? PLIST_NONE : plist_get_node_type(node)) {
	case PLIST_STRING:
		snprintf(value, sizeof(value), "%s", plist_get_string_ptr(node, NULL));
		if (strcmp(value, "true") == 0)
			return "all";
		return strcmp(value, "false") == 0 ? NULL : value;
	case PLIST_UINT:
		plist_get_uint_val(node, &number);
		snprintf(value, sizeof(value), "%lld", (long long)number);
		return value;
	case PLIST_REAL:
		plist_get_real_val(node, &real);
		snprintf(value, sizeof(value), "%g", real);
		return value;
	case PLIST_BOOLEAN:
		plist_get_bool_val(node, &flag);
		return flag ? "all" : NULL;
	default:
		return NULL;
	}
}

long
settings_number(const char *name, long otherwise)
{
	const char *value = settings_text(name);

	return value == NULL ? otherwise : strtol(value, NULL, 10);
}

int
settings_macos(void)
{
	return (int)settings_number("macos", 15);
}

int
settings_macos_minor(void)
{
	const char *version = settings_text("macos"), *dot = version == NULL ? NULL :
	    strchr(version, '.');

	return dot == NULL ? 0 : (int)strtol(dot + 1, NULL, 10);
}

int64_t
settings_scaled(double seconds)
{
	const char *clock = settings_text("clock");
	double factor = clock == NULL ? 1 : strtod(clock, NULL);

	return (int64_t)(seconds * factor * 1000);
}

int64_t
settings_unscaled(int64_t milliseconds)
{
	int64_t second = settings_scaled(1);

	return second <= 0 ? milliseconds : milliseconds * 1000 / second;
}

bool
settings_lists(const char *name, const char *word)
{
	const char *value = settings_text(name);
	size_t length = strlen(word);

	if (value == NULL)
		return false;
	if (strcmp(value, "all") == 0)
		return true;
	for (; *value != '\0'; value += strspn(value, ", ")) {
		size_t span = strcspn(value, ", ");

		if (span == length && strncmp(value, word, length) == 0)
			return true;
		value += span;
	}
	return false;
}

bool
settings_take(const char *name)
{
	const char *value = settings_text(name);
	long left;

	if (value == NULL)
		return false;
	if (strcmp(value, "all") == 0)
		return true;
	left = strtol(value, NULL, 10);
	if (left <= 0)
		return false;
	plist_dict_set_item(settings, name, plist_new_uint((uint64_t)left - 1));
	write_back();
	return true;
}

/*
 * Evaluate one entry of a list like "print*2,bootstrap=125@3": it is hit if it
 * is for this verb and due. *N is hit the next N times, @N only the Nth time.
 * Append what remains of the entry, with its comma, to rest.
 */
static bool
hit_entry(char *entry, const char *verb, int *value, FILE *rest, bool *counted)
{
	size_t name = strcspn(entry, "=*@");
	char *equals = strchr(entry, '='), *count = strpbrk(entry, "*@");
	long left = count == NULL ? 0 : strtol(count + 1, NULL, 10);
	bool ours = (strlen(verb) == name && strncmp(entry, verb, name) == 0) ||
	    (name == 3 && strncmp(entry, "all", 3) == 0);

	if (!ours || count == NULL) {
		fprintf(rest, "%s,", entry);
	} else {
		*counted = true;
		if (left > 1)
			fprintf(rest, "%.*s%c%ld,", (int)(count - entry), entry, *count, left - 1);
	}
	if (!ours || (count != NULL && *count == '@' && left != 1))
		return false;
	if (value != NULL && equals != NULL)
		*value = (int)strtol(equals + 1, NULL, 10);
	return true;
}

bool
settings_hit(const char *name, const char *verb, int *value)
{
	const char *given = settings_text(name);
	char *list, *rest = NULL, *next = NULL;
	bool hit = false, counted = false;
	size_t size;
	FILE *stream;

	if (given == NULL)
		return false;
	list = text("%s", given);
	stream = need(open_memstream(&rest, &size));
	for (char *entry = strtok_r(list, ", ", &next); entry != NULL;
	    entry = strtok_r(NULL, ", ", &next)) {
		/* The first hit decides, but all entries count down. */
		if (hit_entry(entry, verb, hit ? NULL : value, stream, &counted))
			hit = true;
	}
	fclose(stream);
	if (counted) {
		if (size > 0)
			rest[size - 1] = '\0';
		settings_set(name, size > 0 ? rest : NULL);
	}
	free(rest);
	free(list);
	return hit;
}

void
settings_set(const char *name, const char *value)
{
	if (value != NULL)
		plist_dict_set_item(settings, name, plist_new_string(value));
	else if (plist_dict_get_item(settings, name) != NULL)
		plist_dict_remove_item(settings, name);
	write_back();
}

void
settings_print(FILE *stream)
{
	plist_dict_iter iterator = NULL;
	plist_t node = NULL;
	char *key = NULL;

	plist_dict_new_iter(settings, &iterator);
	for (;;) {
		plist_dict_next_item(settings, iterator, &key, &node);
		if (key == NULL)
			break;
		fprintf(stream, "%s = %s\n", key, settings_text(key) == NULL ? "" :
		    settings_text(key));
		free(key);
		key = NULL;
	}
	free(iterator);
}
