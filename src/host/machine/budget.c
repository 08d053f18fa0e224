/* Limit how much of what other accounts own is examined. */
#include "host/machine/budget.h"
#include "host/machine/wait.h"

#define NOTICEABLE	0.05	/* seconds: less is not worth a row */

/*
 * Return the account's row, or a new one; NULL if the table is full. BUDGET_RUN_SECONDS limits how
 * many are needed.
 */
static double *
tally_row(struct tally *tally, uid_t account)
{
	size_t i = 0;

	while (i < tally->count && tally->rows[i].account != account)
		i++;
	if (i == sizeof tally->rows / sizeof tally->rows[0])
		return NULL;
	if (i == tally->count) {
		tally->count++;
		tally->rows[i].account = account;
		tally->rows[i].seconds = 0;
	}
	return &tally->rows[i].seconds;
}

static double
tally_of(const struct tally *tally, uid_t account)
{
	for (size_t i = 0; i < tally->count; i++)
		if (tally->rows[i].account == account)
			return tally->rows[i].seconds;
	return 0;
}

double
budget_left(const struct host *host, uid_t account)
{
	return BUDGET_ACCOUNT_SECONDS - (host->budgets == NULL ? 0 :
	    tally_of(&host->budgets->looks, account));
}

void
budget_give_up(const struct host *host, uid_t account)
{
	double *spent = host->budgets == NULL ? NULL : tally_row(&host->budgets->looks, account);

	if (spent != NULL)
		*spent = BUDGET_ACCOUNT_SECONDS;
}

double
budget_wait_left(const struct host *host, uid_t account)
{
	return BUDGET_WAIT_SECONDS - (host->budgets == NULL ? 0 :
	    tally_of(&host->budgets->waits, account));
}

void
budget_waited(const struct host *host, uid_t account, double seconds)
{
	double *spent = host->budgets == NULL || account == 0 || seconds <= BUDGET_WAIT_FREE ?
	    NULL : tally_row(&host->budgets->waits, account);

	if (spent != NULL)
		*spent += seconds - BUDGET_WAIT_FREE;
}

void
budget_begin(struct budget *budget, const struct host *host, uid_t account)
{
	const struct budgets *budgets = host->budgets;
	double of_account = budget_left(host, account),
	       of_run = BUDGET_RUN_SECONDS - (budgets == NULL ? 0 : budgets->all),
	       seconds = BUDGET_SECONDS;

	if (seconds > of_account)
		seconds = of_account;
	if (seconds > of_run)
		seconds = of_run;
	*budget = (struct budget){ .host = host, .account = account,
	    .bounded = account != BUDGET_ROOT, .files = BUDGET_FILES, .bytes = BUDGET_BYTES,
	    .begun = wait_now(), .before = budgets == NULL ? 0 : budgets->all };
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
	spent = tally_row(&budgets->looks, budget->account);
	if (spent != NULL)
		*spent += seconds;
}
