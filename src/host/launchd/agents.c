/* Find agents in the domains of accounts, whether or not they still have a plist. */
#include <stdlib.h>
#include <string.h>

#include "core/launchd/domain.h"
#include "core/text.h"
#include "host/launchd/agents.h"

#define DOMAINS	2		/* of an account */

struct agents_domain {
	uid_t		user;
	char		name[24];	/* "gui/501" */
	struct bytes	services;	/* owned; data NULL: there is no such domain, or the answer
					   is not clear */
	struct answer	answer;
};

/* Keep of an answer, which is large, only what it lists. */
static void
agents_take(struct agents_domain *row, struct listed *listed)
{
	size_t length;
	const char *services = domain_services((const char *)listed->text.data, listed->text.size,
	    &length);

	row->answer = listed->answer;
	if (services != NULL)
		bytes_copy(&row->services, (struct bytes){ (const unsigned char *)services,
		    length });
	bytes_free(&listed->text);
}

/* Return the account's domains, asked for at the first time; NULL: out of memory. */
static const struct agents_domain *
agents_domains(const struct host *host, struct agents *agents, uid_t user)
{
	static const char *const kinds[DOMAINS] = { "gui", "user" };
	struct listed lists[DOMAINS];
	struct agents_domain *rows;

	for (size_t i = 0; i < agents->count; i += DOMAINS)
		if (agents->rows[i].user == user)
			return &agents->rows[i];
	rows = realloc(agents->rows, (agents->count + DOMAINS) * sizeof *rows);
	if (rows == NULL)
		return NULL;
	agents->rows = rows;
	rows += agents->count;
	agents->count += DOMAINS;
	for (size_t i = 0; i < DOMAINS; i++) {
		rows[i] = (struct agents_domain){ .user = user };
		text_format(rows[i].name, sizeof rows[i].name, "%s/%lu", kinds[i],
		    (unsigned long)user);
		lists[i] = (struct listed){ .verb = "print", .domain = rows[i].name };
	}
	launchctl_ask(host, NULL, 0, lists, DOMAINS, NULL);
	for (size_t i = 0; i < DOMAINS; i++)
		agents_take(&rows[i], &lists[i]);
	return rows;
}

static void
agents_look_in(const struct agents_domain *row, const char *label, struct loaded_agent *found)
{
	char verb[sizeof "print " + sizeof row->name];

	if (row->services.data != NULL && domain_has((const char *)row->services.data,
	    row->services.size, label)) {
		text_format(found->targets[found->targets[0][0] != '\0'], NAME_SIZE, "%s/%s",
		    row->name, label);
		found->loaded = YES;
	} else if (row->services.data == NULL && !answer_lacks_domain(&row->answer)) {
		text_format(verb, sizeof verb, "print %s", row->name);
		answer_describe(&row->answer, verb, found->trouble, sizeof found->trouble);
	}
}

void
agents_look(const struct host *host, struct agents *agents, uid_t user, const char *label,
    struct loaded_agent *found)
{
	const struct agents_domain *rows = agents_domains(host, agents, user);

	if (rows == NULL)
		text_copy(found->trouble, sizeof found->trouble, "out of memory");
	for (size_t i = 0; i < DOMAINS && rows != NULL; i++)
		agents_look_in(&rows[i], label, found);
	if (found->loaded != YES)
		found->loaded = found->trouble[0] == '\0' ? NO : UNKNOWN;
}

void
agents_free(struct agents *agents)
{
	for (size_t i = 0; i < agents->count; i++)
		bytes_free(&agents->rows[i].services);
	free(agents->rows);
	*agents = (struct agents){ NULL, 0 };
}
