#!/bin/sh
# sh loop.sh COMMAND [OPTION ...] <MACS: the command by ssh on each Mac of the list, one name a line
while read -r mac; do
	ssh -n "$mac" sudo /usr/local/bin/lnpctl "$@" 2>&1 | sed "s/^/$mac: /"
done
