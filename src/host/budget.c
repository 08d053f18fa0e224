/* Bounds the looks at what others own. */
#include "host/budget.h"
#include "host/wait.h"

#define NOTICEABLE	0.05	/* seconds: what took less is not worth a row */

/* The account's row; a new one where there is room, so many that the run's seconds bound them. NULL: none. */
static double *
spent_by(struct budgets *budgets, uid_t account)
{
	size_t i = 0;

	while (i < budgets->count && budgets->spent[i].account != account)
		i++;
	if (i == sizeof budgets->spent / sizeof budgets->spent[0])
		return NULL;
	if (i == budgets->count) {
		budgets->count++;
		budgets->spent[i].account = account;
		budgets->spent[i].seconds = 0;
	}
	return &budgets->spent[i].seconds;
}

double
budget_left(const struct host *host, uid_t account)
{
	const struct budgets *budgets = host->budgets;

	for (size_t i = 0; budgets != NULL && i < budgets->count; i++)
		if (budgets->spent[i].account == account)
			return BUDGET_ACCOUNT_SECONDS - budgets->spent[i].seconds;
	return BUDGET_ACCOUNT_SECONDS;
}

void
budget_give_up(const struct host *host, uid_t account)
{
	double *spent = host->budgets == NULL ? NULL : spent_by(host->budgets, account);

	if (spent != NULL)
		*spent = BUDGET_ACCOUNT_SECONDS;
}

void
budget_begin(struct budget *budget, const struct host *host, uid_t account)
{
	const struct budgets *budgets = host->budgets;
	double of_account = budget_left(host, account),
	       of_run = BUDGET_RUN_SECONDS - (budgets == NULL ? 0 : budgets->all), seconds = BUDGET_SECONDS;

	if (seconds > of_account)
		seconds = of_account;
	if (seconds > of_run)
		seconds = of_run;
	*budget = (struct budget){ .host = host, .account = account, .bounded = account != BUDGET_ROOT,
	    .files = BUDGET_FILES, .bytes = BUDGET_BYTES, .begun = wait_now(),
	    .before = budgets == NULL ? 0 : budgets->all };
	budget->deadline = budget->begun + seconds;
}

bool
budget_take(struct budget *budget, size_t files, size_t bytes)
{
	if (wait_is_stopped(budget->host))
		return false;
	if (!budget->bounded)
		return true;
	if (files > budget->files || bytes > budget->bytes || wait_now() >= budget->deadline)
		return false;
	budget->files -= files;
	budget->bytes -= bytes;
	return true;
}

void
budget_end(const struct budget *budget)
{
	struct budgets *budgets = budget->host->budgets;
	double seconds = wait_now() - budget->begun, *spent;

	if (budgets == NULL || !budget->bounded)
		return;
	seconds -= budgets->all - budget->before;
	if (seconds < NOTICEABLE)
		return;
	budgets->all += seconds;
	spent = spent_by(budgets, budget->account);
	if (spent != NULL)
		*spent += seconds;
}
