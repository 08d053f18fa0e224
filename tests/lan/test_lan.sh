#!/bin/sh
# probe, install --peer and verify --probe on a LAN of network namespaces: what attackers, signals
# and a launchd that hangs do to them. The verdicts themselves are in lan.sh, `make lan`. Needs root
# on Linux, else skipped.
#
# sh tests/lan/test_lan.sh [GROUP ...]: without a group it is peers child questions; attacks kills
# hangs take minutes, and are run only when named, as `make lan` does.
#
# shellcheck disable=SC2016 # programs for another shell
set -eu
BUILD=${BUILD:-$PWD/build}
export BUILD
. tests/lan/lan_scene.sh

passed=0 failed=0

# ok WHAT CONDITION...: counts it, and shows what the last command said when it does not hold.
ok() {
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
		sed 's/^/    /' "$lan/out" "$lan/err" 2>/dev/null || :
	fi
}

# run COMMAND ARGUMENT...: lnpctl; its status in $status, what it printed in files.
run() {
	status=0
	lan_lnpctl "$@" >"$lan/out" 2>"$lan/err" || status=$?
}

is() {
	[ "$status" -eq "$1" ]
}

says() {
	grep -qF -e "$1" "$lan/out" "$lan/err"
}

silent_about() {
	! says "$1"
}

# Nothing of a probe is left: no job, no file but the copy.
swept() {
	[ -z "$(ls -A "$state/probes" 2>/dev/null)" ] &&
	    ! "$mac/bin/launchctl" list | grep -q 'lnpctl\.probe'
}

installed() {
	[ -e "$mac/Library/LaunchDaemons/com.example.job.plist" ] &&
	    "$mac/bin/launchctl" print system/com.example.job >/dev/null 2>&1
}

install() {
	run install --label com.example.job --user worker --env TOKEN=s3cr3t --settle 0.1 \
	    --timeout 1 "$@" \
	    -- /usr/local/bin/agentworker --coordinator 10.9.0.2:7005
}

# Runs a command until it succeeds, for half a minute at most.
until_true() {
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.05
	done
}

# ---- peers of a job ----

peers() {
	lan_policy none
	install --peer 127.0.0.1:7005
	ok 'a peer on loopback is refused' is 64
	ok 'and nothing was changed by it' test \
	    ! -e "$mac/Library/LaunchDaemons/com.example.job.plist"
	install --peer 10.9.0.2:7005
	ok "the job's own connection proves its peer" is 0
	ok 'so nothing is untested' silent_about 'not tested'
	run verify --settle 0 --verbose
	ok 'verify sees the connection' is 0
	ok 'and says so' says 'pass    peer: the job has a connection'
	run probe --label com.example.job --timeout 1 --json 10.9.0.2:7005
	ok 'probe names the job as its witness' \
	    says '"context":"daemon:worker","witness":"job","uid":null,"result":"open"'
	ok 'no value of its environment comes out' silent_about s3cr3t

	install --peer 10.9.0.2:7000
	ok 'a peer that the context reaches is a warning' is 0
	ok 'with the words that say how much is known' says \
	    'context open, no connection of the job seen'
	run verify --settle 0
	ok 'without --probe it is unknown' is 2
	run verify --settle 0 --probe --timeout 1
	ok 'verify --probe asks the context' is 0
	ok 'and warns' says 'warn    peer'

	install --peer 10.9.0.9:7000
	ok 'a peer that nobody reaches is unknown' is 2
	ok 'and the job stays' installed
	lan_policy login-accounts
	install --peer 10.9.0.2:7000
	ok 'a blocked peer is a no' is 1
	ok 'and the job stays then, too' installed
	ok 'the advice is there' says 'sysadminctl -addUser _worker'
	run verify --settle 0 --probe --timeout 1
	ok 'verify --probe fails' is 1
	install --peer 10.9.0.2:7000
	ok 'the same again is still a no' is 1
	run uninstall com.example.job
	ok 'uninstall needs no peer' is 0
	install
	ok 'without a peer a login account gets the line on what was not tested' says \
	    'not tested: whether'
	run uninstall --delete-logs com.example.job
	lan_policy none
}

