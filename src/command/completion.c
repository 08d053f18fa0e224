/*
 * completion: print the script by which a shell asks complete what may stand at the cursor. A
 * script runs the lnpctl of PATH, never the one that is being typed: TAB must not run ./lnpctl.
 */
#include <string.h>

#include "command/complete.h"

/*
 * For 3.2, macOS's own, and newer. 3.2 has no compopt: it offers files where directories are
 * wanted, with no space after them. Readline replaces what follows the last of COMP_WORDBREAKS; the
 * blank after a word is ours, for some words go on. In quotes it would be part of the word.
 */
static const char bash[] =
    "# bash completion for lnpctl, made by: lnpctl completion bash\n"
    "# shellcheck shell=bash\n"
    "_lnpctl() {\n"
    "\tlocal word last='' at\n"
    "\tCOMPREPLY=()\n"
    "\twhile IFS=$'\\t' read -r word _; do\n"
    "\t\tcase $word in\n"
    "\t\t'' | :*) last=$word && continue ;;\n"
    "\t\t*[=:]) ;;\n"
    "\t\t*) [[ ${COMP_WORDS[COMP_CWORD]-} == *[\\\"\\']* ]] || word=\"$word \" ;;\n"
    "\t\tesac\n"
    "\t\tCOMPREPLY[${#COMPREPLY[@]}]=$word\n"
    "\tdone <<<\"$(command lnpctl complete -- \"${COMP_LINE:0:COMP_POINT}\" "
    "\"${COMP_WORDBREAKS-}\" 2>/dev/null)\"\n"
    "\t((${#COMPREPLY[@]} == 0)) || return 0\n"
    "\tcase $last in\n"
    "\t:files) builtin compopt +o nospace ;;\n"
    "\t:directories) builtin compopt +o default +o nospace -o dirnames ;;\n"
    "\t:program) builtin compopt +o nospace\n"
    "\t\tfor at in \"${!COMP_WORDS[@]}\"; do\n"
    "\t\t\t[[ ${COMP_WORDS[at]} != -- ]] || break\n"
    "\t\tdone\n"
    "\t\tfor word in _comp_command_offset _command_offset; do\n"
    "\t\t\tdeclare -F $word >/dev/null && $word $((at + 1)) && break\n"
    "\t\tdone ;;\n"
    "\t*) builtin compopt +o default || COMPREPLY=('') ;;\n"
    "\tesac 2>/dev/null\n"
    "}\n"
    "complete -o default -o nospace -F _lnpctl lnpctl\n";

/* A file _lnpctl in its fpath, or sourced. _describe wants "word:meaning". */
static const char zsh[] =
    "#compdef lnpctl\n"
    "# zsh completion for lnpctl, made by: lnpctl completion zsh\n"
    "_lnpctl() {\n"
    "  local last ret=1 line=\"${(j: :)words[1,CURRENT-1]} $PREFIX\"\n"
    "  local -a all open\n"
    "  all=(${(f)\"$(command lnpctl complete -- $line '=:' 2>/dev/null)\"})\n"
    "  last=${(M)all:#:*}\n"
    "  open=(${${(M)all:#[^:]*[=:]}//:/\\\\:})\n"
    "  all=(${${all:#(:*|*[=:])}/$'\\t'/:})\n"
    "  if (( $#all + $#open )); then\n"
    "    compset -P '*[=:]'\n"
    "    _describe -t values value all -- open -S '' && ret=0\n"
    "  fi\n"
    "  case $last in\n"
    "  :files) compset -P 1 '--*='; _files && ret=0 ;;\n"
    "  :directories) compset -P 1 '--*='; _files -/ && ret=0 ;;\n"
    "  :program) ((CURRENT -= ${words[(ie)--]})); shift ${words[(ie)--]} words; _normal && ret=0 "
    ";;\n"
    "  esac\n"
    "  return ret\n"
    "}\n"
    "if [[ $funcstack[1] == _lnpctl ]]; then _lnpctl \"$@\"; else compdef _lnpctl lnpctl; fi\n";

/* For 3.0 and newer. fish completes an unknown command's argument as a file. */
static const char fish[] =
    "# fish completion for lnpctl, made by: lnpctl completion fish\n"
    "function __lnpctl\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -l current (commandline -ct)\n"
    "\tset -l line (string escape -n -- $words) $current\n"
    "\tset -l answers (command lnpctl complete -- \"$line\" 2>/dev/null)\n"
    "\tstring match -v ':*' -- $answers\n"
    "\tswitch \"$answers[-1]\"\n"
    "\t\tcase :files\n"
    "\t\t\tcomplete --do-complete=\"'' $current\"\n"
    "\t\tcase :directories\n"
    "\t\t\tcomplete --do-complete=\"'' $current\" | string match '*/'\n"
    "\t\tcase :program\n"
    "\t\t\tset -e words[1..(contains -i -- -- $words)]\n"
    "\t\t\tset line (string escape -- $words) $current\n"
    "\t\t\tcomplete --do-complete=\"$line\"\n"
    "\tend\n"
    "end\n"
    "complete -c lnpctl -e\n"
    "complete -c lnpctl -f -a '(__lnpctl)'\n";

static const struct { const char *name, *script; } scripts[] = {
	{ "bash", bash },
	{ "zsh", zsh },
	{ "fish", fish },
};

#define EXAMPLE	"for example: lnpctl completion zsh"

int
command_completion(struct session *session, struct error *error)
{
	const struct options *options = &session->options;
	char why[ARGUMENT_WHY];

	if (options->json)
		return error_set(error, ERROR_USAGE, "it prints a script", NULL,
		    "completion does not take --json");
	if (options->operand_count != 1)
		return error_set(error, ERROR_USAGE, NULL, EXAMPLE, options->operand_count == 0 ?
		    "a shell is missing" : "one shell at a time");
	if (!argument_has("SHELL", options->operands[0], why))
		return error_set(error, ERROR_USAGE, why, EXAMPLE, "unknown shell '%.100s'",
		    options->operands[0]);
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
		if (strcmp(scripts[i].name, options->operands[0]) == 0)
			fputs(scripts[i].script, session->out);
	return 0;
}
