/*
 * The script for bash, 3.2 (macOS's own) and newer. 3.2 has no compopt and no associative arrays,
 * and cannot parse a case within $( ).
 */
#include <string.h>

#include "command/completion.h"

static const char head[] =
    "# bash completion for lnpctl, made by: lnpctl completion bash\n"
    "# Works in bash 3.2 and newer, without other files; readline completes the rest as files.\n"
    "# shellcheck shell=bash\n";

/*
 * bash 3.2 leaves --name=value and daemon:user whole; later versions split them at readline's word
 * breaks. An answer must not repeat the part in front, which readline does not replace.
 */
static const char words[] =
    "# Sets line to COMP_WORDS up to the current word, with --name=value and daemon:user whole, "
    "and places to their indexes.\n"
    "_lnpctl_join() {\n"
    "\tlocal at piece open=\n"
    "\tfor ((at = 0; at <= COMP_CWORD; at++)); do\n"
    "\t\tpiece=${COMP_WORDS[at]-}\n"
    "\t\tif ((at > 1)) && [[ -n $piece && (-n $open || $piece == [=:]*) ]]; then\n"
    "\t\t\tline[${#line[@]}-1]=${line[${#line[@]}-1]}$piece\n"
    "\t\telse\n"
    "\t\t\tplaces[${#line[@]}]=$at\n"
    "\t\t\tline[${#line[@]}]=$piece\n"
    "\t\tfi\n"
    "\t\topen=\n"
    "\t\t[[ $piece != *[!=:]* ]] && open=$piece\n"
    "\tdone\n"
    "}\n\n"
    "# _lnpctl_add WORD...: offers those that begin with the current word; no space after = or "
    ":.\n"
    "_lnpctl_add() {\n"
    "\tlocal word\n"
    "\tfor word; do\n"
    "\t\t[[ -n $word && $word == \"$current\"* ]] || continue\n"
    "\t\tword=$lead$word\n"
    "\t\tword=${word#\"$kept\"}\n"
    "\t\t[[ $word == *[=:] ]] || word=\"$word \"\n"
    "\t\tCOMPREPLY[${#COMPREPLY[@]}]=$word\n"
    "\tdone\n"
    "}\n\n"
    "# Sets kept to the part of the current word that readline does not replace.\n"
    "_lnpctl_keep() {\n"
    "\tlocal whole=${line[last]} mark start\n"
    "\tfor mark in = :; do\n"
    "\t\t[[ ${COMP_WORDBREAKS-} == *\"$mark\"* && $whole == *\"$mark\"* ]] || continue\n"
    "\t\tstart=${whole%\"${whole##*\"$mark\"}\"}\n"
    "\t\t((${#start} <= ${#kept})) || kept=$start\n"
    "\tdone\n"
    "}\n\n";

static const char names[] =
    "# Prints the names of the receipts, one per line.\n"
    "_lnpctl_receipts() (\n"
    "\tshopt -s nullglob\n"
    "\tshopt -u failglob\n"
    "\tset +f\n"
    "\tfor name in \"$1\"/*.plist; do\n"
    "\t\tname=${name##*/}\n"
    "\t\t[[ $name == *$'\\n'* ]] || printf '%s\\n' \"${name%.plist}\"\n"
    "\tdone\n"
    ")\n\n"
    "# _lnpctl_names BEFORE: offers BEFORE with each line of standard input that needs no "
    "quoting.\n"
    "_lnpctl_names() {\n"
    "\tlocal name\n"
    "\twhile IFS= read -r name; do\n"
    "\t\t[[ -z $name || $name == -* || $name == *[![:alnum:]._-]* ]] || _lnpctl_add \"$1$name\"\n"
    "\tdone\n"
    "}\n\n"
    "# Expands the directory of --root as typed: quotes and ~ only.\n"
    "_lnpctl_root() {\n"
    "\tcase $root in\n"
    "\t[\\\"\\']*) root=${root:1}\n"
    "\t\troot=${root%[\\\"\\']} ;;\n"
    "\t\\~/*) root=${HOME-}/${root:2} ;;\n"
    "\tesac\n"
    "\t# shellcheck disable=SC2162 # to remove the backslashes\n"
    "\tIFS= read root <<<\"$root\"\n"
    "}\n\n";

