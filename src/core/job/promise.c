/* What install promised for a job, read from its plist. */
#include <stdlib.h>
#include <string.h>

#include "core/facts/interpreter.h"
#include "core/plist/plist.h"
#include "core/job/promise.h"
#include "core/text.h"

#define LABEL_MAX	200
/* so that a path or target made from a label fits: the longest is that of the old receipt */
_Static_assert(LABEL_MAX + sizeof STATE_DIRECTORY "/.receipt.old" <= NAME_SIZE, "a label is long");
#define ARGUMENTS_MAX	100	/* of env, before the program that it runs */

int
promise_label(const char *label, struct error *error)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-";
	size_t length = strlen(label);
	char start[11] = "";
	const char *why = NULL;

	memcpy(start, label, length < 10 ? length : 10);
	if (length == 0)
		why = "it is empty";
	else if (length > LABEL_MAX)
		why = "it is longer than 200 bytes";
	else if (label[strspn(label, safe)] != '\0')
		why = "only letters, digits, dots, hyphens and underscores are safe in a label";
	else if (label[0] == '.' || label[0] == '-' || label[length - 1] == '.')
		/* launchd ignores such files */
		why = "it begins with a dot or hyphen, or ends with a dot";
	else if (text_equal_folded(start, "com.apple."))
		why = "com.apple.* is for Apple's own jobs";
	else if (strcmp(label, "shell") == 0)
		why = "launchd reserves it";
	if (why == NULL)
		return 0;
	return error_set(error, ERROR_DATA, why,
	    "choose a reverse-DNS name, for example com.example.agentworker",
	    "cannot use the label '%.220s'", label);
}

int
promise_account_label(const char *label, struct error *error)
{
	static const char *const endings[] = { ".receipt", ".rival" };
	size_t length = strlen(label);

	if (text_begins_folded(label, "lnpctl."))
		return error_set(error, ERROR_DATA,
		    "labels that begin with lnpctl. are lnpctl's own", "give the job another label",
		    "cannot use the label '%.220s'", label);
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		size_t size = strlen(endings[i]);

		if (length > size && text_equal_folded(label + length - size, endings[i]))
			return error_set(error, ERROR_DATA,
			    "lnpctl uses that name for files of another job",
			    "give the job another label", "cannot use the label '%.220s'", label);
	}
	return promise_label(label, error);
}

bool
promise_paths(struct promise *promise, const char *label)
{
	struct error ignored;

	if (promise_label(label, &ignored) == -1)
		return false;
	text_copy(promise->label, NAME_SIZE, label);
	text_format(promise->plist_path, PATH_SIZE, DAEMONS_DIRECTORY "/%s.plist", label);
	text_format(promise->receipt_path, PATH_SIZE, STATE_DIRECTORY "/%s.plist", label);
	return true;
}

bool
promise_is_interrupted(const struct promise *promise)
{
	return promise->changing && promise->undo.files[SNAP_PLIST].path[0] != '\0';
}

bool
promise_is_removing(const struct promise *promise)
{
	return promise->changing && !promise_is_interrupted(promise);
}

bool
promise_has_log(const struct promise *promise, int which)
{
	return promise->logs[which].theirs[0] != '\0';
}

void
promise_stale_file(const struct promise *promise, enum stale_file which, char path[NAME_SIZE])
{
	static const struct {
		const char	*directory, *ending;	/* NULL: the draft there */
	} files[STALE_FILES] = {
		[STALE_PLIST] = { STATE_DIRECTORY, ".old" },
		[STALE_DUPLICATE] = { STATE_DIRECTORY, ".rival.old" },
		[STALE_RECEIPT] = { STATE_DIRECTORY, ".receipt.old" },
		[STALE_DRAFT] = { STATE_DIRECTORY, NULL },
		[STALE_PLIST_DRAFT] = { DAEMONS_DIRECTORY, NULL },
	};
	const char *ending = files[which].ending;

	text_format(path, NAME_SIZE, "%s/%s%s", files[which].directory,
	    ending == NULL ? "" : promise->label, ending == NULL ? DRAFT_NAME : ending);
}

void
promise_agent_kept(const struct promise *promise, char path[NAME_SIZE])
{
	text_format(path, NAME_SIZE, STATE_DIRECTORY "/%s.agent", promise->label);
}

bool
promise_agent_target(const struct promise *promise, size_t number, char target[NAME_SIZE])
{
	const struct agent *agent = &promise->agent;

	return agent->path[0] != '\0' && number / 2 < agent->user_count &&
	    text_format(target, NAME_SIZE, "%s/%lu/%s", number % 2 == 0 ? "gui" : "user",
	    (unsigned long)agent->users[number / 2], promise->label);
}

bool
promise_is_agents_plist(const char *path, const char *home)
{
	size_t above = strlen(home), folder = above + strlen(AGENTS_DIRECTORY "/");
	const char *name = path + folder;

	return strncmp(path, home, above) == 0 &&
	    strncmp(path + above, AGENTS_DIRECTORY "/", folder - above) == 0 && name[0] != '.' &&
	    strchr(name, '/') == NULL && strlen(name) > 6 &&
	    strcmp(name + strlen(name) - 6, ".plist") == 0;
}

