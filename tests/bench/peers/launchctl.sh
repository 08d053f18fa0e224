#!/bin/sh
# launchctl as Ansible's module launchd uses it: its old verbs, in the words that the embedded
# launchctl knows. MAC is the folder that stands for "/".
set -u

launchctl=$MAC/bin/launchctl
verb=$1 name=${2-}
case $verb in
load)	exec "$launchctl" bootstrap system "/Library/LaunchDaemons/${name##*/}" ;;
unload)
	name=${name##*/}
	"$launchctl" bootout "system/${name%.plist}" || exit
	while "$launchctl" print "system/${name%.plist}" \
	    >/dev/null 2>&1; do	# unload came back when the job was gone
		sleep 0.02
	done ;;
start)	"$launchctl" kickstart "system/$name" || [ $? -eq 37 ] ;;	# 37: it is starting
stop)	exec "$launchctl" kill TERM "system/$name" ;;
*)	exec "$launchctl" "$@" ;;
esac
