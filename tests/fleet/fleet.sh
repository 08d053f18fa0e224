#!/bin/sh
# sh tests/fleet/fleet.sh [MACS]: twenty (MACS) temporary Macs, each a folder with an embedded
# launchd, under Ansible, under a loop over ssh, and under Jamf, with the files of src/share as the
# README shows them. Run by `make fleet`, which sets BUILD. Connections are local ones: Ansible's,
# and a function in place of ssh(1). What is copied to the Macs as lnpctl is a script that runs the
# one of $BUILD for the Mac in whose folder it lies. Ends with: N passed, N failed
set -u

BUILD=${BUILD:-$PWD/build}
count=${1:-20}
label=com.example.agentworker
passed=0 failed=0 child=

if [ "$count" -lt 5 ]; then
	echo "fleet: MACS must be 5 at least: the third, the fourth and the last are broken" >&2
	exit 64
fi

here=$(cd "$(mktemp -d "${TMPDIR:-/tmp}/fleet.XXXXXX")" && pwd -P) || exit 1
said=$here/said

# ansible-playbook leads a process group of its own, so that all of it can be ended.
finish() {
	trap '' INT TERM HUP
	if [ -n "$child" ]; then
		kill -TERM "-$child" 2>/dev/null
		wait "$child"
		tries=0
		while kill -0 "-$child" 2>/dev/null && [ $tries -lt 100 ]; do
			sleep 0.1
			tries=$((tries + 1))
		done
		kill -KILL "-$child" 2>/dev/null
	fi
	for mac in "$here"/mac*; do
		"$mac/bin/launchctl" shutdown now >/dev/null 2>&1
	done
	rm -rf "$here"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# must NAME COMMAND ...: this holds
must() {
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok      $name"
	else
		failed=$((failed + 1))
		echo "FAILED  $name"
		sed 's/^/        /' "$said"
	fi
}

# play NAME [OPTION ...]: the exit status is Ansible's
play() {
	book=$1
	shift
	python3 -c 'import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])' \
	    ansible-playbook -i "$here/inventory" "$here/fleet/$book.yml" "$@" \
	    >"$said" 2>&1 </dev/null &
	child=$!
	wait $child
	status=$?
	child=
	return $status
}

# with COUNT=NUMBER: the Macs that have so many in Ansible's recap
with() {
	sed -n "s/^\(mac[0-9]*\) .* $1 .*/\1/p" "$said" | sort | paste -s -d ' ' -
}

# loop COMMAND ...: the README's loop; what it calls ssh runs here
loop() {
	(
		# ssh -n MAC WORD ...: a shell there; nobody is root here
		# shellcheck disable=SC2317 # the loop calls it
		ssh() {
			there=$here/$2
			shift 2
			echo "sudo() { \"\$@\"; }; $*" | sed "s|/usr/local/|$there&|g" | sh
		}
		. src/share/ssh/loop.sh
	) <"$here/macs" >"$said" 2>&1
}

# The Macs of whose lines in $said one holds TEXT.
saying() {
	grep -F -e "$1" "$said" | sed 's/: .*//' | sort -u | paste -s -d ' ' -
}

# jamf MAC: its inventory script, with that Mac's lnpctl for the one of /usr/local
jamf() {
	sed "s|/usr/local/|$here/$1&|g" src/share/jamf/attribute.sh | sh >"$said" 2>&1
	cat "$said"
}

jamf_says() {
	jamf "$1" | grep -q "^<result>$2"
}

# All of the Macs that lasts: inodes, modes, owners, contents. Not launchd's own files, nor what the
# jobs log meanwhile.
picture() {
	(
		cd "$here" || exit 1
		find mac* ! -name '*embedded-launchd*' ! -name launchd.log -exec ls -lndi {} + |
			awk '{ print $1, $2, $4, $5, $10 $11 $12 }'
		find mac* ! -name '*embedded-launchd*' ! -name launchd.log \
		    ! -name 'agentworker.*' -type f -exec cksum {} +
	)
}

unchanged_since() {
	picture | diff - "$1" >"$said"
}

# Waits until launchd has forgotten the job: until then it is still stopping, which is another
# fault.
boot_out() {
	launchctl=$here/$1/bin/launchctl
	"$launchctl" bootout system/$label || return
	tries=0
	while "$launchctl" print system/$label >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -eq 600 ]; then
			echo "fleet: the job of $1 does not end" >&2
			return 1
		fi
		sleep 0.05
	done
}

# A file that is given away; only root can do that, for others it loses its mode.
spoil_log() {
	if [ "$(id -u)" -eq 0 ]; then
		chown 0:0 "$here/$1/var/log/com.example.agentworker.err"
	else
		chmod 0400 "$here/$1/var/log/com.example.agentworker.err"
	fi
}

# Three Macs, each in another way.
spoil() {
	plist=$here/$1/Library/LaunchDaemons/$label.plist
	echo '<!-- edited by hand -->' >>"$plist" && chmod 0666 "$plist" && boot_out "$2" &&
		spoil_log "$3"
}

# failed_on MAC REGEX: the play reports so of it
failed_on() {
	grep -q -e "^fatal: \[$1\].*$2" "$said"
}

ends_with() {
	wanted=$1
	shift
	"$@"
	[ $? -eq "$wanted" ]
}

