/*
 * completion: print the script by which a shell asks complete what may stand at the cursor. A
 * script runs the lnpctl of PATH, never the one that is being typed: TAB must not run ./lnpctl.
 */
#include <string.h>

#include "command/complete.h"

/*
 * For 3.2, macOS's own, and newer. 3.2 has no compopt: it offers files where directories are
 * wanted, with no space after them. Readline replaces what follows the last of COMP_WORDBREAKS.
 * Nothing to offer is an empty line, and so an empty answer, for which readline changes nothing.
 */
static const char bash[] =
    "# bash completion for lnpctl, made by: lnpctl completion bash\n"
    "# shellcheck shell=bash\n"
    "_lnpctl() {\n"
    "\tlocal word how='' at=0\n"
    "\tCOMPREPLY=()\n"
    "\twhile IFS=$'\\t' read -r word _; do\n"
    "\t\tcase $word in :*) how=$word ;; *) COMPREPLY[${#COMPREPLY[@]}]=$word ;; esac\n"
    "\tdone <<<\"$(command lnpctl complete -- \"${COMP_LINE:0:COMP_POINT}\" "
    "\"${COMP_WORDBREAKS-}\" 2>/dev/null)\"\n"
    "\t((${#COMPREPLY[@]} == 0)) || return 0\n"
    "\twhile [[ $how == :program && ${COMP_WORDS[at++]} != -- ]]; do :; done\n"
    "\tbuiltin compopt +o nospace 2>/dev/null\n"
    "\t[[ $how != :directories ]] || builtin compopt +o default -o dirnames 2>/dev/null\n"
    "\t((at == 0)) || { _comp_command_offset $at || _command_offset $at; } 2>/dev/null\n"
    "}\n"
    "complete -o default -o nospace -F _lnpctl lnpctl\n";

/* A file _lnpctl in its fpath, or sourced. _describe wants "word:meaning". */
static const char zsh[] =
    "#compdef lnpctl\n"
    "# zsh completion for lnpctl, made by: lnpctl completion zsh\n"
    "_lnpctl() {\n"
    "  local -a open all=(${(f)\"$(command lnpctl complete -- "
    "\"${(j: :)words[1,CURRENT-1]} $PREFIX\" '=:' 2>/dev/null)\"})\n"
    "  open=(${${(M)all:#[^:]*[=:]}/%:/\\\\:})\n"
    "  case ${(M)all:#:*} in\n"
    "  :files) compset -P 1 '--*='; _files ;;\n"
    "  :directories) compset -P 1 '--*='; _files -/ ;;\n"
    "  :program) compset -N --; _normal ;;\n"
    "  esac\n"
    "  all=(${${all:#(:*|*[=:])}/$'\\t'/:})\n"
    "  compset -P '*[=:]'\n"
    "  (( $#all + $#open )) && _describe -t values value all -- open -S ''\n"
    "  (( compstate[nmatches] ))\n"
    "}\n"
    "if [[ $funcstack[1] == _lnpctl ]]; then _lnpctl \"$@\"; else compdef _lnpctl lnpctl; fi\n";

/* For 3.0 and newer. fish completes an unknown command's argument as a file. */
static const char fish[] =
    "# fish completion for lnpctl, made by: lnpctl completion fish\n"
    "function __lnpctl\n"
    "\tset -l line (string escape -n -- (commandline -opc)) (commandline -ct)\n"
    "\tset -l answers (command lnpctl complete -- \"$line\" 2>/dev/null)\n"
    "\tstring match -v ':*' -- $answers\n"
    "\tswitch \"$answers[-1]\"\n"
    "\t\tcase :files; complete --do-complete=\"'' $line[-1]\"\n"
    "\t\tcase :directories; complete --do-complete=\"'' $line[-1]\" | string match '*/'\n"
    "\t\tcase :program\n"
    "\t\t\tset -e line[1..(contains -i -- -- $line)]\n"
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
