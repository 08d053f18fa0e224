#!/bin/sh
# What lnpctl prints on a terminal and nowhere else: color, and which long wait it is in. On a
# pseudo-terminal of Python's, on a temporary Mac with the embedded launchd.
set -eu
passed=0 failed=0

if ! command -v python3 >/dev/null; then
	echo "skipped: python3 was not found"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
scratch=$(mktemp -d)
mac=$scratch/mac
finish() {
	"$mac/bin/launchctl" shutdown now 2>/dev/null || :
	rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$scratch"
sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd"
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/"

# lnpctl COMMAND ARGUMENT...
lnpctl() {
	command=$1
	shift
	"$BUILD/lnpctl" "$command" --root "$mac" --launchctl "$mac/bin/launchctl" "$@"
}

# on_terminal COMMAND ARGUMENT...: the same with a terminal for standard output and standard error.
on_terminal() {
	command=$1
	shift
	TERM=xterm python3 -c '
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], lambda end: os.read(end, 4096))))
' "$BUILD/lnpctl" "$command" --root "$mac" --launchctl "$mac/bin/launchctl" "$@" </dev/null \
    >"$scratch/out" || :
}

ok() {
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
		sed 's/^/    /' "$scratch/out"
	fi
}

has() {
	grep -q "$1" "$scratch/out"
}

lacks() {
	! has "$1"
}

escape=$(printf '\033')
clock='[0-9][0-9]:[0-9][0-9]:[0-9][0-9]'
waits="^lnpctl: waiting for system/com.example.job to stay up, up to [1-3] s, until $clock"
set -- install --label com.example.job --user worker --settle 2 -- /usr/local/bin/agentworker \
    --report --interval 100000

on_terminal "$@"
ok 'a long wait is reported on a terminal' has "$waits"
ok 'once' [ "$(grep -c 'waiting for' "$scratch/out")" -eq 1 ]
lnpctl restart com.example.job >"$scratch/out" 2>&1 || :
ok 'a long wait is not reported elsewhere' lacks 'waiting for'
on_terminal restart --quiet com.example.job
ok 'nor with --quiet' lacks 'waiting for'

chmod 664 "$mac/Library/LaunchDaemons/com.example.job.plist"
on_terminal verify --settle 0
ok 'what failed is red' has "$escape\\[31m  fail    plist-mode: .*$escape\\[0m"
ok 'and so is the job' has "$escape\\[31mcom.example.job: FAILED$escape\\[0m"
NO_COLOR=1 on_terminal verify --settle 0
ok 'NO_COLOR is respected' lacks "$escape"
ok 'and all is printed without' has '^com.example.job: FAILED'
NO_COLOR='' on_terminal verify --settle 0
ok 'an empty NO_COLOR is ignored' has "$escape"
lnpctl verify --settle 0 >"$scratch/out" || :
ok 'a file gets no color' lacks "$escape"
on_terminal verify --settle 0 --json
ok 'nor does JSON' lacks "$escape"
lnpctl repair --settle 0 >/dev/null
on_terminal verify --settle 0
ok 'a healthy job is green' has "$escape\\[32mcom.example.job: ok$escape\\[0m"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
