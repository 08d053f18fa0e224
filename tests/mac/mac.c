#define _DEFAULT_SOURCE		/* realpath, which glibc does not count as POSIX */
/*
 * The temporary Mac of the tests: see mac.h.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "command/command.h"
#include "folder.h"
#include "mac.h"

#define WORDS_MOST	256
#define RUN_FOLDER	"/private/var/run"	/* the embedded launchd's socket, locks and
						   journal */
#define LAUNCHD_LOGS	"/private/var/log/com.apple.xpc.launchd"

struct kept {				/* a string that is freed with the mac */
	struct kept	*next;
	char		*text;
};

static char *
keep(struct mac *mac, char *text)
{
	struct kept *kept = malloc(sizeof(*kept));

	assert_non_null(kept);
	assert_non_null(text);
	*kept = (struct kept){ mac->kept, text };
	mac->kept = kept;
	return text;
}

static char *
format(struct mac *mac, const char *words, ...) __attribute__((format(printf, 2, 3)));

static char *
format(struct mac *mac, const char *words, ...)
{
	va_list arguments;
	char *text;
	int size;

	va_start(arguments, words);
	size = vsnprintf(NULL, 0, words, arguments);
	va_end(arguments);
	text = keep(mac, malloc((size_t)size + 1));
	va_start(arguments, words);
	vsnprintf(text, (size_t)size + 1, words, arguments);
	va_end(arguments);
	return text;
}

/* ---- this machine's files and programs ---- */

/* execv and main take pointers to what they do not change. */
char *const *
mac_argv(const char *const words[])
{
	union { const char *const *ours; char *const *theirs; } both = { words };

	return both.theirs;
}

