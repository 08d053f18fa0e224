# lnpctl. `make help` lists the targets. Stays within GNU make 3.81, the one macOS ships.
VERSION = 0.1.0

# For the caller to set on the command line; nothing below adds to them.
CC = cc
CFLAGS = -O2 -g
LDFLAGS =
DESTDIR =
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
SHAREDIR = $(PREFIX)/share/lnpctl
BUILD = build
SYSTEM := $(shell uname -s)
FUZZ_SECONDS = 30
BENCH_RUNS = 30

# Ours. A file sees POSIX only; one that needs more defines _DEFAULT_SOURCE or _GNU_SOURCE in its
# first line. On a Mac everything is visible: the POSIX macro would hide what Apple adds.
DEFINES = -D_POSIX_C_SOURCE=200809L $(if $(DARWIN),-D_DARWIN_C_SOURCE) \
	-DLNPCTL_VERSION='"$(VERSION)"'
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wwrite-strings -Wformat=2 -Wundef -Wvla \
	$(if $(filter 1,$(WERROR)),-Werror)
# glibc warns about _FORTIFY_SOURCE without optimization; some compilers set it, hence -U.
HARDENING = -fstack-protector-strong -fPIE $(STACK) \
	$(if $(filter -O1 -O2 -O3 -Os,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
LINKING = $(if $(DARWIN),,-pie -Wl,-z,relro,-z,now)
DARWIN = $(filter Darwin,$(SYSTEM))
OTHER = $(if $(DARWIN),linux,macos)

# On a Mac only the static library, so that the binary can be copied to a machine without Homebrew.
PACKAGES = $(shell pkg-config $(1) 2>/dev/null)
PLIST_CFLAGS := $(patsubst -I%,-isystem %,$(call PACKAGES,--cflags libplist-2.0))
PLIST_DIRECTORY = $(call PACKAGES,--variable=libdir libplist-2.0)
PLIST_STATIC := $(if $(DARWIN),$(wildcard $(PLIST_DIRECTORY)/libplist-2.0.a))
PLIST_SHARED := $(if $(DARWIN),,$(or $(call PACKAGES,--libs libplist-2.0),-lplist-2.0))
# Expanded when something is linked: an account owns what is below /opt/homebrew, and lnpctl runs as
# root.
PLIST_LIBS = $(or $(PLIST_STATIC),$(PLIST_SHARED),$(error libplist-2.0.a was not found, and lnpctl \
	links no other libplist on a Mac; run: brew install pkgconf libplist))
CMOCKA_CFLAGS := $(patsubst -I%,-isystem %,$(call PACKAGES,--cflags cmocka))
CMOCKA_LIBS := $(or $(call PACKAGES,--libs cmocka),-lcmocka)

INCLUDES = -Iinclude
FLAGS = -std=c11 $(INCLUDES) $(DEFINES) $(WARNINGS) $(HARDENING) $(PLIST_CFLAGS) $(CMOCKA_CFLAGS)
LINK = @mkdir -p $(@D); echo "link $@"; $(CC) $(LINKING) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^)

# A file whose name ends in _linux or _macos is built on that system only.
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
SOURCES := $(filter-out %_$(OTHER).c,$(wildcard src/*.c src/*/*.c src/*/*/*.c))
HEADERS := $(wildcard include/*/*.h include/*/*/*.h src/*/*.h src/*/*/*.h tests/*/*.h)
PARTS = $(call objects,$(filter-out src/main.c,$(SOURCES)))

# In tests, each test_*.c and fuzz_*.c is a program; mac/ is linked with the tests, launchd/ has two
# programs, worker.c is the demo's job.
found = $(sort $(shell find tests -name '$(1)'))
TEST_C := $(filter-out $(if $(DARWIN),tests/attack/%),$(call found,*.c))
TESTS := $(patsubst %.c,$(BUILD)/%,$(filter-out $(if $(DARWIN),%/test_parses.c), \
	$(call found,test_*.c)))
TEST_SCRIPTS := $(call found,test_*.sh)
CORE_TESTS = $(filter $(BUILD)/tests/unit/core/%,$(TESTS))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(call found,fuzz_*.c))
HELPERS = $(call objects,$(wildcard tests/mac/*.c))
LAUNCHD = $(call objects,$(filter-out %/launchctl.c %/test_launchd.c,$(wildcard tests/launchd/*.c)))
LAUNCHCTL = $(call objects,tests/launchd/launchctl.c tests/launchd/common.c)
TOOLS = $(BUILD)/tests/launchd/launchd $(BUILD)/tests/launchd/launchctl $(BUILD)/tests/agentworker \
	$(ATTACKERS)
ATTACKERS = $(if $(DARWIN),,$(patsubst %.c,$(BUILD)/%,$(wildcard tests/attack/*.c)))
SCRIPTS := $(filter-out tests/evidence/plists/%,$(call found,*.sh)) \
	$(wildcard src/share/pkg/* src/share/*/*.sh)
$(BUILD)/tests/%.o $(BUILD)/tests/%.tidy: INCLUDES = -Iinclude -Itests/mac

# What users adapt; each file is installed with the mode that it has here.
SHARED := $(patsubst src/share/%,%,$(shell find src/share -type f))

MAKEFLAGS += --no-print-directory
HERE = BUILD="$$(cd $(BUILD) && pwd -P)" sh

all: $(BUILD)/lnpctl ## build lnpctl (default)

$(BUILD)/lnpctl: $(BUILD)/src/main.o $(PARTS)
	$(LINK) $(PLIST_LIBS)

# No function of lnpctl takes more stack. Instrumented builds, whose frames are larger, have no
# HARDENING.
$(BUILD)/src/%.o: STACK = -Wframe-larger-than=16384

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D); echo "cc $<"
	@$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The embedded launchd's own test must not lean on lnpctl's code, see `layers`.
