/*
 * The keys of a launchd.plist: one row each, used for linting, for --set and for what a daemon may
 * keep.
 *
 * A path names the keys from the outside in, with dots between; "*" stands for any one name. The
 * levels of arrays are not written: "Sockets.*.SockType" holds for a dictionary and for each
 * dictionary of an array.
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
	KEY_REMOVED,		/* has no effect any more */
	KEY_UNDOCUMENTED,	/* works, and may change */
	KEY_PRIVATE,		/* Apple's own */
	KEY_OUTPUT,		/* launchd printed it once, and never reads it */
	KEY_BUNDLE,		/* of another kind of file */
	KEY_MISTAKE,		/* no key at all, but often written */
};

struct key {
	const char	*path;
	const char	*types;		/* "boolean|dict<string>"; "any"; "-": no value is right */
	const char	*allowed;	/* "0..59", "1.." (integers); "a|b" (texts, without regard
					   to case); "/": full path, of each item where it is an
					   array; NULL: anything of the type */
	enum key_domain	 applies;
	enum key_status	 status;
	const char	*advice;	/* what to do about it; may be NULL */
	const char	*gives;		/* what it gives a daemon that it does not give an agent, in
					   words: "it ...". Empty: nothing; never NULL. See
					   core/job/grant.h */
};

/* A part of key.types: what one value may be. */
struct key_types {
	const char	*text;
	size_t		 length;
};

/* All rows, sorted by path as strcmp does; *count says how many. */
const struct key *keys_table(size_t *count);

/*
 * The row for a key, given by the names on the way to it, outermost first; a row without "*" goes
 * first. NULL: none.
 */
const struct key *keys_find(const char *const names[], size_t count);

/* The same, A-Z and a-z being the same: launchd reads most keys so. */
const struct key *keys_find_folded(const char *const names[], size_t count);

/* The row at a path exactly as the table writes it, NULL when there is none. */
const struct key *keys_row(const char *path);

/*
 * Whether the table knows keys below this one by name, so that a name which it does not know is a
 * mistake.
 */
bool	keys_lists_below(const struct key *);

/*
 * The known key below row (NULL: of the outermost level) that looks most like this name, without
 * regard to case; NULL when none looks like it. The string is a whole path; its last part is the
 * key.
 */
const struct key *keys_nearest(const struct key *row, const char *name);

/* All types of a row. */
struct key_types keys_types(const struct key *);

/*
 * Whether a value of this kind ("string", "boolean", "integer", "array", "dict", "data", ...) is
 * among the types; inner, if not NULL, becomes what its items or members may be.
 */
bool	keys_allow(struct key_types, const char *kind, struct key_types *inner);

/*
 * Whether an integer, or a text, is an allowed value; row->allowed of another form allows
 * everything.
 */
bool	keys_allow_integer(const struct key *, long long);
bool	keys_allow_text(const struct key *, const char *);

/*
 * "an integer from 0 to 59", for a message: the accepted form of a value of these types. Always
 * terminated.
 */
void	keys_describe(const struct key *, struct key_types, char *target, size_t size);

#endif
