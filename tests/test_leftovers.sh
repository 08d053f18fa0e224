#!/bin/sh
# What tests leave behind: nothing, no process and no file, also when they fail or are interrupted.
# And tests/on_macos.sh from beginning to end, its page of questions, too, with the embedded launchd
# in the place of the real one. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
export BUILD
passed=0 failed=0 skipped=0
child=
work=$(mktemp -d) || exit 1
work=$(cd "$work" && pwd -P) || exit 1
chmod 755 "$work"
mkdir "$work/tests"
mac=$work/mac

finish() {
	[ -z "$child" ] || kill "$child" 2>/dev/null
	sh tests/mac/remove.sh "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# check NAME COMMAND...
check() {
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		sed 's/^/    /' "$work/said"
	fi
}

# eventually COMMAND ...: whether it succeeds within a minute
eventually() {
	looks=0
	until "$@"; do
		looks=$((looks + 1))
		[ $looks -lt 1200 ] || return 1
		sleep 0.05
	done
}

is_running() {
	"$mac/bin/launchctl" print system/com.example.lnpctl-test 2>/dev/null |
		grep -q '^	state = running'
}

# A launchd with a job, somewhere in this folder.
works_in() {
	find "$1" -name embedded-launchd.log -exec grep -q 'pid [0-9]*$' {} \; -print 2>/dev/null |
		grep -q .
}

no_process_of() {
	! pgrep -f "$1/" >/dev/null
}

is_empty() {
	[ -z "$(ls -A "$1")" ]
}

# All there is on the Mac, but what launchd keeps for itself.
tree() {
	find "$mac" | grep -v -e embedded-launchd -e com.apple.xpc.launchd | sort
}

is_as_before() {
	tree | diff "$work/before" - >"$work/said" &&
		! "$mac/bin/launchctl" print system/com.example.lnpctl-test >/dev/null 2>&1
}

# ends STATUS: of what runs in the background
ends() {
	wait "$child" 2>/dev/null
	result=$?
	child=
	[ $result -eq "$1" ] || { echo "it ended with $result" >>"$work/said"; return 1; }
}

# As a test may leave its folder: with a closed directory, and a process that still writes.
hinder() {
	for place in "$work"/tests/*; do
		mkdir "$place/closed" && : >"$place/closed/file" && chmod 0 "$place/closed"
		: >"$place/late"
		for _ in 1 2 3; do
			while [ -e "$place/late" ]; do :; done
			: >"$place/late" || break
		done >/dev/null 2>&1 &
	done
}

# interrupted NAME SIGNAL STATUS COMMAND...: a test is begun, and stopped while a job runs
interrupted() {
	test=$1 signal=$2 status=$3
	shift 3
	TEST_FOLDER=$work/tests "$@" >"$work/said" 2>&1 </dev/null &
	child=$!
	check "$test begins" eventually works_in "$work/tests"
	hinder
	kill -"$signal" $child
	check "$test ends" ends "$status"
	check "$test leaves no file" eventually is_empty "$work/tests"
	check "$test leaves no process" eventually no_process_of "$work/tests"
}

cat >"$work/waiting.scene" <<'END'
# Waits for what never comes.
given installed
must  exit 0  job never
END
cat >"$work/failing.scene" <<'END'
given installed
must  exit 1
END

test_on_macos() {
	sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd" &&
		"$mac/bin/launchctl" fault clock 0.01 || exit 1
	tree >"$work/before"
	: >"$work/said"

	SCENES=$(echo tests/scenes/*.scene tests/scenes/starts/*directory.scene) \
	    sh tests/on_macos.sh "$mac" "$mac/bin/launchctl" >"$work/said" 2>&1 &
	child=$!
	check 'on_macos.sh plays its scenes' ends 0
	check 'all of them' grep -q '^2[0-9] passed, 0 failed, ' "$work/said"
	check 'on_macos.sh leaves the Mac as it was' is_as_before

	SCENES=$work/waiting.scene sh tests/on_macos.sh "$mac" "$mac/bin/launchctl" \
	    >"$work/said" 2>&1 &
	child=$!
	check 'a scene runs' eventually is_running
	kill -TERM $child
	check 'on_macos.sh hears of a signal' ends 143
	check 'on_macos.sh leaves the Mac as it was, interrupted' is_as_before

	SCENES=$work/failing.scene sh tests/on_macos.sh "$mac" "$mac/bin/launchctl" \
	    >"$work/said" 2>&1 &
	child=$!
	check 'on_macos.sh reports a scene that fails' ends 1
	check 'and where' grep -q 'failing.scene: must exit 1, not 0' "$work/said"
	check 'on_macos.sh leaves the Mac as it was, failed' is_as_before
	"$mac/bin/launchctl" shutdown

	if [ "$(uname -s)" = Darwin ]; then
		skipped=$((skipped + 1))
		echo 'skipped: on_macos.sh on what is not a Mac'
	else
		sh tests/on_macos.sh >"$work/said" 2>&1 &
		child=$!
		check 'on_macos.sh refuses what is not a Mac' ends 69
	fi
}

cat >"$work/questions" <<'END'
label=com.example.lnpctl-test
case ${1:-} in
'')	echo 'named|5|*|an answer with the name of an account'
	echo 'hanging|1|*|one that leaves files and a process'
	echo 'good|5|fine*|the next one' ;;
named)	echo "it is $SUDO_USER" ;;
hanging)
	mkdir -p "$2/Library/Application Support/$label" "$SCRATCH/folder"
	: >"$2/Library/Application Support/$label/file"
	: >"$SCRATCH/folder/file"
	sleep 600 ;;
good)	echo fine, "$(ls -A "$SCRATCH" | wc -l | tr -d ' ')" ;;
esac
END

# report [NAME=VALUE ...]
report() {
	env "$@" sh tests/on_macos.sh --report "$mac" "$mac/bin/launchctl" >"$work/said" 2>&1
}

has() {
	grep -qF -e "$1" "$work/said"
}

has_an_answer_to_each() {
	sh tests/report.sh | cut -d '|' -f 1 | while read -r name; do
		grep -q "^[=!?-] $name: [^ ]" "$work/said" ||
			{ echo "no answer to $name" >>"$work/said"; exit 1; }
	done
}

test_report() {
	"$mac/bin/launchctl" fault clock 0.01 || exit 1
	check 'on_macos.sh --report asks' report
	check 'each question' has_an_answer_to_each
	check 'on one page' [ "$(wc -l <"$work/said")" -le 70 ]
	check 'that says what it was asked on' has 'not a Mac'
	check 'launchd answers as lnpctl assumes' \
	    [ "$(grep -c -e '^= launchd: ' -e '^= exits: ' -e '^= disabled: ' "$work/said")" -eq 3 ]
	check 'no answer is another one' [ "$(grep -c '^! ' "$work/said")" -eq 0 ]
	check 'on_macos.sh --report leaves the Mac as it was' is_as_before
	check 'a question works alone' report QUESTIONS=exits
	check 'and is the only one' [ "$(grep -c '^[=!?-] ' "$work/said")" -eq 2 ]

	check 'an answer is not a page' report SUDO_USER=jane ASK="$work/questions"
	check 'an answer with a name is held back' has \
	    '? named: not found out: the answer has a name'
	check 'one that takes too long is given up' has '? hanging: not found out: it took too long'
	check 'and what it made is gone before the next' has '= good: fine, 0'
	check 'on_macos.sh --report leaves the Mac as it was, late' is_as_before
	QUESTIONS=hanging ASK=$work/questions sh tests/on_macos.sh --report "$mac" \
	    "$mac/bin/launchctl" >"$work/said" 2>&1 &
	child=$!
	check 'a question is asked' eventually \
	    [ -e "$mac/Library/Application Support/com.example.lnpctl-test/file" ]
	kill -TERM $child
	check 'on_macos.sh --report hears of a signal' ends 143
	check 'on_macos.sh --report leaves the Mac as it was, interrupted' is_as_before
	check 'and no process' no_process_of "$work/questions"
	"$mac/bin/launchctl" shutdown

	if [ "$(uname -s)" != Darwin ]; then
		sh tests/on_macos.sh --report >"$work/said" 2>&1 &
		child=$!
		check 'what is not a Mac has a page, too' ends 0
		check 'of questions that were not asked' \
		    [ "$(grep -c '^? [a-z]*: not found out: not a Mac$' "$work/said")" -eq \
		    "$(sh tests/report.sh | wc -l)" ]
	fi
}

interrupted 'a killed test of launchd' KILL 137 "$BUILD/tests/launchd/test_launchd"
interrupted 'an interrupted play of scenes' TERM 143 sh tests/scenes/test_scenes.sh
test_on_macos
test_report

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