bool
promise_is_own_agent(const struct facts *facts)
{
	return facts->user.home[0] == '/' &&
	    promise_is_agents_plist(facts->agent.path, facts->user.home);
}

bool
promise_is_above_log(const struct promise *promise, const char *folder)
{
	return text_is_below(promise->logs[0].theirs, folder) ||
	    text_is_below(promise->logs[1].theirs, folder);
}

bool
promise_is_above_account_log(const struct promise *promise, const char *folder)
{
	return (promise->account_log[0] && text_is_below(promise->logs[0].theirs, folder)) ||
	    (promise->account_log[1] && text_is_below(promise->logs[1].theirs, folder));
}

bool
promise_same_file(const struct file_identity *a, const struct file_identity *b)
{
	return a->inode == b->inode && a->size == b->size && a->modified == b->modified &&
	    a->modified_nanoseconds == b->modified_nanoseconds;
}

bool
promise_is_program_changed(const struct promise *receipt, const struct facts *facts)
{
	const struct file_identity *program = &facts->program.file.identity;

	return !promise_same_file(&receipt->program_identity, program) &&
	    (facts->offline || facts->system.booted <= program->changed);
}

static bool
promise_is_text(const struct plist *value, const char *text)
{
	const char *own = plist_text(value);

	return own != NULL && strcmp(own, text) == 0;
}

bool
promise_is_strange_plist(const struct promise *receipt, const struct facts *facts)
{
	const char *program = receipt->program.theirs;
	struct error ignored;
	struct plist *tree;
	bool same_job;

	if (!receipt->account_label || receipt->changing || facts->plist.bytes.data == NULL ||
	    bytes_equal(facts->plist.bytes, receipt->plist))
		return false;
	tree = plist_parse(facts->plist.bytes, &ignored);
	same_job = tree == NULL ||
	    (promise_is_text(plist_member(tree, "UserName"), receipt->user) &&
	    (promise_is_text(plist_member(tree, "Program"), program) ||
	    promise_is_text(plist_item(plist_member(tree, "ProgramArguments"), 0), program)));
	plist_release(tree);
	return !same_job;
}

bool
promise_has_label(struct bytes bytes, const char *label)
{
	struct error ignored;
	struct plist *tree = plist_parse(bytes, &ignored);
	const char *own = plist_text(plist_member(tree, "Label"));
	bool result = own != NULL && text_equal_folded(own, label);

	plist_release(tree);
	return result;
}

bool
snapshot_copy(struct snapshot *target, const struct snapshot *source)
{
	bool whole = true;

	*target = *source;
	for (int i = 0; i < SNAP_FILES; i++)
		if (source->files[i].content.data != NULL)
			whole = bytes_copy(&target->files[i].content, source->files[i].content) &&
			    whole;
	return whole;
}

mode_t
promise_mode(mode_t source)
{
	return (source & PROMISE_MODE) | 0400;
}

mode_t
promise_choose_log_mode(const struct promise *promise, const struct promise *receipt, bool named)
{
	if (named)
		return PROMISE_LOG_MODE;
	if (receipt != NULL && receipt->gid == promise->gid)
		return receipt->log_mode;
	return strcmp(promise->group, "staff") == 0 ? 0600 : PROMISE_LOG_MODE;
}

bool
promise_is_lenient(const struct promise *promise, const struct promise *receipt)
{
	return receipt != NULL && receipt->rules < PROMISE_RULES && strcmp(receipt->program.theirs,
	    promise->program.theirs) == 0 && strcmp(receipt->env.script, promise->env.script) == 0;
}

bool
promise_is_from_before(const struct promise *receipt, uid_t uid, gid_t gid, struct bytes plist)
{
	return receipt->rules < PROMISE_RULES && receipt->agent.path[0] == '\0' &&
	    receipt->uid == uid && receipt->gid == gid && bytes_equal(receipt->plist, plist);
}

static void
snapshot_free(struct snapshot *snapshot)
{
	for (int i = 0; i < SNAP_FILES; i++)
		bytes_free(&snapshot->files[i].content);
}

void
promise_free(struct promise *promise)
{
	bytes_free(&promise->plist);
	snapshot_free(&promise->before);
	snapshot_free(&promise->undo);
	bytes_free(&promise->undo_receipt);
}

/* Copy a text of the plist, or the fallback if it is missing. */
static int
promise_read_text(char *target, size_t size, const struct plist *tree, const char *key,
    const char *fallback, struct error *error)
{
	const struct plist *value = plist_member(tree, key);
	const char *text = value == NULL ? fallback : plist_text(value);

	if (text == NULL || !text_copy(target, size, text))
		return error_set(error, ERROR_DATA, text == NULL ? "it is not a string" :
		    "it is too long", NULL, "cannot use '%s' of the plist", key);
	return 0;
}