# The job itself is a shell; its child has the connection.
child() {
	cat >"$mac/usr/local/bin/parent" <<-'END'
		#!/bin/sh
		"${0%/*}/agentworker" --coordinator 10.9.0.2:7005 &
		wait
	END
	chmod 755 "$mac/usr/local/bin/parent"
	run install --label com.example.job --user worker --settle 0.1 --peer 10.9.0.2:7005 \
	    --timeout 1 \
	    -- /usr/local/bin/parent
	ok 'a connection of its child is the job'"'"'s' is 0
	run verify --settle 0 --verbose
	ok 'for verify, too' says 'pass    peer'
	run uninstall --delete-logs com.example.job
}

# ---- what the account can do ----

as_worker() {
	setpriv --reuid 501 --regid 20 --clear-groups sh -c "$1" sh "$result" 2>/dev/null
}

as_desk() {
	setpriv --reuid 502 --regid 20 --clear-groups sh -c "$1" sh "$result" 2>/dev/null
}

# Starts a probe of the worker's context in the background, and waits until its result is there.
begin_probe() {
	result=$state/probes/lnpctl.probe.daemon.501.result
	lan_lnpctl probe --timeout "${1:-2}" --as root --user worker "${2:-10.9.0.2:7000}" \
	    >"$lan/out" 2>"$lan/err" &
	probe=$!
	until_true grep -q . "$result"
}

end_probe() {
	status=0
	wait "$probe" || status=$?
}