make_macs() {
	cp -R src/share/ansible "$here/fleet" && mkdir "$here/fleet/roles/lnpctl/files" || return
	cat >"$here/fleet/roles/lnpctl/files/lnpctl" <<-END
		#!/bin/sh
		mac=\${0%/usr/local/bin/lnpctl}
		command=\$1
		shift
		[ "\$command" != install ] || set -- --settle 0.2 "\$@"
		set -- --root "\$mac" --launchctl "\$mac/bin/launchctl" "\$@"
		exec "$BUILD/lnpctl" "\$command" "\$@"
	END
	number=1
	while [ $number -le "$count" ]; do
		mac=mac$(printf %02d $number)
		sh tests/mac/make_mac.sh "$here/$mac" "$BUILD/tests/launchd" &&
		    "$here/$mac/bin/launchctl" fault clock 0.05 &&
		    cp "$BUILD/tests/agentworker" "$here/$mac/usr/local/bin/" || return
		echo "$mac" >>"$here/macs"
		number=$((number + 1))
	done
	{
		echo '[macs]'
		sed "s|.*|& lnpctl=$here/&/usr/local/bin/lnpctl|" "$here/macs"
		printf '[macs:vars]\n'
		printf '%s\n' ansible_connection=local ansible_become=false \
		    'ansible_python_interpreter="{{ ansible_playbook_python }}"'
	} >"$here/inventory"
}

chmod 755 "$here"
: >"$here/ansible.cfg"
make_macs || exit 1
# Nothing of the caller's: no settings, no directories of its home. Ansible insists on UTF-8.
export LC_ALL=C.UTF-8 ANSIBLE_CONFIG="$here/ansible.cfg" ANSIBLE_HOME="$here/ansible" \
    ANSIBLE_LOCAL_TEMP="$here/ansible/tmp" ANSIBLE_REMOTE_TMP="$here/ansible/tmp" \
    ANSIBLE_PIPELINING=true \
    ANSIBLE_NOCOLOR=true ANSIBLE_NOCOWS=true ANSIBLE_FORKS=$((2 * $(getconf _NPROCESSORS_ONLN)))
all=$(paste -s -d ' ' "$here/macs")
third=$(sed -n 3p "$here/macs") fourth=$(sed -n 4p "$here/macs") last=$(tail -n 1 "$here/macs")
three="$third $fourth $last"

echo "# Ansible, $count Macs"
picture >"$here/before"
must 'check mode of the first run' play install --check
must 'says that all would be changed' [ "$(with changed=1)" = "$all" ]
must 'and changes nothing' unchanged_since "$here/before"
must 'the first run' play install
must 'changes all, the tool and the job' [ "$(with changed=2)" = "$all" ]
must 'the second run' play install
must 'changes none' [ "$(with changed=0)" = "$all" ]

picture >"$here/before"
job="--label $label --user worker --env LANG=C -- /usr/local/bin/agentworker --report --interval 60"
must 'check mode of another job' play install --check --limit "$third" -e "job='$job'"
must 'says what would be changed' grep -q '  + EnvironmentVariables.LANG: (hidden)' "$said"
must 'and changes nothing' unchanged_since "$here/before"

must 'three Macs are broken' spoil "$third" "$fourth" "$last"
must 'verify fails' ends_with 2 play verify
must 'for these three' [ "$(with failed=1)" = "$three" ]
must 'the first for its plist' failed_on "$third" \
    'plist-mode.*fix: sudo lnpctl repair .*plist-unchanged.*fix: sudo lnpctl repair '
must 'the second, for it is not loaded' failed_on "$fourth" \
    'loaded: .*fix: sudo lnpctl repair '
must 'the third for its log' failed_on "$last" \
    'log-files: .*agentworker.err .*fix: sudo lnpctl repair '
sed -n 's/^fatal: \[\(mac[0-9]*\)\].*"msg": "\(.*\)"}$/        \1: \2/p' "$said"

echo '# the same three under a loop over ssh, and under Jamf'
loop verify
must 'verify says that the others are as they should be' [ "$(saying ': ok' |
	wc -w)" -eq $((count - 3)) ]
must 'and names the three' [ "$(saying ': FAILED')" = "$three" ]
must 'plist-mode' [ "$(saying 'fail    plist-mode')" = "$third" ]
must 'plist-unchanged' [ "$(saying 'fail    plist-unchanged')" = "$third" ]
must 'loaded' [ "$(saying 'fail    loaded')" = "$fourth" ]
must 'log-files' [ "$(saying 'fail    log-files')" = "$last" ]
must 'each with its fix' [ "$(saying ' fix: ')" = "$three" ]
must 'Jamf learns the ids' \
    [ "$(jamf "$third")" = '<result>failed: plist-mode plist-unchanged</result>' ]
must 'loaded' [ "$(jamf "$fourth")" = '<result>failed: loaded</result>' ]
must 'log-files' [ "$(jamf "$last")" = '<result>failed: log-files</result>' ]

echo '# repaired'
must 'repair by Ansible' play repair
must 'changes these three' [ "$(with changed=1)" = "$three" ]
loop verify
must 'verify is content with all' [ "$(saying ': ok')" = "$all" ]
must 'three Macs are broken again' spoil "$last" "$third" "$fourth"
loop repair --json
must 'repair by the loop' [ "$(saying '"ok":true,"error":null')" = "$all" ]
must 'changes these three' [ "$(saying '"changed":true')" = "$three" ]
loop verify
must 'verify is content with all' [ "$(saying ': ok')" = "$all" ]
must 'so is Jamf' [ "$(jamf "$third")" = '<result>ok</result>' ]
loop uninstall --delete-logs $label
must 'uninstall by the loop' [ "$(saying ": uninstalled: $label")" = "$all" ]
must 'Jamf learns that nothing is installed' jamf_says "$third" \
    'failed: .*lnpctl has installed no jobs'

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
