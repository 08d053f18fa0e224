#!/bin/sh
# What the embedded launchctl prints, held against prints of real ones (tests/evidence/print): each
# of our lines is in some print of that macOS, spelled the same, and no two of them are in another
# order than in any. As any user. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
real=tests/evidence/print
label=com.example.layout
passed=0 failed=0

work=$(mktemp -d) || exit 1
work=$(cd "$work" && pwd -P) || exit 1
mac=$work/mac

finish() {
	"$mac/bin/launchctl" shutdown now >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
chmod 755 "$work"

# Lines as "block/name", and where it is the same on every Mac "block/name = value"; what is only a
# job's own is left out.
cat >"$work/names.awk" <<'awk'
BEGIN {
	own = "^(path|program|pid|runs|ID|name|username|group|domain|asid|working directory|" \
	    "stdout path|stderr path|nice|run interval|immediate reason|forks|execs|" \
	    "active count|state|port|last exit code|last exit reason|properties|exit timeout|" \
	    "minimum runtime)$"
	free = "^(arguments|.*environment|event triggers|event channels|endpoints|" \
	    "dynamic endpoints)/"
}
FNR == 1 { print "job"; depth = 0; next }
{
	gsub(/        /, "\t")		# what posters made of tabs
	gsub(/    /, "\t")
	sub(/^\t+/, "")
}
/^}$/ { depth--; next }
/^$/ { next }
/= \{$/ || /=> \{$/ {
	sub(/ =>? \{$/, "")
	path = ""
	for (i = 0; i < depth; i++)
		path = path block[i] "/"
	if ((path $0) !~ free)
		print path $0
	block[depth++] = $0
	next
}
{
	path = ""
	for (i = 0; i < depth; i++)
		path = path block[i] "/"
	name = $0
	sub(/ =>? .*/, "", name)
	if ((path name) !~ free)
		print path (name ~ own ? name : $0)
}
awk

# order.awk OURS THEIRS...: which of our lines are in none of theirs, or in another place
cat >"$work/compare.awk" <<'awk'
FNR == 1 { file++ }
file == 1 { ours[++count] = $0; next }
{ at[file, $0] = FNR; seen[$0] = 1 }
END {
	for (i = 1; i <= count; i++)
		if (!(ours[i] in seen))
			print "in no real print: " ours[i]
	for (f = 2; f <= file; f++) {
		last = 0
		for (i = 1; i <= count; i++) {
			if (!((f, ours[i]) in at))
				continue
			if (at[f, ours[i]] < last)
				print "elsewhere in " ARGV[f] ": " ours[i]
			last = at[f, ours[i]]
		}
	}
}
awk

# compare VERSION NAME DOMAIN: our print of the job there with the real ones of that version
compare() {
	"$mac/bin/launchctl" print "$3/$label" | awk -f "$work/names.awk" >"$work/ours"
	awk -f "$work/compare.awk" "$work/ours" "$work/$1".real.* >"$work/said"
	if [ -s "$work/said" ] || [ "$(wc -l <"$work/ours")" -lt 20 ]; then
		failed=$((failed + 1))
		echo "FAILED: $2 on macOS $1"
		sed 's/^/    /' "$work/said"
	else
		passed=$((passed + 1))
	fi
}

# theirs VERSION NUMBER...
theirs() {
	version=$1
	shift
	for number; do
		awk -f "$work/names.awk" "$real/$number"-*.txt >"$work/$version.real.$number"
	done
}

# bootstrap DOMAIN, the inside of the dictionary on standard input; then until print shows the line
bootstrap() {
	domain=$1 line=$2
	plist=/Library/LaunchDaemons/$label.plist
	{
		printf '<plist version="1.0"><dict><key>Label</key><string>%s</string>' $label
		cat
		echo '</dict></plist>'
	} >"$mac$plist"
	chmod 644 "$mac$plist"
	"$mac/bin/launchctl" bootout "$domain/$label" 2>/dev/null
	looks=0
	while "$mac/bin/launchctl" print "$domain/$label" >/dev/null 2>&1 && [ $looks -lt 600 ]; do
		looks=$((looks + 1))
		sleep 0.05
	done
	"$mac/bin/launchctl" bootstrap "$domain" "$plist" || exit 1
	until "$mac/bin/launchctl" print "$domain/$label" | grep -q "^	$line"; do
		looks=$((looks + 1))
		[ $looks -lt 600 ] || exit 1
		sleep 0.05
	done
}

# A daemon that runs, one that never did, one that ended, one that cannot start, an agent.
test_version() {
	group='<key>GroupName</key><string>staff</string>'
	calendar='<key>StartCalendarInterval</key><dict><key>Hour</key><integer>2</integer></dict>'
	"$mac/bin/launchctl" fault macos "$1"
	# Not in the collection.
	[ "$1" != 12 ] || group=''
	[ "$1" != 26.3 ] || calendar=''
	bootstrap system 'state = running' <<-END
		<key>ProgramArguments</key><array><string>/bin/sleep</string><string>600</string></array><key>RunAtLoad</key><true/>
		<key>KeepAlive</key><true/><key>UserName</key><string>worker</string>$group
		<key>StandardOutPath</key><string>/tmp/o</string><key>StandardErrorPath</key><string>/tmp/e</string>
		<key>WorkingDirectory</key><string>/tmp</string>
		<key>EnvironmentVariables</key><dict><key>A</key><string>b</string></dict>
	END
	compare "$1" 'a daemon that runs' system
	bootstrap system 'last exit code = (never exited)' <<-END
		<key>ProgramArguments</key><array><string>/bin/sleep</string></array>
	END
	compare "$1" 'a daemon that never ran' system
	[ "$1" = 12 ] && return
	bootstrap system 'last exit code = 1' <<-END
		<key>ProgramArguments</key><array><string>/bin/sleep</string></array>
		<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
	END
	compare "$1" 'a daemon that ended with 1' system
	bootstrap "gui/$uid" 'last exit code = 1' <<-END
		<key>ProgramArguments</key><array><string>/bin/sleep</string></array><key>RunAtLoad</key><true/>
		$calendar
	END
	compare "$1" 'an agent' "gui/$uid"
	[ "$1" = 26.3 ] || return
	bootstrap system 'last exit code = 78: EX_CONFIG' <<-END
		<key>Program</key><string>/bin/sleep</string><key>RunAtLoad</key><true/><key>StartInterval</key><integer>3600</integer>
		<key>StandardOutPath</key><string>/tmp/o/is-a-file</string>
	END
	compare "$1" 'a daemon that cannot start' system
	bootstrap system 'last terminating signal = Terminated: 15' <<-'END'
		<key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string><string>kill $$</string></array>
		<key>RunAtLoad</key><true/>
	END
	compare "$1" 'a daemon that was ended' system
}

sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 1
uid=501
[ "$(id -u)" -eq 0 ] || uid=$(id -u)
"$mac/bin/launchctl" fault session "$uid"
"$mac/bin/launchctl" fault clock 0.01

# INDEX.tsv says which macOS a print is of; 13 to 15 cannot be told apart by their lines.
theirs 12 04 18 28
theirs 13 01 02 05 06 07 12 19 20
theirs 14 01 02 05 06 07 12 19 20
theirs 15.5 01 02 05 06 07 12 19 20
theirs 26.3 03 08 09 10 11 13 14 15 21 22 23 26 27 31
for version in 12 13 14 15.5 26.3; do
	test_version $version
done

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
