#!/bin/sh
# sh remove.sh DIR: removes DIR, trying again for a minute: a process in there may still write while
# it exits, so that rm(1) finds an emptied directory not empty; or it left one that its owner cannot
# enter.
set -u

looks=0
while [ -e "$1" ]; do
	chmod -R u+rwx "$1" 2>/dev/null
	rm -rf "$1" 2>/dev/null && break
	looks=$((looks + 1))
	[ $looks -lt 1200 ] || exec rm -rf "$1"
	sleep 0.05
done
