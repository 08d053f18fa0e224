#!/bin/sh
# sh tests/report.sh			prints the questions, a line each:
#					NAME|SECONDS|WHAT IS ASSUMED|WHY IT MATTERS
# sh tests/report.sh NAME ROOT LAUNCHCTL	asks one, for tests/on_macos.sh --report, which
#					limits its time and cleans up
#
# What only a Mac can show. An answer is one line of our own words and numbers, never a name that a
# person chose: the page is sent in. SCRATCH is an empty directory for it. What is assumed is a
# pattern as for `case`.
set -u

label=com.example.lnpctl-test

questions() {
	cat <<-'END'
	store|10|list no, read no, look yes|root without Full Disk Access may not read the records of accounts: people are listed with getpwent
	privacy|10|Full Disk Access no*|root is refused what privacy protects, by EPERM
	version|20|link yes, lnpctl and sw_vers agree|.SystemVersionPlatform.plist is a link, and is opened by its own name
	sign|60|signed 0, verified 0, runs 0*|there is room for the load command of a signature
	device|10|*|the numbers change over restarts, so they are not compared (send two pages, with a restart between)
	times|60|inode same, mtime same, *|starting a program moves its ctime at most, which is not compared
	copied|20|killed*|a program of the system that was copied does not run, so no test copies one
	overwritten|30|before 0, cp over it 137, install over it 0|a program is replaced by install, never by cp
	fold|5|yes|com.Example.x and com.example.x are one file
	folders|10|*|/Applications and /Library/Logs are 0775 root:admin, the others writable by root only; access lists only deny
	acl|10|yes|a new file inherits the entries of its folder's access list, so lnpctl empties the list
	volume|60|noowners yes, owner as root sees it 0|ownership is ignored on such a volume, and stat does not show it to root
	groups|60|*|launchd gives a process 16 groups at most, and the kernel asks for the others
	launchd|90|none 113, again 5, disabled 119, writable 122, booted out none 3, kickstart -k *|what the statuses of launchctl mean
	exits|120|program gone 78: EX_CONFIG, folder gone 78: EX_CONFIG|what a start that fails is called
	disabled|30|disabled|the word of print-disabled (before macOS 14 it is: true)
	probe|90|root open*|a daemon that runs as root reaches the local network; of an account's users disagree
	background|90|probe 0, *|a probe leaves no record among the background items
	log|150|enumeration 0, too many 0, lnpctl [1-9]*|looking an account up does not list all groups; each change leaves a line
	package|60|permissions of /usr/local/bin no, architectures yes|the package leaves /usr/local/bin to its owner
	tools|10|perl yes, timeout no*|the tests limit their time by perl
	END
}

not_told() {
	echo "not found out: $*"
	exit
}

only_a_mac() {
	case $root/$(uname -s) in
	/Darwin) ;;
	*)	not_told 'not a Mac' ;;
	esac
}

yes_no() {
	if "$@" >/dev/null 2>&1; then
		echo yes
	else
		echo no
	fi
}

# status COMMAND ...: its exit status
status() {
	"$@" >/dev/null 2>&1
	echo $?
}

lnpctl() {
	if [ -n "$root" ]; then
		set -- "$@" --root "$root" --launchctl "$launchctl"
	fi
	"$BUILD/lnpctl" "$@"
}

# Our worker where only root can change it, and where the next question finds it gone.
put_worker() {
	mkdir -p "$root$folder" && chmod 755 "$root$folder" &&
		cp "$BUILD/tests/agentworker" "$root$worker.new" &&
	    chmod 755 "$root$worker.new" && mv "$root$worker.new" "$root$worker"
}

# The job, with what else it has on standard input, mode $1.
put_job() {
	{
		echo '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>'
		printf '<key>Label</key><string>%s</string><key>RunAtLoad</key><true/>\n' $label
		printf '<key>ProgramArguments</key><array><string>%s</string><string>--report</string></array>\n' "$worker"
		printf '<key>StandardOutPath</key><string>/var/log/%s.log</string>\n' $label
		cat
		echo '</dict></plist>'
	} >"$root$plist" && chmod "$1" "$root$plist"
}

field() {
	"$launchctl" print system/$label 2>/dev/null | sed -n "/^	$1 = /{s///p;q;}"
}

