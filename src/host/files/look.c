/* Looks as an account, in a child: see host/files/look.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "core/facts/trust.h"
#include "host/machine/budget.h"
#include "host/machine/child.h"
#include "host/machine/identity.h"
#include "look.h"
#include "host/machine/wait.h"

struct sheet {				/* what the child is asked, and where it writes the answer;
					   the bytes follow */
	int		 root;
	bool		 image;
	uid_t		 owner, administrator;
	gid_t		 group;
	enum look_kind	 kind;
	enum files_walk	 manner;
	size_t		 limit;
	uid_t		 whose;
	char		 path[PATH_SIZE];

	bool		 reached;
	char		 begin[FILES_BEGIN];
	int		 number;
	size_t		 size;
	struct file_fact fact;
};

#define BYTES_MOST	(HELPER_CAPACITY - sizeof(struct sheet))

/* ---- the child ---- */

static void
write_down(struct sheet *sheet, const struct look *look)
{
	memcpy(sheet->begin, look->begin, sizeof sheet->begin);
	sheet->number = look->number;
	sheet->size = look->bytes.size;
	if (look->bytes.size > 0)
		memcpy(sheet + 1, look->bytes.data, look->bytes.size);
}

/* The room is ours to write to: the deputy's caller reads the answer there. */
static void
look_at_sheet(const void *room, struct reply *reply)
{
	union { const void *given; struct sheet *sheet; } both = { room };
	struct sheet *sheet = both.sheet;
	struct host host = { .root = sheet->root,
		.image = sheet->image,
		.owner = sheet->owner,
		.group = sheet->group,
		.administrator = sheet->administrator,
		.given_up = true };
	struct look look = { .kind = sheet->kind,
		.manner = sheet->manner,
		.path = sheet->path,
		.limit = sheet->limit,
		.owner = sheet->whose,
		.fact = &sheet->fact };
	struct folder folder;

	(void)reply;
	look_here(&host, &look, &folder, &sheet->reached);
	write_down(sheet, &look);
	bytes_free(&look.bytes);
}

/* ---- the parent ---- */

/*
 * Only the numbers of the account count where its name is not this machine's. The groups are those
 * of who is asked.
 */
static void
identify(const struct host *host, uid_t uid, struct identity *identity)
{
	if (host->folder_owner != NULL && host->folder_owner->uid == uid)
		*identity = *host->folder_owner;
	else if (host->helper != NULL && host->helper->pid != 0 && host->helper->account.uid == uid)
		*identity = host->helper->account;
	else
		identity_of_account(host, uid, identity);
}

/*
 * The account may have changed the answer while it was written, or after it: what is copied here is
 * made to be a fact whatever it was.
 */
static void
take_fact(struct file_fact *fact, const struct sheet *sheet, const struct file_fact *way)
{
	*fact = sheet->fact;
	fact->exists = fact->exists == YES || fact->exists == NO ? fact->exists : UNKNOWN;
	fact->type = fact->type == FILE_REGULAR || fact->type == FILE_DIRECTORY ||
	    fact->type == FILE_LINK ? fact->type : FILE_OTHER;
	fact->mode &= 07777;
	fact->quarantined = fact->quarantined == YES || fact->quarantined == NO ?
	    fact->quarantined : UNKNOWN;
	fact->locked = fact->locked == LOCK_FILE || fact->locked == LOCK_FOLDER ? fact->locked :
	    LOCK_NOT;
	fact->granted = trust_is_hidden(fact->granted) ? fact->granted : WEAK_NOT;
	fact->resolved[PATH_SIZE - 1] = '\0';
	text_copy(fact->untrusted_path, PATH_SIZE, way->untrusted_path);
	fact->untrusted_owner = way->untrusted_owner;
	fact->untrusted_group = way->untrusted_group;
	fact->untrusted_mode = way->untrusted_mode;
	fact->untrusted_by = way->untrusted_by;
}

/* What was found; the number is the child's own where there was no answer. */
static bool
look_take(const struct host *host, struct look *look, const struct user_helper *deputy,
    const struct folder *folder)
{
	const struct sheet *written = deputy->room;
	struct sheet sheet = *written;

	memcpy(look->begin, sheet.begin, sizeof look->begin);
	look->begin[FILES_BEGIN - 1] = '\0';
	look->number = sheet.number < 0 ? EIO : sheet.number;
	if (sheet.size > look->limit || sheet.size > BYTES_MOST)
		look->number = EFBIG;
	else if (look->number == 0 && look->kind >= LOOK_CONTENT &&
	    !bytes_copy(&look->bytes, (struct bytes){ (const unsigned char *)(written + 1),
	    sheet.size }))
		look->number = ENOMEM;
	if (look->fact != NULL) {
		take_fact(look->fact, &sheet, &folder->untrusted);
		look->fact->untrusted_for_user = look->fact->untrusted_for_user ||
		    folder->account != host->administrator;
	}
	return sheet.reached;
}

static int
ask_child(const struct host *host, struct user_helper *deputy, const struct identity *identity,
    struct look *look)
{
	struct sheet sheet;
	struct reply reply;

	memset(&sheet, 0, sizeof sheet);
	sheet.root = host->root;
	sheet.image = host->image;
	sheet.owner = host->owner;
	sheet.administrator = host->administrator;
	sheet.group = host->group;
	sheet.kind = look->kind;
	sheet.manner = look->manner;
	sheet.limit = look->limit < BYTES_MOST ? look->limit : BYTES_MOST;
	sheet.whose = look->owner;
	text_copy(sheet.path, sizeof sheet.path, look->path);	/* it was walked: it fits */
	return helper_run(host, deputy, identity, identity->gid, look_at_sheet, &sheet,
	    sizeof sheet, BUDGET_SECONDS, &reply);
}

bool
look_as(const struct host *host, uid_t account, struct look *look, const struct folder *folder)
{
	struct user_helper own = { .pid = 0 }, *deputy = host->helper == NULL ? &own : host->helper;
	struct identity identity;
	struct budget budget;
	bool reached = false;
	int result = -1;

	identify(host, account, &identity);
	budget_begin(&budget, host, account);		/* each look can last until the child is
							   given up */
	if (budget_take(&budget, 0, 0))
		result = ask_child(host, deputy, &identity, look);
	else
		errno = wait_is_stopped(host) ? EINTR : ETIMEDOUT;
	budget_end(&budget);
	if (result == 0)
		reached = look_take(host, look, deputy, folder);
	else {
		look->number = errno;
		if (look->fact != NULL)
			look->fact->error = errno;
	}
	helper_stop(&own);
	return reached;
}