static int
promise_read_log(struct promise *promise, int which, const struct plist *tree, const char *key,
    struct error *error)
{
	char *path = promise->logs[which].theirs;

	if (promise_read_text(path, PATH_SIZE, tree, key, "", error) == -1)
		return -1;
	if (text_is_device(path) || (which == 1 && strcmp(path, promise->logs[0].theirs) == 0))
		path[0] = '\0';
	if (path[0] != '\0' && path[0] != '/')
		return error_set(error, ERROR_DATA, "it is not a full path", "give a full path",
		    "cannot use the log '%s'", path);
	return 0;
}

static enum health
promise_health(const struct plist *tree)
{
	const struct plist *keep_alive = plist_member(tree, "KeepAlive");
	bool value = false;

	/* KeepAlive as a dictionary implies RunAtLoad too: launchd.plist(5). */
	if (plist_is_dictionary(keep_alive) || (plist_boolean(keep_alive, &value) && value))
		return HEALTH_KEPT;
	return plist_boolean(plist_member(tree, "RunAtLoad"), &value) && value ? HEALTH_ONCE :
	    HEALTH_LOADED;
}

static void
promise_read_interpreter(struct promise *promise, const struct plist *tree,
    const struct plist *environment)
{
	const struct plist *arguments = plist_member(tree, "ProgramArguments");
	const char *path = plist_text(plist_member(environment, "PATH")), *words[ARGUMENTS_MAX];
	size_t count = plist_count(arguments);

	promise->search_too_long = path != NULL && !text_copy(promise->search, PATH_SIZE, path);
	words[0] = promise->program.theirs;
	for (size_t i = 1; i < count && i < ARGUMENTS_MAX; i++)
		words[i] = plist_text(plist_item(arguments, i));
	interpreter_of_words(&promise->env, words, count < 1 ? 1 : count < ARGUMENTS_MAX ? count :
	    ARGUMENTS_MAX);
}

/* launchd accepts the key in any case. */
static void
promise_read_any_case(void *context, const char *key, const struct plist *value)
{
	struct promise *promise = context;
	const char *path = plist_text(value);

	if (text_equal_folded(key, "RootDirectory") && (path == NULL || strcmp(path, "/") != 0))
		promise->other_root = true;
}

static int
promise_read_job(struct promise *promise, const struct plist *tree, struct error *error)
{
	const struct plist *environment = plist_member(tree, "EnvironmentVariables");
	const char *label = plist_text(plist_member(tree, "Label"));
	const char *first = plist_text(plist_item(plist_member(tree, "ProgramArguments"), 0));

	if (label == NULL)
		return error_set(error, ERROR_DATA, "it has no Label", NULL,
		    "the plist does not define a launchd job");
	if (promise_label(label, error) == -1)
		return -1;
	promise_paths(promise, label);
	if (promise_read_text(promise->program.theirs, PATH_SIZE, tree, "Program",
	    first == NULL ? "" : first, error) == -1 ||
	    promise_read_text(promise->user, NAME_SIZE, tree, "UserName", "root", error) == -1 ||
	    promise_read_text(promise->group, NAME_SIZE, tree, "GroupName", "wheel", error) == -1 ||
	    promise_read_text(promise->home.theirs, PATH_SIZE, environment, "HOME", "",
	    error) == -1 ||
	    promise_read_text(promise->working_directory.theirs, PATH_SIZE, tree,
	    "WorkingDirectory", "", error) == -1 ||
	    promise_read_log(promise, 0, tree, "StandardOutPath", error) == -1 ||
	    promise_read_log(promise, 1, tree, "StandardErrorPath", error) == -1)
		return -1;
	if (promise->program.theirs[0] != '/')
		return error_set(error, ERROR_DATA, "launchd does not search PATH",
		    "give the full path of the program",
		    "cannot use the program '%s'", promise->program.theirs);
	plist_visit(tree, promise_read_any_case, promise);
	promise->health = promise_health(tree);
	promise_read_interpreter(promise, tree, environment);
	return 0;
}

int
promise_from_plist(struct promise *promise, struct bytes bytes, struct error *error)
{
	struct plist *tree;
	int result;

	memset(promise, 0, sizeof *promise);
	promise->settle = SETTLE_DEFAULT;
	promise->mode = PROMISE_MODE;
	promise->log_mode = PROMISE_LOG_MODE;
	tree = plist_parse(bytes, error);
	if (tree == NULL)
		return -1;
	result = promise_read_job(promise, tree, error);
	plist_release(tree);
	if (result == 0 && !bytes_copy(&promise->plist, bytes))
		result = error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot keep the plist");
	return result;
}

int
promise_read_label(struct bytes plist, char label[NAME_SIZE], struct error *error)
{
	struct promise *promise = calloc(1, sizeof *promise);
	int result;

	if (promise == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot read the plist");
	result = promise_from_plist(promise, plist, error);
	text_copy(label, NAME_SIZE, promise->label);
	promise_free(promise);
	free(promise);
	return result;
}
