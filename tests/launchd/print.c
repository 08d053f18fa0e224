/*
 * The output of launchctl print, print-disabled and list. The layout follows
 * the newest complete samples in launchctl/print: 03 and 14 (macOS 26), 01
 * and 02 (13 to 15), 04 (12); for the gui domain 08 and 13 (26), 20 (14, 15).
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "launchd.h"

static const struct {
	int ours;		/* this system's number */
	int mac;
	const char *name;
	const char *text;
} signals[] = {
	{ SIGHUP, 1, "HUP", "Hangup" },
	{ SIGINT, 2, "INT", "Interrupt" },
	{ SIGQUIT, 3, "QUIT", "Quit" },
	{ SIGILL, 4, "ILL", "Illegal instruction" },
	{ SIGTRAP, 5, "TRAP", "Trace/BPT trap" },
	{ SIGABRT, 6, "ABRT", "Abort trap" },
	{ SIGFPE, 8, "FPE", "Floating point exception" },
	{ SIGKILL, 9, "KILL", "Killed" },
	{ SIGBUS, 10, "BUS", "Bus error" },
	{ SIGSEGV, 11, "SEGV", "Segmentation fault" },
	{ SIGSYS, 12, "SYS", "Bad system call" },
	{ SIGPIPE, 13, "PIPE", "Broken pipe" },
	{ SIGALRM, 14, "ALRM", "Alarm clock" },
	{ SIGTERM, 15, "TERM", "Terminated" },
	{ SIGSTOP, 17, "STOP", "Suspended (signal)" },
	{ SIGCONT, 19, "CONT", "Continued" },
	{ SIGXCPU, 24, "XCPU", "Cputime limit exceeded" },
	{ SIGXFSZ, 25, "XFSZ", "Filesize limit exceeded" },
	{ SIGUSR1, 30, "USR1", "User defined signal 1" },
	{ SIGUSR2, 31, "USR2", "User defined signal 2" },
};

static const char *const states[] = {
	[STATE_NOT_RUNNING] = "not running",
	[STATE_SPAWN_SCHEDULED] = "spawn scheduled",
	[STATE_XPCPROXY] = "xpcproxy",
	[STATE_RUNNING] = "running",
	[STATE_SIGTERMED] = "SIGTERMed",
	[STATE_SIGKILLED] = "SIGKILLed",
};

/* Exit statuses from 64 on are shown with their names from sysexits.h. */
static const char *const sysexits[] = { "EX_USAGE", "EX_DATAERR", "EX_NOINPUT", "EX_NOUSER",
    "EX_NOHOST",
    "EX_UNAVAILABLE", "EX_SOFTWARE", "EX_OSERR", "EX_OSFILE", "EX_CANTCREAT", "EX_IOERR",
    "EX_TEMPFAIL",
    "EX_PROTOCOL", "EX_NOPERM", "EX_CONFIG" };

static int
mac_signal(int number)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].ours == number)
			return signals[i].mac;
	return number;
}

const char *
print_signal(int number)
{
	static char line[64];

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (signals[i].ours == number) {
			snprintf(line, sizeof(line), "%s: %d", signals[i].text, signals[i].mac);
			return line;
		}
	}
	snprintf(line, sizeof(line), "Unknown signal: %d", number);
	return line;
}

const char *
print_signal_name(int number)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].ours == number)
			return signals[i].name;
	return "?";
}

int
print_signal_number(const char *word)
{
	if (strncasecmp(word, "SIG", 3) == 0)
		word += 3;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcasecmp(signals[i].name, word) == 0 ||
		    signals[i].mac == (int)strtol(word, NULL, 10))
			return signals[i].ours;
	return -1;
}

void
print_domain_words(const struct domain *domain, FILE *out)
{
	if (domain->kind == DOMAIN_SYSTEM)
		fputs("system", out);
	else
		fprintf(out, "%s: %u", domain->kind == DOMAIN_GUI ? "user gui" : "uid",
		    (unsigned)domain->uid);
}

void
print_domain_target(const struct domain *domain, FILE *out)
{
	if (domain->kind == DOMAIN_SYSTEM)
		fputs("system", out);
	else
		fprintf(out, "%s/%u", domain->kind == DOMAIN_GUI ? "gui" : "user",
		    (unsigned)domain->uid);
}

