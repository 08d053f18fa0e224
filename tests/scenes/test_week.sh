#!/bin/sh
# A week of healthy jobs of many kinds on a temporary Mac whose launchd has it in some twenty
# seconds: verify must be content at each of 28 looks, six hours apart, and repair must find nothing
# to do at the end. lnpctl's own clock is not scaled: to it, all that happens is of this minute.
# Sockets, calendars, paths and queues start nothing in the embedded launchd: such jobs only wait.
# Prints a table. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
mac=$(mktemp -d "${TEST_FOLDER:-/tmp}/week.XXXXXX") || exit 1
mac=$(cd "$mac" && pwd -P) || exit 1
launchctl=$mac/bin/launchctl
day=3				# real seconds
looks=28
programs=$mac/usr/local/bin

finish() {
	[ ! -S "$mac/private/var/run/embedded-launchd.sock" ] || "$launchctl" shutdown now
	sh tests/mac/remove.sh "$mac"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

lnpctl() {
	verb=$1
	shift
	"$BUILD/lnpctl" "$verb" --root "$mac" --launchctl "$launchctl" "$@"
}

# program NAME, with the text of a script on standard input
program() {
	{
		echo '#!/bin/sh'
		cat
	} >"$programs/$1" && chmod 755 "$programs/$1"
}

# job NAME 'PROGRAM [ARGUMENT]' KIND [USER], with the inside of its dictionary on standard input
job() {
	label=com.example.$1
	{
		echo '<?xml version="1.0" encoding="UTF-8"?>'
		echo "<plist version=\"1.0\"><dict><key>Label</key><string>$label</string>"
		echo '<key>ProgramArguments</key><array>'
		for word in $2; do
			echo "<string>$word</string>"
		done
		echo '</array>'
		cat
		echo '</dict></plist>'
	} >"$mac/private/var/root/$label.plist"
	if lnpctl install --from "/private/var/root/$label.plist" --user "${4:-worker}" \
	    --settle 0.1 --replace >"$mac/said" 2>&1; then
		jobs="$jobs $label"
		echo "$label|$3" >>"$mac/kinds"
	else
		failed=$((failed + 1))
		echo "FAILED: install of $1, $3"
		sed 's/^/    /' "$mac/said"
	fi
}

# look: one of verify; what it does not know at once, as of a job that is just starting, it says to
# ask again
look() {
	lnpctl verify --json >"$mac/answer" 2>&1
	tr '{' '\n' <"$mac/answer" | sed -n 's/^"label":"\([^"]*\)","ok":false.*/\1/p' \
	    >"$mac/doubts"
	while read -r label; do
		echo "$label" >>"$mac/second"
		lnpctl verify "$label" >"$mac/said" 2>&1 && continue
		echo "$label" >>"$mac/alarms"
		echo "FAILED: $label at look $1"
		sed 's/^/    /' "$mac/said"
		tr '{' '\n' <"$mac/answer" | sed -n "/\"label\":\"$label\"/,/\"label\"/p" |
			grep -e '"result":"fail"' -e '"result":"unknown"'
	done <"$mac/doubts"
}

# count NAME FILE
count() {
	grep -cxF -e "$1" "$2"
}

sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 1
chmod 755 "$mac"
"$launchctl" fault clock 0.00003472 && "$launchctl" fault xpcproxy_ms 1 ||
	exit 1
cp "$BUILD/tests/agentworker" "$programs/stays" || exit 1
mkdir -p "$mac/Users/worker/queue" "$mac/dev"
: >"$mac/dev/null" && chmod 666 "$mac/dev/null"
: >"$mac/private/tmp/there" && : >"$mac/kinds" && : >"$mac/second" && : >"$mac/alarms"
jobs='' failed=0
script=/usr/local/bin/script done=/usr/local/bin/succeeds
stays='/usr/local/bin/stays --report --interval 100000'
program script <<'END'
while :; do sleep 1000; done
END
program succeeds <<'END'
exit 0
END
program daily <<END
sleep $day
END
# It has failed on the days of its life that are named: 'fails DAY ...'.
program ends <<END
life=$mac/private/tmp/life.\$1
shift
echo >>"\$life"
turn=\$(wc -l <"\$life")
for how; do
	[ \$turn -gt 1 ] || break
	turn=\$((turn - 1))
	shift
done
case \${1:-stays} in
stays)	sleep 1000 ;;
crash)	kill -SEGV \$\$ ;;
day*)	sleep $day; exit "\${1#day}" ;;
*)	exit "\$1" ;;
esac
END
ends=/usr/local/bin/ends
chmod 1777 "$mac/private/tmp"

on='<true/>' off='<false/>'
keep="<key>KeepAlive</key>" load="<key>RunAtLoad</key>$on"
job kept "$stays" 'KeepAlive, a program' <<END
$keep$on
END
job script $script 'KeepAlive, a script' <<END
$keep$on
END
job kicked "$stays" 'KeepAlive, restarted by kickstart -k each day' <<END
$keep$on
END
job terminated "$stays" 'KeepAlive, ended by kill each day' <<END
$keep$on
END
job ends-daily "$ends a day0 day0 day0 day0 day0 day0 day0 day0" \
    'KeepAlive, exits with 0 each day' <<END
