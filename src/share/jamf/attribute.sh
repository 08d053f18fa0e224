#!/bin/sh
lnpctl=/usr/local/lnpctl/lnpctl
[ -x $lnpctl ] || lnpctl=/usr/local/bin/lnpctl
said=$($lnpctl verify 2>&1) && status=0 || status=$?
why=$(echo "$said" | tr -d : | awk 'NR == 1 { first = " " $0 }
    /^  (fail|unknown) / { ids = ids " " $2 } END { print ids ? ids : first }')
case $status in 0) why=ok ;; 1) why=failed:$why ;; *) why=unknown:$why ;; esac
echo "<result>$why</result>"
