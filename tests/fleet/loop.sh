#!/bin/sh
# sh loop.sh COMMAND [OPTION ...] <MACS: lnpctl on each Mac of the list, one name a line, by ssh
while read -r mac; do
	ssh -n "$mac" sudo /usr/local/bin/lnpctl "$@" 2>&1 | sed "s/^/$mac: /"
done
