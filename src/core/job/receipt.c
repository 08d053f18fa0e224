/* Write a receipt, and read it back without trusting it. */
#include <string.h>

#include "core/plist/plist.h"
#include "core/job/receipt.h"
#include "core/text.h"

bool
receipt_is_interrupted(const struct receipt *receipt)
{
	return receipt->changing && receipt->undo.files[SNAP_PLIST].path[0] != '\0';
}

bool
receipt_is_removing(const struct receipt *receipt)
{
	return receipt->changing && !receipt_is_interrupted(receipt);
}

bool
receipt_same_file(const struct file_identity *a, const struct file_identity *b)
{
	return a->inode == b->inode && a->size == b->size && a->modified == b->modified &&
	    a->modified_nanoseconds == b->modified_nanoseconds;
}

bool
receipt_is_program_changed(const struct receipt *receipt, const struct facts *facts)
{
	const struct file_identity *program = &facts->program.file.identity;

	return !receipt_same_file(&receipt->program_identity, program) &&
	    (facts->offline || facts->system.booted <= program->changed);
}

static bool
receipt_text_is(const struct plist *value, const char *text)
{
	const char *own = plist_text(value);

	return own != NULL && strcmp(own, text) == 0;
}

bool
receipt_is_strange_plist(const struct receipt *receipt, const struct facts *facts)
{
	const char *program = receipt->spec.program.theirs;
	struct error ignored;
	struct plist *tree;
	bool same_job;

	if (!receipt->spec.account_label || receipt->changing || facts->plist.bytes.data == NULL ||
	    bytes_equal(facts->plist.bytes, receipt->spec.plist))
		return false;
	tree = plist_parse(facts->plist.bytes, &ignored);
	same_job = tree == NULL ||
	    (receipt_text_is(plist_member(tree, "UserName"), receipt->spec.user) &&
	    (receipt_text_is(plist_member(tree, "Program"), program) ||
	    receipt_text_is(plist_item(plist_member(tree, "ProgramArguments"), 0), program)));
	plist_release(tree);
	return !same_job;
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

bool
receipt_is_lenient(const struct spec *spec, const struct receipt *receipt)
{
	return receipt != NULL && receipt->rules < RECEIPT_RULES &&
	    strcmp(receipt->spec.program.theirs,
	    spec->program.theirs) == 0 && strcmp(receipt->spec.env.script, spec->env.script) == 0;
}

bool
receipt_is_from_before(const struct receipt *receipt, uid_t uid, gid_t gid, struct bytes plist)
{
	return receipt->rules < RECEIPT_RULES && receipt->spec.agent.path[0] == '\0' &&
	    receipt->spec.uid == uid && receipt->spec.gid == gid &&
	    bytes_equal(receipt->spec.plist, plist);
}

static void
snapshot_free(struct snapshot *snapshot)
{
	for (int i = 0; i < SNAP_FILES; i++)
		bytes_free(&snapshot->files[i].content);
}

void
receipt_free(struct receipt *receipt)
{
	spec_free(&receipt->spec);
	snapshot_free(&receipt->before);
	snapshot_free(&receipt->undo);
	bytes_free(&receipt->undo_receipt);
}

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
receipt_identity_tree(const struct file_identity *identity)
{
	struct plist *tree = plist_new();

	for (size_t i = 0; i < sizeof identity_fields / sizeof identity_fields[0]; i++) {
		int64_t value;

		memcpy(&value, (const char *)identity + identity_fields[i].offset, sizeof value);
		plist_add(tree, identity_fields[i].key, plist_new_integer(value));
	}
	return tree;
}

static bool
receipt_read_identity(struct file_identity *identity, const struct plist *tree)
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
receipt_file_tree(const struct file_snapshot *snapshot)
{
	struct plist *file = plist_new();

	plist_add_text(file, "Path", snapshot->path);
	plist_add(file, "Exists", plist_new_boolean(snapshot->exists));
	if (snapshot->exists) {
		plist_add(file, "Owner", plist_new_integer(snapshot->owner));
		plist_add(file, "Group", plist_new_integer(snapshot->group));
		plist_add(file, "Mode", plist_new_integer(snapshot->mode));
	}
	if (snapshot->content.data != NULL)
		plist_add(file, "Content", plist_new_bytes(snapshot->content));
	return file;
}

/* Whether launchd had the agent, in the order of its domains. */
static struct plist *
receipt_agents_tree(const struct snapshot *snapshot)
{
	struct plist *list = plist_new_list();

	for (size_t i = 0; i < AGENT_DOMAINS; i++)
		plist_append(list, plist_new_text(snapshot->agents[i] == UNKNOWN ? "no domain" :
		    snapshot->agents[i] == NO ? "not loaded" :
		    snapshot->agents_running[i] ? "running" : "loaded"));
	return list;
}

static struct plist *
receipt_snapshot_tree(const struct snapshot *snapshot)
{
	struct plist *tree = plist_new(), *files = plist_new_list();

	if (snapshot->loaded != UNKNOWN)
		plist_add(tree, "Loaded", plist_new_boolean(snapshot->loaded == YES));
	if (snapshot->loaded == YES)
		plist_add(tree, "Running", plist_new_boolean(snapshot->running));
	if (snapshot->disabled != UNKNOWN)
		plist_add(tree, "Disabled", plist_new_boolean(snapshot->disabled == YES));
	if (snapshot->loaded_from[0] != '\0')
		plist_add_text(tree, "LoadedFrom", snapshot->loaded_from);
	for (int i = 0; i < SNAP_FILES; i++)
		if (snapshot->files[i].path[0] != '\0')
			plist_append(files, receipt_file_tree(&snapshot->files[i]));
	plist_add(tree, "Files", files);
	if (snapshot->files[SNAP_AGENT].path[0] != '\0')
		plist_add(tree, "Agents", receipt_agents_tree(snapshot));
	return tree;
}

static struct plist *
receipt_agent_tree(const struct agent *agent)
{
	struct plist *tree = plist_new(), *users = plist_new_list();

	plist_add_text(tree, "Path", agent->path);
	plist_add_text(tree, "Account", agent->account);
	for (size_t i = 0; i < agent->user_count; i++)
		plist_append(users, plist_new_integer(agent->users[i]));
	plist_add(tree, "Users", users);
	return tree;
}

static struct plist *
receipt_undo_tree(const struct receipt *receipt)
{
	struct plist *tree = receipt_snapshot_tree(&receipt->undo);

	plist_add(tree, "MadeFolders", plist_new_integer((int64_t)receipt->undo.folder_count));
	if (receipt->undo_receipt.data != NULL)
		plist_add(tree, "Receipt", plist_new_bytes(receipt->undo_receipt));
	if (receipt->undo_receipt.data != NULL && receipt->undo_receipt_mode != SPEC_MODE)
		plist_add(tree, "ReceiptMode", plist_new_integer(receipt->undo_receipt_mode));
	return tree;
}

/* Return the mode that is as private as each plist whose bytes are in it. */
static mode_t
receipt_snapshot_mode(const struct snapshot *snapshot)
{
	mode_t mode = SPEC_MODE;

	for (int i = 0; i < SNAP_FILES; i++)
		if (snapshot->files[i].content.data != NULL)
			mode &= spec_mode(snapshot->files[i].mode);
	return mode;
}

mode_t
receipt_mode(const struct receipt *receipt, enum receipt_state state)
{
	mode_t mode = receipt->spec.mode;

	/* Receipts of version 0.1 stay as they are. */
	if (receipt->rules == 0 && mode == SPEC_MODE)
		return mode;
	mode &= receipt_snapshot_mode(&receipt->before);
	if (state != RECEIPT_CHANGING)
		return mode;
	mode &= receipt_snapshot_mode(&receipt->undo);
	return receipt->undo_receipt.data == NULL ? mode :
	    mode & spec_mode(receipt->undo_receipt_mode);
}

/* As for the logs, the default that follows from Agent is not written. */
static bool
receipt_default_account_label(const struct spec *spec)
{
	return spec->agent.path[0] != '\0';
}

/*
 * Return the value for a receipt without AccountLogs: version 0.1 kept the logs that an agent's
 * plist named, and moved others to /var/log. The key is written only if it differs, so that
 * receipts of version 0.1 keep their bytes.
 */
static bool
receipt_default_account_log(const struct spec *spec, int which)
{
	return spec->agent.path[0] != '\0' && spec_has_log(spec, which) &&
	    !text_begins_folded(text_short_path(spec->logs[which].theirs), "/var/log/");
}

static void
receipt_add_account_logs(struct plist *tree, const struct spec *spec)
{
	struct plist *logs;
	bool differs = false;

	for (int i = 0; i < 2; i++)
		differs = differs || spec->account_log[i] != receipt_default_account_log(spec,
		    i);
	if (!differs)
		return;
	logs = plist_new_list();
	for (int i = 0; i < 2; i++)
		if (spec->account_log[i])
			plist_append(logs, plist_new_text(spec->logs[i].theirs));
	plist_add(tree, "AccountLogs", logs);
}

int
receipt_to_bytes(const struct receipt *receipt, enum receipt_state state, struct bytes *bytes,
    struct error *error)
{
	struct plist *tree = plist_new(), *logs = plist_new_list(), *folders = plist_new_list();
	struct plist *peers = plist_new_list();

	plist_add(tree, "Version", plist_new_integer(1));
	plist_add_text(tree, "Label", receipt->spec.label);
	plist_add_text(tree, "State", state == RECEIPT_INSTALLED ? "installed" : "changing");
	plist_add(tree, "Plist", plist_new_bytes(receipt->spec.plist));
	/* Version 0.1 did not have these keys, and its receipts must keep their bytes. */
	if (receipt->spec.mode != SPEC_MODE)
		plist_add(tree, "Mode", plist_new_integer(receipt->spec.mode));
	if (receipt->rules != 0)
		plist_add(tree, "Rules", plist_new_integer(receipt->rules));
	if (receipt->spec.log_mode != SPEC_LOG_MODE)
		plist_add(tree, "LogMode", plist_new_integer(receipt->spec.log_mode));
	plist_add(tree, "UserID", plist_new_integer(receipt->spec.uid));
	plist_add(tree, "GroupID", plist_new_integer(receipt->spec.gid));
	plist_add(tree, "SettleTime", plist_new_number(receipt->spec.settle));
	for (size_t i = 0; i < receipt->spec.peer_count; i++)
		plist_append(peers, plist_new_text(receipt->spec.peers[i]));
	plist_add(tree, "Peers", peers);
	plist_add(tree, "Program", receipt_identity_tree(&receipt->program_identity));
	plist_add_text(tree, "SystemVersion", receipt->system_version);
	plist_add_text(tree, "SystemBuild", receipt->system_build);
	for (int i = 0; i < 2; i++)
		if (receipt->made_log[i])
			plist_append(logs, plist_new_text(receipt->spec.logs[i].theirs));
	for (size_t i = 0; i < receipt->made_folder_count; i++)
		plist_append(folders, plist_new_text(receipt->made_folders[i]));
	plist_add(tree, "MadeLogs", logs);
	plist_add(tree, "MadeFolders", folders);
	receipt_add_account_logs(tree, &receipt->spec);
	if (receipt->spec.account_label != receipt_default_account_label(&receipt->spec))
		plist_add(tree, "AccountLabel", plist_new_boolean(receipt->spec.account_label));
	if (receipt->spec.agent.path[0] != '\0')
		plist_add(tree, "Agent", receipt_agent_tree(&receipt->spec.agent));
	plist_add(tree, "Before", receipt_snapshot_tree(&receipt->before));
	if (state == RECEIPT_CHANGING)
		plist_add(tree, "Undo", receipt_undo_tree(receipt));
	bytes->data = (unsigned char *)plist_serialize(tree, &bytes->size);
	plist_release(tree);
	if (bytes->data == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot write the receipt of '%s'", receipt->spec.label);
	return 0;
}

/*
 * Read a uid, gid or mode. Reject ids that do not fit in 32 bits (truncation could yield 0, root)
 * and (uid_t)-1.
 */
static bool
receipt_read_id(const struct plist *tree, const char *key, int64_t *number)
{
	return plist_integer(plist_member(tree, key), number) && *number >= 0 &&
	    *number < UINT32_MAX;
}

/* Return true for a plist that launchd would load at boot: directly in the directory. */
static bool
receipt_is_daemon_plist(const char *path)
{
	size_t folder = strlen(DAEMONS_DIRECTORY), length = strlen(path);

	return strncmp(path, DAEMONS_DIRECTORY "/", folder + 1) == 0 && path[folder + 1] != '.' &&
	    length > folder + 7 && strcmp(path + length - 6, ".plist") == 0 &&
	    strchr(path + folder + 1, '/') == NULL;
}

/* Return the job's file that a path names, or NULL. */
static struct file_snapshot *
receipt_find_file(const struct spec *spec, struct snapshot *snapshot, const char *path)
{
	if (path == NULL || path[0] == '\0')
		return NULL;
	for (int log = 0; log < 2; log++)
		if (strcmp(path, spec->logs[log].theirs) == 0)
			return &snapshot->files[SNAP_LOG + log];
	if (strcmp(path, spec->plist_path) == 0)
		return &snapshot->files[SNAP_PLIST];
	if (strcmp(path, spec->agent.path) == 0)
		return &snapshot->files[SNAP_AGENT];
	return receipt_is_daemon_plist(path) ? &snapshot->files[SNAP_DUPLICATE] : NULL;
}

/*
 * Only plists have their bytes in a receipt. One at another path than the job's must have the job's
 * label, or it would not have been moved aside.
 */
static bool
receipt_read_content(const struct spec *spec, struct snapshot *snapshot,
    struct file_snapshot *target, const struct plist *value)
{
	bool is_log = target == &snapshot->files[SNAP_LOG] ||
	    target == &snapshot->files[SNAP_LOG + 1];
	bool is_own = target == &snapshot->files[SNAP_PLIST];
	struct bytes content;

	if (is_log || !plist_data(value, &content))
		return is_log || is_own ||
		    (target == &snapshot->files[SNAP_AGENT] && !target->exists);
	return (is_own || spec_has_label(content, spec->label)) &&
	    bytes_copy(&target->content, content);
}

static bool
receipt_read_file(const struct spec *spec, struct snapshot *snapshot,
    const struct plist *file)
{
	const char *path = plist_text(plist_member(file, "Path"));
	struct file_snapshot *target = receipt_find_file(spec, snapshot, path);
	int64_t owner = 0, group = 0, mode = 0;

	if (target == NULL || target->path[0] != '\0' ||
	    !text_copy(target->path, PATH_SIZE, path) ||
	    !plist_boolean(plist_member(file, "Exists"), &target->exists))
		return false;
	if (target->exists && !(receipt_read_id(file, "Owner", &owner) &&
	    receipt_read_id(file, "Group", &group) && receipt_read_id(file, "Mode", &mode)))
		return false;
	target->owner = (uid_t)owner;
	target->group = (gid_t)group;
	target->mode = (mode_t)mode & 0777;
	return receipt_read_content(spec, snapshot, target, plist_member(file, "Content"));
}

static bool
receipt_read_agents(struct snapshot *snapshot, const struct plist *list)
{
	for (size_t i = 0; i < plist_count(list); i++) {
		const char *text = plist_text(plist_item(list, i));

		if (text == NULL || i >= AGENT_DOMAINS)
			return false;
		snapshot->agents_running[i] = strcmp(text, "running") == 0;
		snapshot->agents[i] =
		    snapshot->agents_running[i] || strcmp(text, "loaded") == 0 ? YES :
		    strcmp(text, "not loaded") == 0 ? NO : UNKNOWN;
	}
	return true;
}

static bool
receipt_read_snapshot(const struct spec *spec, struct snapshot *snapshot,
    const struct plist *tree)
{
	const struct plist *files = plist_member(tree, "Files");
	const char *from = plist_text(plist_member(tree, "LoadedFrom"));
	bool value;

	if (plist_boolean(plist_member(tree, "Loaded"), &value))
		snapshot->loaded = value ? YES : NO;
	if (plist_boolean(plist_member(tree, "Disabled"), &value))
		snapshot->disabled = value ? YES : NO;
	plist_boolean(plist_member(tree, "Running"), &snapshot->running);
	if (from != NULL && (from[0] != '/' || !text_copy(snapshot->loaded_from, PATH_SIZE, from)))
		return false;
	for (size_t i = 0; i < plist_count(files); i++)
		if (!receipt_read_file(spec, snapshot, plist_item(files, i)))
			return false;
	return receipt_read_agents(snapshot, plist_member(tree, "Agents"));
}

/*
 * A plist below a home is restored only to an agents directory, under a name that launchd reads;
 * that the account owns the directory is checked when it is opened.
 */
static bool
receipt_read_agent(struct agent *agent, const struct plist *tree)
{
	const char *path = plist_text(plist_member(tree, "Path")),
	    *account = plist_text(plist_member(tree, "Account"));
	const struct plist *users = plist_member(tree, "Users");
	const char *folder = path == NULL ? NULL : strstr(path, AGENTS_DIRECTORY "/");
	char home[PATH_SIZE];

	if (tree == NULL)
		return true;
	if (folder == NULL || path[0] != '/' || account == NULL ||
	    (account[0] == '\0') != (folder == path) ||
	    !text_format(home, sizeof home, "%.*s", (int)(folder - path), path) ||
	    !spec_is_agents_plist(path, home) || !text_copy(agent->path, PATH_SIZE, path) ||
	    !text_copy(agent->account, NAME_SIZE, account))
		return false;
	for (size_t i = 0; i < plist_count(users); i++) {
		int64_t uid;

		if (i >= AGENT_USERS || !plist_integer(plist_item(users, i), &uid) || uid < 0 ||
		    uid >= UINT32_MAX)
			return false;
		agent->users[agent->user_count++] = (uid_t)uid;
	}
	return true;
}

/* Read the state that an interrupted change is undone to. */
static bool
receipt_read_undo(struct receipt *receipt, const struct plist *tree)
{
	struct bytes old;
	int64_t folders = 0, mode = SPEC_MODE;

	if (plist_integer(plist_member(tree, "MadeFolders"), &folders) &&
	    (folders < 0 || folders > FOLDERS_MAX))
		return false;
	if (plist_member(tree, "ReceiptMode") != NULL &&
	    !receipt_read_id(tree, "ReceiptMode", &mode))
		return false;
	receipt->undo.folder_count = (size_t)folders;
	receipt->undo_receipt_mode = spec_mode((mode_t)mode);
	return receipt_read_snapshot(&receipt->spec, &receipt->undo, tree) &&
	    (!plist_data(plist_member(tree, "Receipt"), &old) ||
	    bytes_copy(&receipt->undo_receipt, old));
}

/* Mark the job's logs in the list; anything else in it is an error. */
static bool
receipt_read_logs(const struct spec *spec, const struct plist *logs, bool marks[2])
{
	for (size_t i = 0; i < plist_count(logs); i++) {
		const char *path = plist_text(plist_item(logs, i));
		int which = 0;

		while (which < 2 && (path == NULL || path[0] == '\0' || strcmp(path,
		    spec->logs[which].theirs) != 0))
			which++;
		if (which == 2)
			return false;
		marks[which] = true;
	}
	return true;
}

static bool
receipt_read_account_logs(struct spec *spec, const struct plist *tree)
{
	const struct plist *logs = plist_member(tree, "AccountLogs");

	if (!plist_boolean(plist_member(tree, "AccountLabel"), &spec->account_label))
		spec->account_label = receipt_default_account_label(spec);
	for (int i = 0; i < 2 && logs == NULL; i++)
		spec->account_log[i] = receipt_default_account_log(spec, i);
	return receipt_read_logs(spec, logs, spec->account_log);
}

static bool
receipt_read_made(struct receipt *receipt, const struct plist *tree)
{
	const struct plist *folders = plist_member(tree, "MadeFolders");

	if (!receipt_read_logs(&receipt->spec, plist_member(tree, "MadeLogs"), receipt->made_log))
		return false;
	for (size_t i = 0; i < plist_count(folders); i++) {
		const char *path = plist_text(plist_item(folders, i));

		if (path == NULL || i >= FOLDERS_MAX || !spec_is_above_log(&receipt->spec, path) ||
		    !text_copy(receipt->made_folders[i], PATH_SIZE, path))
			return false;
		receipt->made_folder_count = i + 1;
	}
	return true;
}

/* Receipts of the first versions have no peers. */
static bool
receipt_read_peers(struct spec *spec, const struct plist *list)
{
	spec->peer_count = plist_count(list);
	if (spec->peer_count > PEERS_MAX)
		return false;
	for (size_t i = 0; i < spec->peer_count; i++) {
		const char *text = plist_text(plist_item(list, i));
		struct error ignored;
		struct peer peer;

		if (text == NULL || peer_parse(&peer, text, &ignored) == -1)
			return false;
		text_copy(spec->peers[i], PEER_SIZE, peer.text);
	}
	return true;
}

static bool
receipt_read(struct receipt *receipt, const char *label, const struct plist *tree)
{
	const char *own_label = plist_text(plist_member(tree, "Label"));
	const char *state = plist_text(plist_member(tree, "State"));
	const char *version = plist_text(plist_member(tree, "SystemVersion"));
	const char *build = plist_text(plist_member(tree, "SystemBuild"));
	int64_t number, uid, gid, mode = SPEC_MODE, log_mode = SPEC_LOG_MODE, rules = 0;

	if (!plist_integer(plist_member(tree, "Version"), &number) || number != 1 ||
	    strcmp(receipt->spec.label, label) != 0 || own_label == NULL ||
	    strcmp(own_label, label) != 0 || state == NULL || version == NULL || build == NULL ||
	    !text_copy(receipt->system_version, sizeof receipt->system_version, version) ||
	    !text_copy(receipt->system_build, sizeof receipt->system_build, build) ||
	    !receipt_read_id(tree, "UserID", &uid) || !receipt_read_id(tree, "GroupID", &gid) ||
	    !plist_real(plist_member(tree, "SettleTime"), &receipt->spec.settle) ||
	    !(receipt->spec.settle >= 0 && receipt->spec.settle <= 1000000) ||
	    !receipt_read_identity(&receipt->program_identity, plist_member(tree, "Program")))
		return false;
	receipt->spec.uid = (uid_t)uid;
	receipt->spec.gid = (gid_t)gid;
	if ((plist_member(tree, "Mode") != NULL && !receipt_read_id(tree, "Mode", &mode)) ||
	    (plist_member(tree, "LogMode") != NULL &&
	    !receipt_read_id(tree, "LogMode", &log_mode)) ||
	    (plist_member(tree, "Rules") != NULL && !receipt_read_id(tree, "Rules", &rules)))
		return false;
	receipt->spec.mode = spec_mode((mode_t)mode);
	receipt->spec.log_mode = log_mode == 0600 ? 0600 : SPEC_LOG_MODE;
	receipt->rules = (unsigned)rules;
	receipt->changing = strcmp(state, "changing") == 0;
	return (receipt->changing || strcmp(state, "installed") == 0) &&
	    receipt_read_made(receipt, tree) &&
	    receipt_read_peers(&receipt->spec, plist_member(tree, "Peers")) &&
	    receipt_read_agent(&receipt->spec.agent, plist_member(tree, "Agent")) &&
	    receipt_read_account_logs(&receipt->spec, tree) &&
	    receipt_read_snapshot(&receipt->spec, &receipt->before, plist_member(tree, "Before")) &&
	    (!receipt->changing || receipt_read_undo(receipt, plist_member(tree, "Undo")));
}

/*
 * Return -1. On a volume that ignores case, as a Mac's does, two labels can have the same file:
 * then this is the valid receipt of the other job.
 */
static int
receipt_refuse(const char *label, const char *theirs, const char *why, struct error *error)
{
	char words[sizeof error->why];

	if (strcmp(theirs, label) == 0 || !text_equal_folded(theirs, label) ||
	    !text_format(words, sizeof words,
	    "a job '%s' is installed, and the volume ignores case", theirs))
		return error_set(error, ERROR_DATA, why,
		    "inspect it, then move it aside and install the job again",
		    "cannot use the receipt '" STATE_DIRECTORY "/%s.plist'", label);
	return error_set(error, ERROR_DATA, words,
	    "use that label, or choose another one", "cannot use the label '%s'", label);
}

static int
receipt_read_spec(struct receipt *receipt, const struct plist *tree,
    const struct plist_file *known, struct error *error)
{
	struct plist_file file = { { NULL, 0 }, known == NULL ? NULL : known->tree };

	if (!plist_data(plist_member(tree, "Plist"), &file.bytes))
		return -1;
	return known != NULL && known->tree != NULL && bytes_equal(file.bytes, known->bytes) ?
	    spec_from_file(&receipt->spec, &file, error) :
	    spec_from_plist(&receipt->spec, file.bytes, error);
}

int
receipt_from_bytes(struct receipt *receipt, const char *label, struct bytes bytes,
    const struct plist_file *known, struct error *error)
{
	struct plist *tree;
	struct error inner = { .kind = ERROR_NONE };
	int result = -1;

	memset(receipt, 0, sizeof *receipt);
	tree = plist_parse(bytes, &inner);
	if (tree != NULL && receipt_read_spec(receipt, tree, known, &inner) == 0 &&
	    receipt_read(receipt, label, tree))
		result = 0;
	plist_release(tree);
	if (result == 0)
		return 0;
	receipt_free(receipt);
	return receipt_refuse(label, receipt->spec.label, inner.kind == ERROR_NONE ?
	    "it is damaged, or not for this label" : inner.why, error);
}
