/* The script for zsh: a file _lnpctl in its fpath, or sourced. */
#include <string.h>

#include "command/completion.h"

static const char head[] =
    "#compdef lnpctl\n"
    "# zsh completion for lnpctl, made by: lnpctl completion zsh\n\n"
    "# The jobs of this Mac, or of --root: the receipts whose names need no quoting.\n"
    "_lnpctl_labels() {\n"
    "  local at root= expl\n"
    "  local -a labels\n"
    "  for ((at = 2; at <= $#words; at++)); do\n"
    "    case $words[at] in\n"
    "    --) break ;;\n"
    "    --root) root=${(Q)words[at+1]} ;;\n"
    "    --root=*) root=${(Q)words[at]#--root=} ;;\n"
    "    esac\n"
    "  done\n"
    "  root=${root/#\\~\\//$HOME/}\n"
    "  labels=(${root}\"" STATE_DIRECTORY "\"/*.plist(N:t:r))\n"
    "  labels=(${labels:#(|-*|*[^[:alnum:]._-]*)})\n"
    "  _wanted labels expl label compadd -a labels\n"
    "}\n\n"
    "# _lnpctl_open WHAT WORD...: words that are followed by more.\n"
    "_lnpctl_open() {\n"
    "  local expl\n"
    "  _wanted values expl $1 compadd -S '' -- ${@[2,-1]}\n"
    "}\n\n"
    "# _lnpctl_context WORD...: those that end with a colon are followed by a user.\n"
    "_lnpctl_context() {\n"
    "  local expl ret=1\n"
    "  if [[ $PREFIX == *:* ]]; then\n"
    "    (( ${@[(Ie)${PREFIX%%:*}:]} )) && compset -P '*:' && _users\n"
    "    return\n"
    "  fi\n"
    "  _wanted contexts expl context compadd -- ${@:#*:} && ret=0\n"
    "  _lnpctl_open context ${(M)@:#*:} && ret=0\n"
    "  return ret\n"
    "}\n\n"
    "# _lnpctl_any FUNCTION...: offers what each of them does.\n"
    "_lnpctl_any() {\n"
    "  local each ret=1\n"
    "  for each; do\n"
    "    $each && ret=0\n"
    "  done\n"
    "  return ret\n"
    "}\n\n";

static const char entry[] =
    "_lnpctl() {\n"
    "  local at curcontext=$curcontext\n"
    "  typeset -A opt_args\n"
    "  if ((CURRENT == 2)); then\n"
    "    if [[ $PREFIX == -* ]]; then\n"
    "      _arguments '(-)--help[list the commands]' '(-)--version[print the version]'\n"
    "    else\n"
    "      _lnpctl_commands\n"
    "    fi\n"
    "    return\n"
    "  fi\n"
    "  shift words\n"
    "  ((CURRENT--))\n"
    "  curcontext=${curcontext%:*:*}:lnpctl-$words[1]:\n"
    "  at=${words[(ie)--]}\n"
    "  case $words[1] in\n";

static const char tail[] =
    "  esac\n"
    "}\n\n"
    "if [[ $funcstack[1] == _lnpctl ]]; then\n"
    "  _lnpctl \"$@\"\n"
    "else\n"
    "  compdef _lnpctl lnpctl\n"
    "fi\n";

/* Escape a text for _arguments or _describe, within double quotes. */
static void
zsh_write_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("[]:\\", *text) != NULL)
			fputs("\\\\", out);
		if (strchr("\"$`\\", *text) != NULL)
			putc('\\', out);
		putc(*text, out);
	}
}

