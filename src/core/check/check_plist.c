/* The checks of the receipt and the plist. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check_rows.h"
#include "core/facts/paste.h"
#include "core/facts/trust.h"

static void
check_receipt(const struct receipt *receipt, const struct facts *facts, struct check_draft *draft)
{
	if (receipt_is_removing(receipt)) {
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "an uninstall is in progress or was interrupted");
		check_advise(draft, "sudo lnpctl uninstall %s", receipt->spec.label);
	} else if (receipt->changing) {
		check_set(draft, VERDICT_UNKNOWN, NULL,
		    "an install is in progress or was interrupted");
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
		if (receipt->spec.agent.path[0] != '\0')
			check_advise(draft,
			    "to finish it: sudo lnpctl migrate %s; to undo it: sudo lnpctl migrate "
			    "--undo %s", receipt->spec.label, receipt->spec.label);
	}
}

static void
check_plist_present(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->plist.file.exists == UNKNOWN)
		check_unseen(draft, facts, receipt->spec.plist_path, facts->plist.file.error);
	else if (facts->plist.file.exists == NO) {
		check_set(draft, VERDICT_FAIL, NULL, "%s is missing", receipt->spec.plist_path);
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
	} else
		check_set(draft, VERDICT_PASS, NULL, "%s exists", receipt->spec.plist_path);
}

static void
check_plist_file(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct file_fact *plist = &facts->plist.file;

	if (plist->type != FILE_REGULAR || plist->links != 1) {
		check_set(draft, VERDICT_FAIL, NULL, "%s is not a regular file",
		    receipt->spec.plist_path);
		if (plist->type == FILE_REGULAR)
			check_set(draft, VERDICT_FAIL, NULL, "%s has %" PRIu64
			    " hard links, so it can be changed by another name",
			    receipt->spec.plist_path, plist->links);
		fix_set(draft, REMEDY_REPAIR, plist->type == FILE_REGULAR ? NULL : FIX_ASIDE,
		    receipt, facts);
	} else if (trust_is_hidden(plist->untrusted_by))
		check_set(draft, VERDICT_WARN, trust_fix(plist->untrusted_by),
		    "others can replace the plist: '%s' %s", plist->untrusted_path,
		    trust_reason(plist->untrusted_by));
	else if (plist->untrusted_path[0] != '\0') {
		check_set(draft, VERDICT_FAIL, NULL,
		    "others can replace the plist: '%s' is writable by users other than root",
		    plist->untrusted_path);
		paste_folder(plist, draft->fix, sizeof draft->fix);
	}
}

static void
check_plist_owner(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	const struct file_fact *plist = &facts->plist.file;

	if (plist->owner == facts->owner && plist->group == facts->owner_group)
		return;
	if (plist->owner == facts->owner)
		check_set(draft, VERDICT_FAIL, NULL, "the plist has the group %ju, not %ju",
		    (uintmax_t)plist->group, (uintmax_t)facts->owner_group);
	else
		check_set(draft, VERDICT_FAIL, NULL,
		    "the plist is owned by %ju:%ju, so launchd refuses it (122)",
		    (uintmax_t)plist->owner, (uintmax_t)plist->group);
	fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
}

static void
check_plist_mode(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	uintmax_t mode = receipt->spec.mode;

	if (facts->plist.file.mode == receipt->spec.mode) {
		check_set(draft, VERDICT_PASS, NULL, "the plist has mode %04jo", mode);
		return;
	}
	check_set(draft, VERDICT_FAIL, NULL, (facts->plist.file.mode & 022) != 0 ?
	    "the plist has mode %04jo: it is writable by others, so launchd refuses it (122)" :
	    "the plist has mode %04jo, not %04jo", (uintmax_t)facts->plist.file.mode, mode);
	fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
}

/* Advise repair only where it would not refuse the plist as another job's. */
static void
check_plist_advise(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (receipt_is_strange_plist(receipt, facts))
		check_advise(draft, "inspect it; it may be another vendor's");
	else
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
}

static void
check_plist_valid(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	char label[NAME_SIZE];
	struct error error;

	if (facts->plist.bytes.data == NULL)
		check_unseen(draft, facts, receipt->spec.plist_path, facts->plist.file.error);
	else if (bytes_equal(facts->plist.bytes, receipt->spec.plist))
		return;
	else if (spec_read_label(facts->plist.bytes, label, &error) == -1)
		check_set(draft, VERDICT_FAIL, NULL,
		    "the plist does not define a launchd job: %s", error.why);
	else if (strcmp(label, receipt->spec.label) != 0)
		check_set(draft, VERDICT_FAIL, NULL, "the plist has the label %s", label);
	if (draft->verdict == VERDICT_FAIL)
		check_plist_advise(receipt, facts, draft);
}

static void
check_plist_unchanged(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	if (facts->plist.bytes.data == NULL)
		check_unseen(draft, facts, receipt->spec.plist_path, facts->plist.file.error);
	else if (!bytes_equal(facts->plist.bytes, receipt->spec.plist)) {
		check_set(draft, VERDICT_FAIL, NULL,
		    "the plist was changed since it was installed");
		check_plist_advise(receipt, facts, draft);
	}
}

static void
check_plist_quarantine(const struct receipt *receipt, const struct facts *facts,
    struct check_draft *draft)
{
	check_quarantine(receipt->spec.plist_path, &facts->plist.file, facts, draft);
	/* A new file, which repair makes, lacks it. */
	if (draft->verdict == VERDICT_FAIL)
		fix_set(draft, REMEDY_REPAIR, NULL, receipt, facts);
}

const struct check check_plist_rows[] = {
	{ "receipt", "lnpctl installed the job, and no change was interrupted",
	  0, check_receipt,
	  "lnpctl installed this job" },
	{ "plist-present", "the plist is in /Library/LaunchDaemons",
	  0, check_plist_present,
	  "" },
	{ "plist-file", "it is a regular file without other hard links, in root-owned directories",
	  NEEDS_PLIST, check_plist_file,
	  "the plist is a regular file in a root-owned directory" },
	{ "plist-owner", "it is owned by root:wheel",
	  NEEDS_PLIST, check_plist_owner,
	  "the plist has the right owner" },
	{ "plist-mode", "its mode is 0644, or as private as the plist that it was made from",
	  NEEDS_PLIST, check_plist_mode,
	  "" },
	{ "plist-valid", "it is a plist with the job's label",
	  NEEDS_PLIST, check_plist_valid,
	  "the plist is valid" },
	{ "plist-unchanged", "it has the content that install wrote",
	  NEEDS_PLIST, check_plist_unchanged,
	  "the plist is as it was installed" },
	{ "plist-quarantine", "it has no com.apple.quarantine attribute",
	  NEEDS_PLIST, check_plist_quarantine,
	  "" },
	{ NULL, NULL, 0, NULL, NULL },
};
