#!/bin/sh
# lnpctl complete, and the scripts of lnpctl completion in the shells they are for. The same
# questions, beginnings of command lines, go to each of them; what must be offered is made from what
# lnpctl help says. Then bash's in a terminal, for readline does the rest there. A shell that is not
# here is skipped. Ends with: N passed, N failed, N skipped
set -u

BUILD=${BUILD:-$PWD/build}
lnpctl=$BUILD/lnpctl

[ -x "$lnpctl" ] || {
	echo "test_completion.sh: $lnpctl is not there; run make first" >&2
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}
work=$(mktemp -d) || exit 1
work=$(cd "$work" && pwd -P) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mac="$work/a mac's root"
. tests/check.sh
state="$mac/Library/Application Support/lnpctl"

skip() {
	skipped=$((skipped + 1))
	echo "skipped: $1"
}

has() {
	command -v "$1" >/dev/null
}

# ends STATUS COMMAND...
ends() {
	expected=$1
	shift
	"$@"
	status=$?
	echo "exit status $status, not $expected"
	[ $status -eq "$expected" ]
}

# ---- the command ----

# says TEXT ARGUMENT...
says() {
	text=$1
	shift
	"$lnpctl" completion "$@" 2>&1 | grep -qF -- "$text"
}

test_command() {
	check 'no shell is a wrong command line' ends 64 "$lnpctl" completion
	check 'an unknown shell is a wrong command line' ends 64 "$lnpctl" completion tcsh
	check 'two shells are a wrong command line' ends 64 "$lnpctl" completion bash zsh
	check '--json is a wrong command line' ends 64 "$lnpctl" completion --json bash
	check 'the known shells are named' says 'neither bash nor zsh nor fish' tcsh
	check '--json gets its error as JSON' says '"ok":false' --json fish
	for shell in bash zsh fish; do
		check "$shell has a script" ends 0 "$lnpctl" completion $shell
		[ ! -c /dev/full ] ||
			check "a script for $shell that cannot be written is an error" \
			ends 71 sh -c "'$lnpctl' completion $shell >/dev/full"
		"$lnpctl" completion $shell >"$work/lnpctl.$shell"
	done
	cmp -s "$work/lnpctl.bash" "$work/lnpctl.zsh" && check 'each shell has its own' false
	if has shellcheck; then
		check 'shellcheck finds nothing' shellcheck "$work/lnpctl.bash"
	else
		skip 'shellcheck is not here'
	fi
}

# answers TEXT ARGUMENT...: what complete prints; %b of printf
answers() {
	printf '%b' "$1" >"$work/wanted"
	shift
	"$lnpctl" complete "$@" >"$work/got" 2>&1
	diff "$work/wanted" "$work/got"
}

test_plumbing() {
	check 'complete wants a line' ends 64 "$lnpctl" complete
	check 'complete wants one line' ends 64 "$lnpctl" complete lnpctl = more
	check 'complete takes no --json' ends 64 "$lnpctl" complete --json lnpctl
	check 'help explains it' ends 0 "$lnpctl" help complete
	check 'help does not list it' ends 1 grep complete' ' "$work/help"
	check 'a mistake is not taken for it' grep -qF 'did you mean completion?' "$work/mistake"
	check 'a word has its meaning' answers 'status\tshow launchd state and logs\n' \
		-- 'lnpctl sta'
	check 'what breaks a word is not repeated' answers 'daemon\n' 'lnpctl lint --kind=d' ':='
	check 'a blank among the breaks ends a word' answers 'daemon \nagent \n' \
		'lnpctl lint --kind=' ' :='
	check 'but not a word that goes on' answers 'ThrottleInterval=\n' \
		'lnpctl install --set ThrottleI' ' :='
	check 'nor one in quotes' answers 'status\tshow launchd state and logs\n' \
		'lnpctl "sta' ' '
	check 'only what breaks a word is omitted' answers '--kind=daemon\n' \
		'lnpctl lint --kind=d' ':'
	check 'files are left to the shell' answers ':files\n' 'lnpctl install --stdout=x'
	check 'a directory, too' answers ':directories\n' 'lnpctl verify --root '
	check 'and a program' answers ':program\n' 'lnpctl install --label=x -- cat '
	check 'the values of options are not operands' answers 'bash\n' \
		'lnpctl completion --root=/ --launchctl x ba'
	check 'a word may be quoted' answers 'daemon\n' "lnpctl 'li'\"n\"\\t --kind \"dae"
	check 'launchd is not asked' answers 'com.example.one\ncom.example.two\n' --root "$mac" \
		--launchctl "$work/files/lnpctl" 'lnpctl status '
	check 'nothing comes before the command' answers '' lnpc
	check 'nor for an empty line' answers '' ''
}

