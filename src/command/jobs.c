/* Visit the jobs of a command, in batches. */
#include "jobs.h"
#include "core/text.h"
#include "host/machine/wait.h"

struct job_walk {
	struct session	*session;
	jobs_visitor	*visit;
	char		 labels[JOBS_AT_ONCE][NAME_SIZE];
	size_t		 waiting;	/* labels not yet visited */
	enum error_kind	 worst;
	size_t		 count;
	int		 result;
	struct error	*error;
};

static void
jobs_visit_waiting(struct job_walk *walk)
{
	enum error_kind kinds[JOBS_AT_ONCE];
	const char *labels[JOBS_AT_ONCE];

	for (size_t i = 0; i < walk->waiting; i++)
		labels[i] = walk->labels[i];
	if (walk->result == 0 && wait_is_stopped(&walk->session->host))
		walk->result = error_set(walk->error, ERROR_STOPPED, "did not finish");
	if (walk->waiting > 0 && walk->result == 0)
		walk->result = walk->visit(walk->session, labels, walk->waiting, kinds,
		    walk->error);
	for (size_t i = 0; i < walk->waiting && walk->result == 0; i++) {
		walk->count++;
		/* ERROR_FAILED outranks ERROR_UNKNOWN. */
		if (kinds[i] == ERROR_FAILED || walk->worst == ERROR_NONE)
			walk->worst = kinds[i];
	}
	walk->waiting = 0;
}

static void
jobs_add_label(void *context, const char *label)
{
	struct job_walk *walk = context;

	/* Too long to be a label: truncate it and add '/', so that it is rejected later. */
	if (!text_copy(walk->labels[walk->waiting], NAME_SIZE, label))
		text_format(walk->labels[walk->waiting], NAME_SIZE, "%.*s/", NAME_SIZE - 2, label);
	if (++walk->waiting == JOBS_AT_ONCE)
		jobs_visit_waiting(walk);
}

int
jobs_none(struct error *error)
{
	return error_set(error, ERROR_FAILED, "there is no receipt in '" STATE_DIRECTORY "'",
	    "name a label, or install a job first: lnpctl help install",
	    "lnpctl has installed no jobs");
}

int
jobs_visit(struct session *session, jobs_visitor *visit, enum error_kind *worst,
    struct error *error)
{
	struct job_walk walk = { .session = session, .visit = visit, .worst = ERROR_NONE,
	    .error = error };

	for (size_t i = 0; i < session->options.operand_count; i++)
		jobs_add_label(&walk, session->options.operands[i]);
	if (session->options.operand_count == 0 &&
	    inspect_labels(&session->host, jobs_add_label, &walk, error) == -1)
		return -1;
	jobs_visit_waiting(&walk);
	if (walk.result == -1)
		return -1;
	*worst = walk.worst;
	return walk.count == 0 ? jobs_none(error) : 0;
}
