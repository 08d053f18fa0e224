#!/bin/sh
# Plays the scenes of tests/scenes (or those named in SCENES), each on a temporary Mac of its own
# with the embedded launchd (see tests/launchd/README.md), two at a time. The language of the
# scenes: tests/scenes/scene.sh. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
export BUILD
work=$(mktemp -d "${TEST_FOLDER:-/tmp}/scenes.XXXXXX") || exit 1
work=$(cd "$work" && pwd -P) || exit 1
pids=

# launchd ends with its folder, too, but not at once.
finish() {
	# shellcheck disable=SC2086 # a list
	[ -z "$pids" ] || kill $pids 2>/dev/null
	wait
	for launchctl in "$work"/*/bin/launchctl; do
		[ ! -S "${launchctl%/bin/launchctl}/private/var/run/embedded-launchd.sock" ] ||
			"$launchctl" shutdown now
	done
	sh tests/mac/remove.sh "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
chmod 755 "$work"

# A tenth of a second for ten: launchd's throttle must not make the tests wait.
sh tests/mac/make_mac.sh "$work/pattern" "$BUILD/tests/launchd" || exit 1
sed 's|<real>1</real>|<real>0.01</real>|' "$work/pattern/private/var/db/embedded-launchd.plist" \
    >"$work/fast"
cat "$work/fast" >"$work/pattern/private/var/db/embedded-launchd.plist"

# play SCENE: 0 or 1 as it ends, 77 when it cannot be played here
play() {
	name=$(basename "$1" .scene)
	mac=$work/$name
	cp -RPp "$work/pattern" "$mac" || return 1
	sh tests/scenes/scene.sh embedded "$mac" "$mac/bin/launchctl" "$1" >"$work/$name.said" 2>&1
	result=$?
	"$mac/bin/launchctl" shutdown now || result=1
	# What a sanitizer of this build may have said to launchd's standard error.
	if grep -e Sanitizer -e 'runtime error' "$mac/private/var/run/embedded-launchd.log" \
	    >>"$work/$name.said"; then
		result=1
	fi
	echo $result >"$work/$name.result"
	chmod -R u+rwx "$mac"
	rm -rf "$mac"
}

# half WHICH: every second scene
half() {
	trap 'exit 143' TERM
	turn=$1
	shift
	for scene; do
		turn=$((turn + 1))
		[ $((turn % 2)) -eq 0 ] || play "$scene"
	done
}

if [ -n "${SCENES:-}" ]; then
	# shellcheck disable=SC2086 # a list
	set -- $SCENES
else
	set -- tests/scenes/*.scene
fi
for first in 0 1; do
	half $first "$@" &
	pids="$pids $!"
done
wait
pids=

passed=0 failed=0 skipped=0
for scene; do
	name=$(basename "$scene" .scene)
	case $(cat "$work/$name.result" 2>/dev/null) in
	0)	passed=$((passed + 1))
		cat "$work/$name.said" ;;
	77)	skipped=$((skipped + 1))
		sed 's/^/skipped: /' "$work/$name.said" ;;
	*)	failed=$((failed + 1))
		echo "FAILED: $scene"
		sed 's/^/    /' "$work/$name.said" ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