static void
print_program(const struct job *job, FILE *out)
{
	plist_t arguments = job_value(job, "ProgramArguments", PLIST_ARRAY);
	char *program = job_program(job);

	fprintf(out, "\tprogram = %s\n", program);
	free(program);
	if (arguments != NULL) {
		fputs("\targuments = {\n", out);
		/* Unescaped: a newline in an argument starts a new line. */
		for (uint32_t i = 0; i < plist_array_get_size(arguments); i++)
			fprintf(out, "\t\t%s\n",
			    plist_get_string_ptr(plist_array_get_item(arguments, i), NULL));
		if (settings_lists("newline_argument", job->label))
			fputs("\t\tinnocent\n\t}\n\n\tstate = running\n\tpid = 1\n\truns = 1\n",
			    out);
		fputs("\t}\n", out);
	}
	fputs("\n", out);
}

static void
print_paths(const struct job *job, FILE *out)
{
	if (job_text(job, "WorkingDirectory") != NULL)
		fprintf(out, "\tworking directory = %s\n\n", job_text(job, "WorkingDirectory"));
	if (job_text(job, "StandardInPath") != NULL)
		fprintf(out, "\tstdin path = %s\n", job_text(job, "StandardInPath"));
	if (job_text(job, "StandardOutPath") != NULL)
		fprintf(out, "\tstdout path = %s\n", job_text(job, "StandardOutPath"));
	if (job_text(job, "StandardErrorPath") != NULL)
		fprintf(out, "\tstderr path = %s\n", job_text(job, "StandardErrorPath"));
}

static void
print_variables(const struct job *job, FILE *out)
{
	plist_t dict = job_value(job, "EnvironmentVariables", PLIST_DICT), node = NULL;
	plist_dict_iter iterator = NULL;
	char *name;

	if (dict == NULL)
		return;
	plist_dict_new_iter(dict, &iterator);
	for (;;) {
		name = NULL;
		plist_dict_next_item(dict, iterator, &name, &node);
		if (name == NULL)
			break;
		if (plist_get_node_type(node) == PLIST_STRING)
			fprintf(out, "\t\t%s => %s\n", name, plist_get_string_ptr(node, NULL));
		free(name);
	}
	free(iterator);
}

static void
print_environments(const struct job *job, FILE *out)
{
	if (job->domain.kind == DOMAIN_GUI)
		fputs("\tinherited environment = {\n\t\tSSH_AUTH_SOCK => "
		      "/private/tmp/com.apple.launchd.P9o2KqP4p5/Listeners\n\t}\n\n", out);
	fputs("\tdefault environment = {\n\t\tPATH => "
	    "/usr/bin:/bin:/usr/sbin:/sbin\n\t}\n\n\tenvironment = {\n", out);
	/*
	 * Shown on 26 (samples 03, 27). The process does not get it here: lnpctl(8) lists all that
	 * it gets.
	 */
	if (settings_macos() >= 26)
		fputs("\t\tOSLogRateLimit => 64\n", out);
	print_variables(job, out);
	fprintf(out, "\t\tXPC_SERVICE_NAME => %s\n\t}\n\n", job->label);
}

/* Return the value of UserName or GroupName unless launchd ignores it. */
static const char *
named(const struct job *job, const char *key, const char *nobody)
{
	const char *name = job_text(job, key);

	return job->domain.kind != DOMAIN_SYSTEM || name == NULL || strcmp(name, nobody) == 0 ?
	    NULL : name;
}

static void
print_whereabouts(const struct job *job, FILE *out)
{
	const char *user = named(job, "UserName", "root"),
	    *group = named(job, "GroupName", "wheel");
	mode_t mask;

	fputs("\tdomain = ", out);
	print_domain_target(&job->domain, out);
	if (job->domain.kind == DOMAIN_GUI)
		fprintf(out, " [%d]", SESSION);
	fputs("\n", out);
	if (job->domain.kind != DOMAIN_SYSTEM)
		fprintf(out, "\tasid = %d\n", SESSION);
	if (user != NULL)
		fprintf(out, "\tusername = %s\n", user);
	if (group != NULL)
		fprintf(out, "\tgroup = %s\n", group);
	if (user != NULL || group != NULL)
		fputs("\n", out);
	if (job_umask(job, &mask))
		fprintf(out, "\tumask = %o\n", (unsigned)mask);
}