# eventually COMMAND ...: whether it succeeds within a quarter of a minute
eventually() {
	looks=0
	until "$@"; do
		looks=$((looks + 1))
		[ $looks -lt 150 ] || return 1
		sleep 0.1
	done
}

is_running() {
	[ "$(field state)" = running ]
}

is_gone() {
	"$launchctl" print system/$label >/dev/null 2>&1
	[ $? -eq 113 ]
}

has_reported() {
	grep -q '^end of report' "$root/var/log/$label.log" 2>/dev/null
}

has_ended() {
	case $(field 'last exit code') in
	''|*never*) return 1 ;;
	esac
}

start_job() {
	put_worker && put_job 644 </dev/null &&
		"$launchctl" bootstrap system "$root$plist" >/dev/null 2>&1
}

end_job() {
	"$launchctl" bootout system/$label >/dev/null 2>&1
	eventually is_gone
}

# ---- what is asked ----

answer_store() {
	only_a_mac
	users=/var/db/dslocal/nodes/Default/users
	echo "list $(yes_no ls $users), read $(yes_no head -c 1 $users/root.plist), look $(yes_no \
	    test -e $users/root.plist)"
}

answer_privacy() {
	only_a_mac
	where='another program' parent=$PPID
	while [ "${parent:-0}" -gt 1 ]; do
		case $(ps -o comm= -p "$parent") in
		*sshd*)		where=ssh ;;
		*Terminal)	where=Terminal ;;
		esac
		parent=$(ps -o ppid= -p "$parent" | tr -d ' ')
	done
	echo "Full Disk Access $(yes_no head \
	    -c 1 '/Library/Application Support/com.apple.TCC/TCC.db'), from $where"
}

answer_version() {
	only_a_mac
	ours=$(lnpctl verify --json 2>/dev/null |
		sed -n 's/.*"system":{"version":"\([0-9.]*\)".*/\1/p')
	agree="and sw_vers agree"
	[ "$ours" = "$(sw_vers -productVersion)" ] ||
		agree="has ${ours:-none}, sw_vers $(sw_vers -productVersion)"
	echo "link $(yes_no test \
	    -L /System/Library/CoreServices/.SystemVersionPlatform.plist), lnpctl $agree"
}

answer_sign() {
	only_a_mac
	file=$BUILD/macos/lnpctl
	[ -e "$file" ] || file=$BUILD/lnpctl
	cp "$file" "$SCRATCH/lnpctl"
	signed=$(status codesign --force --sign - "$SCRATCH/lnpctl")
	echo "signed $signed, verified $(status codesign --verify --strict "$SCRATCH/lnpctl")," \
	    "runs $(status "$SCRATCH/lnpctl" --version), $(wc -c <"$file" |
	    tr -d ' ') bytes of ${file##"$BUILD"/}"
}

answer_device() {
	only_a_mac
	echo "/ $(stat -f %d /), /Library $(stat -f %d /Library), /private/var $(stat \
	    -f %d /private/var)," \
	    "disks $(mount | grep -c '^/dev/')"
}

answer_times() {
	only_a_mac
	put_worker
	before=$(stat -f '%i %m %c' "$worker") had=$(xattr "$worker" | sort | tr '\n' ' ')
	sleep 1.1
	put_job 644 </dev/null
	"$launchctl" bootstrap system "$plist" >/dev/null 2>&1
	eventually is_running || not_told 'the job did not start'
	sleep 1
	after=$(stat -f '%i %m %c' "$worker") has=$(xattr "$worker" | sort | tr '\n' ' ')
	same() {
		[ "$(echo "$before" | cut -d ' ' -f "$1")" = "$(echo "$after" |
			cut -d ' ' -f "$1")" ] && echo same || echo moved
	}
	echo "inode $(same 1), mtime $(same 2), ctime $(same \
	    3), attributes before: ${had:-none }after: ${has:-none}"
}

answer_copied() {
	only_a_mac
	cp /bin/cat "$SCRATCH/cat"
	said=$(echo it runs | "$SCRATCH/cat" 2>/dev/null)
	ended=$?
	[ "$said" = 'it runs' ] && echo "runs, $ended" || echo "killed, $ended"
}

