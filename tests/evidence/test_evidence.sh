#!/bin/sh
# tests/evidence holds what comments and tests refer to, and no file refers to one outside the tree.
# Ends with: N passed, N failed, N skipped
set -u

evidence=tests/evidence
passed=0 failed=0

# check NAME TEXT: the text, of what is wrong, is empty
check() {
	if [ -n "$2" ]; then
		failed=$((failed + 1))
		echo "FAILED: $1"
		echo "$2" | sed 's/^/    /'
	else
		passed=$((passed + 1))
	fi
}

# Which of the numbers on standard input do not begin a line of FILE, after MARK.
missing() {
	sort -u | while read -r number; do
		grep -q "^$2$number\. " "$evidence/$1" || echo "$number"
	done
}

# named FILE: the numbers that the tree names: "FILE, 8" or "FILE, 32, 39, 50" or "FILE, 75 to 80"
named() {
	grep -rhoE "evidence/$1, [0-9]+((, | to )[0-9]+)*" src include tests | grep -oE '[0-9]+'
}

for folder in print print-disabled plists; do
	check "$folder and its index" "$({
		(cd $evidence/$folder && ls)
		sed 1d $evidence/$folder/INDEX.tsv | cut -f 1
		echo INDEX.tsv
	} | sort | uniq -u)"
done
check 'rules that are named' "$(named RULES.md | missing RULES.md '')"
check 'sections that are named' "$(named ERRORS.md | missing ERRORS.md '## ')"
# By letter: R8, R10-15, E2.
check "rules of the embedded launchd's table" "$(grep -oE '\bR[0-9]+(-[0-9]+)?' \
    tests/launchd/README.md |
    tr -d R | tr - '\n' | missing RULES.md '')"
check "sections of the embedded launchd's table" "$(grep -oE '\bE[0-9]+' tests/launchd/README.md |
    tr -d E | missing ERRORS.md '## ')"
check 'no file outside the tree is named' \
    "$(grep -rnE '[.][.]/shared|(^|[^/[:alnum:]])shared/(launch|facts|field)' \
    README.md Makefile src include tests man .ci)"

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
