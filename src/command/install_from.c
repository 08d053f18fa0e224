/* Read the plist of --from. Root opens it, so it follows no link that others can change. */

#include "install_from.h"
#include "report.h"
#include "core/job/grant.h"
#include "core/job/job.h"
#include "core/lint/lint.h"
#include "core/plist/plist.h"
#include "core/job/receipt.h"
#include "core/text.h"
#include "host/accounts.h"
#include "host/files/files.h"
#include "host/files/read_input.h"

static int
from_full_path(const struct session *session, char path[PATH_SIZE], struct error *error)
{
	const char *from = session->options.from;

	if (from[0] != '/' && session->options.root != NULL)
		return error_set(error, ERROR_USAGE,
		    "with --root, it must be a full path on that volume", NULL,
		    "cannot use '%s' for --from", from);
	return read_input_full_path(from, path) ? 0 : error_set(error, ERROR_USAGE,
	    "the path is longer than 1023 bytes", NULL, "cannot use --from");
}

bool
from_is_of(const struct session *session, uid_t uid)
{
	struct error ignored;
	char path[PATH_SIZE];

	return from_full_path(session, path, &ignored) == 0 &&
	    files_is_of(&session->host, path, uid);
}

/*
 * The file's owner may name itself in it, and a group that it is in, for it gains nothing. Any
 * other account or group must be given as an option.
 */
static void
from_accept_own_names(struct session *session, const struct plist *tree)
{
	struct options *options = &session->options;
	const char *user = plist_text(plist_member(tree, "UserName"));
	const char *group = plist_text(plist_member(tree, "GroupName"));
	struct account account;
	struct account_group named;

	if (options->user == NULL && user != NULL) {
		accounts_user(&session->host, user, &account);
		if (account.exists == YES && from_is_of(session, account.identity.uid))
			options->user = user;
	}
	if (options->group != NULL || group == NULL || options->user == NULL)
		return;
	accounts_user(&session->host, options->user, &account);
	accounts_group(&session->host, group, &named);
	for (int i = 0; account.exists == YES && named.exists == YES &&
	    i < account.identity.ngroups; i++)
		if (account.identity.groups[i] == named.gid)
			options->group = group;
}

int
from_check(struct session *session, const struct grants *grants, struct error *error)
{
	char path[PATH_SIZE];

	if (from_full_path(session, path, error) == -1 ||
	    grants_refuse(grants, "use", path, error) == -1)
		return -1;
	for (size_t i = 0; i < grants->count; i++)
		report_line(session, "%-7s %s: %s", migrate_word(MIGRATE_KEPT), grants->rows[i].key,
		    grants->rows[i].reason);
	return 0;
}

int
from_read(struct session *session, struct from *from, struct error *error)
{
	static const struct lint_facts text = { .text_only = true };
	struct file_fact fact;
	struct bytes bytes;
	char path[PATH_SIZE], what[PATH_SIZE + 16];

	if (session->options.from == NULL)
		return 0;
	if (from_full_path(session, path, error) == -1 ||
	    files_read(&session->host, path, SPEC_SIZE_MAX, &bytes, &fact, error) == -1)
		return -1;
	from->untrusted = fact.untrusted_for_user;
	from->mode = fact.mode;
	text_format(what, sizeof what, "plist '%s'", path);
	from->tree = job_read(bytes, &text, NULL, what, error);
	bytes_free(&bytes);
	if (from->tree == NULL)
		return -1;
	if (from->untrusted) {
		from->label_untrusted = session->options.label == NULL;
		from_accept_own_names(session, from->tree);
		grants_find(&from->grants, from->tree, &session->options);
	}
	return job_fill(&session->options, from->tree, error);
}

void
from_free(struct from *from)
{
	plist_release(from->placed);
	plist_release(from->tree);
}