static void
print_last_exit(const struct job *job, FILE *out)
{
	const char *reason = settings_text("exit_reason");

	if (job->last == EXIT_NEVER)
		fputs("\tlast exit code = (never exited)\n", out);
	else if (reason != NULL)
		fprintf(out, "\tlast exit reason = %s\n", reason);
	else if (job->last == EXIT_SIGNAL)
		fprintf(out, "\tlast terminating signal = %s\n", print_signal(job->last_value));
	else if (job->last_value >= 64 && job->last_value <= 78)
		fprintf(out, "\tlast exit code = %d: %s\n", job->last_value,
		    sysexits[job->last_value - 64]);
	else
		fprintf(out, "\tlast exit code = %d\n", job->last_value);
}

static void
print_process(const struct job *job, FILE *out)
{
	int64_t nice;

	fprintf(out, "\tminimum runtime = %d\n", job_throttle(job));
	fprintf(out, "\texit timeout = %d\n", job_exit_timeout(job));
	if (job_number(job, "Nice", &nice))
		fprintf(out, "\tnice = %d\n", (int)nice);
	fprintf(out, "\truns = %d\n", job->runs);
	if (job->crashes > 0)
		fprintf(out, "\tsuccessive crashes = %d\n", job->crashes);
	if (job->pid != 0) {
		fprintf(out, "\tpid = %d\n", (int)job->pid);
		fprintf(out, "\timmediate reason = %s\n", job->reason);
		fprintf(out, "\tforks = 0\n\texecs = %d\n\tinitialized = 1\n\ttrampolined = 1\n",
		    job->status == -1);
		fputs("\tstarted suspended = 0\n\tproxy started suspended = 0\n", out);
		if (settings_macos() >= 26)
			fputs("\tchecked allocations = 0 (queried = 1)\n\tchecked allocations "
			    "reason = no host\n"
			      "\tchecked allocations flags = 0x0\n", out);
	}
	print_last_exit(job, out);
	fputs("\n", out);
}

/* The conditions of KeepAlive that are known from real prints. */
static void
print_semaphores(const struct job *job, FILE *out)
{
	static const struct {
		const char *key, *words;
	} known[] = { { "SuccessfulExit", "successful exit" }, { "Crashed", "after crash" } };
	plist_t keep = job_value(job, "KeepAlive", PLIST_DICT), node;
	uint8_t value;

	if (keep == NULL)
		return;
	fputs("\tsemaphores = {\n", out);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		node = plist_dict_get_item(keep, known[i].key);
		if (node == NULL || plist_get_node_type(node) != PLIST_BOOLEAN)
			continue;
		plist_get_bool_val(node, &value);
		fprintf(out, "\t\t%s => %d\n", known[i].words, value);
	}
	fputs("\t}\n\n", out);
}

static const char *
monitor(const struct job *job)
{
	return job->domain.kind == DOMAIN_SYSTEM ? "System" : "Aqua";
}

/* One dictionary of StartCalendarInterval, as in samples 07 and 20. */
static void
print_calendar(const struct job *job, plist_t dict, int number, FILE *out)
{
	plist_dict_iter iterator = NULL;
	plist_t node = NULL;
	uint64_t value;
	char *field;

	if (plist_get_node_type(dict) != PLIST_DICT)
		return;
	fprintf(out, "\t\t%s.%d => {\n\t\t\tkeepalive = 0\n\t\t\tservice = %s\n"
	    "\t\t\tstream = com.apple.launchd.calendarinterval\n\t\t\tmonitor = "
	    "com.apple.UserEventAgent-%s\n"
	    "\t\t\tdescriptor = {\n", job->label, 268435456 + number, job->label, monitor(job));
	plist_dict_new_iter(dict, &iterator);
	for (;;) {
		field = NULL;
		plist_dict_next_item(dict, iterator, &field, &node);
		if (field == NULL)
			break;
		if (plist_get_node_type(node) == PLIST_UINT) {
			plist_get_uint_val(node, &value);
			fprintf(out, "\t\t\t\t\"%s\" => %d\n", field, (int)value);
		}
		free(field);
	}
	free(iterator);
	fputs("\t\t\t}\n\t\t}\n", out);
}

