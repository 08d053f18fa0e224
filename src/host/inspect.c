/* Look at the machine: files, accounts, launchd, processes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/check/access.h"
#include "core/check/check.h"
#include "core/check/watch.h"
#include "core/plist/limits.h"
#include "core/plist/plist.h"
#include "core/job/label.h"
#include "core/job/receipt.h"
#include "core/text.h"
#include "core/facts/trust.h"
#include "host/accounts.h"
#include "host/launchd/apple_labels.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/state.h"
#include "host/interpreters.h"
#include "host/launchd/launchctl.h"
#include "host/os/platform.h"
#include "host/machine/process.h"
#include "host/machine/wait.h"

#define LOG_LINES	10	/* of a log, with an error */
/*
 * A daemon may start before the network is up at boot: what is old, or far from the end, says
 * nothing about now.
 */
#define REFUSAL_SECONDS	86400
#define REFUSAL_BYTES	16384
#define KEPT_MAX	100	/* plists of one agent that are kept */

/* ---- the system ---- */

static bool
version_from(const struct host *host, const char *path, struct system *system)
{
	struct bytes bytes;
	struct error ignored;
	struct plist *tree;
	const char *version, *build;

	if (files_read_system(host, path, FILES_FOREIGN, &bytes) == -1)
		return false;
	tree = plist_parse(bytes, &ignored);
	version = plist_text(plist_member(tree, "ProductVersion"));
	build = plist_text(plist_member(tree, "ProductBuildVersion"));
	if (version != NULL)
		text_copy(system->version, sizeof system->version, version);
	if (build != NULL)
		text_copy(system->build, sizeof system->build, build);
	plist_release(tree);
	bytes_free(&bytes);
	return system->version[0] != '\0';
}

void
inspect_system(const struct host *host, struct system *system)
{
	system->version[0] = system->build[0] = '\0';
	/*
	 * On macOS 26 and later a program linked before SDK 26 reads "16.x" from the second file,
	 * however it opens it (XNU, libsyscall/wrappers/system-version-compat.c). The first one,
	 * since macOS 11 a link to it, has the true version, but only under its own name.
	 */
	if (!version_from(host, "/System/Library/CoreServices/.SystemVersionPlatform.plist",
	    system))
		version_from(host, "/System/Library/CoreServices/SystemVersion.plist", system);
	if (!host->image)
		platform_build(system->build, sizeof system->build);
	system->processor = host->image ? 0 : platform_native_processor();
	system->booted = platform_booted();
}

/* ---- the receipt ---- */

int
inspect_receipt(const struct host *host, const char *label, const struct plist_file *known,
    struct receipt *receipt, struct file_fact *fact, struct bytes *bytes, struct error *error)
{
	struct bytes read;
	int result;

	if (label_check(label, error) == -1)
		return -1;
	spec_paths(&receipt->spec, label);
	if (files_read(host, receipt->spec.receipt_path, PLIST_SIZE_MAX, &read, fact, error) ==
	    -1) {
		if (fact->exists == NO)
			error_set(error, ERROR_FAILED, "there is no receipt",
			    "list what lnpctl has installed: lnpctl status; take another job "
			    "over with lnpctl install --replace, or boot it out with launchctl "
			    "bootout and remove its plist",
			    "lnpctl has not installed '%s'", label);
		return -1;
	}
	if (fact->untrusted_path[0] != '\0' || trust_file(fact, host->owner) != WEAK_NOT)
		result = error_set(error, ERROR_DATA, "it is writable by users other than root",
		    "inspect it, move it aside, then install the job again",
		    "cannot trust the receipt '%s'", receipt->spec.receipt_path);
	else
		result = receipt_from_bytes(receipt, label, read, known, error);
	if (result == -1 || bytes == NULL)
		bytes_free(&read);
	else
		*bytes = read;
	return result;
}

bool
inspect_has_receipt(const struct host *host, const char *label, struct receipt *receipt)
{
	struct file_fact fact;
	struct error ignored;

	return inspect_receipt(host, label, NULL, receipt, &fact, NULL, &ignored) == 0;
}

struct receipts {
	struct labels	labels;
	bool		short_of_memory;
};

