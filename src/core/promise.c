/* What install promised: from a plist, to a receipt and back. */
#include <stdlib.h>
#include <string.h>

#include "core/plist.h"
#include "core/promise.h"
#include "core/text.h"

#define LABEL_LONGEST	200

int
promise_label(const char *label, struct error *error)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t length = strlen(label);
	char start[11] = "";
	const char *why = NULL;

	memcpy(start, label, length < 10 ? length : 10);
	if (length == 0)
		why = "it is empty";
	else if (length > LABEL_LONGEST)
		why = "it is longer than 200 bytes";
	else if (label[strspn(label, safe)] != '\0')
		why = "only letters, digits, dots, hyphens and underscores are safe in a label";
	else if (label[0] == '.' || label[0] == '-' || label[length - 1] == '.')
		why = "it begins with a dot or hyphen, or ends with a dot";	/* launchd skips such files */
	else if (text_equal_folded(start, "com.apple."))
		why = "com.apple.* is for Apple's own jobs";
	else if (strcmp(label, "shell") == 0)
		why = "launchd reserves it";
	if (why == NULL)
		return 0;
	return error_set(error, ERROR_DATA, why, "choose a reverse-DNS name, for example com.example.agentworker",
	    "cannot use the label '%.220s'", label);
}

bool
promise_paths(struct promise *promise, const char *label)
{
	struct error ignored;

	return promise_label(label, &ignored) == 0 &&
	    text_copy(promise->label, sizeof promise->label, label) &&
	    text_format(promise->plist_path, PATH_SIZE, PROMISE_PLISTS "/%s.plist", label) &&
	    text_format(promise->receipt_path, PATH_SIZE, PROMISE_STATE "/%s.plist", label);
}

bool
promise_has_log(const struct promise *promise, int which)
{
	return promise->logs[which][0] != '\0';
}

bool
promise_same_file(const struct file_identity *a, const struct file_identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	    a->modified == b->modified && a->modified_nanoseconds == b->modified_nanoseconds &&
	    a->changed == b->changed && a->changed_nanoseconds == b->changed_nanoseconds;
}

void
promise_free(struct promise *promise)
{
	bytes_free(&promise->plist);
	bytes_free(&promise->before_plist);
}

/* Copies a string member; an absent one gives the fallback. */
static int
text_member(char *target, size_t size, const struct plist *tree, const char *key, const char *fallback,
    struct error *error)
{
	const struct plist *value = plist_member(tree, key);
	const char *text = value == NULL ? fallback : plist_text(value);

	if (text == NULL || !text_copy(target, size, text))
		return error_set(error, ERROR_DATA, text == NULL ? "it is no text" : "it is too long", NULL,
		    "cannot use '%s' of the plist", key);
	return 0;
}

static int
log_member(struct promise *promise, int which, const struct plist *tree, const char *key, struct error *error)
{
	char *path = promise->logs[which];

	if (text_member(path, PATH_SIZE, tree, key, "", error) == -1)
		return -1;
	if (strncmp(path, "/dev/", 5) == 0 || (which == 1 && strcmp(path, promise->logs[0]) == 0))
		path[0] = '\0';
	if (path[0] != '\0' && path[0] != '/')
		return error_set(error, ERROR_DATA, "it is not a full path", "give a full path",
		    "cannot use the log '%s'", path);
	return 0;
}

static enum health
health_of(const struct plist *tree)
{
	const struct plist *keep_alive = plist_member(tree, "KeepAlive");
	bool value = false;

	/* KeepAlive as a dictionary implies RunAtLoad too: launchd.plist(5). */
	if (plist_is_dictionary(keep_alive) || (plist_boolean(keep_alive, &value) && value))
		return HEALTH_KEPT;
	return plist_boolean(plist_member(tree, "RunAtLoad"), &value) && value ? HEALTH_ONCE : HEALTH_LOADED;
}

