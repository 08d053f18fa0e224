#!/bin/sh
# What building, testing and releasing rely on where nobody of us has been: on a Mac, and at GitHub.
# The Makefile without a static libplist, run.sh without timeout(1) and as a Mac's root; and what no
# script, workflow or text may have again. Ends with: N passed, N failed, N skipped
set -u

work=$(cd "$(mktemp -d)" && pwd -P) || exit 1
. tests/check.sh
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# stand_in NAME: a program, its script on standard input
stand_in() {
	cat >"$work/$1" && chmod 755 "$work/$1"
}

# says TEXT STATUS COMMAND ...
says() {
	text=$1 status=$2
	shift 2
	"$@" >"$work/answer" 2>&1
	result=$?
	cat "$work/answer"
	[ $result -eq "$status" ] && grep -qF -e "$text" "$work/answer"
}

# nowhere PATTERN FILE ...: no line has it, but in this file, which has them all, and in report.sh,
# which asks macOS of one
nowhere() {
	pattern=$1
	shift
	! grep -nE -e "$pattern" "$@" /dev/null |
		grep -v -e '^tests/release/test_release\.sh:' -e '^tests/report\.sh:'
}

# On a Mac: links lnpctl with what pkg-config of this folder says, or shows how.
mac_make() {
	PATH="$work:$PATH" "${MAKE:-make}" -n SYSTEM=Darwin BUILD="$work/build" "$work/build/lnpctl"
}

stand_in pkg-config <<-END
	#!/bin/sh
	case \$1 in
	--variable=libdir) echo '$work' ;;
	--libs) echo '-L$work -lplist-2.0' ;;
	esac
END
check 'a Mac without libplist-2.0.a links no other libplist' says 'libplist-2.0.a was not found' 2 \
    mac_make
: >"$work/libplist-2.0.a"
check 'and with it links that' says " $work/libplist-2.0.a" 0 mac_make

stand_in hanging.sh <<-END
	trap 'echo it was asked to end; exit 143' TERM
	echo begun >>'$work/begun'
	i=0
	while [ \$i -lt 600 ]; do sleep 0.1; i=\$((i + 1)); done
	echo '1 passed, 0 failed'
END
stand_in quick.sh <<-'END'
	echo '2 passed, 0 failed, 1 skipped'
END
# What run.sh needs, in a folder without timeout(1).
mkdir "$work/few" || exit 1
for tool in sh awk sed mktemp rm sleep perl uname id cat; do
	place=$(command -v $tool) && ln -s "$place" "$work/few/$tool"
done
if [ -e "$work/few/perl" ]; then
	check 'without timeout(1) a test that hangs is ended' says 'still running after 1 seconds' \
	    1 \
	    env PATH="$work/few" TEST_SECONDS=1 sh tests/run.sh "$work/hanging.sh"
	check 'after it was asked to' grep -q 'it was asked to end' "$work/answer"
	check 'it had begun' [ -s "$work/begun" ]
	check 'and one that ends is counted' says '2 passed, 0 failed, 1 skipped' 0 env \
	    PATH="$work/few" sh tests/run.sh "$work/quick.sh"
else
	skipped=$((skipped + 1))
	echo 'skipped: perl, which run.sh needs where timeout(1) is missing, was not found'
fi

stand_in uname <<-'END'
	#!/bin/sh
	echo Darwin
END
stand_in id <<-'END'
	#!/bin/sh
	echo 0
END
check 'the tests do not run as root of a Mac' says 'not as root on a Mac' 77 env \
    PATH="$work:$PATH" sh tests/run.sh "$work/quick.sh"

# Kinds of faults. sed of macOS knows \|, \+ and \? only in -E's form, and these options are GNU's.
# The scenes of tests/attack are for Linux alone.
scripts=$(find tests ! -path 'tests/attack/*' ! -path 'tests/evidence/*' \( -name '*.sh' \
    -o -name '*.scene' \))
programs=$(find tests -name '*.c' ! -path 'tests/attack/*')
gnu='sed [^|]*\\[|+?]|sed -i|sed -r|stat -c|readlink -f|date -[dI]|grep -[a-zA-Z]*P|xargs -[rd]'
gnu="$gnu|head -n -|cp -a|find [^|]*-printf"
# shellcheck disable=SC2086 # names of files
check 'no script needs the GNU tools' nowhere "$gnu" $scripts src/share/*/*.sh src/share/pkg/* \
    README.md
# shellcheck disable=SC2016 # what is looked for
check 'a real Mac, whose root is empty, ends no scene' nowhere '\$\{root:\?' tests/scenes/scene.sh
# shellcheck disable=SC2086
check 'no test runs a copy of a program of the system, which macOS kills' nowhere \
    'cp (-[a-zA-Z]+ )*"?(/usr)?/s?bin/|copy[a-z_]*\("(/usr)?/s?bin/' $scripts $programs
check 'nothing is copied over a program' nowhere \
    '(^|[^a-zA-Z`])cp [^|]*/usr/local/|[Cc]opy the new binary over' \
    README.md man/lnpctl.8 src/share/*/*.sh src/share/ansible/*.yml src/share/pkg/*
# macos-14 ended on 2 November 2026 (actions/runner-images#13518); the first major versions that are
# node24 programs are checkout 5, upload-artifact 6 and download-artifact 7.
gone='macos-1[0-4]|(checkout@v[1-4]|upload-artifact@v[1-5]|download-artifact@v[1-6])($|[^0-9])'
check 'CI asks for no machine that is gone, and no action of Node 20' nowhere "$gone" \
    .github/workflows/ci.yml

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