static void
inspect_add_label(void *context, const char *name)
{
	struct receipts *receipts = context;
	struct labels *labels = &receipts->labels;
	struct error ignored;
	char label[NAME_SIZE], (*grown)[NAME_SIZE];
	size_t length = strlen(name);

	if (length <= 6 || strcmp(name + length - 6, ".plist") != 0 ||
	    !text_format(label, sizeof label, "%.*s", (int)(length - 6), name) ||
	    label_check(label, &ignored) == -1)
		return;
	grown = realloc(labels->names, (labels->count + 1) * sizeof *grown);
	receipts->short_of_memory = receipts->short_of_memory || grown == NULL;
	if (grown == NULL)
		return;
	labels->names = grown;
	memcpy(grown[labels->count++], label, sizeof label);
}

int
inspect_labels(const struct host *host, struct labels *labels, struct error *error)
{
	struct receipts receipts = { .short_of_memory = false };
	int result = files_list(host, STATE_DIRECTORY, inspect_add_label, &receipts, error);

	*labels = receipts.labels;
	if (result == 0 && receipts.short_of_memory)
		result = error_number(error, ERROR_SYSTEM, ENOMEM, "cannot list '%s'",
		    STATE_DIRECTORY);
	if (result == -1) {
		free(labels->names);
		*labels = (struct labels){ NULL, 0 };
	}
	return result;
}

/* ---- the job's own files ---- */

/* Find the innermost existing directory above a missing log. */
static void
look_for_parent(const struct host *host, const char *path, const struct account *user,
    struct log_fact *log)
{
	struct file_fact fact = { .exists = NO };
	char *parent = log->parent;

	text_copy(parent, PATH_SIZE, path);
	while (parent[0] != '\0' && fact.exists == NO) {
		*strrchr(parent, '/') = '\0';	/* a log's path is a full one */
		files_look_at_directory(host, parent[0] == '\0' ? "/" : parent, &fact);
	}
	if (user->exists == YES && access_is_evident(&fact, user->identity.uid, X_OK))
		log->reached = YES;
}

/* Note a missing directory, the first length bytes of the log's path. */
static void
look_add_missing(struct facts *facts, const char *log, size_t length)
{
	char folder[PATH_SIZE];

	text_format(folder, sizeof folder, "%.*s", (int)length, log);
	for (size_t i = 0; i < facts->missing_folder_count && i < FOLDERS_MAX; i++)
		if (strcmp(facts->missing_folders[i], folder) == 0)
			return;
	if (facts->missing_folder_count < FOLDERS_MAX)
		text_copy(facts->missing_folders[facts->missing_folder_count], PATH_SIZE, folder);
	if (facts->missing_folder_count <= FOLDERS_MAX)
		facts->missing_folder_count++;
}

static void
look_at_log(const struct host *host, const struct spec *spec, int which, struct facts *facts)
{
	const char *path = spec->logs[which].theirs;
	struct log_fact *log = &facts->log[which];

	memset(log, 0, sizeof *log);
	if (spec_has_log(spec, which))
		files_look_at_log(host, path, &log->file);
	if (log->file.exists != NO)
		return;
	look_for_parent(host, path, &facts->user, log);
	for (const char *end = strchr(path + strlen(log->parent) + 1, '/'); end != NULL;
	    end = strchr(end + 1, '/'))
		look_add_missing(facts, path, (size_t)(end - path));
}

static void
look_for_leftovers(const struct host *host, const struct spec *spec, struct facts *facts)
{
	for (enum stale_file i = 0; i < STALE_FILES; i++) {
		char path[NAME_SIZE];
		struct file_fact fact;

		spec_stale_file(spec, i, path);
		files_look(host, path, FILES_STRICT, &fact);
		facts->stale_files[i] = fact.exists == YES && fact.type != FILE_DIRECTORY;
	}
}

/*
 * Return a host that opens the job's paths as its account: the plist's author chose them, and root
 * must not wait for a file server that they lead to.
 */
static struct host
for_account(const struct host *host, const struct facts *facts)
{
	struct host result = *host;

	result.folder_owner = facts->user.exists == YES ? &facts->user.identity :
	    host->folder_owner;
	return result;
}