/* Write how _arguments completes a value, within double quotes. */
static void
zsh_write_action(FILE *out, const struct argument *value)
{
	switch (value->kind) {
	case ARGUMENT_FREE:
		putc(' ', out);
		break;
	case ARGUMENT_WORD:
	case ARGUMENT_KEY:
	case ARGUMENT_SHELL:
		putc('(', out);
		completion_words(out, value);
		putc(')', out);
		break;
	case ARGUMENT_CONTEXT:	fputs("_lnpctl_contexts", out); break;
	case ARGUMENT_SETTING:	fputs("_lnpctl_settings", out); break;
	case ARGUMENT_FILE:	fputs("_files", out); break;
	case ARGUMENT_DIRECTORY:	fputs("_files -/", out); break;
	case ARGUMENT_USER:	fputs("_users", out); break;
	case ARGUMENT_GROUP:	fputs("_groups", out); break;
	case ARGUMENT_LABEL:	fputs("_lnpctl_labels", out); break;
	case ARGUMENT_COMMAND:	fputs("_lnpctl_commands", out); break;
	case ARGUMENT_PROGRAM:	fputs("_normal", out); break;
	}
}

/* Write the functions that such actions call: in them the words need no escapes. */
static void
zsh_write_functions(FILE *out)
{
	size_t count;
	const struct argument *rows = argument_table(&count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].kind != ARGUMENT_CONTEXT && rows[i].kind != ARGUMENT_SETTING)
			continue;
		zsh_write_action(out, &rows[i]);
		fputs(rows[i].kind == ARGUMENT_CONTEXT ? "() {\n  _lnpctl_context " :
		    "() {\n  _lnpctl_open key ", out);
		completion_words(out, &rows[i]);
		fputs("\n}\n\n", out);
	}
}

static void
zsh_write_option(FILE *out, const struct option *option)
{
	const struct argument *value = completion_value(option);

	fprintf(out, " \\\n      \"%s--%s%s[", option->kind == OPTION_LIST ? "*" : "", option->name,
	    value == NULL ? "" : "=");
	zsh_write_text(out, option->help);
	putc(']', out);
	if (value != NULL) {
		putc(':', out);
		zsh_write_text(out, value->name);
		putc(':', out);
		zsh_write_action(out, value);
	}
	putc('"', out);
}

static void
zsh_write_operands(FILE *out, const struct operands *operands)
{
	if (operands->count == 0)
		return;
	fprintf(out, " \\\n      \"%s:", operands->many ? "*" : "1");
	for (size_t i = 0; i < operands->count; i++) {
		fputs(i == 0 ? "" : " or ", out);
		zsh_write_text(out, operands->values[i]->name);
	}
	fputs(operands->count > 1 ? ": _lnpctl_any" : ":", out);
	for (size_t i = 0; i < operands->count; i++) {
		fputs(operands->count > 1 ? " " : "", out);
		zsh_write_action(out, operands->values[i]);
	}
	putc('"', out);
}

static void
zsh_write_command(FILE *out, const struct command *command)
{
	struct operands operands = completion_operands(command);
	bool program = operands.count == 1 && operands.values[0]->kind == ARGUMENT_PROGRAM;
	const struct option *option;

	fprintf(out, "  %s)\n", command->name);
	if (program)
		fputs("    if ((at < CURRENT)); then\n      shift at words\n      ((CURRENT -= "
		    "at))\n      _normal\n"
		    "      return\n    fi\n", out);
	fputs("    _arguments -S :", out);
	for (size_t at = 0; (option = completion_option(command, &at)) != NULL;)
		zsh_write_option(out, option);
	if (!program)
		zsh_write_operands(out, &operands);
	fputs(" ;;\n", out);
}

void
completion_zsh(FILE *out)
{
	const struct command *command;

	fputs(head, out);
	zsh_write_functions(out);
	fputs("_lnpctl_commands() {\n  local -a commands=(\n", out);
	for (size_t i = 0; (command = completion_command(i)) != NULL; i++) {
		fprintf(out, "    \"%s:", command->name);
		zsh_write_text(out, command->help);
		fputs("\"\n", out);
	}
	fputs("  )\n  _describe -t commands command commands\n}\n\n", out);
	fputs(entry, out);
	for (size_t i = 0; (command = completion_command(i)) != NULL; i++)
		zsh_write_command(out, command);
	fputs(tail, out);
}
