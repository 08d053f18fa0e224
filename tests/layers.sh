#!/bin/sh
# The rooms of src/ and include/, and which of them each may use: only those of lines above its own,
# so there is no circle. Prints them with their lines of code; fails where a file includes what its
# room may not use.
set -eu
cd "$(dirname "$0")/.."

rooms="core
core/plist      core
core/launchd
core/facts      core core/launchd
core/lint       core core/plist core/facts
core/job        core core/plist core/launchd core/facts core/lint
core/check      core core/facts core/lint core/job
core/probe      core core/plist core/facts
core/plan       core core/plist core/facts core/lint core/job core/check
host/os         core core/facts
host/machine    core core/facts host/os
host/files      core core/facts host/os host/machine
host/launchd    core core/launchd core/facts core/job core/check core/probe \
host/os host/machine host/files
host/network    core core/facts core/probe host/os host/machine
host            core core/plist core/facts core/job core/check host/os \
host/machine host/files host/launchd
host/steps      core core/plist core/facts core/check core/plan \
host/machine host/files host/launchd host
command         core core/plist core/facts core/lint core/job core/check core/probe \
core/plan host/os host/machine host/files host/launchd host/network host host/steps
main            command"

{
	grep -rE '^#include "' src include || true
	printf '%s\n' "$rooms"
	find src include -name '*.[ch]' -exec wc -l {} +
} | awk '
# A file directly in src is of the room main; a header beside its source is of that room.
function room(path) {
	sub(/^(src|include)\//, "", path)
	return sub(/\/[^\/]*$/, "", path) ? path : "main"
}
/^[a-z]+(\/[a-z]+)? *( |$)/ && !/#include/ {
	known[$1] = 1
	order[++count] = $1
	for (i = 2; i <= NF; i++) {
		if (!($i in known)) {
			print "layers: " $1 " uses " $i ", which is not above it"
			failed = 1
		}
		allowed[$1, $i] = 1
	}
	list[$1] = $0
	next
}
/#include/ {
	split($0, part, /:#include "|"/)
	included[++includes] = part[1] " " part[2]
	next
}
$2 ~ /^(src|include)\// { lines[room($2)] += $1 }
END {
	for (i = 1; i <= includes; i++) {
		split(included[i], part, " ")
		user = room(part[1])
		used = part[2] ~ /\// ? room(part[2]) : user
		if (!(user in known)) {
			print "layers: " part[1] " lies in no room of the list"
			failed = 1
		} else if (user != used && !((user, used) in allowed)) {
			print "layers: " part[1] " may not include " part[2]
			failed = 1
		}
		seen[user, used] = 1
	}
	for (pair in allowed)
		if (!(pair in seen)) {
			split(pair, part, SUBSEP)
			print "layers: " part[1] " does not use " part[2] ", which its line allows"
			failed = 1
		}
	for (i = 1; i <= count && !failed; i++)
		printf "%6d %s\n", lines[order[i]], list[order[i]]
	exit failed
}'
