/* Goes through the jobs that a command is about. */
#include "command/jobs.h"
#include "host/inspect.h"

struct visit {
	struct session	*session;
	enum error_kind	(*visit)(struct session *, const char *);
	enum error_kind	 worst;
	size_t		 count;
};

static void
visit_one(void *context, const char *label)
{
	struct visit *visit = context;
	enum error_kind kind = visit->visit(visit->session, label);

	visit->count++;
	/* An answer that is "no" counts more than one that could not be had. */
	if (kind == ERROR_NO || visit->worst == ERROR_NONE)
		visit->worst = kind;
}

int
jobs_none(struct error *error)
{
	return error_set(error, ERROR_NO, "there is no receipt in '" PROMISE_STATE "'",
	    "name a label, or install a job first: lnpctl help install", "no job is installed by lnpctl");
}

int
jobs_visit(struct session *session, enum error_kind (*visit)(struct session *, const char *), enum error_kind *worst,
    struct error *error)
{
	struct visit walk = { session, visit, ERROR_NONE, 0 };

	for (size_t i = 0; i < session->options.operand_count; i++)
		visit_one(&walk, session->options.operands[i]);
	if (session->options.operand_count == 0 && inspect_labels(&session->host, visit_one, &walk, error) == -1)
		return -1;
	*worst = walk.worst;
	return walk.count == 0 ? jobs_none(error) : 0;
}