/* What launchd waits for while a job is in the penalty box. */
static void
print_helper(const struct job *job, FILE *out)
{
	char *program = job_program(job);

	fprintf(out, "\t\t%s => {\n\t\t\tkeepalive = 0\n\t\t\tservice = %s\n"
	    "\t\t\tstream = com.apple.launchd.helper\n"
	    "\t\t\tmonitor = com.apple.UserEventAgent-%s\n"
	    "\t\t\tdescriptor = {\n\t\t\t\t\"Executable\" => \"%s\"\n"
	    "\t\t\t\t\"SkipImmediatePoll\" => false\n\t\t\t}\n\t\t}\n", job->label, job->label,
	    monitor(job), program);
	free(program);
}

static void
print_channel(const char *stream, const char *port, int watching, FILE *out)
{
	fprintf(out, "\t\t\"%s\" = {\n\t\t\tport = %s\n\t\t\tactive = 0\n\t\t\tmanaged = 1\n"
	    "\t\t\treset = 0\n\t\t\thide = 0\n\t\t\twatching = %d\n\t\t}\n", stream, port,
	    watching);
}

static void
print_triggers(const struct job *job, FILE *out)
{
	plist_t one = job_value(job, "StartCalendarInterval", PLIST_DICT);
	plist_t many = job_value(job, "StartCalendarInterval", PLIST_ARRAY);

	if (one == NULL && many == NULL && !job->penalty_box)
		return;
	fputs("\tevent triggers = {\n", out);
	if (job->penalty_box)
		print_helper(job, out);
	if (one != NULL)
		print_calendar(job, one, 0, out);
	for (uint32_t i = 0; many != NULL && i < plist_array_get_size(many); i++)
		print_calendar(job, plist_array_get_item(many, i), (int)i, out);
	fputs("\t}\n\n\tevent channels = {\n", out);
	if (job->penalty_box)
		print_channel("com.apple.launchd.helper", "0x0", 0, out);
	if (one != NULL || many != NULL)
		print_channel("com.apple.launchd.calendarinterval", "0x92503", 1, out);
	fputs("\t}\n\n", out);
}

static void
print_coalitions(const struct job *job, FILE *out)
{
	static const char *const kinds[] = { "resource", "jetsam" };

	if (settings_macos() < 26)
		return;
	/* Both stay active while the job has no process (samples 09, 13, 22). */
	for (int i = 0; i < 2; i++)
		fprintf(out, "\t%s coalition = {\n\t\tID = %d\n\t\ttype = %s\n\t\tstate = active\n"
		    "\t\tactive count = 1\n\t\tname = %s\n\t}\n\n", kinds[i], job->number + i,
		    kinds[i], job->label);
}

static const char *
spawn_type(const struct job *job)
{
	static const struct {
		const char *value, *words;
	} types[] = {
		{ "Interactive", "interactive (4)" },
		{ "Background", "background (5)" },
		{ "Adaptive", "adaptive (6)" },
	};
	const char *type = job_text(job, "ProcessType");

	for (size_t i = 0; type != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i].value) == 0)
			return types[i].words;
	return "daemon (3)";
}

static void
print_properties(const struct job *job, FILE *out)
{
	const struct {
		bool set;
		const char *name;
	} properties[] = {
		{ job_flag(job, "KeepAlive", false), "keepalive" },
		{ job_flag(job, "RunAtLoad", false), "runatload" },
		{ job->penalty_box, "penalty box" },
		{ job_text(job, "Program") == NULL, "inferred program" },
		{ job->old_requirement, "needs LWCR update" },
		{ job->old_requirement, "managed LWCR" },
	};
	const char *between = "";

	fputs("\n\tproperties = ", out);
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++) {
		if (!properties[i].set)
			continue;
		fprintf(out, "%s%s", between, properties[i].name);
		between = " | ";
	}
	fputs("\n", out);
}

static void
print_tail(const struct job *job, FILE *out)
{
	int macos = settings_macos();
	int64_t seconds;

	fprintf(out, "\tspawn type = %s\n\tjetsam priority = %d\n", spawn_type(job), macos < 13 ?
	    4 : 40);
	fputs("\tjetsam memory limit (active) = (unlimited)\n\tjetsam memory limit (inactive) = "
	    "(unlimited)\n"
	      "\tjetsamproperties category = daemon\n", out);
	if (macos < 26)
		fputs("\tsubmitted job. ignore execute allowed\n", out);
	fputs("\tjetsam thread limit = 32\n\tcpumon = default\n", out);
	if (job_number(job, "StartInterval", &seconds))
		fprintf(out, "\trun interval = %d seconds\n", (int)seconds);
	/* Among third-party jobs only those whose spawn failed were recorded with it (22, 23). */
	if (job->spawn_failed && !job->penalty_box)
		fputs("\tjob state = spawn failed\n", out);
	if (macos >= 13 && macos < 26)
		fputs("\tprobabilistic guard malloc policy = {\n\t\tactivation rate = 1/1000\n"
		      "\t\tsample rate = 1/0\n\t}\n", out);
	print_properties(job, out);
	fputs("}\n", out);
}

