# For tests that count what holds: `. tests/check.sh`, once $work is their own directory.
# shellcheck shell=sh disable=SC2034,SC2154 # counts for, and a directory of, who reads this
passed=0 failed=0 skipped=0

# check NAME COMMAND...: passes when the command does; what it said is in $work/said
check() {
	name=$1
	shift
	if "$@" >"$work/said" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		sed 's/^/    /' "$work/said"
	fi
}
