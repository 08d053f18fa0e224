/*
 * The keys of a launchd.plist, one row each; used by lint, --set and migrate.
 *
 * A path names the keys from the outside in, separated by dots; "*" stands for any one name. Array
 * levels are omitted: "Sockets.*.SockType" matches a dictionary and each dictionary in an array.
 */
#ifndef CORE_LINT_KEYS_H
#define CORE_LINT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum key_domain {
	KEY_BOTH,
	KEY_DAEMON,		/* the system domain */
	KEY_AGENT,
	KEY_NOWHERE,
};

enum key_status {
	KEY_DOCUMENTED,
	KEY_DEPRECATED,		/* works, and Apple asks for its removal */
	KEY_REMOVED,		/* no longer has any effect */
	KEY_UNDOCUMENTED,	/* works, and may change */
	KEY_PRIVATE,		/* Apple's own */
	KEY_OUTPUT,		/* launchd used to print it, and never reads it */
	KEY_BUNDLE,		/* for another kind of file */
	KEY_MISTAKE,		/* not a key at all, but often written */
};

struct key {
	const char	*path;
	const char	*types;		/* "boolean|dict<string>"; "any"; "-": no value is valid */
	const char	*allowed;	/* "0..59", "1.." (integers); "a|b" (texts, in any case);
					   "/": a full path, or an array of them; NULL: any value
					   of the type */
	enum key_domain	 applies;
	enum key_status	 status;
	const char	*advice;	/* what to do about it; may be NULL */
	const char	*gives;		/* what a daemon gets from it and an agent does not, as
					   text: "it ..."; empty: nothing; never NULL. See
					   core/job/grant.h */
};

/* A part of key.types: the types that one value may have. */
struct key_types {
	const char	*text;
	size_t		 length;
};

/* Return all rows, sorted by path as strcmp does; the path of the one after the last is NULL. */
const struct key *keys_table(void);

/*
 * Return the row for a key, given by the names that lead to it, outermost first, or NULL. A row
 * without "*" is preferred. folded: ignore ASCII case, as launchd does for most keys.
 */
const struct key *keys_find(const char *const names[], size_t count, bool folded);

/* Return the row with exactly this path, or NULL. */
const struct key *keys_row(const char *path);

/*
 * Return the row directly below one (NULL: of the outermost level) whose last name is the first
 * length bytes of name, "*" too, or NULL.
 */
const struct key *keys_below(const struct key *, const char *name, size_t length);

/* Return true if the table lists all keys below this one, so that any other name is a mistake. */
bool	keys_lists_below(const struct key *);

/*
 * Return the known key below row (NULL: the outermost level) that is most similar to name, ignoring
 * case, or NULL if none is similar. The last name of its path is the key.
 */
const struct key *keys_nearest(const struct key *row, const char *name);

/* Return all types of a row. */
struct key_types keys_types(const struct key *);

/*
 * Return true if types include this kind ("string", "boolean", "integer", "array", "dict", "data",
 * ...); *inner, unless inner is NULL, becomes the types of its items or members.
 */
bool	keys_allow(struct key_types, const char *kind, struct key_types *inner);

/*
 * Return true if the row allows an integer, or a text. Where row->allowed is for the other kind of
 * value, everything is allowed.
 */
bool	keys_allow_integer(const struct key *, long long);
bool	keys_allow_text(const struct key *, const char *);

/*
 * Write a description of the accepted values for a message, "an integer from 0 to 59" for example.
 * Always terminated.
 */
void	keys_describe(const struct key *, struct key_types, char *target, size_t size);

#endif