/* Look at the files that install changes. */
static void
look_at_own_files(const struct host *host, const struct spec *spec, struct facts *facts)
{
	struct error ignored;

	files_read(host, spec->plist_path, SPEC_SIZE_MAX, &facts->plist.bytes, &facts->plist.file,
	    &ignored);
	facts->missing_folder_count = 0;
	for (int i = 0; i < 2; i++)
		look_at_log(host, spec, i, facts);
	look_for_leftovers(host, spec, facts);
}

static void
look_at_files(const struct host *host, const struct receipt *receipt, struct facts *facts)
{
	const struct file_fact *program = &facts->program.file;
	char begin[FILES_BEGIN];

	files_look_at_script(host, receipt->spec.program.theirs, &receipt->program_identity,
	    &facts->program.file, begin);
	facts->program.is_script = strncmp(begin, "#!", 2) == 0;
	if (program->exists == YES && program->type == FILE_REGULAR)
		facts->program.form = macho_form((struct bytes){ (const unsigned char *)begin,
		    FILES_BEGIN }, (uint64_t)program->identity.size, facts->system.processor);
	interpreters_look(host, &receipt->spec, begin, facts);
	if (receipt->spec.home.theirs[0] != '\0')
		files_look_at_directory(host, receipt->spec.home.theirs, &facts->home.file);
	if (receipt->spec.working_directory.theirs[0] != '\0')
		files_look_at_directory(host, receipt->spec.working_directory.theirs,
		    &facts->working_directory.file);
	look_at_own_files(host, &receipt->spec, facts);
	if (receipt->before.files[SNAP_DUPLICATE].path[0] != '\0')
		files_look(host, receipt->before.files[SNAP_DUPLICATE].path, FILES_STRICT,
		    &facts->duplicate.replaced);
}

/* Look for refusals in the end of what the job's process wrote since lnpctl started it. */
static void
look_for_refusals(const struct host *host, const struct receipt *receipt, struct facts *facts)
{
	for (int i = 0; i < 2; i++) {
		const struct log_mark *mark = &receipt->log_starts.of[i];
		struct log_fact *log = &facts->log[i];
		struct bytes bytes;

		log->refused = false;
		if (receipt->spec.uid == 0 || mark->inode == 0 || log->file.exists != YES ||
		    (log->file.identity.inode == mark->inode &&
		    log->file.identity.size == mark->size) ||
		    facts->now - log->file.identity.modified > REFUSAL_SECONDS)
			continue;
		files_read_last(host, receipt->spec.logs[i].theirs, receipt->spec.uid, *mark,
		    REFUSAL_BYTES, &bytes);
		log->refused = peer_find_refused((const char *)bytes.data, bytes.size,
		    log->refused_by);
		bytes_free(&bytes);
	}
}

/* ---- what the job's account can reach ---- */

/*
 * Return the identity that the job's process will have: its account, with the job's group instead
 * of the account's own.
 */
static struct identity
inspect_identity(const struct facts *facts)
{
	struct identity identity = facts->user.identity;

	if (facts->group.exists == YES)
		identity.gid = facts->group.gid;
	return identity;
}

/* Ask the account only if what root has seen does not show it. */
static enum tristate
look_at_access(const struct host *host, const char *path, const struct file_fact *fact,
    const struct identity *user, int bits, int *error_number)
{
	*error_number = 0;
	return access_is_evident(fact, user->uid, bits) ? YES :
	    files_access(host, path, user, bits, error_number);
}

/* Record in the directory's fact why it is unknown whether the account may enter it. */
static void
look_at_entry(const struct host *host, const char *path, struct directory_fact *directory,
    const struct identity *user)
{
	int number;

	if (directory->file.exists == YES)
		directory->enters = look_at_access(host, path, &directory->file, user, X_OK,
		    &number);
	if (directory->file.exists == YES && directory->enters == UNKNOWN)
		directory->file.error = number;
}

