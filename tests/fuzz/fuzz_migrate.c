/*
 * Any bytes as an account's agent that becomes a daemon: what comes out is a plist that runs as
 * that account, gives it nothing that an agent has not, and has its logs where that account or root
 * alone puts them.
 */
#include "core/job/grant.h"
#include "core/job/migrate.h"
#include "core/job/spec.h"
#include "core/text.h"
#include "fuzz.h"

static struct account worker = { .exists = YES, .name = "worker",
    .identity = { .uid = 501, .gid = 20 },
	.home = "/Users/worker", .group = "staff" };

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned random)
{
	return fuzz_mutate(data, size, room, random);
}

static void
check_log(const struct plist *daemon, const char *key)
{
	const char *log = plist_text(plist_member(daemon, key));

	if (log == NULL)
		return;
	fuzz_must(text_is_plain_path(log));
	fuzz_must(text_is_below(log, "/Users/worker") || text_is_below(log, "/var/log") ||
	    text_is_below(log, "/dev"));
}

static void
check_daemon(struct bytes plist, const char *label)
{
	/* What migrate itself puts there. */
	struct options options = { .label = label, .user = "worker", .group = "staff" };
	struct error error = { .kind = ERROR_NONE };
	static struct grants grants;
	struct plist *daemon = plist_parse(plist, &error);

	fuzz_must(daemon != NULL);
	fuzz_must(strcmp(fuzz_text(daemon, "Label"), label) == 0);
	fuzz_must(strcmp(fuzz_text(daemon, "UserName"), "worker") == 0);
	check_log(daemon, "StandardOutPath");
	check_log(daemon, "StandardErrorPath");
	grants_find(&grants, daemon, &options);
	fuzz_must(!grants.refused);
	plist_release(daemon);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct migration migration;
	char label[NAME_SIZE];
	struct options options = { .label = label, .user = "worker", .settle = -1, .timeout = -1 };
	struct migrate_goal goal = { .options = &options, .user = &worker, .group = "staff",
		.agent_home = "/Users/worker", .same_account = true };
	struct bytes agent = fuzz_copy(data, size);
	struct plist_file plist = { { NULL, 0 }, NULL };
	struct error error = { .kind = ERROR_NONE };

	memset(&migration, 0, sizeof migration);
	if (spec_read_label(agent, label, &error) == 0 &&
	    migrate_plist(agent, &goal, &migration, &plist, &error) == 0)
		check_daemon(plist.bytes, label);
	fuzz_must(migration.count <= MIGRATE_KEYS && migration.warning_count <= MIGRATE_WARNINGS);
	plist_file_free(&plist);
	bytes_free(&agent);
	return 0;
}
