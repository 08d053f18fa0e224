#!/bin/sh
# sh tests/torture/torture.sh [all | ci] [points | faults | together | power ...]: what happens
# during a change never leaves a Mac worse. Run by `make torture`, which sets BUILD;
# tests/torture/torture.py says what is tried, and tests/torture/points.py what is right.
set -eu

BUILD=${BUILD:-$PWD/build}
export BUILD PYTHONDONTWRITEBYTECODE=1

skip() {
	echo "torture: $1"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

[ "$(uname -s)" = Linux ] || skip "strace injects the errors, and there is none on this system"
[ "$(id -u)" = 0 ] || skip "only root can give files away and run a job as another account"
command -v strace >/dev/null ||
	skip "strace was not found; on Debian 'sh tests/need.sh lint' gets it"
# Another choice with each commit, the same one each time that a commit is tried.
if [ -z "${TORTURE_TURN:-}" ]; then
	commit=$(git rev-parse --short=6 HEAD 2>/dev/null) || commit=0
	TORTURE_TURN=$((0x$commit))
	export TORTURE_TURN
fi
exec python3 tests/torture/torture.py "$@"