static void
look_at_reach(const struct host *host, const struct spec *spec, struct facts *facts)
{
	const struct identity user = inspect_identity(facts);
	int ignored;

	facts->program.runs_error = EPERM;
	if (facts->user.exists != YES)
		return;
	/* Of a script the interpreter, which runs as the account, reads the text. */
	facts->program.runs = look_at_access(host, spec->program.theirs, &facts->program.file,
	    &user, facts->program.is_script ? R_OK | X_OK : X_OK, &facts->program.runs_error);
	look_at_entry(host, spec->home.theirs, &facts->home, &user);
	look_at_entry(host, spec->working_directory.theirs, &facts->working_directory, &user);
	for (int i = 0; i < 2; i++) {
		struct log_fact *log = &facts->log[i];

		if (log->file.exists == YES)
			log->writable = look_at_access(host, spec->logs[i].theirs, &log->file,
			    &user, W_OK, &ignored);
		else if (log->parent[0] != '\0' && spec->account_log[i])
			/* the account has to create it */
			log->writable = files_access(host, log->parent, &user, W_OK | X_OK,
			    &ignored);
		else if (log->parent[0] != '\0' && log->reached != YES)
			log->reached = files_access(host, log->parent, &user, X_OK, &ignored);
	}
}

/* ---- launchd ---- */

/*
 * Return true if this process would end with the job: by the label in our environment, by our
 * session, which launchd creates per job, or by our ancestors. A process can escape all three, but
 * only on purpose.
 */
static bool
runs_inside(const char *label, pid_t job)
{
	const char *name = getenv("XPC_SERVICE_NAME");

	if (name != NULL && strcmp(name, label) == 0)
		return true;
	return job > 0 && (getsid(0) == job || process_descends(getpid(), job));
}

static void
inspect_look_at_launchd(struct plist_index *index, const struct receipt receipts[],
    struct facts facts[], size_t count, const struct overlap *overlap)
{
	char targets[INSPECT_AT_ONCE][NAME_SIZE + 8];
	static struct printed printed[INSPECT_AT_ONCE];

	for (size_t i = 0; i < count; i++) {
		text_format(targets[i], sizeof targets[0], "system/%s", receipts[i].spec.label);
		printed[i] = (struct printed){ .target = targets[i] };
	}
	plist_index_print(index, printed, count, overlap);
	for (size_t i = 0; i < count; i++)
		if (receipts[i].spec.label[0] != '\0')
			state_take(&printed[i], &facts[i]);
}

struct disk_look {
	const struct host	*host;
	struct plist_index		*index;
	const struct overlap	*first;
	const struct receipt	*receipts;
	struct facts		*facts;
	size_t			 count;
};

static void
look_at_job(const struct disk_look *look, const struct receipt *receipt, struct facts *facts)
{
	const struct host *host = look->host;
	struct host own;

	facts->system = look->index->system;
	facts->now = wait_date();
	if (facts->user.exists == UNKNOWN)
		accounts_user(host, receipt->spec.user, &facts->user);
	if (facts->group.exists == UNKNOWN)
		accounts_group(host, receipt->spec.group, &facts->group);
	own = for_account(host, facts);
	look_at_files(&own, receipt, facts);
	look_for_refusals(&own, receipt, facts);
	plist_index_find(look->index, &receipt->spec, facts);
	look_at_reach(host, &receipt->spec, facts);
}

/* What is done while launchctl runs. */
static void
look_at_disk(void *context)
{
	const struct disk_look *look = context;

	if (look->first != NULL)
		look->first->work(look->first->context);
	if (look->index->system.booted == 0)
		inspect_system(look->host, &look->index->system);
	for (size_t i = 0; i < look->count; i++)
		if (look->receipts[i].spec.label[0] != '\0')
			look_at_job(look, &look->receipts[i], &look->facts[i]);
}

/* Only a job whose last process ended abnormally can be in a loop. */
static void
inspect_log(struct plist_index *index, const struct receipt *receipt, struct facts *facts)
{
	if (facts->launchd.loaded == YES && !service_ended_well(&facts->launchd.service))
		log_end_look(index->host, &index->log_end, receipt->spec.label,
		    launchd_log_begins(facts->system.booted, receipt_loaded(receipt,
		    &facts->receipt.file)), &facts->launchd.log);
}