$(BUILD)/tests/launchd/test_launchd: %: %.o $(BUILD)/tests/mac/folder.o
	$(LINK) $(PLIST_LIBS) $(CMOCKA_LIBS)

$(filter-out %/test_launchd,$(TESTS)): %: %.o $(HELPERS) $(PARTS)
	$(LINK) $(PLIST_LIBS) $(CMOCKA_LIBS)

# It counts what is parsed. Apple's linker cannot do that.
$(BUILD)/tests/command/test_parses: LINKING += -Wl,--wrap=plist_limits_check

$(FUZZERS): %: %.o $(PARTS)
	$(LINK) -fsanitize=fuzzer $(PLIST_LIBS)

$(BUILD)/tests/launchd/launchd: $(LAUNCHD)
	$(LINK) $(PLIST_LIBS)

$(BUILD)/tests/launchd/launchctl: $(LAUNCHCTL)
	$(LINK) $(PLIST_LIBS)

$(BUILD)/tests/agentworker: $(BUILD)/tests/worker.o
	$(LINK)

$(BUILD)/tests/bench/floor: $(BUILD)/tests/bench/floor.o
	$(LINK)

$(ATTACKERS): %: %.o
	$(LINK)

-include $(patsubst %.c,$(BUILD)/%.d,$(SOURCES) $(TEST_C))

install: all ## install below DESTDIR, PREFIX, BINDIR, MANDIR and SHAREDIR
	install -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(MANDIR)/man8"
	install -m 755 $(BUILD)/lnpctl "$(DESTDIR)$(BINDIR)/lnpctl"
	install -m 644 man/lnpctl.8 "$(DESTDIR)$(MANDIR)/man8/lnpctl.8"
	@set -e; for file in $(SHARED); do \
		target="$(DESTDIR)$(SHAREDIR)/$$file"; echo "install $$target"; \
		mode=644; [ ! -x "src/share/$$file" ] || mode=755; \
		install -d "$${target%/*}"; install -m $$mode "src/share/$$file" "$$target"; \
	done

uninstall: ## remove what install installed
	rm -f "$(DESTDIR)$(BINDIR)/lnpctl" "$(DESTDIR)$(MANDIR)/man8/lnpctl.8"
	@for file in $(SHARED); do rm -f "$(DESTDIR)$(SHAREDIR)/$$file"; done
	@[ ! -d "$(DESTDIR)$(SHAREDIR)" ] || \
	find "$(DESTDIR)$(SHAREDIR)" -depth -type d -exec rmdir {} \; 2>/dev/null || true

# A second make, because what need.sh installs changes what pkg-config prints above.
demo: ## get what is missing, build, and show the whole story on a temporary Mac
	@CC="$(CC)" sh tests/need.sh build
	@$(MAKE) -s all tools
	@$(HERE) tests/demo.sh

