/* Collect the jobs of a Mac. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/facts/loadable.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/machine/budget.h"
#include "host/files/files.h"
#include "host/inspect.h"
#include "host/launchd/agents.h"
#include "host/launchd/launchctl.h"
#include "host/scan.h"
#include "host/machine/wait.h"

#define DAEMONS		"/Library/LaunchDaemons"
#define AGENTS		"/Library/LaunchAgents"
#define PLIST_LARGEST	(256 * 1024)	/* far above any job's plist; libplist 2.2 is quadratic */
#define LOGINS_MAX	16		/* sessions in which an agent for all users is searched */
#define FIRST_LOGIN_UID	500
#define SCAN_GROWTH	32		/* rows */

#define LINK_NOT_FOLLOWED	"it is a symbolic link, which is not followed"

struct scan_accounts {
	struct account	*rows;
	size_t		 count;
	struct scan	*scan;			/* records what cannot be read */
	bool		 groups_unseen;
};

static void
note_unseen(struct scan *scan, const char *path, const char *why)
{
	if (scan->unseen_count < SCAN_UNSEEN)
		snprintf(scan->unseen[scan->unseen_count], sizeof scan->unseen[0], "%s: %.150s",
		    path, why);
	scan->unseen_count++;
}

/* Return the rows with room for one more; NULL if out of memory: then they are as they were. */
static void *
scan_grow(struct scan *scan, void *rows, size_t count, size_t size)
{
	if (count % SCAN_GROWTH == 0)
		rows = realloc(rows, (count + SCAN_GROWTH) * size);
	scan->short_of_memory = scan->short_of_memory || rows == NULL;
	return rows;
}

/* ---- accounts ---- */

/* Report each unreadable account, for it may have agents, but unreadable groups only once. */
static void
scan_add_account(void *context, const struct account *account)
{
	struct scan_accounts *accounts = context;
	struct account *rows;
	char what[NAME_SIZE + 32];

	if (account->exists != YES) {
		text_format(what, sizeof what, "the account %s", account->name);
		note_unseen(accounts->scan, what, strerror(account->error));
		return;
	}
	if (account->groups_error != 0 && !accounts->groups_unseen) {
		text_format(what, sizeof what, "the groups of %s", account->name);
		note_unseen(accounts->scan, what, strerror(account->groups_error));
		accounts->groups_unseen = true;
	}
	rows = scan_grow(accounts->scan, accounts->rows, accounts->count, sizeof *rows);
	if (rows == NULL)
		return;
	accounts->rows = rows;
	rows[accounts->count++] = *account;
}

static const struct account *
scan_find_account(const struct scan_accounts *accounts, const char *name)
{
	for (size_t i = 0; i < accounts->count; i++)
		if (strcmp(accounts->rows[i].name, name) == 0)
			return &accounts->rows[i];
	return NULL;
}

/* ---- plists ---- */

struct folder_walk {
	const struct host	*host;
	struct scan		*scan;
	const char		*path;
	const struct account	*account;	/* of agents in a home; NULL: for all users */
	enum scan_kind		 kind;
	struct budget		 budget;
	bool			 over;		/* used up, and reported */
};

/* Take from the budget; report once when it is used up. */
static bool
is_within(struct folder_walk *walk, size_t files, size_t bytes)
{
	if (!walk->over && budget_take(&walk->budget, files, bytes))
		return true;
	if (!walk->over)
		note_unseen(walk->scan, walk->path, BUDGET_TOO_MUCH);
	walk->over = true;
	return false;
}

