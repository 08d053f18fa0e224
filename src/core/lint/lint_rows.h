/*
 * The judges of lint.c's table: lint_text.c for the text of the file, lint_keys.c for each key and
 * value, lint_program.c for what is started, lint_job.c for the rest. Private to those.
 *
 * A judge is told nothing but the rule it stands for; lint_report() takes id and severity from
 * there.
 */
#ifndef CORE_LINT_LINT_ROWS_H
#define CORE_LINT_LINT_ROWS_H

#include "core/lint/keys.h"
#include "core/lint/lint.h"
#include "core/plist/plist.h"
#include "core/plist/xml_index.h"

/* A value, and the way to it. */
struct plist_path {
	const struct plist_path *up;	/* NULL: of the outermost level */
	const char	*key;		/* NULL: an item of an array */
	size_t		 index;
	const struct plist *value;
	const struct key *row;		/* NULL: the key is not in the table */
	struct key_types types;		/* what the value may be; length 0: not known */
};

struct lint {
	const struct plist *tree;
	const struct xml_index *source;	/* NULL: a binary plist */
	const struct lint_facts *facts;
	struct lint_report *report;
	const struct lint_rule *rule;	/* that is being judged */
	enum lint_severity severity;	/* of its next finding; lint_report() sets it back */
	unsigned	 guesses;	/* of what a misspelt key should be: they are expensive */
};

/* Adds a finding at a value (NULL: about the whole file); fix may be NULL. */
void	lint_report(struct lint *, const struct plist_path *, const char *fix, const char *format,
    ...)
	    __attribute__((format(printf, 4, 5)));

/* The same for a line. */
void	lint_report_line(struct lint *, unsigned line, const char *fix, const char *format, ...)
	    __attribute__((format(printf, 4, 5)));

/* Finds a key of the outermost level. */
bool	lint_find(const struct lint *, const char *key, struct plist_path *);

/* A member or item of a value, as a spot of its own. */
bool	lint_member(const struct plist_path *, const char *key, struct plist_path *);
bool	lint_item(const struct plist_path *, size_t index, struct plist_path *);

/* The text of a key of the outermost level; NULL: it is none. */
const char *lint_text_of(const struct lint *, const char *key);

/* Whether a key of the outermost level is the boolean true. */
bool	lint_is_true(const struct lint *, const char *key);

/* The outermost key that a value lies below. */
const char *lint_top(const struct plist_path *);

/* The account: runs as root for launchd; a daemon that is known to. */
bool	lint_runs_as_root(const struct lint *);

/*
 * The program as launchd will take it: from Program, else the first argument; NULL: there is none.
 * Where it stands is a spot, whose memory the caller lends.
 */
const char *lint_program(const struct lint *);
const struct plist_path *lint_program_spot(const struct lint *, struct plist_path lent[2]);

/*
 * Where in a text a placeholder of a template begins that nobody has filled in; length 0: nowhere.
 */
struct placeholder { size_t start, length; };
struct placeholder lint_find_placeholder(const char *);

/*
 * Whether the argument with this number is text for an interpreter (what follows -c or -e), not for
 * launchd.
 */
bool	lint_is_script(const struct plist *arguments, size_t index);

#define JUDGE(name)	void lint_rule_##name(struct lint *)
#define JUDGE_VALUE(name)	void lint_rule_##name(struct lint *, const struct plist_path *)
JUDGE(launchd_rejects);
JUDGE(not_well_formed);
JUDGE(duplicate_key);
JUDGE(header);
JUDGE(line_endings);
JUDGE_VALUE(unknown_key);
JUDGE_VALUE(unknown_subkey);
JUDGE_VALUE(wrong_type);
JUDGE_VALUE(bad_value);
JUDGE_VALUE(ignored_key);
JUDGE_VALUE(deprecated_key);
JUDGE_VALUE(undocumented_key);
JUDGE_VALUE(private_key);
JUDGE(empty_array);
JUDGE_VALUE(relative_path);
JUDGE_VALUE(tilde);
JUDGE_VALUE(template);
JUDGE_VALUE(placeholder_path);
JUDGE(missing_label);
JUDGE(bad_label);
JUDGE(label_style);
JUDGE(file_name);
JUDGE(missing_program);
JUDGE(relative_program);
JUDGE(command_in_one_string);
JUDGE(argv0);
JUDGE(shell_syntax);
JUDGE(removed_program);
JUDGE(daemonises);
JUDGE(waits_for_debugger);
JUDGE(disabled);
JUDGE(no_trigger);
JUDGE(hour_without_minute);
JUDGE_VALUE(umask);
JUDGE(no_effect);
JUDGE(log_directory);
JUDGE(log_folder_unsafe);
JUDGE_VALUE(protected_folder);
JUDGE(no_home);
JUDGE(secret);
JUDGE(lan_as_root);
JUDGE(system_limits);
JUDGE(file_owner);
JUDGE(file_mode);
#undef JUDGE
#undef JUDGE_VALUE

#endif