void
print_job(const struct job *job, FILE *out)
{
	print_domain_target(&job->domain, out);
	fprintf(out, "/%s = {\n\tactive count = %d\n\tpath = %s\n", job->label, job->pid != 0,
	    job->path);
	if (settings_macos() >= 13)
		fprintf(out, "\ttype = %s\n", job->domain.kind == DOMAIN_SYSTEM ? "LaunchDaemon" :
		    "LaunchAgent");
	fprintf(out, "\tstate = %s\n\n", states[job->state]);
	print_program(job, out);
	print_paths(job, out);
	print_environments(job, out);
	print_whereabouts(job, out);
	print_process(job, out);
	print_semaphores(job, out);
	print_triggers(job, out);
	print_coalitions(job, out);
	print_tail(job, out);
}

static bool
in_domain(const struct job *job, const struct domain *domain)
{
	return job->domain.kind == domain->kind && job->domain.uid == domain->uid;
}

static void
print_overrides(const struct domain *domain, const char *indent, bool words, FILE *out)
{
	plist_t overrides = overrides_read(domain), node = NULL;
	plist_dict_iter iterator = NULL;
	uint8_t disabled;
	char *label;

	fprintf(out, "%sdisabled services = {\n", indent);
	plist_dict_new_iter(overrides, &iterator);
	for (;;) {
		label = NULL;
		plist_dict_next_item(overrides, iterator, &label, &node);
		if (label == NULL)
			break;
		disabled = 0;
		if (plist_get_node_type(node) == PLIST_BOOLEAN)
			plist_get_bool_val(node, &disabled);
		fprintf(out, "%s\t\"%s\" => %s\n", indent, label,
		    words ? (disabled ? "disabled" : "enabled") : (disabled ? "true" : "false"));
		free(label);
	}
	free(iterator);
	plist_free(overrides);
	fprintf(out, "%s}\n", indent);
}

void
print_disabled(const struct domain *domain, FILE *out)
{
	int macos = settings_macos();

	/* Samples 01 (12), 02 and 03 (up to 26.3), 04 (26.6), 07 (27, indentation restored). */
	if (macos < 13) {
		print_overrides(domain, "", false, out);
		fputs("login item associations = {\n}\n", out);
		return;
	}
	fputs("\n", out);
	print_overrides(domain, "\t", true, out);
	if (macos >= 27 || (macos == 26 && settings_macos_minor() >= 6))
		fputs("\n\tlogin item associations = {\n\t}\n", out);
}

/* "-" if it never ended, the number of a signal as a negative one. */
static void
print_domain_job(const struct job *job, FILE *out)
{
	char status[16] = "-";

	if (job->last != EXIT_NEVER)
		snprintf(status, sizeof(status), "%d", job->last == EXIT_SIGNAL ?
		    -mac_signal(job->last_value) : job->last_value);
	fprintf(out, "\t\t%8d %6s \t%s\n", (int)job->pid, status, job->label);
}

static void
print_creator(const struct domain *domain, FILE *out)
{
	if (domain->kind == DOMAIN_SYSTEM)
		fputs("\tmaximum allowed shutdown time = 65 s\n\tcreator = launchd[1]\n"
		    "\tcreator euid = 0\n\tsecurity context = {\n\t\tuid unset\n\t\tasid = 0\n"
		    "\t}\n", out);
	else
		fprintf(out, "\tcreator = %s[1]\n\tcreator euid = 0\n\tsession = %s\n"
		    "\tsecurity context = {\n\t\tuid = %u\n\t\tasid = %d\n\t}\n",
		    domain->kind == DOMAIN_GUI ? "loginwindow" : "mds",
		    domain->kind == DOMAIN_GUI ? "Aqua" : "Background", (unsigned)domain->uid,
		    SESSION);
}

