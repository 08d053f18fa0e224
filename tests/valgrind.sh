#!/bin/sh
# Runs the commands of the built lnpctl below valgrind, on a temporary Mac with the embedded
# launchd: a line for each, and exit status 1 when one leaks, reads what is not there, or answers
# what it should not. `make valgrind` sets BUILD.
set -u

BUILD=${BUILD:-build}
label=com.example.job
worker=/usr/local/bin/agentworker
bad=0

command -v valgrind >/dev/null || {
	echo "valgrind: not found; on Debian: sudo apt-get install valgrind" >&2
	exit 69
}
mac=$(cd "$(mktemp -d /tmp/mac.XXXXXX)" && pwd -P) || exit 71
said=$mac/.said

# shellcheck disable=SC2317 # the trap calls it
finish() {
	"$mac/bin/launchctl" shutdown now >/dev/null 2>&1
	rm -rf "$mac"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# clean STATUS COMMAND [ARGUMENT ...]: the command ends with this status, and valgrind has nothing
# to say
clean() {
	expected=$1 command=$2
	shift 2
	valgrind --quiet --leak-check=full --show-leak-kinds=all \
	    --errors-for-leak-kinds=definite,indirect,possible \
	    --error-exitcode=99 --child-silent-after-fork=yes \
	    "$BUILD/lnpctl" "$command" --root "$mac" --launchctl "$mac/bin/launchctl" "$@" \
	    >"$said" 2>&1 </dev/null
	status=$?
	if [ "$status" -eq "$expected" ] && ! grep -q '^==[0-9]*==' "$said"; then
		echo "clean: $command${*:+ $*} (exit status $status)"
		return
	fi
	sed 's/^/    /' "$said"
	if [ "$status" -eq "$expected" ] || [ "$status" -eq 99 ]; then
		echo "NOT CLEAN: $command $*"
	else
		echo "NOT CLEAN: $command $* (exit status $status, not $expected)"
	fi
	bad=1
}

sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 71
cp "$BUILD/tests/agentworker" "$mac$worker" && chmod 755 "$mac$worker" || exit 71
"$mac/bin/launchctl" fault clock 0.01 || exit 71

install_job() {
	expected=$1
	shift
	clean "$expected" install --label $label --user worker --group staff --settle 0.2 "$@"
}

install_job 0 --dry-run -- $worker --report --interval 100000
install_job 0 --log-dir /var/log/jobs -- $worker --report --interval 100000
install_job 0 --log-dir /var/log/jobs -- $worker --report --interval 100000
install_job 0 --log-dir /var/log/jobs --env LANG=C --json -- $worker --report --interval 100000
clean 0 verify
clean 0 verify --json $label
clean 0 status
clean 0 status --json $label
"$mac/bin/launchctl" disable system/$label
chmod g+w "$mac/Library/LaunchDaemons/$label.plist"
clean 1 verify --verbose
install_job 0 --log-dir /var/log/jobs -- $worker --report --interval 100000
install_job 1 --log-dir /var/log/jobs -- $worker --exit 1
clean 67 install --label $label --user nosuchuser -- $worker
clean 0 uninstall --dry-run $label
clean 0 uninstall --delete-logs $label
clean 1 uninstall $label
clean 1 status $label
clean 1 verify
clean 64 install --lable x
exit $bad
