/*
 * The functions of lint.c's table: lint_text.c checks the text of the file, lint_keys.c each key
 * and value, lint_values.c texts and paths, lint_program.c the program, lint_job.c the rest.
 * Private to those.
 *
 * lint_report() takes id and severity from lint.rule, the rule that is running.
 */
#ifndef CORE_LINT_LINT_ROWS_H
#define CORE_LINT_LINT_ROWS_H

#include "core/lint/keys.h"
#include "core/lint/lint.h"
#include "core/plist/plist.h"
#include "core/plist/xml_index.h"

/* A value, and the keys and indexes that lead to it. */
struct plist_path {
	const struct plist_path *up;	/* NULL: of the outermost level */
	const char	*key;		/* NULL: an item of an array */
	size_t		 index;
	const struct plist *value;
	const struct key *row;		/* NULL: the key is not in the table */
	struct key_types types;		/* that the value may have; length 0: not known */
};

struct lint {
	const struct plist *tree;
	const struct xml_index *source;	/* NULL: a binary plist */
	const struct lint_facts *facts;
	struct lint_report *report;
	const struct lint_rule *rule;	/* that is running */
	enum lint_severity severity;	/* of its next finding; lint_report() resets it */
	unsigned	 guesses;	/* searches for a similar key so far: they are expensive */
};

/* Add a finding about a value (NULL: about the whole file); fix may be NULL. */
void	lint_report(struct lint *, const struct plist_path *, const char *fix, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/* The same, about a line. */
void	lint_report_line(struct lint *, unsigned line, const char *fix, const char *format, ...)
	    __attribute__((format(printf, 4, 5)));

/* Find a key of the outermost level; false if it is missing. */
bool	lint_find(const struct lint *, const char *key, struct plist_path *);

/* Find a member or item of a value; false if it is missing. The first path must stay valid. */
bool	lint_member(const struct plist_path *, const char *key, struct plist_path *);
bool	lint_item(const struct plist_path *, size_t index, struct plist_path *);

/* Return the text of a key of the outermost level, or NULL. */
const char *lint_text_of(const struct lint *, const char *key);

/* Return true if a key of the outermost level is the boolean true. */
bool	lint_is_true(const struct lint *, const char *key);

/* Return the outermost key above a value. */
const char *lint_top(const struct plist_path *);

/* Return true if this is known to be a daemon, and launchd runs it as root. */
bool	lint_runs_as_root(const struct lint *);

/*
 * Return the program that launchd uses: Program, else the first argument, or NULL.
 * lint_program_path() returns its path, stored in lent.
 */
const char *lint_program(const struct lint *);
const struct plist_path *lint_program_path(const struct lint *, struct plist_path lent[2]);

/* Find the first unfilled placeholder of a template in a text; length 0: there is none. */
struct placeholder { size_t start, length; };
struct placeholder lint_find_placeholder(const char *);

/*
 * Return true if this argument is a script for an interpreter, as it is after -c or -e, so that
 * launchd has nothing to do with its text.
 */
bool	lint_is_script(const struct plist *arguments, size_t index);

#define RULE(name)	void lint_rule_##name(struct lint *)
#define RULE_OF_VALUE(name)	void lint_rule_##name(struct lint *, const struct plist_path *)
RULE(launchd_rejects);
RULE(not_well_formed);
RULE(duplicate_key);
RULE(header);
RULE(line_endings);
RULE_OF_VALUE(unknown_key);
RULE_OF_VALUE(unknown_subkey);
RULE_OF_VALUE(wrong_type);
RULE_OF_VALUE(bad_value);
RULE_OF_VALUE(ignored_key);
RULE_OF_VALUE(deprecated_key);
RULE_OF_VALUE(undocumented_key);
RULE_OF_VALUE(private_key);
RULE(empty_array);
RULE_OF_VALUE(relative_path);
RULE_OF_VALUE(tilde);
RULE_OF_VALUE(template);
RULE_OF_VALUE(placeholder_path);
RULE(missing_label);
RULE(bad_label);
RULE(label_style);
RULE(file_name);
RULE(missing_program);
RULE(relative_program);
RULE(command_in_one_string);
RULE(argv0);
RULE(shell_syntax);
RULE(removed_program);
RULE(daemonises);
RULE(waits_for_debugger);
RULE(disabled);
RULE(no_trigger);
RULE(hour_without_minute);
RULE_OF_VALUE(umask);
RULE(no_effect);
RULE(log_directory);
RULE(log_folder_unsafe);
RULE_OF_VALUE(protected_folder);
RULE(no_home);
RULE(secret);
RULE(lan_as_root);
RULE(system_limits);
RULE(file_owner);
RULE(file_mode);
#undef RULE
#undef RULE_OF_VALUE

#endif