/* Do not follow a user's symbolic links: one could point at a root-only file. */
static void
read_plist(struct folder_walk *walk, struct scan_job *job)
{
	struct file_fact fact;
	struct bytes bytes;
	struct error error = { .kind = ERROR_NONE };
	int result = walk->account == NULL ?
	    files_read_linked(walk->host, job->path, PLIST_LARGEST, &bytes, &fact, &error) :
	    files_read(walk->host, job->path, PLIST_LARGEST, &bytes, &fact, &error);

	if (result == 0) {
		const char *refused = loadable_objection(&fact, walk->host->owner,
		    walk->account == NULL ? walk->host->owner : walk->account->identity.uid);

		/* Ignore the contents, also the label, of a plist that launchd does not read. */
		if (refused == NULL && !is_within(walk, 0, bytes.size)) {
			refused = BUDGET_TOO_MUCH;
			job->hidden = true;
		}
		if (refused == NULL)
			scan_read(job, bytes);
		else
			text_copy(job->trouble, sizeof job->trouble, refused);
		bytes_free(&bytes);
		job->troubles[TROUBLE_QUARANTINE] = fact.quarantined == YES;
		return;
	}
	job->hidden = fact.exists == UNKNOWN || (fact.exists == YES &&
	    (fact.type == FILE_REGULAR || fact.type == FILE_LINK));
	text_copy(job->trouble, sizeof job->trouble,
	    fact.exists == YES && fact.type == FILE_LINK ? LINK_NOT_FOLLOWED : error.why);
	if (job->hidden)
		note_unseen(walk->scan, job->path, job->trouble);
}

static void
visit_plist(void *context, const char *name)
{
	struct folder_walk *walk = context;
	struct scan *scan = walk->scan;
	struct scan_job *rows, *job;
	size_t length = strlen(name);

	/* launchd skips names that begin with a dot: tests/evidence/RULES.md, 1. */
	if (name[0] == '.' || length <= 6 || strcmp(name + length - 6, ".plist") != 0 ||
	    scan->short_of_memory || !is_within(walk, 1, 0))
		return;
	rows = scan_grow(scan, scan->jobs, scan->count, sizeof *rows);
	if (rows == NULL)
		return;
	scan->jobs = rows;
	job = &rows[scan->count];
	*job = (struct scan_job){ .kind = walk->kind };
	if (!text_format(job->path, sizeof job->path, "%s/%s", walk->path, name)) {
		note_unseen(scan, walk->path, "the path of a plist is too long");
		return;
	}
	scan->count++;
	if (walk->account != NULL) {
		text_copy(job->account, sizeof job->account, walk->account->name);
		job->account_exists = YES;
		job->uid = walk->account->identity.uid;
	}
	read_plist(walk, job);
}

static void
scan_host_look_into(const struct host *host, struct scan *scan, const char *path,
    enum scan_kind kind, const struct account *account)
{
	struct folder_walk walk = { .host = host, .scan = scan, .path = path, .account = account,
	    .kind = kind };
	struct file_fact fact;
	struct error error = { .kind = ERROR_NONE };

	budget_begin(&walk.budget, host, account == NULL ? BUDGET_ROOT : account->identity.uid);
	files_look(host, path, FILES_STRICT, &fact);
	if (fact.exists == NO)
		return;
	if (fact.exists == YES && fact.type != FILE_DIRECTORY)
		note_unseen(scan, path, fact.type == FILE_LINK ? LINK_NOT_FOLLOWED :
		    "it is not a directory");
	else if (fact.exists == UNKNOWN)
		note_unseen(scan, path, error_reason(fact.error));
	else if (files_list(host, path, visit_plist, &walk, &error) == -1)
		note_unseen(scan, path, error.why);
	budget_end(&walk.budget);
}

/* Role accounts share homes: read each directory once. */
static bool
is_first_with_home(const struct scan_accounts *accounts, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(accounts->rows[i].home, accounts->rows[index].home) == 0)
			return false;
	return true;
}

