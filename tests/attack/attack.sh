#!/bin/sh
# sh tests/attack/attack.sh SECONDS: the races of tests/attack/races.sh on a temporary Mac, for that
# long. Run by `make attack`, which sets BUILD. Ends with: N passed, N failed. Says where it cannot
# run.
set -u

BUILD=${BUILD:-$PWD/build}
seconds=${1:-60}
case $(uname -s),$(id -u) in
Linux,0) ;;
*)	echo 'attack: cannot run here: it needs Linux, and root, who plays the account, too'
	exit 0 ;;
esac
work=$(mktemp -d "${TEST_FOLDER:-/tmp}/attack.XXXXXX") || exit 1
work=$(cd "$work" && pwd -P) || exit 1
launchctl=$work/mac/bin/launchctl

finish() {
	[ ! -S "$work/mac/private/var/run/embedded-launchd.sock" ] || "$launchctl" shutdown now
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
chmod 755 "$work"

sh tests/mac/make_mac.sh "$work/pattern" "$BUILD/tests/launchd" || exit 1
sed 's|<real>1</real>|<real>0.01</real>|' "$work/pattern/private/var/db/embedded-launchd.plist" \
    >"$work/fast"
cat "$work/fast" >"$work/pattern/private/var/db/embedded-launchd.plist"
cp -RPp "$work/pattern" "$work/mac" || exit 1
ATTACK_END=$(($(date +%s) + seconds))
export BUILD ATTACK_END
sh tests/scenes/scene.sh embedded "$work/mac" "$launchctl" tests/attack/races.sh
