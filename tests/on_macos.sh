#!/bin/sh
# sudo tests/on_macos.sh
#
# Plays the scenes of tests/scenes that a real Mac can have against its real launchd, one after the other, as a job of the
# account that called sudo. Only ever touches the label com.example.lnpctl-test and files of that name, and removes them
# after each scene, also when it fails or is interrupted. What stays is launchd's own memory that the label is enabled,
# which no command can delete. Takes some minutes: here ten seconds of throttle are ten seconds.
# Needs `make all tools` before. SCENES: only these. Ends with: N passed, N failed, N skipped
#
#	sh tests/on_macos.sh ROOT LAUNCHCTL	the same on a temporary Mac: the test of this script
set -u

root=${1:-/} launchctl=${2:-/bin/launchctl}
root=${root%/}
BUILD=${BUILD:-$PWD/build}
export BUILD
label=com.example.lnpctl-test
target=system/$label
state="$root/Library/Application Support/lnpctl"
playing=
said=

give_up() {
	echo "on_macos.sh: $2" >&2
	exit "$1"
}

# All that a scene can have made. Not by lnpctl: it may be what fails.
clean() {
	"$launchctl" bootout "$target" >/dev/null 2>&1
	looks=0
	until "$launchctl" print "$target" >/dev/null 2>&1; [ $? -eq 113 ]; do
		looks=$((looks + 1))
		[ $looks -lt 600 ] || { echo "on_macos.sh: $target is still loaded" >&2; break; }
		sleep 0.1
	done
	"$launchctl" print-disabled system 2>/dev/null | grep -qE "\"$label\" => (disabled|true)" && "$launchctl" enable "$target"
	rm -f "$root/Library/LaunchDaemons/$label.plist" "$root/Library/LaunchAgents/$label.plist" \
		"$state/$label.plist" "$state/$label.old" "$root/var/log/lnpctl-test.log" "$root/var/log/lnpctl-test.err"
	rm -rf "$root/Library/Application Support/$label" "$root/var/tmp/$label"
	if [ -n "$made_state" ]; then
		rm -f "$state/.lock"
		rmdir "$state" 2>/dev/null
	fi
}

finish() {
	trap '' INT TERM HUP
	if [ -n "$playing" ]; then
		kill "$playing" 2>/dev/null
		wait "$playing"
	fi
	clean
	rm -f "$said"
}

if [ ! -x "$BUILD/lnpctl" ] || [ ! -x "$BUILD/tests/agentworker" ]; then
	give_up 69 "run make all tools first"
fi
if [ -z "$root" ]; then
	[ "$(uname -s)" = Darwin ] || give_up 69 "this is no Mac"
	[ "$(id -u)" -eq 0 ] || give_up 77 "root is needed: sudo tests/on_macos.sh"
	[ "${SUDO_USER:-root}" != root ] || give_up 77 "call it with sudo from an ordinary account: the jobs run as that"
fi
made_state=
[ -d "$state" ] || made_state=yes
said=$(mktemp) || exit 1
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
clean

if [ -n "${SCENES:-}" ]; then
	# shellcheck disable=SC2086 # a list
	set -- $SCENES
else
	set -- tests/scenes/*.scene
fi
passed=0 failed=0 skipped=0
for scene; do
	# In the background, because a shell hears of a signal only while it waits for such.
	sh tests/scene.sh real "${root:-/}" "$launchctl" "$scene" >"$said" 2>&1 &
	playing=$!
	wait $playing
	result=$?
	playing=
	clean
	case $result in
	0)	passed=$((passed + 1))
		echo "ok $(basename "$scene" .scene)" ;;
	77)	skipped=$((skipped + 1))
		sed 's/^/skipped: /' "$said" ;;
	*)	failed=$((failed + 1))
		echo "FAILED: $scene"
		sed 's/^/    /' "$said" ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