static int
read_job(struct promise *promise, const struct plist *tree, struct error *error)
{
	const struct plist *environment = plist_member(tree, "EnvironmentVariables");
	const char *label = plist_text(plist_member(tree, "Label"));
	const char *first = plist_text(plist_item(plist_member(tree, "ProgramArguments"), 0));

	if (label == NULL)
		return error_set(error, ERROR_DATA, "it has no Label", NULL, "this is no plist of a job");
	if (promise_label(label, error) == -1)
		return -1;
	promise_paths(promise, label);
	if (text_member(promise->program, PATH_SIZE, tree, "Program", first == NULL ? "" : first, error) == -1 ||
	    text_member(promise->user, NAME_SIZE, tree, "UserName", "root", error) == -1 ||
	    text_member(promise->group, NAME_SIZE, tree, "GroupName", "wheel", error) == -1 ||
	    text_member(promise->home, PATH_SIZE, environment, "HOME", "", error) == -1 ||
	    text_member(promise->working_directory, PATH_SIZE, tree, "WorkingDirectory", "", error) == -1 ||
	    log_member(promise, 0, tree, "StandardOutPath", error) == -1 ||
	    log_member(promise, 1, tree, "StandardErrorPath", error) == -1)
		return -1;
	if (promise->program[0] != '/')
		return error_set(error, ERROR_DATA, "launchd does not search PATH", "give the full path of the program",
		    "cannot use the program '%s'", promise->program);
	promise->health = health_of(tree);
	return 0;
}

int
promise_from_plist(struct promise *promise, struct bytes bytes, struct error *error)
{
	struct plist *tree;
	int result;

	memset(promise, 0, sizeof *promise);
	promise->settle = SETTLE_DEFAULT;
	tree = plist_parse(bytes, error);
	if (tree == NULL)
		return -1;
	result = read_job(promise, tree, error);
	plist_release(tree);
	if (result == 0 && !bytes_copy(&promise->plist, bytes))
		result = error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot keep the plist");
	return result;
}

/* ---- the receipt ---- */

struct identity_field {			/* one row per number of a file's identity */
	const char	*key;
	size_t		 offset;
};

static const struct identity_field identity_fields[] = {
	{ "Device", offsetof(struct file_identity, device) },
	{ "Inode", offsetof(struct file_identity, inode) },
	{ "Size", offsetof(struct file_identity, size) },
	{ "Modified", offsetof(struct file_identity, modified) },
	{ "ModifiedNanoseconds", offsetof(struct file_identity, modified_nanoseconds) },
	{ "Changed", offsetof(struct file_identity, changed) },
	{ "ChangedNanoseconds", offsetof(struct file_identity, changed_nanoseconds) },
};

static struct plist *
identity_tree(const struct file_identity *identity)
{
	struct plist *tree = plist_new();

	for (size_t i = 0; i < sizeof identity_fields / sizeof identity_fields[0]; i++) {
		int64_t value;

		memcpy(&value, (const char *)identity + identity_fields[i].offset, sizeof value);
		plist_add_integer(tree, identity_fields[i].key, value);
	}
	return tree;
}

static bool
identity_read(struct file_identity *identity, const struct plist *tree)
{
	for (size_t i = 0; i < sizeof identity_fields / sizeof identity_fields[0]; i++) {
		int64_t value;

		if (!plist_integer(plist_member(tree, identity_fields[i].key), &value))
			return false;
		memcpy((char *)identity + identity_fields[i].offset, &value, sizeof value);
	}
	return true;
}

static struct plist *
before_tree(const struct promise *promise)
{
	struct plist *tree = plist_new(), *files = plist_new_list();

	if (promise->before_loaded != UNKNOWN)
		plist_add_boolean(tree, "Loaded", promise->before_loaded == YES);
	if (promise->before_disabled != UNKNOWN)
		plist_add_boolean(tree, "Disabled", promise->before_disabled == YES);
	for (int i = 0; i < 3; i++) {
		const struct before *before = &promise->before[i];
		struct plist *file;

		if (before->path[0] == '\0')
			continue;
		file = plist_new();
		plist_add_text(file, "Path", before->path);
		plist_add_boolean(file, "Exists", before->exists);
		if (before->exists) {
			plist_add_integer(file, "Owner", before->owner);
			plist_add_integer(file, "Group", before->group);
			plist_add_integer(file, "Mode", before->mode);
		}
		if (i == 0 && promise->before_plist.data != NULL)
			plist_add_data(file, "Content", promise->before_plist);
		plist_append(files, file);
	}
	plist_add(tree, "Files", files);
	return tree;
}