/* Returns the exit status. output: a file for its output; NULL: it is inherited. */
static int
run(const char *const arguments[], const char *output)
{
	int status = 0, file;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (output != NULL) {
			file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
			dup2(file, 1);
			dup2(file, 2);
			close(file);
		}
		execvp(arguments[0], mac_argv(arguments));
		_exit(127);
	}
	while (waitpid(pid, &status, 0) == -1)
		assert_int_equal(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void
run_or_fail(const char *const arguments[])
{
	if (run(arguments, NULL) != 0)
		fail_msg("%s %s failed", arguments[0], arguments[1]);
}

static void
write_file(const char *path, const void *data, size_t size, const char *how)
{
	FILE *file = fopen(path, how);

	if (file == NULL) {
		fail_msg("cannot write %s: %s", path, strerror(errno));
		return;
	}
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* NULL: it is not there. */
static char *
read_file(struct mac *mac, const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	struct stat status;
	char *text;

	if (file == NULL)
		return NULL;
	assert_int_equal(fstat(fileno(file), &status), 0);
	text = keep(mac, malloc((size_t)status.st_size + 1));
	*size = fread(text, 1, (size_t)status.st_size, file);
	text[*size] = '\0';
	fclose(file);
	return text;
}

static const char *
build(struct mac *mac, const char *program)
{
	const char *folder = getenv("BUILD");

	return format(mac, "%s/tests/%s", folder == NULL ? "build" : folder, program);
}

/* ---- beginning and end ---- */

/*
 * launchctl gets no environment, so its directory is part of the script. What mac_after() sets
 * takes effect after the verb's own answer.
 */
static const char answering[] =
    "v=$1\n"
    "case $1,${2%/*} in print,gui|print,user) v=print-domain ;; esac\n"
    "end= status=0\n"
    "for how in hang die; do [ -e \"$v.$how\" ] && end=$how; done\n"
    "[ -e \"$v.status\" ] && read -r status <\"$v.status\"\n"
    "[ -e \"$v.out\" ] && cat \"$v.out\"\n"
    "[ -e \"$v.err\" ] && cat \"$v.err\" >&2\n"
    "if [ -d \"after.$v\" ]; then\n"
    "	for file in \"after.$v\"/*; do [ -e \"$file\" ] && { name=${file##*/}; rm -f "
    "\"${name%.*}\".*; }; done\n"
    "	mv \"after.$v\"/* . && rmdir \"after.$v\"\n"
    "fi\n"
    "[ -e \"$v.interrupt\" ] && rm \"$v.interrupt\" && kill -TERM $PPID\n"
    "case $end in\n"
    "hang)	exec sleep 1000 ;;\n"
    "die)	kill -KILL $$ ;;\n"
    "esac\n"
    "exit $status\n";

static void
write_launchctl(struct mac *mac)
{
	const char *text;

	text = format(mac, "#!/bin/sh\nPATH=/usr/bin:/bin\ncd '%s' || exit 99\necho \"$*\" "
	    ">>journal\n%s", mac->script, mac->kind == MAC_SCRIPTED ? answering :
	    format(mac, "exec '%s/bin/launchctl' \"$@\"\n", mac->root));
	snprintf(mac->launchctl, sizeof mac->launchctl, "%s/launchctl", mac->script);
	write_file(mac->launchctl, text, strlen(text), "w");
	assert_int_equal(chmod(mac->launchctl, 0755), 0);
	if (mac->kind == MAC_SCRIPTED) {
		mac_refuse(mac, "print", 113);
		mac_refuse(mac, "print-domain", 112);
		mac_answer(mac, "print-disabled", MAC_NOTHING_DISABLED, 0);
	} else
		assert_int_equal(mac_launchctl(mac, "fault clock 0.01"), 0);
}

/* A root directory to copy from: made once per program, for it takes longer than most tests. */
static char pattern[160];

static void
make_pattern(struct mac *mac)
{
	const char *bin = build(mac, "launchd"), *worker;
	const char *make[] = { "sh", "tests/mac/make_mac.sh", pattern, bin, NULL };
	size_t size = 0;
	char *text = read_file(mac, build(mac, "agentworker"), &size);

	if (text == NULL)
		fail_msg("cannot read %s: run `make tools`, and set BUILD",
		    build(mac, "agentworker"));
	assert_non_null(test_folder());
	snprintf(pattern, sizeof pattern, "%s/pattern", test_folder());
	run_or_fail(make);
	worker = format(mac, "%s" MAC_WORKER, pattern);
	write_file(worker, text, size, "w");
	assert_int_equal(chmod(worker, 0755), 0);
}

static void
make_root(struct mac *mac)
{
	const char *copy[] = { "cp", "-RPp", pattern, mac->root, NULL };

	if (pattern[0] == '\0')
		make_pattern(mac);
	run_or_fail(copy);
}

struct mac *
mac_new(enum mac_kind kind)
{
	struct mac *mac = calloc(1, sizeof(*mac));

	assert_non_null(mac);
	mac->kind = kind;
	mac->as_root = geteuid() == 0;
	mac->worker_uid = mac->as_root ? 501 : geteuid();
	mac->worker_gid = mac->as_root ? 20 : getegid();
	assert_non_null(test_folder());
	snprintf(mac->folder, sizeof mac->folder, "%s/mac.XXXXXX", test_folder());
	assert_non_null(mkdtemp(mac->folder));
	assert_int_equal(chmod(mac->folder, 0755), 0);
	snprintf(mac->root, sizeof mac->root, "%s/root", mac->folder);
	snprintf(mac->script, sizeof mac->script, "%s/script", mac->folder);
	assert_int_equal(mkdir(mac->script, 0755), 0);
	make_root(mac);
	write_launchctl(mac);
	return mac;
}

void
mac_free(struct mac *mac)
{
	const char *removal[] = { "rm", "-rf", mac->folder, NULL };
	struct kept *next;

	if (mac->kind == MAC_LAUNCHD)
		mac_launchctl(mac, "shutdown now");
	run(removal, NULL);
	for (; mac->kept != NULL; mac->kept = next) {
		next = mac->kept->next;
		free(mac->kept->text);
		free(mac->kept);
	}
	free(mac);
}

/* ---- lnpctl ---- */

static size_t
split(struct mac *mac, const char *line, const char *words[WORDS_MOST])
{
	char *copy = format(mac, "%s", line), *rest = NULL;
	size_t count = 0;

	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	    word = strtok_r(NULL, " ", &rest)) {
		assert_in_range(count, 0, WORDS_MOST - 2);
		words[count++] = word;
	}
	words[count] = NULL;
	return count;
}

static volatile sig_atomic_t *stop;	/* of the mac whose command runs */

static void
on_term(int number)
{
	(void)number;
	*stop = 1;
}

static int
capture(struct mac *mac, int argc, const char *const words[])
{
	char *out = NULL, *err = NULL;
	size_t out_size, err_size;
	FILE *streams[2];
	struct sigaction action = { .sa_handler = on_term }, before;
	int status;

	streams[0] = open_memstream(&out, &out_size);
	streams[1] = open_memstream(&err, &err_size);
	assert_non_null(streams[0]);
	assert_non_null(streams[1]);
	stop = &mac->stop;
	sigaction(SIGTERM, &action, &before);
	status = command_main(argc, mac_argv(words), streams[0], streams[1], &mac->stop);
	sigaction(SIGTERM, &before, NULL);
	fclose(streams[0]);
	fclose(streams[1]);
	mac->out = keep(mac, out);
	mac->err = keep(mac, err);
	return status;
}

static int
lowest_free_descriptor(void)
{
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(file);
	return file;
}

int
mac_words(struct mac *mac, const char *const words[])
{
	const char *all[WORDS_MOST + 8] = { "lnpctl" };
	int argc = 1, status, free_descriptor = lowest_free_descriptor();

	for (size_t i = 0; words[i] != NULL; i++) {
		assert_in_range(i, 0, WORDS_MOST - 2);
		all[argc++] = words[i];
		if (i > 0)
			continue;
		all[argc++] = "--root";
		all[argc++] = mac->root;
		if (mac->launchctl[0] != '\0') {
			all[argc++] = "--launchctl";
			all[argc++] = mac->launchctl;
		}
	}
	all[argc] = NULL;
	status = capture(mac, argc, all);
	if (lowest_free_descriptor() != free_descriptor)
		fail_msg("lnpctl %s left a file descriptor open", words[0]);
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		fail_msg("lnpctl %s left a child process", words[0]);
	return status;
}

int
mac_command(struct mac *mac, const char *line)
{
	const char *words[WORDS_MOST];

	split(mac, line, words);
	return mac_words(mac, words);
}

int
mac_install(struct mac *mac, const char *options, const char *program)
{
	return mac_command(mac, format(mac,
	    "install --label com.example.job --user worker --group staff %s -- %s", options,
	    program));
}

/* ---- launchctl ---- */

const char *
mac_calls(struct mac *mac)
{
	size_t size = 0;
	const char *text = read_file(mac, format(mac, "%s/journal", mac->script), &size);

	return text == NULL ? "" : text;
}

const char *
mac_last_call(struct mac *mac)
{
	char *text = format(mac, "%s", mac_calls(mac)), *last;

	if (text[0] != '\0')
		text[strlen(text) - 1] = '\0';
	last = strrchr(text, '\n');
	return last == NULL ? text : last + 1;
}

void
mac_forget_calls(struct mac *mac)
{
	unlink(format(mac, "%s/journal", mac->script));
}

int
mac_count(struct mac *mac, const char *verb)
{
	size_t length = strlen(verb);
	int count = 0;

	for (const char *line = mac_calls(mac); *line != '\0'; line = strchr(line, '\n') + 1)
		count += strncmp(line, verb, length) == 0 &&
		    (line[length] == ' ' || line[length] == '\n');
	return count;
}

static void
say(struct mac *mac, const char *verb, const char *what, const void *data, size_t size)
{
	const char *folder = mac->script;

	assert_int_equal(mac->kind, MAC_SCRIPTED);
	if (mac->after != NULL) {
		folder = format(mac, "%s/after.%s", mac->script, mac->after);
		assert_true(mkdir(folder, 0755) == 0 || errno == EEXIST);
	}
	write_file(format(mac, "%s/%s.%s", folder, verb, what), data, size, "w");
}

/* Forgets what was set for a verb before. */
static void
unsay(struct mac *mac, const char *verb)
{
	static const char *const parts[] = { "out", "err", "status", "hang", "die" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && mac->after == NULL; i++)
		unlink(format(mac, "%s/%s.%s", mac->script, verb, parts[i]));
}

static void
answer(struct mac *mac, const char *verb, const char *text, size_t size, int status)
{
	const char *number = format(mac, "%d\n", status);

	unsay(mac, verb);
	say(mac, verb, "status", number, strlen(number));
	say(mac, verb, "out", text, size);
}

void
mac_answer(struct mac *mac, const char *verb, const char *text, int status)
{
	answer(mac, verb, text, strlen(text), status);
}

void
mac_answer_file(struct mac *mac, const char *verb, const char *path)
{
	size_t size = 0;
	const char *text = read_file(mac, path, &size);

	assert_non_null(text);
	answer(mac, verb, text, size, 0);
}

void
mac_answer_megabyte(struct mac *mac, const char *verb)
{
	static const char line[] = "\tstate = running\n";
	size_t size = (size_t)1024 * 1024;
	char *text = keep(mac, malloc(size));

	for (size_t i = 0; i < size; i++)
		text[i] = line[i % (sizeof line - 1)];
	answer(mac, verb, text, size, 0);
}

void
mac_refuse(struct mac *mac, const char *verb, int status)
{
	const char *text = format(mac, "%s failed: %d\n", verb, status);

	answer(mac, verb, "", 0, status);
	say(mac, verb, "err", text, strlen(text));
}

void
mac_hang(struct mac *mac, const char *verb)
{
	unsay(mac, verb);
	say(mac, verb, "hang", "", 0);
}

void
mac_die(struct mac *mac, const char *verb)
{
	unsay(mac, verb);
	say(mac, verb, "die", "", 0);
}

void
mac_interrupt(struct mac *mac, const char *verb)
{
	say(mac, verb, "interrupt", "", 0);
}

void
mac_lose_launchctl(struct mac *mac)
{
	assert_int_equal(unlink(mac->launchctl), 0);
}

void
mac_answer_job(struct mac *mac, const char *state, long pid)
{
	const char *process = pid == 0 ? "" : format(mac, "\tpid = %ld\n", pid);

	mac_answer(mac, "print", format(mac, "system/com.example.job = {\n\tactive count = %d\n"
	    "\tpath = /Library/LaunchDaemons/com.example.job.plist\n\ttype = LaunchDaemon\n\tstate "
	    "= %s\n\n"
	    "\tprogram = " MAC_WORKER "\n\targuments = {\n\t\t" MAC_WORKER "\n\t\tstate = "
	    "imitated\n\t}\n\n"
	    "\tdomain = system\n\tusername = worker\n\tgroup = staff\n\tminimum runtime = "
	    "10\n\texit timeout = 5\n"
	    "\truns = %d\n%s\tlast exit code = (never exited)\n}\n", pid != 0, state, pid != 0,
	    process), 0);
}

void
mac_after(struct mac *mac, const char *verb)
{
	mac->after = verb;
}

int
mac_launchctl(struct mac *mac, const char *line)
{
	const char *words[WORDS_MOST + 1] = { format(mac, "%s/bin/launchctl", mac->root) };

	split(mac, line, words + 1);
	return run(words, format(mac, "%s/said", mac->folder));
}

pid_t
mac_pid(struct mac *mac)
{
	static const char field[] = "\n\tpid = ";
	size_t size = 0;
	const char *text, *at = NULL;

	mac_launchctl(mac, "print system/com.example.job");
	text = read_file(mac, format(mac, "%s/said", mac->folder), &size);
	if (text != NULL)
		at = strstr(text, field);
	return at == NULL ? 0 : (pid_t)strtol(at + sizeof field - 1, NULL, 10);
}

/* ---- files ---- */

const char *
mac_path(struct mac *mac, const char *path)
{
	assert_int_equal(path[0], '/');
	return format(mac, "%s%s", mac->root, path);
}

bool
mac_exists(struct mac *mac, const char *path)
{
	struct stat status;

	return lstat(mac_path(mac, path), &status) == 0;
}

const char *
mac_read(struct mac *mac, const char *path)
{
	size_t size = 0;
	const char *text = read_file(mac, mac_path(mac, path), &size);

	if (text == NULL)
		fail_msg("cannot read %s: %s", path, strerror(errno));
	return text;
}

void
mac_write(struct mac *mac, const char *path, const char *text)
{
	write_file(mac_path(mac, path), text, strlen(text), "w");
}

void
mac_append(struct mac *mac, const char *path, const char *text)
{
	write_file(mac_path(mac, path), text, strlen(text), "a");
}

void
mac_remove(struct mac *mac, const char *path)
{
	assert_int_equal(remove(mac_path(mac, path)), 0);
}

void
mac_renew(struct mac *mac, const char *program)
{
	const char *new = format(mac, "%s.new", program);
	const char *copy[] = { "cp", "-p", mac_path(mac, program), mac_path(mac, new), NULL };

	run_or_fail(copy);
	mac_set_mode(mac, new, 0755);
	mac_append(mac, new, "\n");
	assert_int_equal(rename(mac_path(mac, new), mac_path(mac, program)), 0);
}

void
mac_make_folder(struct mac *mac, const char *path)
{
	assert_int_equal(mkdir(mac_path(mac, path), 0755), 0);
}

void
mac_set_mode(struct mac *mac, const char *path, mode_t mode)
{
	assert_int_equal(chmod(mac_path(mac, path), mode), 0);
}

void
mac_set_owner(struct mac *mac, const char *path, uid_t uid, gid_t gid)
{
	assert_int_equal(lchown(mac_path(mac, path), uid, gid), 0);
}

bool
mac_quarantine(struct mac *mac, const char *path)
{
	static const char value[] = "0081;00000000;tests;";
#ifdef __APPLE__
	return setxattr(mac_path(mac, path), "com.apple.quarantine", value, sizeof value - 1, 0,
	    0) == 0;
#else
	return setxattr(mac_path(mac, path), "user.com.apple.quarantine", value, sizeof value - 1,
	    0) == 0;
#endif
}

const char *
mac_owner(struct mac *mac, const char *path)
{
	struct stat status;

	if (lstat(mac_path(mac, path), &status) == -1)
		return "missing";
	return format(mac, "%ju:%ju %04jo", (uintmax_t)status.st_uid, (uintmax_t)status.st_gid,
	    (uintmax_t)status.st_mode & 07777);
}

bool
mac_wait_for(struct mac *mac, const char *path, const char *text)
{
	const struct timespec pause = { 0, 20000000L };
	size_t size;

	for (int i = 0; i < 1500; i++) {
		const char *there = read_file(mac, mac_path(mac, path), &size);

		if (there != NULL && strstr(there, text) != NULL)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* ---- the whole tree ---- */

struct listing {
	struct mac	*mac;
	FILE		*stream;
	bool		 facts;
};

static uint64_t
digest(struct mac *mac, const char *path)
{
	size_t size = 0;
	const char *text = read_file(mac, path, &size);
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static void
list_facts(const struct listing *listing, const char *path, const struct stat *status)
{
#ifdef __APPLE__
	struct timespec modified = status->st_mtimespec, changed = status->st_ctimespec;
#else
	struct timespec modified = status->st_mtim, changed = status->st_ctim;
#endif

	fprintf(listing->stream, " %ju %06jo %ju:%ju links %ju modified %jd.%09ld changed "
	    "%jd.%09ld", (uintmax_t)status->st_ino, (uintmax_t)status->st_mode,
	    (uintmax_t)status->st_uid, (uintmax_t)status->st_gid, (uintmax_t)status->st_nlink,
	    (intmax_t)modified.tv_sec, modified.tv_nsec, (intmax_t)changed.tv_sec, changed.tv_nsec);
	if (S_ISREG(status->st_mode))
		fprintf(listing->stream, " size %jd content %016jx", (intmax_t)status->st_size,
		    (uintmax_t)digest(listing->mac, path));
}

/* What changes by itself: the embedded launchd's folder, and its log. */
static bool
is_launchds_own(const char *path)
{
	return strcmp(path, RUN_FOLDER) == 0 || strcmp(path, LAUNCHD_LOGS) == 0;
}

static void
list(const struct listing *listing, const char *below)
{
	const char *path = mac_path(listing->mac, below);
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	assert_int_not_equal(count, -1);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name, *inner;
		struct stat status;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		inner = format(listing->mac, "%s/%s", strcmp(below, "/") == 0 ? "" : below, name);
		path = mac_path(listing->mac, inner);
		assert_int_equal(lstat(path, &status), 0);
		fputs(inner, listing->stream);
		if (listing->facts && !is_launchds_own(inner))
			list_facts(listing, path, &status);
		fputc('\n', listing->stream);
		if (S_ISDIR(status.st_mode) && !is_launchds_own(inner))
			list(listing, inner);
	}
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

static const char *
list_all(struct mac *mac, bool facts)
{
	struct listing listing = { .mac = mac, .facts = facts };
	char *text = NULL;
	size_t size;

	listing.stream = open_memstream(&text, &size);
	assert_non_null(listing.stream);
	list(&listing, "/");
	fclose(listing.stream);
	return keep(mac, text);
}

const char *
mac_paths(struct mac *mac)
{
	return list_all(mac, false);
}

const char *
mac_tree(struct mac *mac)
{
	return list_all(mac, true);
}

static bool
has_line(const char *text, const char *line, size_t length)
{
	for (; *text != '\0'; text = strchr(text, '\n') + 1)
		if (strncmp(text, line, length + 1) == 0)	/* with its newline */
			return true;
	return false;
}

static void
lines_missing(FILE *stream, char sign, const char *from, const char *text)
{
	for (; *from != '\0'; from = strchr(from, '\n') + 1) {
		size_t length = strcspn(from, "\n");

		if (!has_line(text, from, length))
			fprintf(stream, "%c%.*s\n", sign, (int)length, from);
	}
}

const char *
mac_difference(struct mac *mac, const char *was, const char *is)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	lines_missing(stream, '-', was, is);
	lines_missing(stream, '+', is, was);
	fclose(stream);
	return keep(mac, text);
}

/* ---- answers ---- */

const char *
mac_json(struct mac *mac, const char *key)
{
	const char *name = format(mac, "\"%s\":", key), *at = strstr(mac->out, name), *end;

	if (at == NULL)
		return NULL;
	at += strlen(name);
	if (*at == '{' || *at == '[')
		return *at == '{' ? "{" : "[";
	end = at + 1;
	if (*at == '"') {
		for (; *end != '"'; end += *end == '\\' ? 2 : 1)
			assert_int_not_equal(*end, '\0');
		end++;
	} else
		end = at + strcspn(at, ",}]");
	return format(mac, "%.*s", (int)(end - at), at);
}

const char *
mac_check(struct mac *mac, const char *id)
{
	const char *name = format(mac, "{\"id\":\"%s\",\"result\":\"", id),
	    *at = strstr(mac->out, name);

	if (at == NULL)
		return NULL;
	at += strlen(name);
	return format(mac, "%.*s", (int)strcspn(at, "\""), at);
}

/* ---- for tests ---- */

int
mac_scripted(void **state)
{
	*state = mac_new(MAC_SCRIPTED);
	return 0;
}

int
mac_embedded(void **state)
{
	*state = mac_new(MAC_LAUNCHD);
	return 0;
}

int
mac_end(void **state)
{
	mac_free(*state);
	return 0;
}

void
assert_status_of(struct mac *mac, int status, int expected, const char *command, int line)
{
	if (status != expected)
		fail_msg("line %d: %s gave %d, not %d\n%s%s", line, command, status, expected,
		    mac->out, mac->err);
}

void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no '%s' in:\n%s", part, text);
}

void
assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("'%s' in:\n%s", part, text);
}

void
assert_same_tree(struct mac *mac, const char *before)
{
	assert_string_equal(mac_difference(mac, before, mac_tree(mac)), "");
}
