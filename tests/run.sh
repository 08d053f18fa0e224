#!/bin/sh
# Runs the cmocka programs and the scripts (*.sh) given, and ends with the sum:
#
#	12 passed, 0 failed, 1 skipped
#
# A script ends with such a line itself; without it, the script has failed. So has a test that was
# begun or announced and neither passed nor skipped, and a program that ends badly, too early, too
# late, or without having run a test. The output of a failed program is shown.
#
# The tests find the programs of this build in $BUILD, an absolute path.
set -u

# Some tests give files to the accounts 501 and 502, which on a Mac are people.
if [ "$(uname -s)" = Darwin ] && [ "$(id -u)" -eq 0 ]; then
	echo 'run.sh: not as root on a Mac; run: make test' >&2
	exit 77
fi

limit=${TEST_SECONDS:-600}
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What the caller's shell or make set must not change what the tests do.
unset SUDO_UID MAKEFLAGS MFLAGS MAKELEVEL CMOCKA_MESSAGE_OUTPUT CMOCKA_XML_FILE CMOCKA_TEST_ABORT
LC_ALL=C
export LC_ALL BUILD="${BUILD:-$PWD/build}"

# Prints "passed failed skipped". Groups that begin must end, too: a failing group teardown leaves
# the exit status 0.
count_cmocka() {
	awk -v status="$1" '
	match($0, /Running [0-9]+ test/) { groups++; planned += substr($0, RSTART + 8) }
	/\[=+\].* [0-9]+ test\(s\) run/ { groups-- }
	match($0, /\[  SKIPPED \] [0-9]+ test/) { skipped += substr($0, RSTART + 13) }
	/\[  FAILED  \]/ { bad = 1 }
	{ begun += gsub(/\[ RUN      \]/, ""); passed += gsub(/\[       OK \]/, "") }
	END {
		failed = (planned > begun ? planned : begun) - passed - skipped
		if (failed < 1)
			failed = status != 0 || bad || groups != 0 || planned != begun ||
			    planned == 0 || failed < 0
		print passed + 0, failed + 0, skipped + 0
	}' "$output"
}

count_script() {
	awk -v status="$1" '
	NF { last = $0 }
	END {
		split(last, word)
		ended = last ~ /^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/
		if (ended) {
			passed = word[1]; failed = word[3]; skipped = word[5]
		}
		if (failed < 1)
			failed = status != 0 || passed + skipped == 0
		print passed + 0, failed + 0, skipped + 0
	}' "$output"
}

passed=0 failed=0 skipped=0
for test; do
	case $test in
	*.sh)	sh tests/limited.sh "$limit" sh "$test" >"$output" 2>&1
		status=$?
		counts=$(count_script $status) ;;
	*)	sh tests/limited.sh "$limit" "$test" >"$output" 2>&1
		status=$?
		counts=$(count_cmocka $status) ;;
	esac
	# An awk that died has counted nothing.
	read -r p f s <<-end
	${counts:-0 1 0}
	end
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))

	name=${test##*/}
	[ "$s" -eq 0 ] || p="$p, $s skipped"
	if [ "$f" -eq 0 ]; then
		echo "ok $name ($p)"
		continue
	fi
	sed 's/^/    /' "$output"
	case $status in
	124|137) echo "    killed: still running after $limit seconds, or by somebody" ;;
	*)	echo "    exit status $status" ;;
	esac
	echo "FAILED $name ($p, $f failed)"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
