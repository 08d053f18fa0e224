/*
 * What the files with rules share. Each ends with the table of its rules: lint_text.c checks the
 * text of the file, lint_keys.c each key and value, lint_values.c texts and paths, lint_program.c
 * the program, lint_job.c the rest. lint.c runs the tables. Private to those.
 *
 * lint_report() takes id and severity from lint.rule, the rule that is running.
 */
#ifndef CORE_LINT_LINT_ROWS_H
#define CORE_LINT_LINT_ROWS_H

#include "core/lint/keys.h"
#include "core/lint/lint.h"
#include "core/plist/plist.h"
#include "core/plist/xml_index.h"

struct lint;

/* A value, and the keys and indexes that lead to it. */
struct plist_path {
	const struct plist_path *up;	/* NULL: of the outermost level */
	const char	*key;		/* NULL: an item of an array */
	size_t		 index;
	const struct plist *value;
	const struct key *row;		/* NULL: the key is not in the table */
	struct key_types types;		/* that the value may have; length 0: not known */
};

struct rule {				/* check is called once, check_value for each value */
	struct lint_rule rule;
	void		(*check)(struct lint *);
	void		(*check_value)(struct lint *, const struct plist_path *);
};

/* Each ends with a rule without an id. */
extern const struct rule lint_text_rules[], lint_label_rules[], lint_program_rules[],
	    lint_key_rules[], lint_value_rules[], lint_job_rules[];

/* The rows of lint_text_rules. */
enum lint_text_rule {
	RULE_UNREADABLE, RULE_NOT_PLIST, RULE_DAMAGED, RULE_REJECTED, RULE_DUPLICATE, RULE_HEADER,
	RULE_LINE_ENDINGS,
};

struct lint {
	const struct plist *tree;
	const struct xml_index *source;	/* empty for a binary plist */
	const struct lint_facts *facts;
	struct lint_report *report;
	const struct lint_rule *rule;	/* that is running */
	enum lint_severity severity;	/* of its next finding; lint_report() resets it */
	unsigned	 line;		/* of its next finding, if that is not about a value; the
					   same */
	struct plist_path lent[2];	/* what lint_key() and the like return */
	unsigned	 guesses;	/* searches for a similar key so far: they are expensive */
};

/* Add a finding about a value (NULL: about the whole file); fix may be NULL. */
void	lint_report(struct lint *, const struct plist_path *, const char *fix, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/*
 * Return the path of a key of the outermost level, or of a member or (NULL) an item of its value.
 * The path's value is NULL if there is none. Valid until the next of these calls.
 */
const struct plist_path *lint_key(struct lint *, const char *key);
const struct plist_path *lint_inside(struct lint *, const char *key, const char *member,
    size_t index);

/* Return the text of a key of the outermost level, or NULL. */
const char *lint_text_of(const struct lint *, const char *key);

/* Return the outermost key above a value. */
const char *lint_top(const struct plist_path *);

/* Find the first unfilled placeholder of a template in a text; length 0: there is none. */
struct placeholder { size_t start, length; };
struct placeholder lint_find_placeholder(const char *);

/*
 * Return true if this argument is a script for an interpreter, as it is after -c or -e, so that
 * launchd has nothing to do with its text.
 */
bool	lint_is_script(const struct plist *arguments, size_t index);

#endif