# as_nobody COMMAND...: by an account that may read the image of this one, and change nothing
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# A root-owned image is for root to change, but who may read it gets its labels.
test_others_image() {
	if [ "$(id -u)" -ne 0 ] || ! has setpriv; then
		skip 'an image of another account: it needs root, and setpriv'
		return
	fi
	cp "$lnpctl" "$work/copy"
	chmod 755 "$work"
	as_nobody "$work/copy" complete "lnpctl status --root \"$mac\" com" >"$work/labels" 2>&1
	printf 'com.example.one\ncom.example.two\n' >"$work/wanted"
	check "another account's image has labels" diff "$work/wanted" "$work/labels"
	check 'which is not believed otherwise' ends 73 as_nobody "$work/copy" status --root "$mac"
	chmod 700 "$state"
	as_nobody "$work/copy" complete "lnpctl status --root \"$mac\" com" >"$work/labels" 2>&1
	chmod 755 "$state"
	check 'what cannot be read is not offered' diff /dev/null "$work/labels"
}

# ---- questions ----

# question TEXT [MARK WORD...]: what must be offered. Marks: "=" these and no others, "+" these too,
# "f" these files and nothing else (bash leaves files to readline). Without words: nothing.
question() {
	printf '? %s\n' "$1" >>"$work/expected"
	printf '%s\n' "$1" >>"$work/questions"
	mark=${2-}
	[ $# -lt 2 ] || shift
	shift
	for word; do
		printf '%s %s\n' "$mark" "$word" >>"$work/expected"
	done
}

commands() {
	"$lnpctl" help | sed -n 's/^  \([a-z]*\)  *.*/\1/p'
}

# shellcheck disable=SC2046 # words
ask_about_commands() {
	question 'lnpctl ' = $(commands)
	question 'lnpctl inst' = install
	question 'lnpctl re' = repair restart
	question 'lnpctl -' = --version $("$lnpctl" help version |
		sed -n 's/^  \(--[a-z-]*\) .*/\1/p')
	question 'lnpctl --vers' = --version
	question 'lnpctl --json st' = status
	question 'lnpctl --json status --js'
	question 'lnpctl --settle 5 ver'
	question 'lnpctl nonsense '
	question 'lnpctl nonsense --'
	for command in $(commands); do
		[ "$command" != help ] || continue
		question "lnpctl $command --" = $("$lnpctl" help "$command" |
			sed -n 's/^  \(--[a-z-]*\) .*/\1/p')
	done
	question 'lnpctl help --' = --all --help
	question 'lnpctl com' = completion
	question 'lnpctl complete '
	question 'lnpctl status --json --js'
	question 'lnpctl install --env A=b --en' = --env
	question 'lnpctl help re' = repair restart
	question 'lnpctl help status re'
	question 'lnpctl status -- --'
}

ask_about_values() {
	question 'lnpctl lint --kind ' = daemon agent
	question 'lnpctl lint --kind=' = daemon agent
	question 'lnpctl lint --kind=d' = daemon
	question 'lnpctl install --keep-alive ' = true false
	question 'lnpctl completion ' = bash zsh fish
	question 'lnpctl completion bash z'
	question 'lnpctl install --set ThrottleI' = ThrottleInterval=
	question 'lnpctl migrate --set=KeepAlive.S' = KeepAlive.SuccessfulExit=
	question 'lnpctl install --set UserN'
	question 'lnpctl probe --as ' + root shell
	question 'lnpctl probe --as roo' = root
	question 'lnpctl probe --as daemon:roo' + root
	question 'lnpctl probe --as=agent:roo' + root
	question 'lnpctl probe --as root:roo'
	question 'lnpctl install --user roo' + root
	question 'lnpctl migrate --user=roo' + root
	question "lnpctl install --group $(id -gn)" + "$(id -gn)"
	question 'lnpctl verify --settle '
	question 'lnpctl probe '
	question 'lnpctl connect '
	question 'lnpctl scan nonsense'
	question 'lnpctl status --nonsense='
}

ask_about_labels() {
	quoted="$work/a\\ mac\\'s\\ root"
	for command in verify repair restart uninstall status; do
		question "lnpctl $command --root $quoted " = com.example.one com.example.two
	done
	question "lnpctl status --root \"$mac\" com.example.t" = com.example.two
	question "lnpctl status --root=$quoted com.example.t" = com.example.two
	question \
	    "lnpctl status com.example.one --root $quoted --json com.example.t" = com.example.two
	question "lnpctl --root $quoted status com.example.t" = com.example.two
	question "lnpctl restart --root $quoted -- " = com.example.one com.example.two
	question "lnpctl probe --root $quoted --label " = com.example.one com.example.two
	question "lnpctl install --root $quoted --label=com.example.o" = com.example.one
	question "lnpctl migrate --root $quoted --undo com.example.o" = com.example.one
	question "lnpctl status --root $quoted/nowhere "
	question "lnpctl status --root $quoted nonsense"
	question "lnpctl status --root \$(touch pwned) "
	question 'lnpctl status --root ~/mac com.example.o' = com.example.one
}

ask_about_files() {
	question 'lnpctl lint pl' f plain.txt
	question 'lnpctl lint --kind daemon pl' f plain.txt
	question 'lnpctl install --stdout pl' f plain.txt
	question 'lnpctl install --stdout=pl' f plain.txt
	question 'lnpctl migrate pl' f plain.txt
	question 'lnpctl install --log-dir ' f folder
	question 'lnpctl install --root=' f folder
	question 'lnpctl --root ' f folder
	question 'lnpctl install --label x --user root -- cat pl' f plain.txt
}

# ---- answers: for each question a line "? QUESTION", then what is offered, a line each ----

# Splits as bash does: parted, where readline breaks words, too (4 and newer), or whole (3.2).
cat >"$work/ask.bash" <<'END'
part() {
	local text=$1 at byte quote='' word='' begun='' blank=$' \t'
	COMP_WORDS=()
	for ((at = 0; at < ${#text}; at++)); do
		byte=${text:at:1}
		if [[ -n $quote ]]; then
			word=$word$byte
			[[ $byte != "$quote" ]] || quote=''
		elif [[ $byte == "\\" ]]; then
			word=$word$byte${text:at+1:1} begun=1
			((at++))
		elif [[ $byte == [$blank] ]]; then
			[[ -z $begun ]] || COMP_WORDS[${#COMP_WORDS[@]}]=$word
			word='' begun=''
		elif [[ $how == parted && $byte == [=:] ]]; then
			[[ -z $begun ]] || COMP_WORDS[${#COMP_WORDS[@]}]=$word
			COMP_WORDS[${#COMP_WORDS[@]}]=$byte
			word='' begun=''
			((at + 1 < ${#text})) || return 0
		else
			[[ $byte != [\"\'] ]] || quote=$byte
			word=$word$byte begun=1
		fi
	done
	COMP_WORDS[${#COMP_WORDS[@]}]=$word
}

how=$1
set -u
. "$2" || exit 1
while IFS= read -r question; do
	printf '? %s\n' "$question"
	part "$question"
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$question COMP_POINT=${#question}
	COMPREPLY=()
	_lnpctl lnpctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
	for answer in ${COMPREPLY[@]+"${COMPREPLY[@]}"}; do
		printf '%s\n' "${answer% }"
	done
done
END

# What stands before the last = or : of the word is not offered by the others.
cat >"$work/ask.fish" <<'END'
source $argv[1]; or exit 1
while read -l question
	printf '? %s\n' $question
	set -l before (string match -r '[^ ]*[=:](?=[^ =:]*$)' -- $question)
	for answer in (complete --do-complete=$question)
		set answer (string replace -r '\t.*' '' -- $answer)
		test -z "$before"; or string match -q -- "$before*" $answer
		and string replace -r '/$' '' -- \
			(string sub -s (math (string length -- "$before") + 1) -- $answer)
	end
end
END

# zsh completes in its line editor alone, and that wants a terminal: one in another, which asks
# itself at each prompt.
cat >"$work/ask.zsh" <<'END'
zmodload zsh/zpty || exit 1
zpty inner "ZDOTDIR=${(q)1} TERM=dumb zsh -d -i"
while zpty -r inner chunk; do :; done
END
cat >"$work/.zshrc" <<'END'
fpath=($ZDOTDIR/functions $fpath)
autoload -Uz compinit && compinit -u -D
exec 3<$ZDOTDIR/questions 4>$ZDOTDIR/answers
compadd() {
	local -a hits
	if [[ -z ${(M)@:#-[OAD]} ]]; then
		builtin compadd -O hits "$@"
		(( ! $#hits )) || print -rl -u4 -- $hits
	fi
	builtin compadd "$@"
}
ask() {
	local question
	IFS= read -r -u3 question || exit
	print -r -u4 -- "? $question"
	BUFFER=$question CURSOR=$#question
	zle complete-word
	BUFFER=
	zle accept-line
}
zle -N zle-line-init ask
END

# judge SHELL: each question's answers; marks as of question(). Says "pass" or what was wrong, a
# line each.
judge() {
	awk -v shell="$1" '
	function add(list, question, word) {
		if (index(list[question], "\n" word "\n") == 0)
			list[question] = list[question] word "\n"
	}
	function count(text) { return gsub(/\n/, "", text) - 1 }
	substr($0, 1, 2) == "? " {
		question = substr($0, 3)
		if (FILENAME == ARGV[1]) {
			questions[++asked] = question
			expected[question] = "\n"
		} else
			answers[question] = "\n"
		next
	}
	FILENAME == ARGV[1] {
		mark[question] = $1
		if ($1 != "f" || shell !~ /^bash/)
			add(expected, question, substr($0, 3))
		next
	}
	$0 != "" { add(answers, question, $0) }
	END {
		for (i = 1; i <= asked; i++) {
			question = questions[i]
			wrong = answers[question] == ""
			split(expected[question], words, "\n")
			for (w in words)
				if (words[w] != "" &&
				    index(answers[question], "\n" words[w] "\n") == 0)
					wrong = 1
			if (mark[question] != "+" &&
			    count(answers[question]) != count(expected[question]))
				wrong = 1
			gsub(/\n/, " ", answers[question])
			gsub(/\n/, " ", expected[question])
			print !wrong ? "pass" : shell ": " question ":" answers[question] \
			    "instead of" expected[question]
		}
	}' "$work/expected" "$work/answers" >"$work/judged"
	while IFS= read -r line; do
		if [ "$line" = pass ]; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "FAILED: $line"
		fi
	done <"$work/judged"
}

# ---- the shells ----

# In a directory of their own, without this user's settings; the scripts run the lnpctl of PATH.
in_folder() {
	(cd "$work/files" && env -u XDG_CONFIG_HOME -u XDG_DATA_HOME HOME="$work/home" \
		PATH="$BUILD:$PATH" "$@")
}

# script SHELL: whether the shell can read its script
script() {
	if ! has "$1"; then
		skip "$1 is not here"
		return 1
	fi
	check "$1 -n" "$1" -n "$work/lnpctl.$1"
}

ask_shell() {
	rm -f "$work/answers"
	case $1 in
	bash)	in_folder bash --norc "$work/ask.bash" "$2" "$work/lnpctl.bash" \
			<"$work/questions" >"$work/answers" 2>"$work/errors" ;;
	fish)	in_folder fish "$work/ask.fish" "$work/lnpctl.fish" \
			<"$work/questions" >"$work/answers" 2>"$work/errors" ;;
	zsh)	mkdir -p "$work/functions"
		cp "$work/lnpctl.zsh" "$work/functions/_lnpctl"
		in_folder zsh -f "$work/ask.zsh" "$work" >"$work/errors" 2>&1 ;;
	esac
	[ -f "$work/answers" ] || : >"$work/answers"
	check "$1 prints nothing else" cmp "$work/errors" /dev/null
	[ ! -s "$work/errors" ] || sed 's/^/    /' "$work/errors"
	judge "$1${2:+, words $2}"
}

# types BEGINNING: and TAB and an X, which tells whether there is a blank. The line is then given to
# printf, by which its words come back.
types() {
	printf '%s\tX\001printf "<%%s>" \005\n' "$1"
}

shows() {
	cat -v "$work/screen"
	grep -qF -- "$1" "$work/screen"
}

# All keys are typed ahead, so that nothing has to be waited for; the alarm is for a bash that waits
# for more.
test_terminal() {
	{
		printf '. "%s"; bind "set bell-style none"\n' "$work/lnpctl.bash"
		types 'lnpctl inst'
		types 'lnpctl verify pl'
		types 'lnpctl lint --kind=d'
		types 'lnpctl lint --kind=nonsense'
		types 'lnpctl probe --as=daemon:roo'
		types 'lnpctl install --set ThrottleI'
		types "lnpctl status --root \"$mac\" com.example.o"
		types "lnpctl status --root \"$mac\" \"com.example.tw"
		types './lnpctl insta'
		types 'lnpctl lint pl'
		types 'lnpctl install --stdout=pl'
		types 'lnpctl install --log-dir fo'
		types 'lnpctl install --label x -- cat pl'
		printf 'exit\n'
	} >"$work/keys"
	in_folder env TERM=dumb INPUTRC=/dev/null python3 -c 'import pty, signal
signal.alarm(100)
pty.spawn(["bash", "--norc", "--noprofile", "-i"])' <"$work/keys" >"$work/screen" 2>&1
	check 'TAB ends a command with a space' shows '<lnpctl><install><X>'
	check 'TAB offers no file for a label' shows '<lnpctl><verify><plX>'
	check 'TAB completes after =' shows '<lint><--kind=daemon><X>'
	check 'TAB does not change a word without a match' shows '<lint><--kind=nonsenseX>'
	check 'TAB completes a user after :' shows '<probe><--as=daemon:root><X>'
	check 'TAB goes on after a key' shows '<install><--set><ThrottleInterval=X>'
	check 'TAB completes a label' shows '><com.example.one><X>'
	check 'TAB ends quotes, and adds nothing to the word' shows '><com.example.twoX>'
	check 'TAB does not run the lnpctl of this directory' shows '<./lnpctl><install><X>'
	# shellcheck disable=SC2016 # bash expands it
	blank=$(bash -c '[ "${BASH_VERSINFO[0]}" -lt 4 ] || echo "><"')
	check 'TAB completes a file' shows "<lnpctl><lint><plain.txt${blank}X>"
	check 'TAB completes a file after =' shows "<install><--stdout=plain.txt${blank}X>"
	check 'TAB completes a directory' shows "<--log-dir><folder${blank:+/}X>"
	check "TAB completes the program's arguments" shows "<--><cat><plain.txt${blank}X>"
}

# ---- all ----

umask 022
sh tests/mac/make_mac.sh "$mac" "$BUILD/tests/launchd" || exit 1
mkdir -p "$work/files/folder" "$work/home"
: >"$work/files/plain.txt"
: >"$work/files/folder.txt"
ln -s "$mac" "$work/home/mac"
printf '#!/bin/sh\n: >"%s/pwned"\n' "$work" >"$work/files/lnpctl"
chmod +x "$work/files/lnpctl"
cp "$BUILD/tests/agentworker" "$mac/usr/local/bin/"
for label in com.example.one com.example.two; do
	check "$label is installed" \
		"$lnpctl" install --root "$mac" --label $label --user worker \
		-- /usr/local/bin/agentworker
done
# Names that cannot be labels must neither be offered nor run, nor prevent offering the labels.
newline='
'
# shellcheck disable=SC1003,SC2016 # that is what is tried
for name in 'a b' "it's" '"' '$(touch pwned)' '`touch pwned`' ';touch pwned' '*' '~' '-x' '--all' \
	"two${newline}com.example.lines" "com.example.end$newline" '\' '${HOME}' '!!' '{a,b}' '#' \
	'com.example.t>pwned' "$(printf 'com.example.t\033[31m')"; do
	: >"$state/$name.plist"
done
: >"$state/.plist"
: >"$state/com.example.three.old"

test_command
"$lnpctl" help >"$work/help"
"$lnpctl" complet 2>"$work/mistake"
test_plumbing
test_others_image
ask_about_commands
ask_about_values
ask_about_labels
ask_about_files
if script bash; then
	ask_shell bash parted
	ask_shell bash whole
	if has python3; then
		test_terminal
	else
		skip 'python3, which makes a terminal, is not here'
	fi
fi
if script zsh; then
	ask_shell zsh
fi
if script fish; then
	ask_shell fish
fi
check 'no name was run' test -z "$(find "$work" -name pwned)"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