/* Samples 17, 32 and 33, without what only a real Mac has. */
void
print_domain(const struct domain *domain, FILE *out)
{
	static const char *const types[] = { [DOMAIN_SYSTEM] = "system", [DOMAIN_USER] = "user",
	    [DOMAIN_GUI] = "login" };
	static const char *const properties[] = {
	    [DOMAIN_SYSTEM] = "uncorked | audit check done | bootcache hack", [DOMAIN_USER] = "",
	    [DOMAIN_GUI] = "gui | gui login" };
	int count = 0, active = 0;

	for (struct job *job = jobs; job != NULL; job = job->next) {
		if (in_domain(job, domain)) {
			count++;
			active += job->pid != 0;
		}
	}
	print_domain_target(domain, out);
	fprintf(out, " = {\n\ttype = %s\n\thandle = %u\n\tactive count = %d\n\tservice count = %d\n"
	    "\tactive service count = %d\n", types[domain->kind], domain->kind == DOMAIN_GUI ?
	    SESSION : (unsigned)domain->uid, count + active, count, active);
	print_creator(domain, out);
	fputs("\n\tbringup time = 107 ms\n\tdeath port = 0xa03\n\n\tservices = {\n", out);
	for (struct job *job = jobs; job != NULL; job = job->next)
		if (in_domain(job, domain))
			print_domain_job(job, out);
	fputs("\t}\n\n\tunmanaged processes = {\n\t}\n\n\tendpoints = {\n\t}\n\n", out);
	print_overrides(domain, "\t", settings_macos() >= 13, out);
	fprintf(out, "\n\tproperties = %s\n}\n", properties[domain->kind]);
}

/* As from wait(2), with a Mac's number of the signal. */
static int
wait_status(const struct job *job)
{
	if (job->last == EXIT_SIGNAL)
		return mac_signal(job->last_value);
	return job->last == EXIT_NEVER ? 0 : job->last_value << 8;
}

void
print_list(const struct domain *domain, FILE *out)
{
	fputs("PID\tStatus\tLabel\n", out);
	for (struct job *job = jobs; job != NULL; job = job->next) {
		if (!in_domain(job, domain))
			continue;
		if (job->pid == 0)
			fputs("-\t", out);
		else
			fprintf(out, "%d\t", (int)job->pid);
		if (job->last == EXIT_SIGNAL)
			fprintf(out, "-%d\t%s\n", mac_signal(job->last_value), job->label);
		else
			fprintf(out, "%d\t%s\n", job->last == EXIT_NEVER ? 0 : job->last_value,
			    job->label);
	}
}

void
print_list_job(const struct job *job, FILE *out)
{
	plist_t arguments = job_value(job, "ProgramArguments", PLIST_ARRAY);
	char *program = job_program(job);

	fputs("{\n", out);
	if (job_text(job, "StandardOutPath") != NULL)
		fprintf(out, "\t\"StandardOutPath\" = \"%s\";\n", job_text(job, "StandardOutPath"));
	fprintf(out, "\t\"LimitLoadToSessionType\" = \"%s\";\n",
	    job->domain.kind == DOMAIN_SYSTEM ? "System" : job->domain.kind == DOMAIN_GUI ? "Aqua" :
	    "Background");
	if (job_text(job, "StandardErrorPath") != NULL)
		fprintf(out, "\t\"StandardErrorPath\" = \"%s\";\n",
		    job_text(job, "StandardErrorPath"));
	fprintf(out, "\t\"Label\" = \"%s\";\n", job->label);
	if (job_exit_timeout(job) != 5)
		fprintf(out, "\t\"TimeOut\" = %d;\n", job_exit_timeout(job));
	fprintf(out, "\t\"OnDemand\" = %s;\n", job_keeps_alive(job) ? "false" : "true");
	fprintf(out, "\t\"LastExitStatus\" = %d;\n", wait_status(job));
	if (job->pid != 0)
		fprintf(out, "\t\"PID\" = %d;\n", (int)job->pid);
	fprintf(out, "\t\"Program\" = \"%s\";\n", program);
	if (arguments != NULL) {
		fputs("\t\"ProgramArguments\" = (\n", out);
		for (uint32_t i = 0; i < plist_array_get_size(arguments); i++)
			fprintf(out, "\t\t\"%s\";\n",
			    plist_get_string_ptr(plist_array_get_item(arguments, i), NULL));
		fputs("\t);\n", out);
	}
	fputs("};\n", out);
	free(program);
}
