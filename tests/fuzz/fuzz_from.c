/* Any bytes as the plist of install --from, the administrator's and an account's. */
#include "core/job/job.h"
#include "core/lint/lint.h"
#include "core/job/migrate.h"
#include "core/job/receipt.h"
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

/* What is installed can be promised, and read again. */
static void
check_job(struct bytes plist, const struct options *options)
{
	struct error error = { .kind = ERROR_NONE };
	struct plist *job = plist_parse(plist, &error);

	fuzz_must(job != NULL);
	fuzz_must(strcmp(fuzz_text(job, "Label"), options->label) == 0);
	fuzz_must(strcmp(fuzz_text(job, "UserName"), options->user) == 0);
	plist_release(job);
}

static void
install(const struct plist *from)
{
	struct options options = { .label = "com.example.job", .user = "worker", .settle = -1,
	    .timeout = -1 };
	struct error error = { .kind = ERROR_NONE };
	struct plist_file plist = { { NULL, 0 }, NULL };

	if (job_fill(&options, from, &error) == 0 && job_check(&options, &error) == 0 &&
	    job_to_plist_from(&options, from, "staff", NULL, &plist, &error) == 0)
		check_job(plist.bytes, &options);
	plist_file_free(&plist);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct migration migration;
	struct options options = { .label = "com.example.job", .user = "worker", .settle = -1,
	    .timeout = -1 };
	struct migrate_goal goal = { .options = &options, .user = &worker, .group = "staff",
		.agent_home = "/Users/worker", .same_account = true };
	static const struct lint_facts text = { .text_only = true };
	struct bytes from = fuzz_copy(data, size);
	struct error error = { .kind = ERROR_NONE };
	struct plist *tree = job_read(from, &text, NULL, "plist", &error), *moved;

	if (tree != NULL) {
		install(tree);
		memset(&migration, 0, sizeof migration);
		moved = migrate_logs(tree, &goal, &migration);
		install(moved);
		plist_release(moved);
	}
	plist_release(tree);
	bytes_free(&from);
	return 0;
}
