/* Write a receipt, and read it back without trusting it. */
#include <string.h>

#include "core/facts/content.h"
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

int64_t
receipt_loaded(const struct receipt *receipt, const struct file_fact *file)
{
	return receipt->log_starts.time != 0 ? receipt->log_starts.time :
	    file->identity.modified;
}

bool
receipt_is_program_changed(const struct receipt *receipt, const struct facts *facts)
{
	const struct file_identity *program = &facts->program.file.identity;

	return content_same(&receipt->program_identity, program) != YES &&
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

/* ---- the keys: a row serves both directions ---- */

enum field_kind {
	FIELD_TEXT,
	FIELD_FOLDER,			/* a text: a directory above a log */
	FIELD_BOOLEAN,
	FIELD_TRISTATE,			/* a boolean; UNKNOWN: none */
	FIELD_ID,			/* 32 bits: a uid, a gid, a number of rules */
	FIELD_MODE,
	FIELD_COUNT,			/* of directories above the logs */
	FIELD_NUMBER,			/* 64 bits, signed or not */
	FIELD_SECONDS,
	FIELD_DATA,
	FIELD_RECORD,			/* a dictionary, which has rows of its own */
	FIELD_LOGS,			/* the paths of those of the two logs that are true */
	FIELD_FILES,			/* of a snapshot */
	FIELD_AGENTS,			/* of a snapshot: whether launchd had the agent */
};

enum field_presence {
	FIELD_NEEDED,			/* a receipt without it is refused */
	FIELD_WRITTEN,			/* may be missing: then it is zero */
	FIELD_OMITTED,			/* written only if it is not the default, which it has if it
					   is missing */
};

struct receipt_field {			/* one row per key, in the order of the file */
	const char	*key;
	enum field_kind	 kind;		/* of each item, if it is a list */
	enum field_presence presence;
	size_t		 offset, size;	/* in its record */
	size_t		 limit, count;	/* of a list: the most items, where their number is */
	int64_t		 usual;		/* the default of a number; of others it is the empty one */
	bool		(*is_usual)(const void *record);	/* where it depends on others */
	bool		(*is_part)(const void *record);		/* NULL: always; looks only at keys
								   above it */
	bool		(*accept)(void *value);	/* refuse what was read, or make it stricter */
	const struct receipt_field *fields;	/* of a record; the last one has no key */
};

#define FIELD_AT(record, member)	.offset = offsetof(struct record, member), \
	.size = sizeof ((struct record *)NULL)->member
#define FIELD_LIST(record, member, counter)	.offset = offsetof(struct record, member), \
	.size = sizeof ((struct record *)NULL)->member[0], \
	.limit = sizeof ((struct record *)NULL)->member / \
	    sizeof ((struct record *)NULL)->member[0], \
	.count = offsetof(struct record, counter)

static bool
file_is_there(const void *record)
{
	return ((const struct file_snapshot *)record)->exists;
}

static bool
snapshot_is_loaded(const void *record)
{
	return ((const struct snapshot *)record)->loaded == YES;
}

static bool
snapshot_has_agent(const void *record)
{
	return ((const struct snapshot *)record)->files[SNAP_AGENT].path[0] != '\0';
}

static bool
undo_has_receipt(const void *record)
{
	return ((const struct receipt *)record)->undo_receipt.data != NULL;
}

/*
 * Return the value for a receipt without AccountLogs: version 0.1 kept the logs that an agent's
 * plist named, and moved others to /var/log. The key is written only if it differs, so that
 * receipts of version 0.1 keep their bytes.
 */
static bool
receipt_usual_account_log(const struct spec *spec, int which, bool was_agent)
{
	return was_agent && spec_has_log(spec, which) &&
	    !text_begins_folded(text_short_path(spec->logs[which].theirs), "/var/log/");
}

static bool
account_logs_are_usual(const void *record)
{
	const struct spec *spec = &((const struct receipt *)record)->spec;
	bool agent = spec->agent.path[0] != '\0';

	return spec->account_log[0] == receipt_usual_account_log(spec, 0, agent) &&
	    spec->account_log[1] == receipt_usual_account_log(spec, 1, agent);
}

/* As for the logs, the default follows from Agent. */
static bool
account_label_is_usual(const void *record)
{
	const struct spec *spec = &((const struct receipt *)record)->spec;

	return spec->account_label == (spec->agent.path[0] != '\0');
}

static bool
log_starts_are_usual(const void *record)
{
	const struct log_starts *starts = &((const struct receipt *)record)->log_starts;

	return starts->time == 0;
}

static bool
accept_mode(void *value)
{
	mode_t *mode = value;

	*mode = spec_mode(*mode);
	return true;
}

static bool
accept_log_mode(void *value)
{
	mode_t *mode = value;

	*mode = *mode == 0600 ? 0600 : SPEC_LOG_MODE;
	return true;
}

/* Bits above the permissions are not restored. */
static bool
accept_permissions(void *value)
{
	mode_t *mode = value;

	*mode &= 0777;
	return true;
}

static bool
accept_peer(void *value)
{
	struct error ignored;
	struct peer peer;

	return peer_parse(&peer, value, &ignored) == 0 && text_copy(value, PEER_SIZE, peer.text);
}

static bool
accept_full_path(void *value)
{
	return *(const char *)value == '/';
}

static bool
accept_sha256(void *value)
{
	return content_is_sha256(value);
}

/*
 * A plist below a home is restored only to an agents directory, under a name that launchd reads;
 * that the account owns the directory is checked when it is opened.
 */
static bool
accept_agent(void *value)
{
	const struct agent *agent = value;
	const char *folder = strstr(agent->path, AGENTS_DIRECTORY "/");
	char home[PATH_SIZE];

	return folder != NULL && agent->path[0] == '/' &&
	    (agent->account[0] == '\0') == (folder == agent->path) &&
	    text_format(home, sizeof home, "%.*s", (int)(folder - agent->path), agent->path) &&
	    spec_is_agents_plist(agent->path, home);
}

static const struct receipt_field identity_fields[] = {
	{ "Device", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(file_identity, device) },
	{ "Inode", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(file_identity, inode) },
	{ "Size", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(file_identity, size) },
	{ "Modified", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(file_identity, modified) },
	{ "ModifiedNanoseconds", FIELD_NUMBER, FIELD_NEEDED,
	  FIELD_AT(file_identity, modified_nanoseconds) },
	{ "Changed", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(file_identity, changed) },
	{ "ChangedNanoseconds", FIELD_NUMBER, FIELD_NEEDED,
	  FIELD_AT(file_identity, changed_nanoseconds) },
	{ "SHA256", FIELD_TEXT, FIELD_OMITTED, FIELD_AT(file_identity, sha256),
	  .accept = accept_sha256 },
	{ .key = NULL },
};

static const struct receipt_field log_start_fields[] = {
	{ "OutputInode", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(log_starts, of[0].inode) },
	{ "OutputSize", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(log_starts, of[0].size) },
	{ "ErrorInode", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(log_starts, of[1].inode) },
	{ "ErrorSize", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(log_starts, of[1].size) },
	{ "Time", FIELD_NUMBER, FIELD_NEEDED, FIELD_AT(log_starts, time) },
	{ .key = NULL },
};

static const struct receipt_field file_fields[] = {
	{ "Path", FIELD_TEXT, FIELD_NEEDED, FIELD_AT(file_snapshot, path) },
	{ "Exists", FIELD_BOOLEAN, FIELD_NEEDED, FIELD_AT(file_snapshot, exists) },
	{ "Owner", FIELD_ID, FIELD_NEEDED, FIELD_AT(file_snapshot, owner),
	  .is_part = file_is_there },
	{ "Group", FIELD_ID, FIELD_NEEDED, FIELD_AT(file_snapshot, group),
	  .is_part = file_is_there },
	{ "Mode", FIELD_MODE, FIELD_NEEDED, FIELD_AT(file_snapshot, mode),
	  .is_part = file_is_there, .accept = accept_permissions },
	{ "Content", FIELD_DATA, FIELD_OMITTED, FIELD_AT(file_snapshot, content) },
	{ .key = NULL },
};

static const struct receipt_field snapshot_fields[] = {
	{ "Loaded", FIELD_TRISTATE, FIELD_OMITTED, FIELD_AT(snapshot, loaded) },
	{ "Running", FIELD_BOOLEAN, FIELD_WRITTEN, FIELD_AT(snapshot, running),
	  .is_part = snapshot_is_loaded },
	{ "Disabled", FIELD_TRISTATE, FIELD_OMITTED, FIELD_AT(snapshot, disabled) },
	{ "LoadedFrom", FIELD_TEXT, FIELD_OMITTED, FIELD_AT(snapshot, loaded_from),
	  .accept = accept_full_path },
	{ "Files", FIELD_FILES, FIELD_WRITTEN, .offset = 0 },
	{ "Agents", FIELD_AGENTS, FIELD_WRITTEN, .offset = 0, .is_part = snapshot_has_agent },
	{ .key = NULL },
};

static const struct receipt_field undo_fields[] = {	/* and those of a snapshot */
	{ "MadeFolders", FIELD_COUNT, FIELD_WRITTEN, FIELD_AT(receipt, undo.folder_count) },
	{ "Receipt", FIELD_DATA, FIELD_OMITTED, FIELD_AT(receipt, undo_receipt) },
	{ "ReceiptMode", FIELD_MODE, FIELD_OMITTED, FIELD_AT(receipt, undo_receipt_mode),
	  .usual = SPEC_MODE, .is_part = undo_has_receipt, .accept = accept_mode },
	{ .key = NULL },
};

static const struct receipt_field agent_fields[] = {
	{ "Path", FIELD_TEXT, FIELD_NEEDED, FIELD_AT(agent, path) },
	{ "Account", FIELD_TEXT, FIELD_NEEDED, FIELD_AT(agent, account) },
	{ "Users", FIELD_ID, FIELD_WRITTEN, FIELD_LIST(agent, users, user_count) },
	{ .key = NULL },
};

/* After Version, Label, State and Plist. What version 0.1 did not have is omitted where it can. */
static const struct receipt_field receipt_fields[] = {
	{ "Mode", FIELD_MODE, FIELD_OMITTED, FIELD_AT(receipt, spec.mode), .usual = SPEC_MODE,
	  .accept = accept_mode },
	{ "Rules", FIELD_ID, FIELD_OMITTED, FIELD_AT(receipt, rules) },
	{ "LogMode", FIELD_MODE, FIELD_OMITTED, FIELD_AT(receipt, spec.log_mode),
	  .usual = SPEC_LOG_MODE, .accept = accept_log_mode },
	{ "UserID", FIELD_ID, FIELD_NEEDED, FIELD_AT(receipt, spec.uid) },
	{ "GroupID", FIELD_ID, FIELD_NEEDED, FIELD_AT(receipt, spec.gid) },
	{ "SettleTime", FIELD_SECONDS, FIELD_NEEDED, FIELD_AT(receipt, spec.settle) },
	{ "MaxStarts", FIELD_ID, FIELD_OMITTED, FIELD_AT(receipt, spec.max_starts),
	  .usual = STARTS_DEFAULT },
	{ "Peers", FIELD_TEXT, FIELD_WRITTEN, FIELD_LIST(receipt, spec.peers, spec.peer_count),
	  .accept = accept_peer },
	{ "Program", FIELD_RECORD, FIELD_NEEDED, FIELD_AT(receipt, program_identity),
	  .fields = identity_fields },
	{ "SystemVersion", FIELD_TEXT, FIELD_NEEDED, FIELD_AT(receipt, system_version) },
	{ "SystemBuild", FIELD_TEXT, FIELD_NEEDED, FIELD_AT(receipt, system_build) },
	{ "LogStarts", FIELD_RECORD, FIELD_OMITTED, FIELD_AT(receipt, log_starts),
	  .is_usual = log_starts_are_usual, .fields = log_start_fields },
	{ "MadeLogs", FIELD_LOGS, FIELD_WRITTEN, FIELD_AT(receipt, made_log) },
	{ "MadeFolders", FIELD_FOLDER, FIELD_WRITTEN,
	  FIELD_LIST(receipt, made_folders, made_folder_count) },
	{ "AccountLogs", FIELD_LOGS, FIELD_OMITTED, FIELD_AT(receipt, spec.account_log),
	  .is_usual = account_logs_are_usual },
	{ "AccountLabel", FIELD_BOOLEAN, FIELD_OMITTED, FIELD_AT(receipt, spec.account_label),
	  .is_usual = account_label_is_usual },
	{ "Agent", FIELD_RECORD, FIELD_OMITTED, FIELD_AT(receipt, spec.agent),
	  .accept = accept_agent, .fields = agent_fields },
	{ "Before", FIELD_RECORD, FIELD_WRITTEN, FIELD_AT(receipt, before),
	  .fields = snapshot_fields },
	{ .key = NULL },
};

/* ---- writing ---- */

static struct plist *receipt_write(struct plist *, const struct receipt_field *,
    const struct receipt *, const void *record);

/* Return a number; of the rest, whether it has a value: a record has none if its path is empty. */
static int64_t
receipt_number(enum field_kind kind, const void *value)
{
	switch (kind) {
	case FIELD_TRISTATE:
		return *(const enum tristate *)value;
	case FIELD_ID:
		return *(const uint32_t *)value;
	case FIELD_MODE:
		return *(const mode_t *)value;
	case FIELD_COUNT:
		return (int64_t)*(const size_t *)value;
	case FIELD_NUMBER:
		return *(const int64_t *)value;
	case FIELD_DATA:
		return ((const struct bytes *)value)->data != NULL;
	default:
		return *(const char *)value;
	}
}

static struct plist *
receipt_write_logs(const struct spec *spec, const bool marks[2])
{
	struct plist *logs = plist_new_list();

	for (int i = 0; i < 2; i++)
		if (marks[i])
			plist_append(logs, plist_new_text(spec->logs[i].theirs));
	return logs;
}

static struct plist *
receipt_write_files(const struct receipt *receipt, const struct snapshot *snapshot)
{
	struct plist *files = plist_new_list();

	for (int i = 0; i < SNAP_FILES; i++)
		if (snapshot->files[i].path[0] != '\0')
			plist_append(files, receipt_write(plist_new(), file_fields, receipt,
			    &snapshot->files[i]));
	return files;
}

/* In the order of the agent's domains. */
static struct plist *
receipt_write_agents(const struct snapshot *snapshot)
{
	struct plist *list = plist_new_list();

	for (size_t i = 0; i < AGENT_DOMAINS; i++)
		plist_append(list, plist_new_text(snapshot->agents[i] == UNKNOWN ? "no domain" :
		    snapshot->agents[i] == NO ? "not loaded" :
		    snapshot->agents_running[i] ? "running" : "loaded"));
	return list;
}

static struct plist *
receipt_write_value(const struct receipt_field *field, const struct receipt *receipt,
    const void *value)
{
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_FOLDER:
		return plist_new_text(value);
	case FIELD_BOOLEAN:
		return plist_new_boolean(*(const bool *)value);
	case FIELD_TRISTATE:
		return plist_new_boolean(*(const enum tristate *)value == YES);
	case FIELD_SECONDS:
		return plist_new_number(*(const double *)value);
	case FIELD_DATA:
		return plist_new_bytes(*(const struct bytes *)value);
	case FIELD_RECORD:
		return receipt_write(plist_new(), field->fields, receipt, value);
	case FIELD_LOGS:
		return receipt_write_logs(&receipt->spec, value);
	case FIELD_FILES:
		return receipt_write_files(receipt, value);
	case FIELD_AGENTS:
		return receipt_write_agents(value);
	default:
		return plist_new_integer(receipt_number(field->kind, value));
	}
}

