/* Change what options name of an installed job, and keep the rest. */
#include <string.h>

#include "amend.h"
#include "install.h"
#include "reapply.h"
#include "core/facts/paste.h"
#include "core/job/job.h"
#include "core/plist/difference.h"
#include "core/text.h"

bool
amend_is_asked(const struct options *options)
{
	for (const struct option *row = options_table(); row->name != NULL; row++)
		if (row->key != NULL && strcmp(row->name, "label") != 0 &&
		    options_text(options, row) != NULL)
			return true;
	return options->log_directory != NULL || options->settle >= 0 || options->max_starts >= 0 ||
	    options->environment.count + options->settings.count + options->peers.count > 0;
}

/* The options of an install that would make the same job, where none names something else. */
static int
amend_options(const struct options *given, const struct spec *installed, struct options *options,
    struct error *error)
{
	char why[NAME_SIZE + 32], fix[sizeof error->fix];

	*options = *given;
	options->operand_count = 0;
	options->from = installed->plist_path;
	options->label = installed->label;
	options->user = installed->user;
	options->account_label = installed->account_label;
	options->installed = installed;
	if (options->group == NULL)
		options->group = installed->group;
	if (given->user == NULL || strcmp(given->user, installed->user) == 0)
		return job_check(options, error);
	paste_line(fix, sizeof fix, installed->agent.path[0] != '\0' ?
	    "first: sudo lnpctl migrate --undo %s; then run the same command again" :
	    "first: sudo lnpctl uninstall %s; then install it again", installed->label);
	text_format(why, sizeof why, "it is installed for '%s'", installed->user);
	return error_set(error, ERROR_USAGE, why, fix, "cannot run '%s' as '%s'",
	    installed->label, given->user);
}

static void
amend_count(void *context, const struct difference *row)
{
	(void)row;
	++*(size_t *)context;
}

/* Make the plist of the options, from the installed one. */
static int
amend_plist(const struct options *options, struct change *change, bool *differs,
    struct error *error)
{
	struct bytes installed = change->receipt.spec.plist;
	struct plist *tree = plist_parse(installed, error);
	size_t count = 0;
	int result;

	if (tree == NULL)
		return -1;
	result = job_to_plist_from(options, tree, options->group, NULL, &change->plist, error);
	plist_release(tree);
	if (result == -1)
		return -1;
	difference_each(installed, change->plist.bytes, amend_count, &count);
	*differs = count > 0;
	return 0;
}

/* Keep what the plist does not say, and no option names. */
static void
amend_keep(const struct options *given, const struct spec *installed, struct spec *spec)
{
	spec->uid = installed->uid;
	if (given->group == NULL)
		spec->gid = installed->gid;
	if (given->settle < 0)
		spec->settle = installed->settle;
	if (given->max_starts < 0)
		spec->max_starts = installed->max_starts;
	if (given->peers.count == 0) {
		memcpy(spec->peers, installed->peers, sizeof spec->peers);
		spec->peer_count = installed->peer_count;
	}
	spec->log_mode = spec_choose_log_mode(spec, installed, given->group != NULL);
	spec_keep_origin(spec, installed);
}

static bool
amend_is_same(const struct spec *spec, const struct spec *installed)
{
	for (size_t i = 0; i < spec->peer_count; i++)
		if (!spec_has_peer(installed, spec->peers[i]))
			return false;
	return spec->peer_count == installed->peer_count && spec->settle == installed->settle &&
	    spec->max_starts == installed->max_starts;
}

int
amend_one(struct session *session, struct change *change, const char *label, bool installs,
    struct error *error)
{
	const struct options *given = &session->options;
	static const struct migration no_migration;
	const struct spec *installed = &change->receipt.spec;
	struct options options;
	bool differs;

	if (reapply_read(session, change, label, error) == -1 ||
	    amend_options(given, installed, &options, error) == -1 ||
	    install_accounts(&session->host, &options, &change->facts, error) == -1 ||
	    amend_plist(&options, change, &differs, error) == -1)
		return -1;
	if (!differs) {
		/* The same bytes, or the job would be restarted for the order of its keys. */
		plist_file_free(&change->plist);
		change->plist = (struct plist_file){ .tree = plist_parse(installed->plist, error) };
		if (change->plist.tree == NULL ||
		    !bytes_copy(&change->plist.bytes, installed->plist))
			return error_set(error, ERROR_SYSTEM, "out of memory", NULL,
			    "cannot change '%s'", label);
	}
	if (install_spec(session, change, &no_migration, error) == -1)
		return -1;
	amend_keep(given, installed, &change->next.spec);
	if (!installs && !differs && amend_is_same(&change->next.spec, installed)) {
		change_clear(change);
		return reapply_one(session, change, label, error);
	}
	change_inspect(&session->host, change);
	return install_change(session, change, installs ? "installed" : "changed", error);
}
