#!/bin/sh
# Check the words and the form of the repository's own text: messages, comments, pages, scripts.
#	sh tests/release/test_language.sh [file ...]	prints FILE:LINE: what and why, then the sum
#
# - No word or phrase of the lists below: in comments and string literals of C, in every line of
#   other files, also where a phrase goes on in the next line.
# - No line over 100 columns, a tab being 8. No line of C ends in a bare parenthesis.
# - No two files of src define the same function, and no tag names two structs, enums or unions.
set -u
cd "$(dirname "$0")/../.." || exit 1
LC_ALL=C
export LC_ALL

# form, form ... | better. In lower case; a blank stands for all that is not part of a word, and for
# ends of lines; ";" stands for any punctuation.
everywhere='
mend, mends, mended, mending | fix, repair
ill, sick | unhealthy
shall, shalt | will, must, to be
cut off, cuts off, cutting off | interrupted, truncated
behind | after
told, is said, are said, was said, be said, were said, it tells, tells of, tell of | report, print
whoever, whomever | who, any user that
he, him, his, himself | they, it, its
belongs to, belong to, belonged to | owned by
root'\''s alone, root'\''s only | root-owned, writable by root only
of ours, of his | name the thing
all the same | anyway, still
could not be found out, cannot be found out | could not be determined
look at it and, look at it ; and | inspect it, then move it aside
run the same lnpctl | the command that works as typed
one could not tell | it is not clear
deputy, deputies, deed, deeds, rival, rivals | helper, action, duplicate
it is none | it is not one
behaviour, behaviours, colour, colours, coloured, honour, honours, honoured | the American spelling
favour, favourite, neighbour, neighbours, judgement, licence, artefact | the American spelling
optimise, optimised, optimisation, recognise, recognised, recognises | the American spelling
initialise, initialised, initialisation, uninitialised | the American spelling
serialise, serialised, serialises, normalise, normalised | the American spelling
organise, organised, cancelling, labelled, labelling, grey | the American spelling
whilst, amongst, centre, defence, catalogue, analyse, analysed | the American spelling
'
# In string literals of src and include, in the manual and the README.
messages='
folder, folders | directory
'
# What is right although it has a word of the lists.
allowed='
told apart
behind a router
rival old
receipt rival
ill illegal
left behind
leave behind
leaves behind
leaving behind
'

# Recorded output, the plists of the evidence, pictures; and this file has the lists.
recorded='/__pycache__/|/evidence/(plists|print|print-disabled)/|\.(svg|png)$|/test_language\.sh$'
# A table of names with a row a line.
wide='^tests/evidence/keys[.]tsv$'