static struct plist *
receipt_write_list(const struct receipt_field *field, const struct receipt *receipt,
    const char *record)
{
	const size_t *count = (const void *)(record + field->count);
	struct plist *list = plist_new_list();

	for (size_t i = 0; i < *count; i++)
		plist_append(list, receipt_write_value(field, receipt,
		    record + field->offset + i * field->size));
	return list;
}

static bool
receipt_is_usual(const struct receipt_field *field, const char *record)
{
	return field->is_usual != NULL ? field->is_usual(record) :
	    receipt_number(field->kind, record + field->offset) == field->usual;
}

/* Add a record's keys to a dictionary, and return it. */
static struct plist *
receipt_write(struct plist *tree, const struct receipt_field *field,
    const struct receipt *receipt, const void *record)
{
	for (; field->key != NULL; field++)
		if ((field->is_part == NULL || field->is_part(record)) &&
		    (field->presence != FIELD_OMITTED || !receipt_is_usual(field, record)))
			plist_add(tree, field->key, field->limit != 0 ?
			    receipt_write_list(field, receipt, record) :
			    receipt_write_value(field, receipt,
			    (const char *)record + field->offset));
	return tree;
}

int
receipt_to_bytes(const struct receipt *receipt, enum receipt_state state, struct bytes *bytes,
    struct error *error)
{
	struct plist *tree = plist_new(), *undo;