void
inspect_many(const struct host *host, struct plist_index *index, const struct overlap *first,
    const struct receipt receipts[], struct facts facts[], size_t count)
{
	struct plist_index own = { .host = host,
	    .skipped = count == 1 ? receipts[0].spec.plist_path : NULL };
	struct disk_look look = { host, index == NULL ? &own : index, first, receipts, facts,
	    count };
	const struct overlap overlap = { look_at_disk, &look };

	for (size_t i = 0; i < count; i++) {
		facts[i].root = host_is_root();
		facts[i].offline = host->launchctl == NULL;
		facts[i].owner = host->owner;
		facts[i].owner_group = host->group;
	}
	inspect_look_at_launchd(look.index, receipts, facts, count, &overlap);
	for (size_t i = 0; i < count; i++) {
		state_process_file(host, &facts[i].program.file, &facts[i].launchd.process);
		facts[i].launchd.override = plist_index_override(look.index, receipts[i].spec.label,
		    facts[i].launchd.trouble, sizeof facts[i].launchd.trouble);
		inspect_log(look.index, &receipts[i], &facts[i]);
	}
	plist_index_free(&own);
}

void
inspect_agents(const struct host *host, struct agents *agents, const struct spec *spec,
    struct facts *facts)
{
	struct loaded_agent *found = &facts->loaded_agent;
	const struct account *user = &facts->user;

	*found = (struct loaded_agent){ .loaded = UNKNOWN };
	if (user->exists == YES)
		agents_look(host, agents, user->identity.uid, spec->label, found);
	for (size_t i = 0; i < spec->agent.user_count; i++)
		if (user->exists != YES || spec->agent.users[i] != user->identity.uid)
			agents_look(host, agents, spec->agent.users[i], spec->label, found);
}

void
inspect_own(const struct host *host, const struct receipt *receipt, struct facts *facts)
{
	const struct host own = for_account(host, facts);

	bytes_free(&facts->plist.bytes);
	look_at_own_files(&own, &receipt->spec, facts);
	look_for_refusals(&own, receipt, facts);
	look_at_reach(host, &receipt->spec, facts);
}

/* ---- an agent to migrate, or migrated ---- */

static void
look_at_domains(const struct host *host, const struct spec *spec, struct facts *facts)
{
	static struct printed printed[AGENT_DOMAINS];
	char targets[AGENT_DOMAINS][NAME_SIZE], domain[32];
	struct listed disabled = { .verb = "print-disabled", .domain = domain };
	/* Skip an agent for all users: one user's override does not affect the others. */
	bool asked = facts->receipt.file.exists != YES && spec->agent.account[0] != '\0';
	size_t count = 0;

	while (count < AGENT_DOMAINS && spec_agent_target(spec, count, targets[count])) {
		printed[count] = (struct printed){ .target = targets[count] };
		count++;
	}
	text_format(domain, sizeof domain, "user/%lu", (unsigned long)spec->agent.users[0]);
	launchctl_ask(host, printed, count, &disabled, asked, NULL);
	for (size_t i = 0; i < count; i++) {
		struct agent_domain *agent = &facts->agent.domains[i];

		agent->override = disabled.text.data == NULL ? OVERRIDE_UNKNOWN :
		    service_override((const char *)disabled.text.data, disabled.text.size,
		    spec->label);
		agent->loaded = printed[i].loaded;
		agent->domain = printed[i].loaded == UNKNOWN ? UNKNOWN :
		    answer_lacks_domain(&printed[i].answer) ? NO : YES;
		agent->running = printed[i].loaded == YES && printed[i].service.pid > 0;
		text_copy(agent->path, sizeof agent->path, printed[i].service.path);
		if (agent->loaded == UNKNOWN && facts->agent.trouble[0] == '\0')
			answer_describe(&printed[i].answer, "print", facts->agent.trouble,
			    sizeof facts->agent.trouble);
	}
	bytes_free(&disabled.text);
}

static int
read_agent(const struct host *host, const char *path, struct bytes *text, struct file_fact *fact)
{
	struct error ignored;

	return files_read(host, path, SPEC_SIZE_MAX, text, fact, &ignored);
}

/* Return whether a file that is kept has the text of the agent's plist. */
static bool
has_same_text(const struct host *host, const char *kept, struct file_fact *fact,
    struct bytes plist)
{
	struct bytes text;
	bool same;