if [ $# -eq 0 ]; then
	# shellcheck disable=SC2046 # no name of ours has a blank
	set -- $(find README.md Makefile man src include tests .ci .github .clang-tidy -type f |
	    grep -vE "$recorded" | sort)
fi

found=$(printf '%s\n' everywhere "$everywhere" messages "$messages" allowed "$allowed" |
awk -v wide="$wide" '
# The lists
NR == FNR {
	if (/^(everywhere|messages|allowed)$/) {
		list = $0
		next
	}
	better = $0
	sub(/^.*\| /, "", better)
	sub(/ *\|.*/, "")
	count = split($0, form, /, /)
	for (i = 1; i <= count; i++) {
		size = split(form[i], word, " ")
		if (size > longest[word[1]])
			longest[word[1]] = size
		kind[form[i]] = list
		instead[form[i]] = better
	}
	next
}

function report(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
}

function width(line,    part, count, i, sum) {
	count = split(line, part, "\t")
	for (i = 1; i < count; i++)
		sum += length(part[i]) + 8 - (sum + length(part[i])) % 8
	return sum + length(part[count])
}

# "There is no receipt" is good English, "it is no file" is not.
function is_no(i) {
	return word[i] ~ /^(is|are|was|were|be|been)$/ && word[i + 1] == "no" &&
	    word[i - 1] != "there" && word[i - 2] != "there" &&
	    word[i + 2] !~ /^(;|longer|more|less|fewer|later|earlier|better|worse|larger|smaller|older|newer)$/
}

# Check the words of a line, together with the last two of the line before; return its last two.
function read_words(text, before, is_message,    count, i, j, form, taken, first, part) {
	gsub(/NO/, "NO_", text)		# a value of enum tristate
	text = tolower(text)
	gsub(/\\./, " ", text)
	gsub(/[.,;:!?)]+( |$)/, " ; ", text)
	gsub(/[^a-z0-9_;\047-]+/, " ", text)
	gsub(/ [\047-]+|[\047-]+ |^[\047-]+|[\047-]+$/, " ", text)
	first = split(before, word, " ") + 1
	count = split(before " " text, word, " ")
	word[0] = word[-1] = word[count + 1] = word[count + 2] = ""
	for (i = 1; i <= count; i++) {
		if (i + 2 <= count && i + 2 >= first && is_no(i))
			report("\"" word[i] " no " word[i + 2] "\", use: not a")
		if (!(word[i] in longest))
			continue
		form = word[i]
		taken = 0
		for (j = 1; j <= longest[word[i]] && i + j - 1 <= count; j++) {
			if (j > 1)
				form = form " " word[i + j - 1]
			if (form in kind)
				taken = form
		}
		if (!taken || i + split(taken, part, " ") - 1 < first || kind[taken] == "allowed" ||
		    (word[i - 1] " " taken) in kind || (kind[taken] == "messages" && !is_message))
			continue
		report("\"" taken "\", use: " instead[taken])
	}
	return count > 1 ? word[count - 1] " " word[count] : word[count]
}

# Of a line of C: the comments into `comment`, the string literals into `literal`.
function read_c(line,    end) {
	comment = literal = ""
	if (line ~ /^[ \t]*#[ \t]*include/)
		return
	while (line != "") {
		if (in_comment) {
			end = index(line, "*/")
			comment = comment " " (end ? substr(line, 1, end - 1) : line)
			if (!end)
				return
			line = substr(line, end + 2)
			in_comment = 0
		}
		if (!match(line, /"([^"\\]|\\.)*"|\047([^\047\\]|\\.)+\047|\/\*/))
			return
		if (substr(line, RSTART, 2) == "/*")
			in_comment = 1
		else if (substr(line, RSTART, 1) == "\"")
			literal = literal " " substr(line, RSTART + 1, RLENGTH - 2)
		line = substr(line, RSTART + RLENGTH)
	}
}

FNR == 1 {
	is_c = FILENAME ~ /\.[ch]$/
	is_source = is_c && FILENAME ~ /^(src|include)\//
	is_page = FILENAME ~ /^(man\/|README)/
	in_comment = 0
	is_readme = FILENAME ~ /^README/
	printed = 0
	last_comment = last_literal = last_line = ""
	unit = FILENAME
	sub(/_(linux|macos)\.c$/, ".c", unit)
}

/^```/ { printed = is_readme && !printed }

# What a command prints stands as it is printed; a row of a table is one line, and so may the XML
# of a plist be. A line without a blank cannot be broken.
length($0) > 44 && FILENAME !~ wide && !printed && !/^(\||\t[a-z]+\|)/ &&
    !/<\/(key|string|array|dict)>/ && /[^ \t][ \t]/ {
	line = $0
	gsub(/https?:[^ "<>)]*/, "", line)
	gsub(/[\200-\277]/, "", line)
	if (width(line) > 100)
		report(width(line) " columns, use: at most 100")
}

is_c {
	if (/\($/)
		report("ends in a bare parenthesis")
	if (in_comment || /["\/]/) {
		read_c($0)
		last_comment = comment == "" ? "" : read_words(comment, last_comment, 0)
		if (!/^[ \t]*"/)		# not the next part of a literal
			last_literal = ""
		last_literal = literal == "" ? "" : read_words(literal, last_literal, is_source)
	} else
		last_comment = last_literal = ""
	if (!is_source)
		next
	if (match($0, /^[a-z_][a-z0-9_]*\(/) && FILENAME ~ /\.c$/) {
		name = substr($0, 1, RLENGTH - 1)
		if (name in defined && defined[name] != unit)
			report("function " name " is also in " defined[name])
		defined[name] = unit
	}
	if (!in_comment && match($0, /^[ \t]*(static |const |typedef )*(struct|enum|union) [a-z_0-9]+ \{/)) {
		name = substr($0, RSTART, RLENGTH - 2)
		sub(/.* /, "", name)
		if (name in tagged)
			report("tag " name " is also in " tagged[name])
		tagged[name] = FILENAME
	}
	next
}

{ last_line = $0 == "" ? "" : read_words($0, last_line, is_page) }
' - "$@" | sort -t : -k 1,1 -k 2,2n)

if [ -n "$found" ]; then
	echo "$found"
	echo "0 passed, $(echo "$found" | wc -l | tr -d ' ') failed, 0 skipped"
	exit 1
fi
echo "1 passed, 0 failed, 0 skipped"