int
promise_to_receipt(const struct promise *promise, bool changing, struct bytes *bytes, struct error *error)
{
	struct plist *tree = plist_new(), *logs = plist_new_list(), *folders = plist_new_list();
	struct plist *peers = plist_new_list();

	plist_add_integer(tree, "Version", 1);
	plist_add_text(tree, "Label", promise->label);
	plist_add_text(tree, "State", changing ? "changing" : "installed");
	plist_add_data(tree, "Plist", promise->plist);
	plist_add_integer(tree, "UserID", promise->uid);
	plist_add_integer(tree, "GroupID", promise->gid);
	plist_add_real(tree, "SettleTime", promise->settle);
	for (size_t i = 0; i < promise->peer_count; i++)
		plist_append_text(peers, promise->peers[i]);
	plist_add(tree, "Peers", peers);
	plist_add(tree, "Program", identity_tree(&promise->program_identity));
	plist_add_text(tree, "SystemVersion", promise->system_version);
	plist_add_text(tree, "SystemBuild", promise->system_build);
	for (int i = 0; i < 2; i++)
		if (promise->made_log[i])
			plist_append_text(logs, promise->logs[i]);
	for (size_t i = 0; i < promise->made_folder_count; i++)
		plist_append_text(folders, promise->made_folders[i]);
	plist_add(tree, "MadeLogs", logs);
	plist_add(tree, "MadeFolders", folders);
	plist_add(tree, "Before", before_tree(promise));
	bytes->data = (unsigned char *)plist_serialise(tree, &bytes->size);
	plist_release(tree);
	if (bytes->data == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot write the receipt of '%s'",
		    promise->label);
	return 0;
}

/*
 * An account's number, or a mode: what does not fit would be cut to another one's, root's for example; (uid_t)-1 is
 * nobody's.
 */
static bool
small_member(const struct plist *tree, const char *key, int64_t *number)
{
	return plist_integer(plist_member(tree, key), number) && *number >= 0 && *number < UINT32_MAX;
}

static bool
read_before(struct promise *promise, const struct plist *tree)
{
	const struct plist *files = plist_member(tree, "Files");
	bool value;

	if (plist_boolean(plist_member(tree, "Loaded"), &value))
		promise->before_loaded = value ? YES : NO;
	if (plist_boolean(plist_member(tree, "Disabled"), &value))
		promise->before_disabled = value ? YES : NO;
	for (size_t i = 0; i < plist_count(files) && i < 3; i++) {
		const struct plist *file = plist_item(files, i);
		const char *path = plist_text(plist_member(file, "Path"));
		int64_t owner = 0, group = 0, mode = 0;
		struct before *before = NULL;
		struct bytes content;

		if (path != NULL && strcmp(path, promise->plist_path) == 0)
			before = &promise->before[0];
		for (int log = 0; log < 2; log++)
			if (path != NULL && path[0] != '\0' && strcmp(path, promise->logs[log]) == 0)
				before = &promise->before[1 + log];
		if (before == NULL || !plist_boolean(plist_member(file, "Exists"), &before->exists) ||
		    !text_copy(before->path, PATH_SIZE, path))
			return false;
		if (before->exists && !(small_member(file, "Owner", &owner) && small_member(file, "Group", &group) &&
		    small_member(file, "Mode", &mode)))
			return false;
		before->owner = (uid_t)owner;
		before->group = (gid_t)group;
		before->mode = (mode_t)mode & 0777;
		if (before == &promise->before[0] && plist_data(plist_member(file, "Content"), &content) &&
		    promise->before_plist.data == NULL && !bytes_copy(&promise->before_plist, content))
			return false;
	}
	return true;
}