attacks() {
	lan_policy login-accounts
	begin_probe
	ok 'another account cannot read the result' test "$(as_desk 'cat "$1"' || echo no)" = no
	ok 'nor write it' test "$(as_desk 'echo end >>"$1" && echo yes' || echo no)" = no
	ok 'nor list the folder' test "$(as_worker 'ls "${1%/*}"' || echo no)" = no
	ok 'its own account cannot take the file away' \
	    test "$(as_worker 'rm -f "$1" && [ ! -e "$1" ] && echo yes' || echo no)" = no
	ok 'nor put another there' test "$(as_worker 'ln -s /etc/passwd "$1.x" && echo yes' ||
		echo no)" = no
	end_probe
	ok 'so the verdict stands' is 1

	begin_probe
	as_worker 'echo garbage >"$1"'
	end_probe
	ok 'garbage is not a result' is 2
	ok 'and is reported' says 'its result is not in the format that lnpctl writes'
	begin_probe
	as_worker 'truncate -s 4G "$1"'
	end_probe
	ok 'a huge result is none' is 2
	begin_probe
	as_worker 'printf "lnpctl-connect 1\naddress \033[2Jx on-link\ntry 0 1\nend\n" >"$1"'
	end_probe
	ok 'no control character comes out' silent_about "$(printf '\033')"
	begin_probe
	as_worker 'chmod 000 "$1"'
	end_probe
	ok 'a result that its owner cannot read is read' is 1
	begin_probe 1
	as_worker 'kill -STOP $(pgrep -u 501 -x probe)'
	end_probe
	ok 'a job that its account stops does not stop us' test "$status" -eq 1 -o "$status" -eq 2
	ok 'and nothing is left of all that' swept

	echo broken >>"$state/probe"
	run probe --timeout 1 --as root 10.9.0.2:7000
	ok 'a copy that is not our program is renewed' is 0
	ok 'to the byte' cmp -s "$state/probe" "$BUILD/lnpctl"
	lan_policy none
}

# ---- signals and a launchd that hangs ----

# A launchctl that ends its caller at the Nth call: before it acts, or after.
write_killer() {
	cat >"$lan/killer" <<-END
		#!/bin/sh
		read -r count <"$lan/count"
		count=\$((count + 1))
		echo \$count >"$lan/count"
		read -r at when signal <"$lan/at"
		[ \$count -ne \$at ] || [ \$when = after ] || kill -\$signal \$PPID
		"$mac/bin/launchctl" "\$@"
		status=\$?
		[ \$count -ne \$at ] || [ \$when = before ] || kill -\$signal \$PPID
		exit \$status
	END
	chmod 755 "$lan/killer"
}

# killed AT WHEN SIGNAL: a probe that gets the signal then; and a line that says whether it was
# reached.
killed() {
	echo 0 >"$lan/count"
	echo "$1 $2 $3" >"$lan/at"
	status=0
	"$BUILD/lnpctl" probe --root "$mac" --launchctl "$lan/killer" --timeout 1 --as root \
	    --user worker \
	    10.9.0.2:7000 >"$lan/out" 2>"$lan/err" || status=$?
	read -r count <"$lan/count"
	[ "$count" -ge "$1" ]
}

kills() {
	write_killer
	at=1
	while killed $at before KILL; do
		run uninstall --all
		ok "the next run sweeps what SIGKILL left before call $at" swept
		killed $at after KILL || :
		run probe --timeout 1 --as root 10.9.0.2:7000
		ok "the next probe sweeps what SIGKILL left after call $at" swept
		at=$((at + 1))
	done
	ok 'there were calls to be killed at' test $at -gt 5
	for at in 2 5; do
		killed $at before TERM || :
		ok "SIGTERM at call $at ends it" is 1
		ok 'and nothing is left by itself' swept
	done
}

hangs() {
	for verb in print bootstrap; do
		"$mac/bin/launchctl" fault hang $verb
		run probe --timeout 1 --as root --user worker 10.9.0.2:7000
		ok "with a hanging $verb nothing is known" test "$status" -eq 2 -o "$status" -eq 74
		ok 'and nothing claimed' silent_about 'verdict: open'
		ok 'nor denied' silent_about 'verdict: blocked'
		"$mac/bin/launchctl" fault hang
		run uninstall --all
		ok 'the next run finds what is left' swept
	done
	"$mac/bin/launchctl" fault hang bootout
	"$mac/bin/launchctl" fault drain_ms 60000
	run probe --timeout 1 --as root --user worker 10.9.0.2:7000
	ok 'a probe that cannot be removed is reported' is 74
	ok 'with its name' says 'lnpctl.probe.root.0'
	"$mac/bin/launchctl" fault hang
	"$mac/bin/launchctl" fault drain_ms
	run probe --timeout 1 --as root 10.9.0.2:7000
	ok 'and by the next one' is 0
	ok 'swept' swept
	"$mac/bin/launchctl" fault no_first_spawn 1
	run probe --timeout 1 --as root 10.9.0.2:7000
	ok 'a first start that launchd leaves out is kicked' is 0
	"$mac/bin/launchctl" fault bootstrap_eio 1
	run probe --timeout 1 --as root 10.9.0.2:7000
	ok 'a bootstrap that is refused is undetermined' is 2
	ok 'with launchd'"'"'s number' says 'exited with 5'
	ok 'and leaves nothing' swept
}

# ---- questions ----

questions() {
	run probe --timeout 1 --as root --as agent:worker 10.9.0.2:7000
	ok 'an agent without a session did not run' is 2
	ok 'for its domain is not there' says "there is no domain 'gui/501'"
	ok 'and user/501 was not used instead' test \
	    -z "$(grep 'bootstrap user/501' "$mac/private/var/run/embedded-launchd.log")"
	run probe --timeout 1 --as root --user nobodyhere 10.9.0.2:7000
	ok 'an account that is not there is 67' is 67
	run probe --timeout 1 --as root nowhere.local:7000
	ok 'a name that does not resolve decides nothing' is 2
	ok 'and an address would' says 'use an address instead'
	run probe --timeout 1 --as root 10.9.0.3:7000
	ok 'the gateway is warned about' says '10.9.0.3 is the gateway'
	run probe --timeout 1 --as root 10.9.0.4:7000
	ok 'a name server too' says '10.9.0.4 is a name server'
	run probe --timeout 1 10.9.0.2:7000
	ok 'the shell is called a false witness' says 'shell is a false witness'
	begin_probe 2 10.9.0.9:7000
	status=0
	lan_lnpctl probe --lock-wait 0 --as root 10.9.0.2:7000 >"$lan/out2" 2>&1 || status=$?
	ok 'two at a time do not go' is 75
	end_probe
	ok 'all is swept' swept
}

if [ "${1:-}" = --inside ]; then
	lan_begin "$2"
	state="$mac/Library/Application Support/lnpctl"
	shift 2
	for group; do
		$group
	done
	lan_end
	echo "$passed passed, $failed failed"
	exit
fi

missing=$(lan_missing)
if [ -n "$missing" ]; then
	echo "skipped: $missing"
	echo '0 passed, 0 failed, 1 skipped'
	exit 0
fi
scratch=$(mktemp -d)
chmod 755 "$scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ $# -gt 0 ] || set -- peers child questions
lan_enter tests/lan/test_lan.sh --inside "$scratch" "$@"
