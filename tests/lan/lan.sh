#!/bin/sh
# sh tests/lan/lan.sh: the verdicts of lnpctl probe on a LAN of network namespaces, as a table, each
# held against what is true there. Two policies, for the evidence on Local Network Privacy is split:
# that of TN3179 (agents are refused, daemons are not) and that of the measured Macs (login accounts
# are refused in every domain). Needs root on Linux; says so and ends with 0 where that is not
# given. Finds the programs in $BUILD.
#
# Undetermined is right where root does not reach the peer either, and the account is refused at
# once: both are true then, and nothing is known about the peer.
set -eu
BUILD=${BUILD:-$PWD/build}
export BUILD
. tests/lan/lan_scene.sh

accounts='root daemon:worker daemon:_worker agent:desk'

# target CASE: what is asked about.
target() {
	case $1 in
	'open port')	echo 10.9.0.2:7000 ;;
	'closed port')	echo 10.9.0.2:7001 ;;
	'dead host')	echo 10.9.0.9:7000 ;;
	'dropped')	echo 10.9.0.2:7002 ;;
	'routed host')	echo 10.8.0.2:7000 ;;
	'loopback')	echo 127.0.0.1:7000 ;;
	'first contact') echo 10.9.0.2:7003 ;;
	'two addresses') echo twins.test:7000 ;;
	'IPv6')		echo '[fd09::2]:7000' ;;
	'reset at once') echo 10.9.0.2:7004 ;;
	'loopback name') echo inward.test:7000 ;;
	esac
}

# expected POLICY ACCOUNT CASE
expected() {
	refused=no
	case $1/$2 in
	tn3179/agent:desk|login-accounts/agent:desk|login-accounts/daemon:worker) refused=yes ;;
	esac
	case $3 in
	'dead host'|'dropped')
		[ $refused = yes ] && echo undetermined || echo unreachable ;;
	routed*|loopback*) echo bad_target ;;
	*)	[ $refused = yes ] && echo blocked || echo open ;;
	esac
}

# One cell: the verdict, after the contexts that it is made of were looked at, too.
cell() {
	as="--as $2"
	[ "$2" = root ] || as="--as root --as $2"
	timeout=2
	[ "$3" != 'dead host' ] || timeout=4
	# shellcheck disable=SC2086 # words
	lan_lnpctl probe --json --timeout $timeout $as "$(target "$3")" \
	    >"$lan/answer" 2>"$lan/answer.err" || :
	python3 -c '
import json, sys
answer = json.load(open(sys.argv[1]))
print(answer["verdict"])
for row in answer["contexts"]:
    ran = row["result"] != "not_run"
    assert answer["verdict"] == "bad_target" or ran, row
    assert row["opened"] == 0 or row["first_open"] <= row["tries"], row
    assert not ran or row["milliseconds"] is not None, row
if sys.argv[2] == "first contact" and answer["verdict"] == "open":
    assert answer["contexts"][-1]["first_open"] == 3, answer
    assert any("first contact" in line for line in answer["advice"]), answer
' "$lan/answer" "$3" 2>"$lan/python.err" ||
	{ echo broken; cat "$lan/answer" "$lan/answer.err" "$lan/python.err" >&2; }
}

# A job that holds a connection, or tries to: the verdict with its own witness, "open(job)".
job_cell() {
	user=${2#*:}
	lan_lnpctl install --label "com.example.$user" --user "$user" --settle 0.1 --timeout 2 \
	    -- /usr/local/bin/agentworker --coordinator 10.9.0.2:7005 >"$lan/answer" 2>&1 ||
	    { echo broken; cat "$lan/answer" >&2; return; }
	lan_lnpctl probe --json --timeout 2 --label "com.example.$user" 10.9.0.2:7005 \
	    >"$lan/answer" \
	    2>"$lan/answer.err" || :
	python3 -c '
import json, sys
answer = json.load(open(sys.argv[1]))
first = answer["contexts"][0]
assert first["witness"] == "job", answer
print(answer["verdict"] + ("(job)" if first["result"] == "open" else ""))
' "$lan/answer"
}

line() {
	printf '  %-15s' "$1"
	shift
	printf ' %-14s' "$@"
	printf '\n'
}

# One policy, within its namespaces.
table() {
	policy=$1 cells=0 wrong=0 false_open=0 false_blocked=0
	lan_begin "$2"
	lan_policy "$policy"
	echo "policy $policy"
	# shellcheck disable=SC2086 # words
	line '' $accounts
	for case in 'open port' 'closed port' 'dead host' 'dropped' 'routed host' 'loopback' \
	    'first contact' \
	    'two addresses' 'IPv6' 'reset at once' 'loopback name' 'own connection'; do
		set --
		for account in $accounts; do
			lan_first_contact
			wanted=$(expected "$policy" "$account" "$case")
			if [ "$case" != 'own connection' ]; then
				verdict=$(cell "$policy" "$account" "$case")
			elif [ "$account" = agent:desk ]; then
				set -- "$@" -	# lnpctl installs no agents
				continue
			else
				verdict=$(job_cell "$policy" "$account")
				[ "$wanted" != open ] || wanted='open(job)'
			fi
			cells=$((cells + 1))
			if [ "$verdict" != "$wanted" ]; then
				wrong=$((wrong + 1))
				[ "${verdict%(*}" != open ] || false_open=$((false_open + 1))
				[ "$verdict" != blocked ] || false_blocked=$((false_blocked + 1))
				verdict="$verdict!=$wanted"
			fi
			set -- "$@" "$verdict"
		done
		line "$case" "$@"
	done
	lan_lnpctl uninstall --all >/dev/null
	left=$(find "$mac/Library/Application Support/lnpctl/probes" "$mac/Library/LaunchDaemons" \
	    -type f)
	lan_end
	echo "  $((cells - wrong)) of $cells right," \
	    "$false_open false open, $false_blocked false blocked"
	[ -z "$left" ] || { echo "  left behind: $left"; return 1; }
	[ "$wrong" -eq 0 ]
}

if [ "${1:-}" = --table ]; then
	table "$2" "$3"
	exit
fi

missing=$(lan_missing)
if [ -n "$missing" ]; then
	echo "skipped: $missing"
	exit 0
fi
scratch=$(mktemp -d)
chmod 755 "$scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
status=0
for policy in tn3179 login-accounts; do
	mkdir "$scratch/$policy"
	{
		lan_enter tests/lan/lan.sh --table "$policy" "$scratch/$policy" \
		    >"$scratch/$policy.out" 2>&1 ||
		    : >"$scratch/$policy.failed"
	} &
done
wait
for policy in tn3179 login-accounts; do
	cat "$scratch/$policy.out"
	[ ! -e "$scratch/$policy.failed" ] || status=1
done
exit $status