static void
look_into_homes(const struct host *host, struct scan *scan, const struct scan_accounts *accounts)
{
	for (size_t i = 0; i < accounts->count && !wait_is_stopped(host); i++) {
		const struct account *account = &accounts->rows[i];
		char path[PATH_SIZE];

		/* "/" would be /Library/LaunchAgents again. */
		if (account->home[0] == '/' && account->home[1] != '\0' &&
		    is_first_with_home(accounts, i) &&
		    text_format(path, sizeof path, "%s" AGENTS, account->home))
			scan_host_look_into(host, scan, path, SCAN_AGENT, account);
	}
}

/* ---- a job's files ---- */

static bool
cannot_write(const struct host *host, const char *log, const struct identity *identity)
{
	struct file_fact fact;
	char folder[PATH_SIZE];
	int ignored;

	files_look(host, log, FILES_LOOSE, &fact);
	if (fact.exists != YES) {
		/* launchd creates a missing directory if it can. */
		text_format(folder, sizeof folder, "%.*s", (int)(strrchr(log, '/') - log), log);
		log = folder[0] == '\0' ? "/" : folder;
		files_look(host, log, FILES_LOOSE, &fact);
		if (fact.exists != YES)
			return false;
	}
	return files_access(host, log, identity, W_OK, &ignored) == NO;
}

static void
scan_host_look_at_job(const struct host *here, const struct scan_accounts *accounts,
    struct scan_job *job)
{
	const struct account *account = scan_find_account(accounts, job->account);
	struct host as_account = *here, *host = &as_account;
	struct file_fact fact;

	if (job->label[0] == '\0')
		return;
	host->folder_owner = account == NULL ? NULL : &account->identity;
	if (job->kind == SCAN_DAEMON && account != NULL) {
		job->account_exists = YES;
		job->uid = account->identity.uid;
	}
	if (job->program[0] == '/') {
		files_look(host, job->program, FILES_LOOSE, &fact);
		job->troubles[TROUBLE_PROGRAM] = fact.exists == NO;
	}
	for (int i = 0; i < 2 && account != NULL && account->identity.uid != 0; i++)
		if (job->logs[i][0] != '\0' && !job->troubles[TROUBLE_LOG] &&
		    cannot_write(host, job->logs[i], &account->identity)) {
			job->troubles[TROUBLE_LOG] = true;
			text_copy(job->bad_log, PATH_SIZE, job->logs[i]);
		}
}

/* The account's budget may already be used up. */
static void
look_at_jobs(const struct host *host, struct scan *scan, const struct scan_accounts *accounts)
{
	for (size_t i = 0; i < scan->count && !wait_is_stopped(host); i++) {
		struct scan_job *job = &scan->jobs[i];
		struct budget budget;

		budget_begin(&budget, host, job->account_exists == YES ? job->uid : BUDGET_ROOT);
		if (budget_take(&budget, 0, 0))
			scan_host_look_at_job(host, accounts, job);
		else
			note_unseen(scan, job->path, BUDGET_TOO_MUCH);
		budget_end(&budget);
	}
}

/* Look up daemons' accounts that are not local, once per name: a directory server may have them. */
static void
scan_host_look_up(const struct host *host, struct scan *scan, struct scan_accounts *accounts)
{
	for (size_t i = 0; i < scan->count; i++) {
		struct scan_job *job = &scan->jobs[i];
		struct account account;

		if (job->kind != SCAN_DAEMON || job->label[0] == '\0' ||
		    scan_find_account(accounts, job->account) != NULL)
			continue;
		accounts_user(host, job->account, &account);
		job->account_exists = account.exists;
		if (account.exists != YES)
			continue;
		text_copy(job->account, sizeof job->account, account.name);
		if (scan_find_account(accounts, account.name) == NULL)
			scan_add_account(accounts, &account);
	}
}

/* ---- launchd ---- */

struct scan_batch {			/* questions to launchd */
	const struct host	*host;
	struct scan		*scan;
	double			 deadline;	/* on wait_now()'s clock */
	bool			 late;		/* it has passed */
	size_t			 count;
	struct scan_job		*jobs[LAUNCHCTL_PRINTS];
	char			 targets[LAUNCHCTL_PRINTS][NAME_SIZE + 24];
	struct printed		 printed[LAUNCHCTL_PRINTS];
};