	plist_add(tree, "Version", plist_new_integer(1));
	plist_add_text(tree, "Label", receipt->spec.label);
	plist_add_text(tree, "State", state == RECEIPT_INSTALLED ? "installed" : "changing");
	plist_add(tree, "Plist", plist_new_bytes(receipt->spec.plist));
	receipt_write(tree, receipt_fields, receipt, receipt);
	if (state == RECEIPT_CHANGING) {
		undo = receipt_write(plist_new(), snapshot_fields, receipt, &receipt->undo);
		plist_add(tree, "Undo", receipt_write(undo, undo_fields, receipt, receipt));
	}
	bytes->data = (unsigned char *)plist_serialize(tree, &bytes->size);
	plist_release(tree);
	if (bytes->data == NULL)
		return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
		    "cannot write the receipt of '%s'", receipt->spec.label);
	return 0;
}

/* ---- reading ---- */

static bool	receipt_read(const struct receipt_field *, struct receipt *, void *record,
    const struct plist *);

/* Return true for a plist that launchd would load at boot: directly in the directory. */
static bool
receipt_is_daemon_plist(const char *path)
{
	size_t folder = strlen(DAEMONS_DIRECTORY), length = strlen(path);

	return strncmp(path, DAEMONS_DIRECTORY "/", folder + 1) == 0 && path[folder + 1] != '.' &&
	    length > folder + 7 && strcmp(path + length - 6, ".plist") == 0 &&
	    strchr(path + folder + 1, '/') == NULL;
}