answer_overwritten() {
	only_a_mac
	cp "$BUILD/tests/agentworker" "$SCRATCH/program"
	before=$(status "$SCRATCH/program" --exit 0)
	cp "$BUILD/lnpctl" "$SCRATCH/program"
	over=$(status "$SCRATCH/program" --version)
	install -m 755 "$BUILD/lnpctl" "$SCRATCH/program"
	echo "before $before, cp over it $over, install over it $(status "$SCRATCH/program" \
	    --version)"
}

answer_fold() {
	only_a_mac
	yes_no test -e /LIBRARY
}

answer_folders() {
	only_a_mac
	line=
	for place in / /Applications /Library /Library/LaunchDaemons \
	    '/Library/Application Support' /Library/Logs \
	    /private/var/log /usr/local /usr/local/bin /Users; do
		[ -e "$place" ] || { line="$line, $place none"; continue; }
		# Below 500 are the system's own accounts.
		found=$(stat -f '%Lp %u %g' "$place" |
			awk '{ print $1, $2 < 500 ? $2 : "person", $3 < 500 ? $3 : "other" }' |
				tr ' ' :)
		# shellcheck disable=SC2012 # the list is what only ls prints
		allows=$(ls -lde "$place" | tail -n +2 | grep -c ' allow ')
		line="$line, $place $found$([ "$allows" -eq 0 ] || echo " allows $allows")"
	done
	echo "${line#, }"
}

answer_acl() {
	only_a_mac
	mkdir "$SCRATCH/folder"
	chmod +a 'everyone allow write,file_inherit' "$SCRATCH/folder" ||
		not_told 'no access lists here'
	: >"$SCRATCH/folder/file"
	# shellcheck disable=SC2010,SC2012 # the list is what only ls prints
	if ls -le "$SCRATCH/folder/file" | grep -q 'inherited allow write'; then
		echo yes
	else
		echo no
	fi
}

answer_volume() {
	only_a_mac
	mkdir "$SCRATCH/volume"
	hdiutil create -quiet -size 5m -fs HFS+ -volname lnpctl-test "$SCRATCH/image.dmg"
	hdiutil attach -quiet -nobrowse -owners off -mountpoint "$SCRATCH/volume" \
	    "$SCRATCH/image.dmg" ||
	    not_told 'no disk image was mounted'
	: >"$SCRATCH/volume/file"
	noowners=no
	! mount | grep -F " on $SCRATCH/volume " | grep -q noowners || noowners=yes
	owner=$(stat -f %u "$SCRATCH/volume/file")
	hdiutil detach -quiet -force "$SCRATCH/volume"
	echo "noowners $noowners, owner as root sees it $owner"
}

answer_groups() {
	user=${SUDO_USER:-worker}
	put_worker
	put_job 644 <<-END
		<key>UserName</key><string>$user</string>
	END
	: >"$root/var/log/$label.log" && chmod 666 "$root/var/log/$label.log"
	"$launchctl" bootstrap system "$root$plist" >/dev/null 2>&1
	eventually has_reported || not_told 'the job did not start'
	has=$(grep '^groups' "$root/var/log/$label.log" | head -n 1 | wc -w)
	echo "the account $(id -G "$user" 2>/dev/null | wc -w | tr -d ' '), its daemon $((has - 1))"
}

answer_launchd() {
	start_job
	again=$(status "$launchctl" bootstrap system "$root$plist")
	none=$(status "$launchctl" print system/$label.none)
	end_job
	"$launchctl" disable system/$label >/dev/null 2>&1
	disabled=$(status "$launchctl" bootstrap system "$root$plist")
	end_job
	"$launchctl" enable system/$label >/dev/null 2>&1
	put_job 666 </dev/null
	writable=$(status "$launchctl" bootstrap system "$root$plist")
	end_job
	out=$(status "$launchctl" bootout system/$label.none)
	start_job
	rm -f "$root$worker"
	kick=$(status "$launchctl" kickstart -k system/$label)
	echo "none $none, again $again, disabled $disabled, writable $writable," \
	    "booted out none $out, kickstart -k $kick"
}

answer_exits() {
	start_job
	rm -f "$root$worker"
	"$launchctl" kickstart -k system/$label >/dev/null 2>&1
	eventually has_ended
	program=$(field 'last exit code')
	end_job
	put_worker
	put_job 644 <<-'END'
		<key>WorkingDirectory</key><string>/var/empty/lnpctl-test</string>
	END
	"$launchctl" bootstrap system "$root$plist" >/dev/null 2>&1
	eventually has_ended
	echo "program gone ${program:-nothing}, folder gone $(field 'last exit code')"
}