bool
promise_is_above_log(const struct promise *promise, const char *folder)
{
	size_t length = strlen(folder);

	for (int i = 0; i < 2; i++)
		if (length > 1 && strncmp(promise->logs[i], folder, length) == 0 && promise->logs[i][length] == '/')
			return true;
	return false;
}

static bool
read_made(struct promise *promise, const struct plist *tree)
{
	const struct plist *logs = plist_member(tree, "MadeLogs"), *folders = plist_member(tree, "MadeFolders");

	for (size_t i = 0; i < plist_count(logs); i++) {
		const char *path = plist_text(plist_item(logs, i));
		int which = 0;

		while (which < 2 && (path == NULL || path[0] == '\0' || strcmp(path, promise->logs[which]) != 0))
			which++;
		if (which == 2)
			return false;
		promise->made_log[which] = true;
	}
	for (size_t i = 0; i < plist_count(folders); i++) {
		const char *path = plist_text(plist_item(folders, i));

		if (path == NULL || i >= FOLDERS_MOST || !promise_is_above_log(promise, path) ||
		    !text_copy(promise->made_folders[i], PATH_SIZE, path))
			return false;
		promise->made_folder_count = i + 1;
	}
	return true;
}

/* Receipts of the first versions have none. */
static bool
read_peers(struct promise *promise, const struct plist *list)
{
	promise->peer_count = plist_count(list);
	if (promise->peer_count > PEERS_MOST)
		return false;
	for (size_t i = 0; i < promise->peer_count; i++) {
		const char *text = plist_text(plist_item(list, i));
		struct error ignored;
		struct peer peer;

		if (text == NULL || peer_parse(&peer, text, &ignored) == -1)
			return false;
		text_copy(promise->peers[i], PEER_SIZE, peer.text);
	}
	return true;
}

static bool
read_receipt(struct promise *promise, const char *label, const struct plist *tree)
{
	const char *own_label = plist_text(plist_member(tree, "Label"));
	const char *state = plist_text(plist_member(tree, "State"));
	const char *version = plist_text(plist_member(tree, "SystemVersion"));
	const char *build = plist_text(plist_member(tree, "SystemBuild"));
	int64_t number, uid, gid;

	if (!plist_integer(plist_member(tree, "Version"), &number) || number != 1 ||
	    strcmp(promise->label, label) != 0 || own_label == NULL || strcmp(own_label, label) != 0 || state == NULL ||
	    version == NULL || build == NULL ||
	    !text_copy(promise->system_version, sizeof promise->system_version, version) ||
	    !text_copy(promise->system_build, sizeof promise->system_build, build) ||
	    !small_member(tree, "UserID", &uid) || !small_member(tree, "GroupID", &gid) ||
	    !plist_real(plist_member(tree, "SettleTime"), &promise->settle) ||
	    !(promise->settle >= 0 && promise->settle <= 1000000) ||
	    !identity_read(&promise->program_identity, plist_member(tree, "Program")))
		return false;
	promise->uid = (uid_t)uid;
	promise->gid = (gid_t)gid;
	promise->changing = strcmp(state, "changing") == 0;
	return (promise->changing || strcmp(state, "installed") == 0) && read_made(promise, tree) &&
	    read_peers(promise, plist_member(tree, "Peers")) && read_before(promise, plist_member(tree, "Before"));
}

int
promise_from_receipt(struct promise *promise, const char *label, struct bytes bytes, struct error *error)
{
	struct plist *tree;
	struct bytes plist;
	struct error inner = { .kind = ERROR_NONE };
	int result = -1;

	memset(promise, 0, sizeof *promise);
	tree = plist_parse(bytes, &inner);
	if (tree != NULL && plist_data(plist_member(tree, "Plist"), &plist) &&
	    promise_from_plist(promise, plist, &inner) == 0 && read_receipt(promise, label, tree))
		result = 0;
	plist_release(tree);
	if (result == -1) {
		promise_free(promise);
		error_set(error, ERROR_DATA,
		    inner.kind == ERROR_NONE ? "it does not fit this label, or is damaged" : inner.why,
		    "look at it, move it away, and install the job again",
		    "cannot use the receipt '" PROMISE_STATE "/%s.plist'", label);
	}
	return result;
}
