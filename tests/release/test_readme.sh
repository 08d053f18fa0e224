#!/bin/sh
# What the README shows of src/share are those files, which `make fleet` runs. Ends with: N passed,
# N failed, N skipped
set -u

passed=0 failed=0
for file in ansible/roles/lnpctl/tasks/main.yml ansible/group_vars/macs.yml ssh/loop.sh \
    jamf/attribute.sh; do
	file=src/share/$file
	# shellcheck disable=SC2016 # Python's
	if python3 -c 'import sys
shown = "```\n" + open(sys.argv[1]).read() + "```\n"
sys.exit(shown not in open("README.md").read())' "$file"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: the README does not show $file as it is"
	fi
done

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
