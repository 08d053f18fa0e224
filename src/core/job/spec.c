/* Read what is to be installed from a plist. */
#include <stdlib.h>
#include <string.h>

#include "core/facts/interpreter.h"
#include "core/plist/plist.h"
#include "core/job/label.h"
#include "core/job/plist_set.h"
#include "core/job/spec.h"
#include "core/text.h"

#define ARGUMENTS_MAX	100	/* of env, before the program that it runs */

bool
spec_paths(struct spec *spec, const char *label)
{
	struct error ignored;

	if (label_check(label, &ignored) == -1)
		return false;
	text_copy(spec->label, NAME_SIZE, label);
	text_format(spec->plist_path, PATH_SIZE, DAEMONS_DIRECTORY "/%s.plist", label);
	text_format(spec->receipt_path, PATH_SIZE, STATE_DIRECTORY "/%s.plist", label);
	return true;
}

void
spec_keep_origin(struct spec *spec, const struct spec *installed)
{
	for (int i = 0; i < 2; i++)
		spec->account_log[i] = installed->account_log[i] &&
		    strcmp(spec->logs[i].theirs, installed->logs[i].theirs) == 0;
	spec->account_label = installed->account_label;
	spec->mode = installed->mode;
	spec->agent = installed->agent;
}

const char *
spec_log_text(const struct spec *spec, int which)
{
	return spec->logs[which].theirs;
}

bool
spec_has_peer(const struct spec *spec, const char *peer)
{
	for (size_t i = 0; i < spec->peer_count; i++)
		if (strcmp(spec->peers[i], peer) == 0)
			return true;
	return false;
}

bool
spec_has_log(const struct spec *spec, int which)
{
	return spec->logs[which].theirs[0] != '\0';
}

void
spec_stale_file(const struct spec *spec, enum stale_file which, char path[NAME_SIZE])
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
	    ending == NULL ? "" : spec->label, ending == NULL ? DRAFT_NAME : ending);
}

void
spec_agent_kept(const struct spec *spec, int number, char path[NAME_SIZE])
{
	text_format(path, NAME_SIZE, STATE_DIRECTORY "/%s.agent", spec->label);
	if (number > 0)
		text_append(path, NAME_SIZE, ".%d", number);
}

bool
spec_agent_target(const struct spec *spec, size_t number, char target[NAME_SIZE])
{
	const struct agent *agent = &spec->agent;

	return agent->path[0] != '\0' && number / 2 < agent->user_count &&
	    text_format(target, NAME_SIZE, "%s/%lu/%s", number % 2 == 0 ? "gui" : "user",
	    (unsigned long)agent->users[number / 2], spec->label);
}

bool
spec_is_agents_plist(const char *path, const char *home)
{
	size_t above = strlen(home), folder = above + strlen(AGENTS_DIRECTORY "/");
	const char *name = path + folder;

	return strncmp(path, home, above) == 0 &&
	    strncmp(path + above, AGENTS_DIRECTORY "/", folder - above) == 0 && name[0] != '.' &&
	    strchr(name, '/') == NULL && strlen(name) > 6 &&
	    strcmp(name + strlen(name) - 6, ".plist") == 0;
}

bool
spec_is_own_agent(const struct facts *facts)
{
	return facts->user.home[0] == '/' &&
	    spec_is_agents_plist(facts->agent.path, facts->user.home);
}

bool
spec_is_above_log(const struct spec *spec, const char *folder)
{
	return text_is_below(spec->logs[0].theirs, folder) ||
	    text_is_below(spec->logs[1].theirs, folder);
}

bool
spec_is_above_account_log(const struct spec *spec, const char *folder)
{
	return (spec->account_log[0] && text_is_below(spec->logs[0].theirs, folder)) ||
	    (spec->account_log[1] && text_is_below(spec->logs[1].theirs, folder));
}

bool
spec_has_label(struct bytes bytes, const char *label)
{
	struct error ignored;
	struct plist *tree = plist_parse(bytes, &ignored);
	const char *own = plist_text(plist_member(tree, "Label"));
	bool result = own != NULL && text_equal_folded(own, label);

	plist_release(tree);
	return result;
}

mode_t
spec_mode(mode_t source)
{
	return (source & SPEC_MODE) | 0400;
}

mode_t
spec_choose_log_mode(const struct spec *spec, const struct spec *receipt, bool named)
{
	if (named)
		return SPEC_LOG_MODE;
	if (receipt != NULL && receipt->gid == spec->gid)
		return receipt->log_mode;
	return strcmp(spec->group, "staff") == 0 ? 0600 : SPEC_LOG_MODE;
}

bool
spec_copy(struct spec *target, const struct spec *source)
{
	*target = *source;
	target->plist = (struct bytes){ NULL, 0 };
	return bytes_copy(&target->plist, source->plist);
}

void
spec_free(struct spec *spec)
{
	bytes_free(&spec->plist);
}