demo-migrate: ## scan and migrate on a temporary Mac whose agents are refused the LAN; Linux, root
	@CC="$(CC)" sh tests/need.sh lan
	@$(MAKE) -s all tools
	@$(HERE) tests/demo_migrate.sh

test: ## get what is missing, then run every test
	@CC="$(CC)" sh tests/need.sh test
	@$(MAKE) tested

lan: ## the verdicts of probe as a table, and its attackers, in network namespaces; Linux, root
	@CC="$(CC)" sh tests/need.sh lan
	@$(MAKE) -s all tools
	@$(HERE) tests/lan/lan.sh
	@$(HERE) tests/lan/test_lan.sh peers child questions attacks kills hangs

pictures: ## make README's picture of verify and repair anew, from a real run; Linux, root
	@CC="$(CC)" sh tests/need.sh lan
	@$(MAKE) -s all tools
	@$(HERE) tests/release/test_examples.sh python3 -B \
	"$$PWD/tests/release/pictures/repair.py" "$$PWD/tests/release/pictures/repair.svg"

FLEET = 20
fleet: ## twenty temporary Macs under Ansible, a loop over ssh, and Jamf
	@CC="$(CC)" sh tests/need.sh fleet
	@$(MAKE) -s all tools
	@$(HERE) tests/fleet/fleet.sh $(FLEET)

report: ## on a Mac: find out what only a Mac can show, as a page to send in; uses sudo
	@$(MAKE) -s all tools >&2
	@sudo env BUILD="$$(cd $(BUILD) && pwd -P)" sh tests/on_macos.sh --report

tools: $(TOOLS)

tested: all tools $(TESTS)
	@$(HERE) tests/run.sh $(TESTS) $(TEST_SCRIPTS)

SOAK = 50
soak: all tools ## the scenes SOAK (50) times
	@$(HERE) tests/run.sh $$(i=0; while [ $$i -lt $(SOAK) ]; do \
	echo tests/scenes/test_scenes.sh; i=$$((i + 1)); done)

TEST =
TRIED = $(filter %/test_$(TEST),$(TESTS)) $(filter %/test_$(TEST).sh,$(TEST_SCRIPTS))
# test_leftovers interrupts test_launchd.
try: $(BUILD)/tests/launchd/test_launchd $(filter-out %.sh,$(TRIED))
try: all tools ## run one test: make try TEST=lint
	@[ -n "$(strip $(TRIED))" ] || \
	{ echo "try: there is no test_$(TEST).c or test_$(TEST).sh below tests" >&2; exit 64; }
	@$(HERE) tests/run.sh $(TRIED)

QUICK_TESTS = $(CORE_TESTS) $(BUILD)/tests/unit/host/steps/test_steps \
	$(BUILD)/tests/command/test_manual
QUICK_SCRIPTS = tests/evidence/test_evidence.sh tests/release/test_language.sh
check: layers tools $(QUICK_TESTS) ## the quick part: layers, the tests of core, manual and words
	@$(HERE) tests/run.sh $(QUICK_TESTS) $(QUICK_SCRIPTS)

# Long, and what they find out is of the source, not of the compiler: others play the same code.
PLAYED_ONCE = tests/scenes/test_findings.sh tests/scenes/test_week.sh

# LeakSanitizer fails in a debugger, in some containers and with Apple's clang: try it first.
SANITIZE = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
sanitize: ## the tests but the two longest again, with address and undefined behavior sanitizers
	@mkdir -p $(BUILD)/sanitize
	@echo 'int main(void) { return 0; }' >$(BUILD)/sanitize/leak.c
	@$(CC) $(SANITIZE) -o $(BUILD)/sanitize/leak $(BUILD)/sanitize/leak.c
	@leaks=1; ASAN_OPTIONS=detect_leaks=1 $(BUILD)/sanitize/leak 2>/dev/null || \
	{ leaks=0; echo "sanitize: no leak detection here"; }; \
	ASAN_OPTIONS=detect_leaks=$$leaks UBSAN_OPTIONS=print_stacktrace=1 $(MAKE) test \
	BUILD=$(BUILD)/sanitize HARDENING= CFLAGS="$(CFLAGS) $(SANITIZE)" \
	TEST_SCRIPTS="$(filter-out $(PLAYED_ONCE),$(TEST_SCRIPTS))"