answer_disabled() {
	"$launchctl" disable system/$label >/dev/null 2>&1
	word=$("$launchctl" print-disabled system | sed -n "s/.*\"$label\" => //p")
	"$launchctl" enable system/$label >/dev/null 2>&1
	echo "${word:-nothing}"
}

answer_probe() {
	only_a_mac
	router=$(route -n get default 2>/dev/null | sed -n 's/^ *gateway: //p')
	[ -n "$router" ] || not_told 'no router'
	lnpctl probe --json --timeout 20 --as root --as "daemon:${SUDO_USER:-root}" "$router:53" \
	    2>/dev/null >"$SCRATCH/said"
	# "context":"daemon:NAME", ... "result":"open": without the name, of those that lnpctl asked
	# itself
	found=$(tr '{' '\n' <"$SCRATCH/said" | grep '"witness":"lnpctl"' |
		sed -nE 's/^"context":"([a-z]*)[":].*"result":"([a-z_]*)".*/\1 \2/p')
	echo "$found" | paste -s -d , - | sed 's/,/, /g; s/$/ (the router)/'
}

answer_background() {
	only_a_mac
	command -v sfltool >/dev/null || not_told 'no sfltool'
	lnpctl probe --timeout 10 --as root 127.0.0.1:9 >/dev/null 2>&1
	start_job
	sleep 2
	sfltool dumpbtm >"$SCRATCH/said" 2>/dev/null || not_told 'sfltool refused'
	echo "probe $(grep -c 'lnpctl\.probe' "$SCRATCH/said"), job $(grep \
	    -c "Identifier:.*$label" "$SCRATCH/said")," \
	    "$(grep -B 8 "Identifier:.*$label" "$SCRATCH/said" |
	    sed -n 's/.*Disposition: *\(\[[a-z, ]*\]\).*/\1/p' | head -n 1)"
}

answer_log() {
	only_a_mac
	put_worker
	lnpctl install --label $label --user "${SUDO_USER:-root}" --settle 0 \
	    -- "$worker" --report >/dev/null 2>&1
	lnpctl uninstall $label >/dev/null 2>&1
	sleep 3
	lines='eventMessage CONTAINS "group enumeration" OR eventMessage CONTAINS "Too many groups"'
	log show --last 2m --style compact --predicate "process == \"lnpctl\" OR $lines" \
	    >"$SCRATCH/said" 2>/dev/null || not_told 'log refused'
	echo "enumeration $(grep -c 'group enumeration' "$SCRATCH/said"), too many $(grep \
	    -c 'Too many groups' "$SCRATCH/said")," \
	    "lnpctl $(grep -c "$label" "$SCRATCH/said")"
}

answer_package() {
	only_a_mac
	mkdir "$SCRATCH/stage" && cp "$BUILD/lnpctl" "$SCRATCH/stage/" || exit
	here=$(pwd)
	(cd "$SCRATCH" && cp -R "$here/src/share/pkg" . &&
		sh pkg/package.sh stage $label 1) >/dev/null 2>&1 || not_told 'it was not made'
	pkgutil --expand "$SCRATCH/$label-1.pkg" "$SCRATCH/package" || not_told 'it was not opened'
	echo "permissions of /usr/local/bin" \
	    "$(lsbom -p f "$SCRATCH"/package/*/Bom | grep -q 'usr/local' && echo yes || echo no)," \
	    "architectures $(yes_no grep -q 'hostArchitectures="arm64,x86_64"' \
	    "$SCRATCH/package/Distribution")"
}

answer_tools() {
	line=
	for tool in perl timeout python3 codesign pkgbuild; do
		line="$line, $tool $(yes_no command -v $tool)"
	done
	only_a_mac
	echo "${line#, }"
}

if [ $# -eq 0 ]; then
	questions
	exit
fi
root=${2%/} launchctl=$3
folder="/Library/Application Support/$label"
worker=$folder/agentworker
plist=/Library/LaunchDaemons/$label.plist
[ -n "$root" ] || only_a_mac
"answer_$1"