$keep$on
END
job fails-thrice "$ends b day1 day0 day1 day0 day1" 'KeepAlive, exits with 1 on three days' <<END
$keep$on
END
job crashed "$ends c day0 crash" 'KeepAlive, crashed once, and has been up since' <<END
$keep$on
END
job throttled "$stays" 'KeepAlive, ThrottleInterval 60' <<END
$keep$on<key>ThrottleInterval</key><integer>60</integer>
END
job silent "$stays" 'KeepAlive, logs to /dev/null' <<END
$keep$on<key>StandardOutPath</key><string>/dev/null</string>
<key>StandardErrorPath</key><string>/dev/null</string>
END
job until-done $done 'KeepAlive SuccessfulExit false, done' <<END
$keep<dict><key>SuccessfulExit</key>$off</dict>
END
job until-done-busy "$stays" 'KeepAlive SuccessfulExit false, busy' <<END
$keep<dict><key>SuccessfulExit</key>$off</dict>
END
job until-done-third "$ends d day1 day1 0" \
    'KeepAlive SuccessfulExit false, done the third time' <<END
$keep<dict><key>SuccessfulExit</key>$off</dict>
END
job while-done "$ends e day0 day0 day0 day0 day0 day0 day0 day0" \
    'KeepAlive SuccessfulExit true, exits with 0 each day' <<END
$keep<dict><key>SuccessfulExit</key>$on</dict>
END
job after-crash $done 'KeepAlive Crashed true, done' <<END
$keep<dict><key>Crashed</key>$on</dict>
END
job path-missing "$stays" 'KeepAlive PathState, the path is missing' <<END
$keep<dict><key>PathState</key><dict><key>/private/tmp/missing</key>$on</dict></dict>
END
job path-there "$stays" 'KeepAlive PathState, the path exists' <<END
$keep<dict><key>PathState</key><dict><key>/private/tmp/there</key>$on</dict></dict>
END
job network "$stays" 'KeepAlive NetworkState' <<END
$keep<dict><key>NetworkState</key>$on</dict>
END
job once $done 'RunAtLoad, done' <<END
$load
END
job once-busy "$stays" 'RunAtLoad, busy' <<END
$load
END
job only-once $done 'RunAtLoad, LaunchOnlyOnce, done' <<END
$load<key>LaunchOnlyOnce</key>$on
END
job only-once-busy "$stays" 'RunAtLoad, LaunchOnlyOnce, busy' <<END
$load<key>LaunchOnlyOnce</key>$on
END
job hourly $done 'StartInterval, each hour' <<END
<key>StartInterval</key><integer>3600</integer>
END
job hourly-now $done 'StartInterval, each hour, RunAtLoad' <<END
$load<key>StartInterval</key><integer>3600</integer>
END
job often-now $done 'StartInterval, each half hour, RunAtLoad' <<END
$load<key>StartInterval</key><integer>1800</integer>
END
job fails-at-times "$ends f 0 1 0 0 0 1 0 0 75 0 0 0" \
    'StartInterval, each half day, fails at times' <<END
<key>StartInterval</key><integer>43200</integer>
END
job fails-at-times-now "$ends g 0 1 0 0 0 1 0 0 75 0 0 0" \
    'StartInterval, each half day, RunAtLoad, fails at times' <<END
$load<key>StartInterval</key><integer>43200</integer>
END
job long-timer /usr/local/bin/daily 'StartInterval, each two days, busy for one' <<END
<key>StartInterval</key><integer>172800</integer>
END
job nightly $done 'StartCalendarInterval' <<END
<key>StartCalendarInterval</key><dict><key>Hour</key><integer>3</integer></dict>
END
job nightly-now $done 'StartCalendarInterval, RunAtLoad' <<END
$load<key>StartCalendarInterval</key><dict><key>Hour</key><integer>3</integer></dict>
END
job watches $done 'WatchPaths' <<END
<key>WatchPaths</key><array><string>/private/tmp/there</string></array>
END
job watches-now $done 'WatchPaths, RunAtLoad' <<END
$load<key>WatchPaths</key><array><string>/private/tmp/there</string></array>
END
job queue $done 'QueueDirectories' <<END
<key>QueueDirectories</key><array><string>/Users/worker/queue</string></array>
END
job mount $done 'StartOnMount' <<END
<key>StartOnMount</key>$on
END
job socket $done 'Sockets' <<END
<key>Sockets</key><dict><key>a</key><dict>
<key>SockServiceName</key><string>8099</string></dict></dict>
END
job kickstarted $done 'no trigger, started by kickstart each day' <<END
<key>RunAtLoad</key>$off
END
job waits $done 'no trigger, never started' <<END
<key>RunAtLoad</key>$off<key>KeepAlive</key>$off
END
if [ "$(id -u)" -eq 0 ]; then
	job role "$stays" 'KeepAlive, of a role account' _worker <<-END
		$keep$on
	END
	job root "$stays" 'KeepAlive, of root' root <<-END
		$keep$on
	END
fi

turn=0
while [ $turn -lt $looks ]; do
	turn=$((turn + 1))
	if [ $((turn % 4)) -eq 1 ]; then
		"$launchctl" kickstart -k system/com.example.kicked
		"$launchctl" kickstart system/com.example.kickstarted
		"$launchctl" kill TERM system/com.example.terminated
	fi
	# The Mac is restarted once.
	[ $turn -ne 17 ] || "$launchctl" reboot
	sleep 0.5		# with what verify takes a quarter of a day
	look $turn
done

# A job with something to repair is not healthy.
lnpctl repair >"$mac/said" 2>&1
grep -v '^unchanged: ' "$mac/said" && failed=$((failed + 1))

passed=0
echo 'job | kind | alarms | asked again'
for label in $jobs; do
	alarms=$(count "$label" "$mac/alarms")
	echo "${label#com.example.} | $(sed -n "s/^$label|//p" "$mac/kinds") | $alarms |" \
	    "$(count "$label" "$mac/second")"
	if [ "$alarms" -gt 0 ]; then
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
