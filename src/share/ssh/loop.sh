#!/bin/sh
# sh loop.sh COMMAND [OPTION ...] <MACS: the command by ssh on each Mac of the list, one name a line
while read -r mac; do
	ssh -n "$mac" 'lnpctl=/usr/local/lnpctl/lnpctl
	    [ -x $lnpctl ] || lnpctl=/usr/local/bin/lnpctl
	    sudo $lnpctl' "$@" 2>&1 | sed "s/^/$mac: /"
done
