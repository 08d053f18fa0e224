#!/bin/sh
# Each finding of verify: made on a temporary Mac, found, the command of its fix run as an
# administrator would paste it, and gone. This plays the scenes of tests/scenes/findings, which do
# that, prints the table of them all, and fails by name for each check that is known to warn or to
# fail (the rows of test_check.c) and that no scene makes. Ends with: N passed, N failed
set -u

BUILD=${BUILD:-$PWD/build}
work=$(mktemp -d "${TEST_FOLDER:-/tmp}/findings.XXXXXX") || exit 1
FINDINGS=$work/rows
export BUILD FINDINGS
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir "$FINDINGS"

failed=0
SCENES=$(echo tests/scenes/findings/*.scene) sh tests/scenes/test_scenes.sh >"$work/played" ||
	failed=1
cat "$FINDINGS"/* >"$work/table"
while IFS='	' read -r check variant command gone; do
	printf '%-24s %s\n    %s%s\n' "$check" "$variant" "$command" "${gone:+ -- gone}"
done <"$work/table"
sed '$d' "$work/played"

# What no scene can make here, and why.
cat >"$work/elsewhere" <<'END'
plist-file=warn	access control lists and volumes that ignore ownership are a Mac's
architecture=warn	an image has no processor, so it is not known whether Rosetta is needed
user=warn	the accounts of an image are local
peer=warn	there is no local network, and no command opens one
peer=fail	there is no local network, and no command opens one
END
[ "$(id -u)" -eq 0 ] || cat >>"$work/elsewhere" <<'END'
plist-owner=fail	only root can make it
identity=fail	only root can make it
program-owner=fail	only root installs a job of root
END
python3 - >"$work/known" <<'END'
import re
rows = re.findall(r'"([a-z-]+)",[\s\\]*VERDICT_(FAIL|WARN)\b',
                  open("tests/unit/core/check/test_check.c").read())
print(*sorted({f"{check}={verdict.lower()}" for check, verdict in rows}), sep="\n")
END
while read -r known; do
	cut -f 1 "$work/table" "$work/elsewhere" | grep -qxF -e "$known" || {
		echo "FAILED: no scene makes the finding $known"
		failed=$((failed + 1))
	}
done <"$work/known"

made=$(wc -l <"$work/table")
echo "$(grep -c '	gone$' "$work/table") of these findings have a command, and it works"
echo "$((made)) passed, $failed failed"
[ "$failed" -eq 0 ]