# Jobs stay in xpcproxy longer, as on a busy machine: a test that does not wait fails here.
clang: ## the tests but the two longest again, built by clang, with slow starts
	@$(MAKE) test CC=clang BUILD=$(BUILD)/clang CFLAGS="$(CFLAGS) -DXPCPROXY_MS=30" \
	TEST_SCRIPTS="$(filter-out $(PLAYED_ONCE),$(TEST_SCRIPTS))"

valgrind: all tools ## install, verify, status and uninstall below valgrind
	@$(HERE) tests/valgrind.sh

bench: all tools $(BUILD)/tests/bench/floor ## what the commands cost, compared, and a picture of it
	@python3 -B tests/bench/bench.py $(BUILD) $(BENCH_RUNS)

# TORTURE=ci: every kill, one error a call that changes something, an eighth of the calls that only
# read (TORTURE_TURN chooses them).
TORTURE = all
torture: all tools ## each call fails, or is killed, in turn; launchd's faults (TORTURE=ci: fewer)
	@$(HERE) tests/torture/torture.sh $(TORTURE)

torture-migrate: all tools ## SIGKILL and an error at each call with which migrate changes something
	@$(HERE) -c 'python3 -B tests/torture/torture_migrate.py'

ATTACK_SECONDS = 60
attack: all tools ## an account swaps its files while root works, ATTACK_SECONDS (60); Linux, root
	@$(HERE) tests/attack/attack.sh $(ATTACK_SECONDS)

fuzz: ## each fuzzer for FUZZ_SECONDS (30), built by clang
	@$(MAKE) fuzzed CC=clang BUILD=$(BUILD)/fuzz HARDENING= \
	CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"

fuzzed: $(FUZZERS)
	@set -e; for fuzzer in $(FUZZERS); do \
		echo "fuzz $$fuzzer"; mkdir -p $$fuzzer.corpus; \
		ASAN_OPTIONS=quarantine_size_mb=16 $$fuzzer -max_total_time=$(FUZZ_SECONDS) \
		-timeout=10 -max_len=65536 -rss_limit_mb=512 -malloc_limit_mb=64 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix=$$fuzzer- $$fuzzer.corpus \
		tests/evidence/plists tests/evidence/print tests/evidence/print-disabled; \
	done

frames: ## no function of lnpctl takes more than 16 KB of stack
	@$(MAKE) all WERROR=1 BUILD=$(BUILD)/frames

headers: ## each header compiles alone
	@set -e; for header in $(HEADERS); do \
		printf '#include "%s"\ntypedef int not_empty;\n' $$header | \
		$(CC) -I. $(FLAGS) -Werror $(CFLAGS) -fsyntax-only -x c -; \
	done

# Below a folder of src.
under = $(wildcard src/$(1)/*.c src/$(1)/*/*.c)