/* Copy a text of the plist, or the fallback if it is missing. */
static int
spec_read_text(char *target, size_t size, const struct plist *tree, const char *key,
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
spec_read_log(struct spec *spec, int which, const struct plist *tree, const char *key,
    struct error *error)
{
	char *path = spec->logs[which].theirs;

	if (spec_read_text(path, PATH_SIZE, tree, key, "", error) == -1)
		return -1;
	if (text_is_device(path) || (which == 1 && strcmp(path, spec->logs[0].theirs) == 0))
		path[0] = '\0';
	if (path[0] != '\0' && path[0] != '/')
		return error_set(error, ERROR_DATA, "it is not a full path", "give a full path",
		    "cannot use the log '%s'", path);
	return 0;
}

/*
 * One condition is enough to start the job again, and KeepAlive as a dictionary implies RunAtLoad:
 * launchd.plist(5). What waits for another job, a path or its first demand may never be started.
 */
static enum health
spec_kept_health(const struct plist *conditions)
{
	if (plist_member(conditions, "PathState") != NULL ||
	    plist_member(conditions, "OtherJobEnabled") != NULL ||
	    plist_is_true(conditions, "AfterInitialDemand"))
		return HEALTH_CONDITIONAL;
	return plist_is_true(conditions, "SuccessfulExit") ||
	    (plist_member(conditions, "Crashed") != NULL && !plist_is_true(conditions,
	    "Crashed")) ? HEALTH_KEPT : HEALTH_ONCE;
}

static enum health
spec_health(const struct plist *tree)
{
	const struct plist *keep = plist_member(tree, "KeepAlive");

	if (plist_is_dictionary(keep))
		return spec_kept_health(keep);
	if (plist_is_true(tree, "KeepAlive"))
		return HEALTH_KEPT;
	return plist_is_true(tree, "RunAtLoad") ? HEALTH_ONCE : HEALTH_LOADED;
}

bool
spec_is_occasional(const struct spec *spec)
{
	return spec->health == HEALTH_LOADED ||
	    (spec->health == HEALTH_ONCE && spec->triggered);
}

static void
spec_read_interpreter(struct spec *spec, const struct plist *tree,
    const struct plist *environment)
{
	const struct plist *arguments = plist_member(tree, "ProgramArguments");
	const char *path = plist_text(plist_member(environment, "PATH")), *words[ARGUMENTS_MAX];
	size_t count = plist_count(arguments);

	spec->search_too_long = path != NULL && !text_copy(spec->search, PATH_SIZE, path);
	words[0] = spec->program.theirs;
	for (size_t i = 1; i < count && i < ARGUMENTS_MAX; i++)
		words[i] = plist_text(plist_item(arguments, i));
	interpreter_of_words(&spec->env, words, count < 1 ? 1 : count < ARGUMENTS_MAX ? count :
	    ARGUMENTS_MAX);
}

/* launchd accepts the key in any case. */
static void
spec_read_any_case(void *context, const char *key, const struct plist *value)
{
	struct spec *spec = context;
	const char *path = plist_text(value);

	if (text_equal_folded(key, "RootDirectory") && (path == NULL || strcmp(path, "/") != 0))
		spec->other_root = true;
}

static int
spec_read_job(struct spec *spec, const struct plist *tree, struct error *error)
{
	const struct plist *environment = plist_member(tree, "EnvironmentVariables");
	const char *label = plist_text(plist_member(tree, "Label"));
	const char *first = plist_text(plist_item(plist_member(tree, "ProgramArguments"), 0));

	if (label == NULL)
		return error_set(error, ERROR_DATA, "it has no Label", NULL,
		    "the plist does not define a launchd job");
	if (label_check(label, error) == -1)
		return -1;
	spec_paths(spec, label);
	if (spec_read_text(spec->program.theirs, PATH_SIZE, tree, "Program",
	    first == NULL ? "" : first, error) == -1 ||
	    spec_read_text(spec->user, NAME_SIZE, tree, "UserName", "root", error) == -1 ||
	    spec_read_text(spec->group, NAME_SIZE, tree, "GroupName", "wheel", error) == -1 ||
	    spec_read_text(spec->home.theirs, PATH_SIZE, environment, "HOME", "",
	    error) == -1 ||
	    spec_read_text(spec->working_directory.theirs, PATH_SIZE, tree,
	    "WorkingDirectory", "", error) == -1 ||
	    spec_read_log(spec, 0, tree, "StandardOutPath", error) == -1 ||
	    spec_read_log(spec, 1, tree, "StandardErrorPath", error) == -1)
		return -1;
	if (spec->program.theirs[0] != '/')
		return error_set(error, ERROR_DATA, "launchd does not search PATH",
		    "give the full path of the program",
		    "cannot use the program '%s'", spec->program.theirs);
	plist_visit(tree, spec_read_any_case, spec);
	spec->health = spec_health(tree);
	/* KeepAlive starts it again whatever else does. */
	spec->triggered = plist_has_start(tree) &&
	    !plist_is_dictionary(plist_member(tree, "KeepAlive"));
	spec->only_once = plist_is_true(tree, "LaunchOnlyOnce");
	spec_read_interpreter(spec, tree, environment);
	return 0;
}

int
spec_from_file(struct spec *spec, const struct plist_file *file, struct error *error)
{
	*spec = (struct spec){ .settle = SETTLE_DEFAULT, .max_starts = STARTS_DEFAULT,
	    .mode = SPEC_MODE, .log_mode = SPEC_LOG_MODE };
	if (spec_read_job(spec, file->tree, error) == -1)
		return -1;
	return bytes_copy(&spec->plist, file->bytes) ? 0 : error_set(error, ERROR_SYSTEM,
	    "out of memory", NULL, "cannot keep the plist");
}

int
spec_from_plist(struct spec *spec, struct bytes bytes, struct error *error)
{
	struct plist_file file = { bytes, plist_parse(bytes, error) };
	int result;

	memset(spec, 0, sizeof *spec);
	result = file.tree == NULL ? -1 : spec_from_file(spec, &file, error);
	plist_release(file.tree);
	return result;
}

int
spec_read_label(struct bytes plist, char label[NAME_SIZE], struct error *error)
{
	struct spec *spec = calloc(1, sizeof *spec);
	int result;

	if (spec == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot read the plist");
	result = spec_from_plist(spec, plist, error);
	text_copy(label, NAME_SIZE, spec->label);
	spec_free(spec);
	free(spec);
	return result;
}