	if (plist.data == NULL || fact->type != FILE_REGULAR ||
	    (uint64_t)fact->identity.size != plist.size ||
	    read_agent(host, kept, &text, fact) == -1)
		return false;
	same = bytes_equal(text, plist);
	bytes_free(&text);
	return same;
}

static void
look_for_kept(const struct host *host, const struct spec *spec, struct facts *facts)
{
	char kept[NAME_SIZE];
	struct file_fact fact;

	spec_agent_kept(spec, 0, kept);
	files_look(host, kept, FILES_STRICT, &fact);
	facts->agent.kept = fact.exists == YES && fact.type == FILE_REGULAR;
	facts->agent.kept_owner = facts->agent.kept ? fact.owner : 0;
	facts->agent.kept_free = facts->agent.kept_same = 0;
	for (int i = 1; facts->agent.kept && facts->agent.kept_free == 0 && i < KEPT_MAX; i++) {
		spec_agent_kept(spec, i, kept);
		files_look(host, kept, FILES_STRICT, &fact);
		if (fact.exists == NO)
			facts->agent.kept_free = i;
		else if (has_same_text(host, kept, &fact, facts->agent.plist.bytes))
			facts->agent.kept_same = i;
	}
}

static void
look_at_agent(const struct host *host, const struct spec *spec, struct facts *facts)
{
	const struct agent *agent = &spec->agent;

	if (agent->path[0] == '\0')
		return;
	if (agent->account[0] != '\0')
		accounts_user(host, agent->account, &facts->agent.account);
	/* Look once: between two looks the account could replace the file. */
	bytes_free(&facts->agent.plist.bytes);
	read_agent(host, agent->path, &facts->agent.plist.bytes, &facts->agent.plist.file);
	look_for_kept(host, spec, facts);
	look_at_domains(host, spec, facts);
}

void
inspect_for_change(const struct host *host, const struct spec *spec, struct facts *facts)
{
	facts->launchd.runs_in_job = runs_inside(spec->label, facts->launchd.loaded == YES ?
	    (pid_t)facts->launchd.service.pid : 0);
	files_look(host, DAEMONS_DIRECTORY, FILES_STRICT, &facts->daemons);
	facts->apple_plist[0] = '\0';
	if (facts->receipt.file.exists != YES)
		apple_labels_find(host, spec->label, facts->apple_plist);
	look_at_agent(host, spec, facts);
}

void
inspect_before_start(const struct host *host, struct receipt *receipt, struct facts *facts)
{
	for (int i = 0; i < 2; i++) {
		struct file_fact *log = &facts->log[i].file;

		if (!spec_has_log(&receipt->spec, i))
			continue;
		files_look_at_log(host, receipt->spec.logs[i].theirs, log);
		receipt->log_starts.of[i] = (struct log_mark){ log->identity.inode,
		    log->identity.size };
	}
	receipt->log_starts.time = wait_date();
	log_mark(host, &facts->launchd.log_start);
}

void
inspect_evidence(const struct host *host, const struct receipt *receipt, const struct facts *facts,
    struct error *error)
{
	const struct spec *spec = &receipt->spec;
	const struct service *service = &facts->launchd.service;
	struct evidence *evidence = &error->evidence;
	/* The last start did not reach the program, which wrote what is there in an earlier run. */
	bool refused = service_is_refused(service, true) || service_is_penalized(service) ||
	    (service->pid <= 0 && service_has_property(service, PROPERTY_LWCR));

	for (int i = 1; i >= 0; i--) {
		if (evidence->log[0] == '\0' && spec_has_log(spec, i) && !refused)
			files_tail(host, spec->logs[i].theirs, spec->uid,
			    receipt->log_starts.of[i], LOG_LINES, evidence->log,
			    sizeof evidence->log);
		if (i == spec_has_log(spec, 1) && evidence->log[0] == '\0')
			check_forget_log(receipt, facts, error);
	}
	log_quote(host, &facts->launchd.log_start, spec->label, evidence->launchd,
	    sizeof evidence->launchd);
}

void
inspect_free(struct facts *facts)
{
	bytes_free(&facts->plist.bytes);
	bytes_free(&facts->receipt.bytes);
	bytes_free(&facts->duplicate.plist.bytes);
	bytes_free(&facts->agent.plist.bytes);
}