static const char values[] =
    "# Offers choices and kinds. Where nothing matches and no file is wanted, readline must not "
    "offer files.\n"
    "_lnpctl_offer() {\n"
    "\tlocal kind before=\n"
    "\t# shellcheck disable=SC2086 # words\n"
    "\t_lnpctl_add $choices\n"
    "\tfor kind in $kinds; do\n"
    "\t\tcase $kind in\n"
    "\t\tlabel) _lnpctl_root\n"
    "\t\t\t_lnpctl_names '' <<<\"$(_lnpctl_receipts \"$root" STATE_DIRECTORY "\")\" ;;\n"
    "\t\tuser) _lnpctl_names '' <<<\"$(compgen -u -- \"$current\")\" ;;\n"
    "\t\tgroup) _lnpctl_names '' <<<\"$(compgen -g -- \"$current\")\" ;;\n"
    "\t\tcontext) before=${current%%:*}:\n"
    "\t\t\t[[ $current != *:* || \" $choices \" != *\" $before \"* ]] ||\n"
    "\t\t\t\t_lnpctl_names \"$before\" <<<\"$(compgen -u -- \"${current#*:}\")\" ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\t((${#COMPREPLY[@]} == 0)) || return 0\n"
    "\tcase \" $kinds \" in\n"
    "\t*' file '*) _lnpctl_option +o nospace ;;\n"
    "\t*' directory '*) _lnpctl_option +o default +o nospace -o dirnames ;;\n"
    "\t*) _lnpctl_option +o default || COMPREPLY=('') ;;\n"
    "\tesac\n"
    "}\n\n"
    "# bash 3.2 has no compopt: it offers files where directories are wanted, with no space after "
    "them.\n"
    "_lnpctl_option() {\n"
    "\t((BASH_VERSINFO[0] >= 4)) && compopt \"$@\" 2>/dev/null\n"
    "}\n\n";

static const char walk[] =
    "# Walks to the current word: sets root, dashes (index of --), count (of operands), option "
    "(that wants a value).\n"
    "_lnpctl_walk() {\n"
    "\tlocal at\n"
    "\tfor ((at = 2; at < last; at++)); do\n"
    "\t\tcase $dashes${line[at]} in\n"
    "\t\t--) dashes=$at ;;\n"
    "\t\t--root=*) root=${line[at]#*=} ;;\n"
    "\t\t--*=*) ;;\n"
    "\t\t--*) _lnpctl_takes \"${line[at]}\"\n"
    "\t\t\t[[ -n $choices$kinds ]] || continue\n"
    "\t\t\toption=${line[at]}\n"
    "\t\t\t((++at < last)) || return 0\n"
    "\t\t\t[[ $option != --root ]] || root=${line[at]}\n"
    "\t\t\toption= ;;\n"
    "\t\t-?*) ;;\n"
    "\t\t*) ((count++)) ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "}\n\n"
    "# Completes install's program and its arguments, by bash-completion if it is loaded, else "
    "as files.\n"
    "_lnpctl_program() {\n"
    "\t_lnpctl_option +o nospace\n"
    "\tif declare -F _comp_command_offset >/dev/null; then\n"
    "\t\t_comp_command_offset \"$1\"\n"
    "\telif declare -F _command_offset >/dev/null; then\n"
    "\t\t_command_offset \"$1\"\n"
    "\tfi\n"
    "}\n\n";