# Each of main, command, host and core may use those after it. What core may include is a list of
# what is allowed, so that no file, clock or user comes in by a name that nobody thought of.
includes = grep -rnE '^[[:space:]]*\#[[:space:]]*include' /dev/null $(wildcard $(1))
TYPES = errno|float|inttypes|limits|stdarg|stdbool|stddef|stdint|sys/types
PURE = $(TYPES)|assert|ctype|fnmatch|math|stdio|stdlib|string|strings
PURE_INCLUDE = include ("(core/|[a-z_]+\.h)|<($(PURE))\.h>)
IMPURE = fopen|freopen|remove|rename|tmpfile|getenv|system|popen|exit|perror
PRINTING = v?fprintf|v?printf|v?dprintf|f?puts|f?putc|putchar|fwrite|v?syslog|perror|psignal
# The first of these files cleans text, the next two write what is clean, the others write our own
# words and numbers; report.c cleans what it gives to syslog, and a stream of names is memory.
PRINTERS = core/text core/json core/plist/difference command/help command/command \
	command/completion command/connect
printing = $(filter-out $(patsubst %,src/%.c,$(PRINTERS)),$(wildcard src/*.c) $(call under,*))
# The functions that create, give away, rename or remove files as root, and the files that may call
# them.
ROOTS = files_(write|give_back|keep|restore|remove|remove_directory|make_directory)
LOOKERS = src/host/files/logs.c src/host/inspect.c src/host/interpreters.c src/host/plist_index.c
ACTORS = src/host/files/files.c $(wildcard src/host/steps/*.c) src/host/launchd/probe_job.c \
	src/command/change.c
# The files whose code runs in a child that becomes an account, and what they must not call.
FORKED = $(patsubst %,src/host/%.c,machine/child machine/dir_cache files/walk files/files \
	files/logs files/list)
ASKING = (get|set|end)(pw|gr)[a-z_]*|getaddrinfo|getnameinfo|strerror(_r)?|v?syslog
NOT_FORKED = $(ASKING)|(accounts|identity)_[a-z_]*
WORD = (^|[^[:alnum:]_])
wrong = { echo "layers: $(1)" >&2; exit 1; }
layers: ## the rooms, and which may use which; root acts on no foreign path
	@sh tests/layers.sh
	@! $(call includes,src/core include/core) | \
	grep -vE '$(PURE_INCLUDE)|src/core/plist/plist\.c:.*<plist/plist.h>' || \
	$(call wrong,core includes core and pure headers; only plist/plist.c includes libplist)
	@! grep -nE '$(WORD)($(IMPURE))\(' /dev/null $(call under,core) || \
	$(call wrong,core gets values and streams; it opens nothing and does not exit)
	@! grep -nE '$(WORD)($(PRINTING))\(' /dev/null $(printing) | \
	grep -vE 'report\.c:.*[[:blank:]]syslog\(|(list|accounts)\.c:.*fwrite\(.*, names\)' || \
	$(call wrong,foreign text is printed by text_put() and its callers; see core/text.h)
	@! grep -nE '$(WORD)(clock_gettime|gettimeofday)\(' /dev/null \
	$(filter-out src/host/os/%,$(call under,*)) || \
	$(call wrong,use platform_clock(): on some systems other clocks run on in sleep)
	@! $(call includes,src include) | grep -v 'core/plist/plist\.c:' | grep -E '<plist/' || \
	$(call wrong,only src/core/plist/plist.c may include libplist)
	@! grep -nE '(\.|>)theirs' /dev/null \
	$(filter-out $(LOOKERS),$(call under,host) $(call under,command)) || \
	$(call wrong,only LOOKERS read a foreign path; only host/files/logs.c acts on it)
	@! grep -nE '$(WORD)($(ROOTS))\(' /dev/null $(filter-out $(ACTORS),$(call under,*)) || \
	$(call wrong,only ACTORS change files as root; they have no foreign path)
	@! grep -nE '$(WORD)($(NOT_FORKED))\(' /dev/null $(FORKED) || \
	$(call wrong,no system server is asked in a child; see host/machine/child.h)
	@! grep -nE '(pthread|dispatch)[_/]' /dev/null $(call under,*) || \
	$(call wrong,no threads: lnpctl forks; see host/machine/child.h)
	@! $(call includes,tests/launchd) | grep -E '"(core|host|command)/|include/|mac\.h' || \
	$(call wrong,the embedded launchd shares nothing with lnpctl)

lint: ## clang-tidy, cppcheck, shellcheck and mandoc
	@for tool in clang-tidy cppcheck shellcheck mandoc; do \
		command -v $$tool >/dev/null || { \
		echo "lint: no $$tool; on Debian, get it: sh tests/need.sh lint" >&2; exit 69; }; \
	done
	@$(MAKE) $(patsubst %.c,$(BUILD)/%.tidy,$(SOURCES) $(TEST_C))
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--error-exitcode=1 -Iinclude -Itests/mac -DLNPCTL_VERSION='""' $(SOURCES) $(TEST_C)
	shellcheck $(SCRIPTS) .ci/run
	mandoc -T lint -W style $(wildcard man/*)

# One file a process: with several, the analyzer of clang 14 takes each va_list for uninitialized.
$(BUILD)/%.tidy: %.c $(HEADERS) .clang-tidy Makefile
	@mkdir -p $(@D); echo "clang-tidy $<"; \
	clang-tidy --quiet $< -- $(FLAGS) 2>&1 >$@.log | grep -v 'warnings generated' >&2; \
	! grep -E '(error|warning): ' $@.log || { cat $@.log; exit 1; }
	@touch $@

macos: ## the universal binary for every Mac, build/macos/lnpctl, and its check
	@sh tests/need.sh macos
	@MAKE="$(MAKE)" sh tests/macos/build.sh $(BUILD)/macos

universal: macos ## the same, by the name that a Mac knows

clean: ## remove build/
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile

.PHONY: all install uninstall demo demo-migrate test lan fleet pictures report tools tested try \
	soak check sanitize clang valgrind bench attack torture torture-migrate fuzz fuzzed \
	frames headers layers lint macos universal clean help