/* Combine the domains: loaded in any is loaded, else unknown in any is unknown. */
static void
take_answer(struct scan_batch *batch, const struct printed *printed, struct scan_job *job)
{
	char why[700];

	if (printed->loaded == UNKNOWN && !batch->late) {
		answer_describe(&printed->answer, "print", why, sizeof why);
		note_unseen(batch->scan, printed->target, why);
	}
	job->unsure = job->unsure || printed->loaded == UNKNOWN;
	if (printed->loaded == YES)
		job->loaded = YES;
	if (job->loaded != YES)
		job->loaded = job->unsure ? UNKNOWN : NO;
}

static void
scan_host_flush(struct scan_batch *batch)
{
	if (!batch->late && batch->count > 0 && wait_now() >= batch->deadline) {
		batch->late = true;
		note_unseen(batch->scan, "launchd", "there are too many jobs to query");
	}
	if (!batch->late)
		launchctl_print(batch->host, batch->printed, batch->count);
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->late)
			batch->printed[i].loaded = UNKNOWN;
		take_answer(batch, &batch->printed[i], batch->jobs[i]);
	}
	batch->count = 0;
}

/* Ask whether the job is loaded in that domain. */
static void
scan_host_ask(struct scan_batch *batch, struct scan_job *job, const char *domain)
{
	if (batch->count == LAUNCHCTL_PRINTS)
		scan_host_flush(batch);
	text_format(batch->targets[batch->count], sizeof batch->targets[0], "%s/%s", domain,
	    job->label);
	batch->printed[batch->count].target = batch->targets[batch->count];
	batch->jobs[batch->count++] = job;
}

static void
ask_account(struct scan_batch *batch, struct scan_job *job, uid_t uid)
{
	static const char *const kinds[] = { "gui", "user" };
	char domain[24];

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		text_format(domain, sizeof domain, "%s/%lu", kinds[i], (unsigned long)uid);
		scan_host_ask(batch, job, domain);
	}
}

static void
ask_all(struct scan_batch *batch, const struct scan_accounts *accounts)
{
	for (size_t i = 0; i < batch->scan->count; i++) {
		struct scan_job *job = &batch->scan->jobs[i];
		size_t logins = 0;

		/* With a slash in the label the target would be another job. */
		if (job->label[0] == '\0' || strchr(job->label, '/') != NULL ||
		    text_has_control(job->label))
			continue;
		if (job->kind == SCAN_DAEMON)
			scan_host_ask(batch, job, "system");
		else if (job->account[0] != '\0')
			ask_account(batch, job, job->uid);
		for (size_t j = 0; job->kind == SCAN_AGENT && job->account[0] == '\0' &&
		    j < accounts->count; j++)
			if (accounts->rows[j].identity.uid >= FIRST_LOGIN_UID &&
			    accounts->rows[j].identity.uid < 0x7fffffffU && logins++ < LOGINS_MAX)
				ask_account(batch, job, accounts->rows[j].identity.uid);
	}
	scan_host_flush(batch);
}

static bool
is_in_domain(const struct scan_job *job, bool system, uid_t uid)
{
	return job->label[0] != '\0' && (system ? job->kind == SCAN_DAEMON :
	    job->kind == SCAN_AGENT && job->account[0] != '\0' && job->uid == uid);
}