static const char entry[] =
    "_lnpctl() {\n"
    "\tlocal IFS=$' \\t\\n' line places last current lead='' kept='' root='' dashes='' option='' "
    "count=0\n"
    "\tlocal choices='' kinds='' most='' options=\n"
    "\tCOMPREPLY=() line=() places=()\n"
    "\t_lnpctl_join\n"
    "\tlast=$((${#line[@]} - 1))\n"
    "\tcurrent=${line[last]}\n"
    "\t_lnpctl_keep\n"
    "\t_lnpctl_walk\n"
    "\tif ((last < 2)); then\n"
    "\t\t_lnpctl_takes ''\n"
    "\t\t[[ $current != -* ]] || choices=$options\n"
    "\telif [[ -n $option ]]; then\n"
    "\t\t_lnpctl_takes \"$option\"\n"
    "\telif [[ -z $dashes && $current == --*=* ]]; then\n"
    "\t\tlead=${current%%=*}= current=${current#*=}\n"
    "\t\t_lnpctl_takes \"${lead%=}\"\n"
    "\telse\n"
    "\t\t_lnpctl_takes \"${line[1]}\"\n"
    "\t\tif [[ -n $dashes && $kinds == program ]]; then\n"
    "\t\t\t_lnpctl_program $((places[dashes] + 1))\n"
    "\t\t\treturn 0\n"
    "\t\tfi\n"
    "\t\t((count < ${most:-count + 1})) || choices='' kinds=\n"
    "\t\tif [[ -z $dashes && ($current == -* || $kinds == program || -z $choices$kinds) ]]; then\n"
    "\t\t\tchoices=$options kinds=\n"
    "\t\tfi\n"
    "\tfi\n"
    "\t_lnpctl_offer\n"
    "}\n\n"
    "complete -o default -o nospace -F _lnpctl lnpctl\n";

/* The script's word for a kind that has no fixed words; free: an argument with nothing to list. */
static const char *
bash_kind_word(enum argument_kind kind)
{
	switch (kind) {
	case ARGUMENT_FREE:	return "free";
	case ARGUMENT_CONTEXT:	return "context";
	case ARGUMENT_FILE:	return "file";
	case ARGUMENT_DIRECTORY:	return "directory";
	case ARGUMENT_USER:	return "user";
	case ARGUMENT_GROUP:	return "group";
	case ARGUMENT_LABEL:	return "label";
	case ARGUMENT_PROGRAM:	return "program";
	case ARGUMENT_WORD:
	case ARGUMENT_SETTING:
	case ARGUMENT_KEY:
	case ARGUMENT_COMMAND:
	case ARGUMENT_SHELL:	break;
	}
	return NULL;
}

static void
bash_write_takes(FILE *out, const struct argument *const list[], size_t count)
{
	const char *blank = "";

	fputs("choices='", out);
	for (size_t i = 0; i < count; i++)
		completion_words(out, list[i]);
	fputs("' kinds='", out);
	for (size_t i = 0; i < count; i++) {
		const char *word = bash_kind_word(list[i]->kind);

		if (word == NULL)
			continue;
		fprintf(out, "%s%s", blank, word);
		blank = " ";
	}
	putc('\'', out);
}

static void
bash_write_options(FILE *out)
{
	size_t count;
	const struct option *rows = options_table(&count);

	for (size_t i = 0; i < count; i++) {
		const struct argument *value = completion_value(&rows[i]);

		if (value == NULL)
			continue;
		fprintf(out, "\t--%s) ", rows[i].name);
		bash_write_takes(out, &value, 1);
		fputs(" ;;\n", out);
	}
}

static void
bash_write_command(FILE *out, const struct command *command)
{
	struct operands operands = completion_operands(command);
	const struct option *option;

	fprintf(out, "\t%s) ", command->name);
	bash_write_takes(out, operands.values, operands.count);
	fprintf(out, " most=%s\n\t\toptions='", operands.many ? "" : "1");
	for (size_t at = 0, begun = 0; (option = completion_option(command, &at)) != NULL;
	    begun = 1)
		fprintf(out, "%s--%s", begun ? " " : "", option->name);
	fputs("' ;;\n", out);
}

void
completion_bash(FILE *out)
{
	const struct command *command;

	fputs(head, out);
	fputs("\n"
	    "# _lnpctl_takes OPTION|COMMAND: sets choices and kinds, and for a command most and "
	    "options.\n"
	    "_lnpctl_takes() {\n\tchoices='' kinds='' most='' options=\n\tcase $1 in\n", out);
	bash_write_options(out);
	for (size_t i = 0; (command = completion_command(i)) != NULL; i++)
		bash_write_command(out, command);
	fputs("\t'') choices='", out);
	completion_words(out, argument_find("COMMAND", strlen("COMMAND")));
	fputs("' options='--help --version' ;;\n", out);
	fputs("\tesac\n}\n\n", out);
	fputs(words, out);
	fputs(names, out);
	fputs(values, out);
	fputs(walk, out);
	fputs(entry, out);
}
