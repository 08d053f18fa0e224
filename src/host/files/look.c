/* Look as an account, in a child: see look.h. */
#include <errno.h>
#include <string.h>

#include "core/facts/content.h"
#include "core/text.h"
#include "core/facts/trust.h"
#include "host/machine/budget.h"
#include "host/machine/child.h"
#include "host/machine/identity.h"
#include "look.h"
#include "host/machine/wait.h"

struct look_request {		/* the child writes its answer into it; the bytes follow */
	struct host	 host;		/* without pointers */
	struct look	 look;
	char		 path[PATH_SIZE];
	bool		 reached;
	struct file_fact fact;
};

#define LOOK_BYTES_MAX	(HELPER_CAPACITY - sizeof(struct look_request))

/* ---- the child ---- */

/* In the child. The request is in shared memory: the answer goes there, too. */
static void
look_answer(const void *shared, struct reply *reply)
{
	union { const void *given; struct look_request *request; } both = { shared };
	struct look_request *request = both.request;
	struct look look = request->look;
	struct folder folder;

	(void)reply;
	look.path = request->path;
	look.fact = &request->fact;
	look_here(&request->host, &look, &folder, &request->reached);
	request->look = look;
	if (look.bytes.size > 0)
		memcpy(request + 1, look.bytes.data, look.bytes.size);
	bytes_free(&look.bytes);
}

/* ---- the parent ---- */

/*
 * Reuse an identity that we have: the account of an image has only its numbers here, and one of the
 * helper needs no new child.
 */
static void
look_identity(const struct host *host, uid_t uid, struct identity *identity)
{
	if (host->folder_owner != NULL && host->folder_owner->uid == uid)
		*identity = *host->folder_owner;
	else if (host->helper != NULL && host->helper->pid != 0 && host->helper->account.uid == uid)
		*identity = host->helper->account;
	else
		identity_of_account(host, uid, identity);
}

/* The account may have changed the answer at any time: make a valid fact of whatever is there. */
static void
look_take_fact(struct file_fact *fact, const struct look_request *request,
    const struct file_fact *way)
{
	*fact = request->fact;
	fact->exists = fact->exists == YES || fact->exists == NO ? fact->exists : UNKNOWN;
	fact->type = fact->type == FILE_REGULAR || fact->type == FILE_DIRECTORY ||
	    fact->type == FILE_LINK ? fact->type : FILE_OTHER;
	fact->mode &= 07777;
	fact->quarantined = fact->quarantined == YES || fact->quarantined == NO ?
	    fact->quarantined : UNKNOWN;
	fact->locked = fact->locked == LOCK_FILE || fact->locked == LOCK_FOLDER ? fact->locked :
	    LOCK_NOT;
	fact->plain = 0;
	fact->granted = trust_is_hidden(fact->granted) ? fact->granted : WEAK_NOT;
	fact->resolved[PATH_SIZE - 1] = '\0';
	fact->identity.sha256[2 * SHA256_SIZE] = '\0';
	if (!content_is_sha256(fact->identity.sha256))
		fact->identity.sha256[0] = '\0';
	text_copy(fact->untrusted_path, PATH_SIZE, way->untrusted_path);
	fact->untrusted_owner = way->untrusted_owner;
	fact->untrusted_group = way->untrusted_group;
	fact->untrusted_mode = way->untrusted_mode;
	fact->untrusted_by = way->untrusted_by;
}

/* Take the result from the shared memory. */
static bool
look_take(const struct host *host, struct look *look, const struct user_helper *helper,
    const struct folder *folder)
{
	const struct look_request *written = helper->shared;
	struct look_request request = *written;

	memcpy(look->begin, request.look.begin, sizeof look->begin);
	look->begin[FILES_BEGIN - 1] = '\0';
	look->errnum = request.look.errnum < 0 ? EIO : request.look.errnum;
	if (request.look.bytes.size > look->limit || request.look.bytes.size > LOOK_BYTES_MAX)
		look->errnum = EFBIG;
	else if (look->errnum == 0 && look->kind >= LOOK_CONTENT &&
	    !bytes_copy(&look->bytes, (struct bytes){ (const unsigned char *)(written + 1),
	    request.look.bytes.size }))
		look->errnum = ENOMEM;
	if (look->fact != NULL) {
		look_take_fact(look->fact, &request, &folder->untrusted);
		look->fact->untrusted_for_user = look->fact->untrusted_for_user ||
		    folder->account != host->administrator;
	}
	return request.reached;
}

static int
look_ask(const struct host *host, struct user_helper *helper, const struct identity *identity,
    struct look *look)
{
	struct look_request request;
	struct reply reply;

	memset(&request, 0, sizeof request);
	request.host = (struct host){ .root = host->root, .image = host->image,
	    .owner = host->owner, .group = host->group, .administrator = host->administrator,
	    .given_up = true };
	request.look = *look;
	if (look->limit > LOOK_BYTES_MAX)
		request.look.limit = LOOK_BYTES_MAX;
	text_copy(request.path, sizeof request.path, look->path);	/* it fits: it was walked */
	return helper_run(host, helper, identity, look_answer, &request, sizeof request,
	    BUDGET_SECONDS, &reply);
}

bool
look_as(const struct host *host, const struct identity *identity, struct look *look,
    const struct folder *folder)
{
	struct user_helper own = { .pid = 0 }, *helper = host->helper == NULL ? &own : host->helper;
	struct budget budget;
	bool reached = false;
	int result = -1;

	budget_begin(&budget, host, identity->uid);	/* it may last until its time limit */
	if (budget_take(&budget, 0, 0))
		result = look_ask(host, helper, identity, look);
	else
		errno = wait_is_stopped(host) ? EINTR : ETIMEDOUT;
	budget_end(&budget);
	if (result == 0)
		reached = look_take(host, look, helper, folder);
	else {
		look->errnum = errno;
		if (look->fact != NULL)
			look->fact->error = errno;
	}
	helper_stop(&own);
	return reached;
}

bool
look_find(const struct host *host, struct look *look, struct folder *folder)
{
	struct identity identity;
	bool reached;

	if (look_here(host, look, folder, &reached) == 0)
		return reached;
	look_identity(host, folder->account, &identity);
	return look_as(host, &identity, look, folder);
}