/* Run one print-disabled for all jobs of a domain, if there are any. */
static void
ask_overrides(const struct host *host, struct scan *scan, bool system, uid_t uid)
{
	char domain[32] = "system";
	struct listed disabled = { .verb = "print-disabled", .domain = domain };
	bool asked = false;

	if (!system)
		text_format(domain, sizeof domain, "user/%lu", (unsigned long)uid);
	for (size_t i = 0; i < scan->count; i++) {
		if (!is_in_domain(&scan->jobs[i], system, uid))
			continue;
		if (!asked)
			launchctl_ask(host, NULL, 0, &disabled, 1, NULL);
		asked = true;
		scan->jobs[i].troubles[TROUBLE_DISABLED] =
		    service_override((const char *)disabled.text.data, disabled.text.size,
		    scan->jobs[i].label) == OVERRIDE_DISABLED;
	}
	bytes_free(&disabled.text);
}

/* Report once per account what is not known; without root it is not, of others. */
static void
scan_host_find_agents(const struct host *host, struct scan *scan, double deadline)
{
	struct agents agents = { NULL, 0 };

	for (size_t i = 0; i < scan->count && !wait_is_stopped(host) && wait_now() < deadline;
	    i++) {
		struct scan_job *job = &scan->jobs[i];
		size_t known = agents.count;

		if (job->kind != SCAN_DAEMON || job->label[0] == '\0' || job->account_exists != YES)
			continue;
		agents_look(host, &agents, job->uid, job->label, &job->agent);
		job->troubles[TROUBLE_AGENT] = job->agent.loaded == YES;
		if (job->agent.loaded == UNKNOWN && agents.count > known && host_is_root())
			note_unseen(scan, "launchd", job->agent.trouble);
	}
	agents_free(&agents);
}

static void
scan_host_look_at_launchd(const struct host *host, struct scan *scan,
    const struct scan_accounts *accounts)
{
	static struct scan_batch batch;		/* too large for the stack; flushed: empty */

	if (host->launchctl == NULL)
		return;
	batch.host = host;
	batch.scan = scan;
	batch.deadline = wait_now() + BUDGET_LAUNCHD_SECONDS;
	batch.late = false;
	ask_all(&batch, accounts);
	scan_host_find_agents(host, scan, batch.deadline);
	ask_overrides(host, scan, true, 0);
	for (size_t i = 0; i < accounts->count && !wait_is_stopped(host); i++)
		if (is_first_with_home(accounts, i))
			ask_overrides(host, scan, false, accounts->rows[i].identity.uid);
}

/* ---- all of it ---- */

/* Daemons, and what is wrong with all jobs. */
static void
scan_host_look_at_all(const struct host *host, struct scan *scan, struct scan_accounts *accounts)
{
	struct system system;

	inspect_system(host, &system);
	text_copy(scan->version, sizeof scan->version, system.version);
	scan_host_look_into(host, scan, DAEMONS, SCAN_DAEMON, NULL);
	scan_host_look_up(host, scan, accounts);
	look_at_jobs(host, scan, accounts);
	scan_host_look_at_launchd(host, scan, accounts);
	scan_compare(scan->jobs, scan->count);
	for (size_t i = 0; i < scan->count; i++)
		scan_classify(&scan->jobs[i], scan->version);
}

int
scan_collect(const struct host *host, bool agents_only, struct scan *scan, struct error *error)
{
	struct scan_accounts accounts = { .scan = scan };
	struct error unseen = { .kind = ERROR_NONE };

	memset(scan, 0, sizeof *scan);
	if (accounts_each(host, scan_add_account, &accounts, &unseen) == -1)
		note_unseen(scan, "the accounts", unseen.why);
	scan_host_look_into(host, scan, AGENTS, SCAN_AGENT, NULL);
	look_into_homes(host, scan, &accounts);
	if (!agents_only)
		scan_host_look_at_all(host, scan, &accounts);
	free(accounts.rows);
	if (wait_is_stopped(host))
		return error_set(error, ERROR_STOPPED, "did not finish listing the jobs");
	return !scan->short_of_memory ? 0 :
	    error_set(error, ERROR_SYSTEM, "out of memory", NULL, "cannot list the jobs");
}

void
scan_free(struct scan *scan)
{
	free(scan->jobs);
}
