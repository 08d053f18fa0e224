#!/bin/sh
# What tests leave behind: nothing, no process and no file, also when they fail or are interrupted. And tests/on_macos.sh
# from beginning to end, with the embedded launchd in the place of the real one. Ends with: N passed, N failed, N skipped
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
	rm -rf "$work"
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
	"$mac/bin/launchctl" print system/com.example.lnpctl-test 2>/dev/null | grep -q '^	state = running'
}

# A launchd with a job, somewhere in this folder.
works_in() {
	find "$1" -name embedded-launchd.log -exec grep -q 'pid [0-9]*$' {} \; -print 2>/dev/null | grep -q .
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
	tree | diff "$work/before" - >"$work/said" && ! "$mac/bin/launchctl" print system/com.example.lnpctl-test >/dev/null 2>&1
}

# ends STATUS: of what runs in the background
ends() {
	wait "$child" 2>/dev/null
	result=$?
	child=
	[ $result -eq "$1" ] || { echo "it ended with $result" >>"$work/said"; return 1; }
}

# interrupted NAME SIGNAL STATUS COMMAND...: a test is begun, and stopped while a job runs
interrupted() {
	test=$1 signal=$2 status=$3
	shift 3
	TEST_FOLDER=$work/tests "$@" >"$work/said" 2>&1 </dev/null &
	child=$!
	check "$test begins" eventually works_in "$work/tests"
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
	sh tests/make_mac.sh "$mac" "$BUILD/tests/launchd" && "$mac/bin/launchctl" fault clock 0.01 || exit 1
	tree >"$work/before"
	: >"$work/said"

	sh tests/on_macos.sh "$mac" "$mac/bin/launchctl" >"$work/said" 2>&1 &
	child=$!
	check 'on_macos.sh plays its scenes' ends 0
	check 'all of them' grep -q '^1[0-9] passed, 0 failed, ' "$work/said"
	check 'on_macos.sh leaves the Mac as it was' is_as_before

	SCENES=$work/waiting.scene sh tests/on_macos.sh "$mac" "$mac/bin/launchctl" >"$work/said" 2>&1 &
	child=$!
	check 'a scene runs' eventually is_running
	kill -TERM $child
	check 'on_macos.sh hears of a signal' ends 143
	check 'on_macos.sh leaves the Mac as it was, interrupted' is_as_before

	SCENES=$work/failing.scene sh tests/on_macos.sh "$mac" "$mac/bin/launchctl" >"$work/said" 2>&1 &
	child=$!
	check 'on_macos.sh tells of a scene that fails' ends 1
	check 'and where' grep -q 'failing.scene: must exit 1, not 0' "$work/said"
	check 'on_macos.sh leaves the Mac as it was, failed' is_as_before
	"$mac/bin/launchctl" shutdown

	if [ "$(uname -s)" = Darwin ]; then
		skipped=$((skipped + 1))
		echo 'skipped: on_macos.sh on what is no Mac'
	else
		sh tests/on_macos.sh >"$work/said" 2>&1 &
		child=$!
		check 'on_macos.sh refuses what is no Mac' ends 69
	fi
}

interrupted 'a killed test of launchd' KILL 137 "$BUILD/tests/test_launchd"
interrupted 'an interrupted play of scenes' TERM 143 sh tests/test_scenes.sh
test_on_macos

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
