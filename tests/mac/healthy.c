/* The job of the checklist, fresh and installed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/job/receipt.h"
#include "healthy.h"

#define NOW	1800000000

static const char checklist[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
    "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
    "<plist version=\"1.0\">\n<dict>\n"
    "<key>Label</key><string>" LABEL "</string>\n"
    "<key>ProgramArguments</key><array><string>/usr/local/bin/agentworker</string><string>"
    "--loop</string></array>\n"
    "<key>UserName</key><string>worker</string>\n"
    "<key>GroupName</key><string>staff</string>\n"
    "<key>EnvironmentVariables</key><dict><key>HOME</key><string>/Users/worker</string>"
    "<key>PATH</key><string>/usr/local/bin:/usr/bin:/bin</string></dict>\n"
    "<key>StandardOutPath</key><string>/var/log/agentworker.log</string>\n"
    "<key>StandardErrorPath</key><string>/var/log/agentworker.err</string>\n"
    "<key>RunAtLoad</key><true/>\n"
    "<key>KeepAlive</key><true/>\n"
    "</dict>\n</plist>\n";

struct bytes
healthy_plist(const char *old, const char *new)
{
	static char text[sizeof checklist + 4096];
	const char *at = old == NULL ? NULL : strstr(checklist, old);
	size_t before;

	if (old == NULL) {
		memcpy(text, checklist, sizeof checklist);
		return (struct bytes){ (const unsigned char *)text, sizeof checklist - 1 };
	}
	assert_non_null(at);
	assert_true(strlen(new) <= 4096);
	before = (size_t)(at - checklist);
	memcpy(text, checklist, before);
	strcpy(text + before, new);
	strcat(text, at + strlen(old));
	return (struct bytes){ (const unsigned char *)text, strlen(text) };
}

static struct file_fact
make_fact(enum file_type type, uid_t owner, gid_t group, mode_t mode, uint64_t inode)
{
	return (struct file_fact){ .exists = YES,
		.type = type,
		.owner = owner,
		.group = group,
		.mode = mode,
		.links = 1,
		.identity = { 1, inode, 100, NOW - 9000, 5, NOW - 9000, 6, "" },
		.quarantined = NO };
}

static void
make_next(struct receipt *next)
{
	struct error error;

	assert_int_equal(spec_from_plist(&next->spec, healthy_plist(NULL, NULL), &error), 0);
	next->spec.uid = 501;
	next->spec.gid = 20;
}

void
healthy_fresh(struct healthy *healthy)
{
	struct facts *facts = &healthy->facts;

	memset(healthy, 0, sizeof *healthy);
	make_next(&healthy->next);
	facts->root = true;
	facts->now = NOW;
	facts->system.booted = NOW - 100000;
	facts->plist.file.exists = facts->receipt.file.exists = facts->log[0].file.exists =
	    facts->log[1].file.exists = NO;
	facts->daemons = make_fact(FILE_DIRECTORY, 0, 0, 0755, 10);
	facts->user = (struct account){ .exists = YES, .name = "worker",
	    .identity = { 501, 20, { 20 }, 1 },
	    .home = "/Users/worker", .local = true };
	facts->group = (struct account_group){ .exists = YES, .name = "staff", .gid = 20 };
	facts->program.file = make_fact(FILE_REGULAR, 0, 0, 0755, 11);
	strcpy(facts->program.file.identity.sha256, HEALTHY_SHA256);
	strcpy(facts->program.file.resolved, "/usr/local/bin/agentworker");
	facts->program.runs = YES;
	facts->home.file = make_fact(FILE_DIRECTORY, 501, 20, 0755, 12);
	facts->home.enters = YES;
	facts->search_complete = YES;
	facts->launchd.loaded = NO;
	facts->launchd.override = OVERRIDE_NONE;
	facts->loaded_agent.loaded = NO;
	facts->launchd.service.pid = facts->launchd.service.runs = SERVICE_NUMBER_UNKNOWN;
	facts->launchd.process.exists = NO;
	strcpy(facts->system.version, "15.5");
	strcpy(facts->system.build, "24F74");
}

void
healthy_receipt(struct healthy *healthy)
{
	struct error error;

	bytes_free(&healthy->facts.receipt.bytes);
	assert_int_equal(receipt_to_bytes(&healthy->receipt, healthy->receipt.changing,
	    &healthy->facts.receipt.bytes, &error), 0);
}

void
healthy_installed(struct healthy *healthy)
{
	struct facts *facts = &healthy->facts;
	struct receipt *receipt = &healthy->receipt;

	healthy_fresh(healthy);
	facts->plist.file = make_fact(FILE_REGULAR, 0, 0, 0644, 20);
	facts->receipt.file = make_fact(FILE_REGULAR, 0, 0, 0644, 21);
	facts->log[0].file = make_fact(FILE_REGULAR, 501, 20, 0640, 22);
	facts->log[1].file = make_fact(FILE_REGULAR, 501, 20, 0640, 23);
	facts->log[0].writable = facts->log[1].writable = YES;
	facts->plist.bytes = healthy->next.spec.plist;	/* borrowed */

	make_next(receipt);
	receipt->program_identity = facts->program.file.identity;
	strcpy(receipt->system_version, facts->system.version);
	strcpy(receipt->system_build, facts->system.build);
	receipt->made_log[0] = receipt->made_log[1] = true;
	strcpy(receipt->before.files[SNAP_PLIST].path, receipt->spec.plist_path);
	strcpy(receipt->before.files[SNAP_LOG].path, receipt->spec.logs[0].theirs);
	strcpy(receipt->before.files[SNAP_LOG + 1].path, receipt->spec.logs[1].theirs);
	receipt->before.loaded = receipt->before.disabled = NO;
	healthy_receipt(healthy);

	facts->launchd.loaded = YES;
	strcpy(facts->launchd.service.state, "running");
	strcpy(facts->launchd.service.path, receipt->spec.plist_path);
	strcpy(facts->launchd.service.program, "/usr/local/bin/agentworker");
	facts->launchd.service.pid = 4711;
	facts->launchd.service.runs = 1;
	facts->launchd.service.last_exit = LAST_EXIT_NEVER;
	facts->launchd.process = (struct process_fact){ .exists = YES, .uid = 501, .parent = 1,
	    .started = NOW - 3600,
	    .path = "/usr/local/bin/agentworker" };
	facts->launchd.uptime = 3600;
}

void
healthy_free(struct healthy *healthy)
{
	bytes_free(&healthy->facts.receipt.bytes);
	receipt_free(&healthy->next);
	receipt_free(&healthy->receipt);
	memset(healthy, 0, sizeof *healthy);
}
