#!/bin/sh
# Plays the scenes of tests/scenes/starts (or those named in SCENES): each way in which a start can
# fail, for a new job and for the commands that would stop a running one. Prints them as a table.
# Each row of the table of src/core/check/start.c must have one.
# Ends with: N passed, N failed, N skipped
set -u

rows=$(sed -n '/start_rows\[\] = {/,/^};/s/^	{ \(.*\) },$/\1/p' src/core/check/start.c |
    sed 's/^NULL.* //; s/^"\([^"]*\)".*/\1/')
lacking=0
[ -n "$rows" ] || lacking=1
for row in $rows; do
	grep -q "^starts  $row " tests/scenes/starts/*.scene || {
		echo "no scene of tests/scenes/starts has the cause $row"
		lacking=$((lacking + 1))
	}
done
if [ "$lacking" -gt 0 ]; then
	echo "0 passed, $lacking failed"
	exit 1
fi

echo 'scene | cause | install | install over a running job | restart | repair'
SCENES=${SCENES:-$(echo tests/scenes/starts/*.scene)}
export SCENES
exec sh tests/scenes/test_scenes.sh
