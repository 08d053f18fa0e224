#!/bin/sh
# The postinstall script of a package (tests/pkg) as Installer runs it, on a temporary Mac with the embedded launchd and on
# a volume that is not running. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
label=com.example.agentworker
passed=0 failed=0

mac=$(cd "$(mktemp -d /tmp/mac.XXXXXX)" && pwd -P) || exit 1
said=$mac/.said
plist=$mac/Library/LaunchDaemons/$label.plist

# shellcheck disable=SC2317 # the trap calls it
finish() {
	"$mac/bin/launchctl" shutdown now >/dev/null 2>&1
	rm -rf "$mac"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# must NAME COMMAND ...: this holds
must() {
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		sed 's/^/    /' "$said"
	fi
}

# Installer gives the package, the folder and the volume, and the folder where the program may have been before.
postinstall() {
	tests/pkg/postinstall /tmp/worker.pkg / "$mac" / >"$said" 2>&1 </dev/null
}

fails() {
	! "$@"
}

is_loaded() {
	"$mac/bin/launchctl" print system/$label >/dev/null 2>&1
}

sh tests/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 1
"$mac/bin/launchctl" fault clock 0.05 || exit 1
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/agentworker" && chmod 755 "$mac/usr/local/bin/agentworker" || exit 1

# The running Mac is a folder here: the package's lnpctl is told so, and which launchctl to ask.
cat >"$mac/usr/local/bin/lnpctl" <<-END
	#!/bin/sh
	command=\$1
	shift
	exec "$BUILD/lnpctl" "\$command" --launchctl "$mac/bin/launchctl" --settle 0.5 "\$@"
END
chmod 755 "$mac/usr/local/bin/lnpctl"
must 'the package installs the job' postinstall
must 'the job is loaded' is_loaded
must 'the job is healthy' "$BUILD/lnpctl" verify --quiet --root "$mac" --launchctl "$mac/bin/launchctl" --settle 0.5 $label
must 'the same package once more succeeds' postinstall
must 'and changes nothing' grep -q '^unchanged' "$said"
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/new" && chmod 755 "$mac/usr/local/bin/new" || exit 1
mv "$mac/usr/local/bin/new" "$mac/usr/local/bin/agentworker"
must 'a package with a new program succeeds' postinstall
must 'and the job runs the new one' grep -q '^bootstrapped' "$said"
"$BUILD/lnpctl" uninstall --quiet --root "$mac" --launchctl "$mac/bin/launchctl" $label || exit 1

printf '#!/bin/sh\necho broken >&2\nexit 1\n' >"$mac/usr/local/bin/agentworker"
must 'a package whose program ends at once fails' fails postinstall
must 'and says what the program said' grep -q broken "$said"
must 'and leaves no job' fails is_loaded
must 'and no plist' [ ! -e "$plist" ]

# The same volume when another one runs: no launchd to ask.
cp "$BUILD/lnpctl" "$mac/usr/local/bin/offline" && mv "$mac/usr/local/bin/offline" "$mac/usr/local/bin/lnpctl" || exit 1
must 'a package for another volume installs the job' postinstall
must 'the plist is there' [ -e "$plist" ]
must 'and nothing was loaded' fails is_loaded

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