/* Return which of a snapshot's files a path names, or SNAP_FILES. */
static int
receipt_which_file(const struct spec *spec, const char *path)
{
	if (path == NULL || path[0] == '\0')
		return SNAP_FILES;
	for (int log = 0; log < 2; log++)
		if (strcmp(path, spec->logs[log].theirs) == 0)
			return SNAP_LOG + log;
	if (strcmp(path, spec->plist_path) == 0)
		return SNAP_PLIST;
	if (strcmp(path, spec->agent.path) == 0)
		return SNAP_AGENT;
	return receipt_is_daemon_plist(path) ? SNAP_DUPLICATE : SNAP_FILES;
}

/*
 * Only plists have their bytes in a receipt. One at another path than the job's must have the job's
 * label, or it would not have been moved aside.
 */
static bool
receipt_is_content_right(const struct spec *spec, int which, const struct file_snapshot *file)
{
	bool is_log = which == SNAP_LOG || which == SNAP_LOG + 1;

	if (file->content.data == NULL)
		return is_log || which == SNAP_PLIST || (which == SNAP_AGENT && !file->exists);
	return which == SNAP_PLIST || (!is_log && spec_has_label(file->content, spec->label));
}

static bool
receipt_read_files(struct receipt *receipt, struct snapshot *snapshot, const struct plist *files)
{
	for (size_t i = 0; i < plist_count(files); i++) {
		const struct plist *tree = plist_item(files, i);
		int which = receipt_which_file(&receipt->spec,
		    plist_text(plist_member(tree, "Path")));

		if (which == SNAP_FILES || snapshot->files[which].path[0] != '\0' ||
		    !receipt_read(file_fields, receipt, &snapshot->files[which], tree) ||
		    !receipt_is_content_right(&receipt->spec, which, &snapshot->files[which]))
			return false;
	}
	return true;
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

/* Mark the job's logs in the list; anything else in it is an error. */
static bool
receipt_read_logs(const struct spec *spec, const struct plist *logs, bool marks[2])
{
	marks[0] = marks[1] = false;
	for (size_t i = 0; i < plist_count(logs); i++) {
		int which = receipt_which_file(spec, plist_text(plist_item(logs, i)));

		if (which != SNAP_LOG && which != SNAP_LOG + 1)
			return false;
		marks[which - SNAP_LOG] = true;
	}
	return true;
}

/*
 * Store a number. Reject ids and modes that do not fit in 32 bits (truncation could yield 0, root)
 * and (uid_t)-1.
 */
static bool
receipt_store(enum field_kind kind, void *value, int64_t number)
{
	if (kind == FIELD_NUMBER)
		*(int64_t *)value = number;
	else if (number < 0 || number >= UINT32_MAX)
		return false;
	else if (kind == FIELD_ID)
		*(uint32_t *)value = (uint32_t)number;
	else if (kind == FIELD_MODE)
		*(mode_t *)value = (mode_t)number;
	else if (kind == FIELD_TRISTATE)
		*(enum tristate *)value = (enum tristate)number;
	else if (kind == FIELD_COUNT)
		*(size_t *)value = (size_t)number;
	return kind != FIELD_COUNT || number <= FOLDERS_MAX;
}

static bool
receipt_read_any(const struct receipt_field *field, struct receipt *receipt, void *value,
    const struct plist *tree)
{
	const char *text = plist_text(tree);
	struct bytes content;
	int64_t number;
	bool yes;

	switch (field->kind) {
	case FIELD_TEXT:
		return text != NULL && text_copy(value, field->size, text);
	case FIELD_FOLDER:
		return text != NULL && spec_is_above_log(&receipt->spec, text) &&
		    text_copy(value, field->size, text);
	case FIELD_BOOLEAN:
		return plist_boolean(tree, value);
	case FIELD_TRISTATE:
		return plist_boolean(tree, &yes) &&
		    receipt_store(field->kind, value, yes ? YES : NO);
	case FIELD_SECONDS:
		return plist_real(tree, value) && *(double *)value >= 0 &&
		    *(double *)value <= 1000000;
	case FIELD_DATA:
		return plist_data(tree, &content) && bytes_copy(value, content);
	case FIELD_RECORD:
		return receipt_read(field->fields, receipt, value, tree);
	case FIELD_LOGS:
		return receipt_read_logs(&receipt->spec, tree, value);
	case FIELD_FILES:
		return receipt_read_files(receipt, value, tree);
	case FIELD_AGENTS:
		return receipt_read_agents(value, tree);
	default:
		return plist_integer(tree, &number) && receipt_store(field->kind, value, number);
	}
}

static bool
receipt_read_value(const struct receipt_field *field, struct receipt *receipt, void *value,
    const struct plist *tree)
{
	return receipt_read_any(field, receipt, value, tree) &&
	    (field->accept == NULL || field->accept(value));
}

static bool
receipt_read_list(const struct receipt_field *field, struct receipt *receipt, char *record,
    const struct plist *list)
{
	size_t *count = (void *)(record + field->count);

	*count = plist_count(list);
	if (*count > field->limit)
		return false;
	for (size_t i = 0; i < *count; i++)
		if (!receipt_read_value(field, receipt, record + field->offset + i * field->size,
		    plist_item(list, i)))
			return false;
	return true;
}

static bool
receipt_read_field(const struct receipt_field *field, struct receipt *receipt, char *record,
    const struct plist *tree)
{
	if (tree == NULL)
		return field->presence != FIELD_NEEDED &&
		    receipt_store(field->kind, record + field->offset, field->usual);
	return field->limit != 0 ? receipt_read_list(field, receipt, record, tree) :
	    receipt_read_value(field, receipt, record + field->offset, tree);
}

/* Read a record, which is zeroed, from a dictionary. */
static bool
receipt_read(const struct receipt_field *field, struct receipt *receipt, void *record,
    const struct plist *tree)
{
	for (; field->key != NULL; field++)
		if ((field->is_part == NULL || field->is_part(record)) &&
		    !receipt_read_field(field, receipt, record, plist_member(tree, field->key)))
			return false;
	return true;
}

static bool
receipt_read_all(struct receipt *receipt, const char *label, const struct plist *tree)
{
	const struct plist *state = plist_member(tree, "State"), *undo = plist_member(tree, "Undo");
	struct spec *spec = &receipt->spec;
	int64_t version;

	receipt->changing = receipt_text_is(state, "changing");
	if (!plist_integer(plist_member(tree, "Version"), &version) || version != 1 ||
	    strcmp(spec->label, label) != 0 ||
	    !receipt_text_is(plist_member(tree, "Label"), label) ||
	    !(receipt->changing || receipt_text_is(state, "installed")))
		return false;
	spec->account_label = plist_member(tree, "Agent") != NULL;
	for (int i = 0; i < 2; i++)
		spec->account_log[i] = receipt_usual_account_log(spec, i, spec->account_label);
	return receipt_read(receipt_fields, receipt, receipt, tree) && (!receipt->changing ||
	    (receipt_read(snapshot_fields, receipt, &receipt->undo, undo) &&
	    receipt_read(undo_fields, receipt, receipt, undo)));
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
	    receipt_read_all(receipt, label, tree))
		result = 0;
	plist_release(tree);
	if (result == 0)
		return 0;
	receipt_free(receipt);
	return receipt_refuse(label, receipt->spec.label, inner.kind == ERROR_NONE ?
	    "it is damaged, or not for this label" : inner.why, error);
}
