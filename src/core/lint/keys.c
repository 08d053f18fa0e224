/* The table of launchd.plist keys, and functions that look keys up in it. */
#include <stdlib.h>
#include <string.h>

#include "core/lint/keys.h"
#include "core/text.h"

#define KEYS_DEPTH_MAX	8	/* names of the longest path looked up; longer ones have no row */

/*
 * How a row ends: with one of these four, or with domain and status, and the words on the next
 * line. Most keys give a daemon no more than an agent: launchd is process 1 for both, watches paths
 * and keeps timers for both as root, and opens the job's standard files as the job's account. A key
 * below one that gives something has a reason of its own where it gives still more.
 */
#define NOTHING		""
#define UNCLEAR		"its effect in the system domain is not documented"
#define PUBLIC		KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING
#define UNDOCUMENTED	KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING
#define PRIVATE		KEY_BOTH, KEY_PRIVATE, NULL, \
	"it is private to Apple, and its effect in the system domain is not known"
#define OUTPUT		KEY_NOWHERE, KEY_OUTPUT, \
	"remove it: launchd prints it but never reads it", NOTHING

/* From launchd.plist(5), launchd's published sources, and what was seen in use; sorted (tested). */
static const struct key rows[] = {
	{ "AbandonProcessGroup", "boolean", NULL, PUBLIC },
	{ "ActiveHardMemoryLimit", "integer", NULL, PRIVATE },
	{ "ActiveSoftMemoryLimit", "integer", NULL, PRIVATE },
	{ "AlwaysSIGTERMOnShutdown", "boolean", NULL, UNDOCUMENTED },
	{ "AssociatedBundleIdentifiers", "string|array<string>", NULL, PUBLIC },
	{ "AuditSessionID", "-", NULL, OUTPUT },
	{ "AuxiliaryBootstrapper", "boolean", NULL, PRIVATE },
	{ "AuxiliaryBootstrapperAllowDemand", "boolean", NULL, PRIVATE },
	{ "BeginTransactionAtShutdown", "boolean", NULL, UNDOCUMENTED },
	{ "BinaryOrderPreference", "array<string|integer>", NULL, UNDOCUMENTED },
	{ "BonjourFDs", "-", NULL, OUTPUT },
	{ "BootShell", "boolean", NULL, PRIVATE },
	{ "BundleProgram", "string", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "use Program: this key is only for a plist inside an app (SMAppService)", NOTHING },
	{ "CFBundleIdentifier", "string", NULL, UNDOCUMENTED },
	{ "CPUMonitorInterval", "integer", "0..255", UNDOCUMENTED },
	{ "CPUMonitorPercentage", "integer", "0..100", UNDOCUMENTED },
	{ "ContainingBundleID", "string", NULL, PRIVATE },
	{ "ContainingBundleVersion", "string", NULL, PRIVATE },
	{ "Datastores", "dict", NULL, PRIVATE },
	{ "Debug", "boolean", NULL, PUBLIC },
	{ "DisableASLR", "boolean", NULL, UNDOCUMENTED },
	{ "DisableReslide", "boolean", NULL, PRIVATE },
	{ "Disabled", "boolean", NULL, PUBLIC },
	{ "Disabled.MachineType", "array<string>|string", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: Disabled is true or false now", NOTHING },
	{ "Disabled.ModelName", "array<string>|string", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: Disabled is true or false now", NOTHING },
	{ "DisabledInSafeBoot", "boolean", NULL, UNDOCUMENTED },
	{ "DisallowAllLookups", "boolean", NULL, PRIVATE },
	{ "DrainMessagesOnFailedInit", "boolean", NULL, UNDOCUMENTED },
	{ "EfficiencyMode", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: launchd does not seem to read it", NOTHING },
	{ "EmbeddedHomeScreen", "boolean", NULL, PRIVATE },
	{ "EmbeddedMainThreadPriority", "integer", NULL, PRIVATE },
	{ "EmbeddedPrivilegeDispensation", "boolean", NULL, PRIVATE },
	{ "EnableCheckedAllocations", "boolean", NULL, PRIVATE },
	{ "EnableGlobbing", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "launchd may expand patterns as root, in directories closed to the account" },
	{ "EnablePressuredExit", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "only for programs that count their work with xpc transactions", NOTHING },
	{ "EnableTransactions", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "only for programs that count their work with xpc transactions", NOTHING },
	{ "EnterKernelDebuggerBeforeKill", "boolean", NULL, PRIVATE },
	{ "EnvironmentVariables", "dict<string>", NULL, PUBLIC },
	{ "EnvironmentVariables.*", "string", NULL, PUBLIC },
	{ "EventMonitor", "boolean", NULL, PRIVATE },
	{ "ExecuteAllowed", "boolean", NULL, PRIVATE },
	{ "ExitTimeOut", "integer", "0..2147483647", KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "launchd, shutdown and lnpctl wait this long for the job to exit" },
	{ "ExponentialThrottling", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: launchd does not seem to read it", NOTHING },
	{ "ForceEnableHack", "boolean", NULL, PRIVATE },
	{ "Group", "-", NULL, KEY_NOWHERE, KEY_MISTAKE,
	  "the key is GroupName", NOTHING },
	{ "GroupName", "string", NULL, KEY_DAEMON, KEY_DOCUMENTED,
	  "an agent runs in the groups of the user who is logged in",
	  "a daemon has this group, whether the account is a member or not" },
	{ "HardResourceLimits", "dict<integer>", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "only root may raise them, and some apply to the whole Mac" },
	{ "HardResourceLimits.CPU", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.Core", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.Data", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.FileSize", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.MemoryLock", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.NumberOfFiles", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.NumberOfProcesses", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.ResidentSetSize", "integer", "0..", PUBLIC },
	{ "HardResourceLimits.Stack", "integer", "0..", PUBLIC },
	{ "HopefullyExitsFirst", "string|boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: it does nothing", NOTHING },
	{ "HopefullyExitsLast", "string|boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: it does nothing", NOTHING },
	{ "IgnoreProcessGroupAtShutdown", "boolean", NULL, UNDOCUMENTED },
	{ "InactiveHardMemoryLimit", "integer", NULL, PRIVATE },
	{ "InactiveSoftMemoryLimit", "integer", NULL, PRIVATE },
	{ "InitGroups", "boolean", NULL, KEY_DAEMON, KEY_DOCUMENTED,
	  "an agent has the groups of the user who is logged in",
	  "without its groups, the account is allowed what is denied to one of them" },
	{ "InitialTaskRole", "integer", NULL, PRIVATE },
	{ "JetsamMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "JetsamMemoryLimitBackground", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "JetsamPriority", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "JetsamProperties", "dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "JetsamProperties.ActiveHardMemoryLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.ActiveSoftMemoryLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.AddressLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.AlwaysSIGTERMOnShutdown", "boolean", NULL, UNDOCUMENTED },
	{ "JetsamProperties.CPUMonitorInterval", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.CPUMonitorPercentage", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.EnableIdleHysteresis", "boolean", NULL, UNDOCUMENTED },
	{ "JetsamProperties.EnablePressuredExit", "boolean", NULL, UNDOCUMENTED },
	{ "JetsamProperties.EnableTransactions", "boolean", NULL, UNDOCUMENTED },
	{ "JetsamProperties.HardFileDescriptorLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.InactiveHardMemoryLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.InactiveSoftMemoryLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.JetsamMemoryLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.JetsamPriority", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.SoftFileDescriptorLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.ThreadLimit", "integer", NULL, UNDOCUMENTED },
	{ "JetsamProperties.WiredMemoryLimit", "integer", NULL, UNDOCUMENTED },
	{ "JoinExistingSession", "boolean", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist", NOTHING },
	{ "JoinGUISession", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "it joins the session of the user who is logged in at the screen" },
	{ "KeepAlive", "boolean|dict", NULL, PUBLIC },
	{ "KeepAlive.AfterInitialDemand", "boolean", NULL, UNDOCUMENTED },
	{ "KeepAlive.Crashed", "boolean", NULL, PUBLIC },
	{ "KeepAlive.NetworkState", "boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it, and set KeepAlive to <true/>: launchd no longer respects it", NOTHING },
	{ "KeepAlive.OtherJobActive", "dict<boolean>", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: launchd reports that it is no longer respected", NOTHING },
	{ "KeepAlive.OtherJobActive.*", "boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: launchd reports that it is no longer respected", NOTHING },
	{ "KeepAlive.OtherJobEnabled", "dict<boolean>", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it: launchd reports that it is no longer respected", NOTHING },
	{ "KeepAlive.OtherJobEnabled.*", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it: launchd reports that it is no longer respected", NOTHING },
	{ "KeepAlive.PathState", "dict<boolean>", NULL, PUBLIC },
	{ "KeepAlive.PathState.*", "boolean", NULL, PUBLIC },
	{ "KeepAlive.SuccessfulExit", "boolean", NULL, PUBLIC },
	{ "LSBackgroundOnly", "-", NULL, KEY_NOWHERE, KEY_MISTAKE,
	  "it belongs in an app's Info.plist", NOTHING },
	{ "Label", "string", NULL, PUBLIC },
	{ "LastExitStatus", "-", NULL, OUTPUT },
	{ "LaunchEvents", "dict<dict<dict>>", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "it is started by, and receives, events of the whole Mac" },
	{ "LaunchEvents.*", "dict<dict>", NULL, PUBLIC },
	{ "LaunchEvents.*.*", "dict<any>", NULL, PUBLIC },
	{ "LaunchEvents.com.apple.iokit.matching.*.IOMatchLaunchStream", "boolean", NULL, PUBLIC },
	{ "LaunchEvents.com.apple.iokit.matching.*.IOProviderClass", "string", NULL, PUBLIC },
	{ "LaunchEvents.com.apple.notifyd.matching.*.Notification", "string", NULL, PUBLIC },
	{ "LaunchOnlyOnce", "boolean", NULL, PUBLIC },
	{ "LegacyTimers", "boolean", NULL, PUBLIC },
	{ "LimitLoadFromHardware", "dict<array>", NULL, PUBLIC },
	{ "LimitLoadFromHardware.*", "array<string>|string|integer|boolean|array<integer>",
	  NULL, PUBLIC },
	{ "LimitLoadFromHosts", "string|array<string>", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: it does nothing", NOTHING },
	{ "LimitLoadToDeveloperMode", "boolean", NULL, UNDOCUMENTED },
	{ "LimitLoadToHardware", "dict<array>", NULL, PUBLIC },
	{ "LimitLoadToHardware.*", "array<string>|string|integer|boolean|array<integer>",
	  NULL, PUBLIC },
	{ "LimitLoadToHosts", "string|array<string>", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: it does nothing", NOTHING },
	{ "LimitLoadToSessionType", "string|array<string>",
	  "Aqua|Background|LoginWindow|StandardIO|System",
	  KEY_AGENT, KEY_DOCUMENTED,
	  "remove it: a daemon has no session", NOTHING },
	{ "LoginWindowUserName", "string", NULL, KEY_AGENT, KEY_UNDOCUMENTED,
	  "remove it: a daemon has no session", NOTHING },
	{ "LowPriorityBackgroundIO", "boolean", NULL, PUBLIC },
	{ "LowPriorityIO", "boolean", NULL, PUBLIC },
	{ "MachExceptionHandler", "string|boolean", NULL, UNDOCUMENTED },
	{ "MachServiceLookupPolicies", "dict", NULL, PRIVATE },
	{ "MachServices", "dict<boolean|dict>", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL,
	  "its names are in the system domain, where all programs, root's too, look them up" },
	{ "MachServices.*", "boolean|dict", NULL, PUBLIC },
	{ "MachServices.*.DrainMessagesOnCrash", "string", "One|All", UNDOCUMENTED },
	{ "MachServices.*.EnterKernelDebuggerOnClose", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "it stops the whole Mac" },
	{ "MachServices.*.ExceptionServer", "boolean|dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "it may receive the crashes of all programs" },
	{ "MachServices.*.HideUntilCheckIn", "boolean", NULL, PUBLIC },
	{ "MachServices.*.HostSpecialPort", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "it makes the job one of the kernel's own servers" },
	{ "MachServices.*.PingEventUpdates", "boolean", NULL, UNDOCUMENTED },
	{ "MachServices.*.ResetAtClose", "boolean", NULL, PUBLIC },
	{ "MachServices.*.TaskSpecialPort", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "every program in the system domain inherits it" },
	{ "MachServices.*.kUNCServer", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "it answers the questions that the kernel has for the user" },
	{ "MaterializeDatalessFiles", "boolean", NULL, PUBLIC },
	{ "MinimalBootProfile", "boolean", NULL, PRIVATE },
	{ "MultipleInstances", "boolean|string", "Managed", UNDOCUMENTED },
	{ "NO_EnvironmentVariables", "-", NULL, KEY_NOWHERE, KEY_MISTAKE,
	  "name it EnvironmentVariables, or remove it", NOTHING },
	{ "NSBuiltWithThreadSanitizer", "boolean", NULL, PRIVATE },
	{ "Nice", "integer", "-20..20", KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "only root may go below 0, ahead of other users' programs" },
	{ "OnDemand", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it, and set KeepAlive to the opposite", NOTHING },
	{ "PID", "-", NULL, OUTPUT },
	{ "POSIXSpawnType", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "use ProcessType", NOTHING },
	{ "PerJobMachServices", "dict", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it, and use MachServices", NOTHING },
	{ "PersonaEnterprise", "integer", NULL, PRIVATE },
	{ "Platform", "integer", NULL, PRIVATE },
	{ "Policies", "dict", NULL, UNDOCUMENTED },
	{ "Policies.DenyCreatingOtherJobs", "boolean", NULL, UNDOCUMENTED },
	{ "PowerNap", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: launchd does not seem to read it", NOTHING },
	{ "ProcessType", "string",
	  "Background|Standard|Adaptive|Interactive|SystemApp|App|AppNonUI|_AdaptiveUtility|Driver",
	  PUBLIC },
	{ "Program", "string", "/", PUBLIC },
	{ "ProgramArguments", "array<string>", NULL, PUBLIC },
	{ "PublishesEvents", "string|array|dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "what it publishes starts other jobs in the system domain" },
	{ "QuarantineData", "data", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it", NOTHING },
	{ "QueueDirectories", "array<string>", "/", PUBLIC },
	{ "RemoteServices", "dict", NULL, PRIVATE },
	{ "ReslideSharedCache", "boolean", NULL, PRIVATE },
	{ "ResolveProgramIdentifier", "boolean", NULL, PRIVATE },
	{ "RootDirectory", "string", "/", KEY_BOTH, KEY_DOCUMENTED,
	  NULL,
	  "only root may chroot: set-user-ID programs would trust what the account put there" },
	{ "RunAtLoad", "boolean", NULL, PUBLIC },
	{ "RunLoopType", "string", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist", NOTHING },
	{ "SHAuthorizationRight", "string", NULL, KEY_DAEMON, KEY_UNDOCUMENTED,
	  "other programs read it, not launchd",
	  "other programs read it to decide who may control the job" },
	{ "SandboxContainer", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "SandboxFlags", "integer|dict<boolean>", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "SandboxFlags.Named", "boolean", NULL, UNDOCUMENTED },
	{ "SandboxProfile", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "SecuritySessionUUID", "-", NULL, OUTPUT },
	{ "ServiceDescription", "string", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it, or make it a comment", NOTHING },
	{ "ServiceIPC", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it, as Apple asks", NOTHING },
	{ "ServiceType", "string", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist", NOTHING },
	{ "SessionCreate", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "it gets a security session of its own, outside that of any login" },
	{ "ShutdownMonitor", "boolean", NULL, PRIVATE },
	{ "Sockets", "dict<dict|array<dict>>", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL,
	  "launchd opens them as root: ports below 1024, and any path, replacing what is there" },
	{ "Sockets.*", "dict|array<dict>", NULL, PUBLIC },
	{ "Sockets.*.Bonjour", "boolean|string|array<string>", NULL, PUBLIC },
	{ "Sockets.*.MulticastGroup", "string", NULL, PUBLIC },
	{ "Sockets.*.ReceivePacketInfo", "boolean", NULL, UNDOCUMENTED },
	{ "Sockets.*.SecureSocketWithKey", "string", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "a variable with that name is set for other jobs in the system domain" },
	{ "Sockets.*.SockFamily", "string", "IPv4|IPv6|IPv4v6|Unix", PUBLIC },
	{ "Sockets.*.SockNodeName", "string", NULL, PUBLIC },
	{ "Sockets.*.SockPassive", "boolean", NULL, PUBLIC },
	{ "Sockets.*.SockPathGroup", "integer", "0..4294967294", PUBLIC },
	{ "Sockets.*.SockPathMode", "integer", "0..65535", PUBLIC },
	{ "Sockets.*.SockPathName", "string", "/", PUBLIC },
	{ "Sockets.*.SockPathOwner", "integer", "0..4294967294", PUBLIC },
	{ "Sockets.*.SockProtocol", "string", "TCP|UDP", PUBLIC },
	{ "Sockets.*.SockServiceName", "string|integer", "0..65535", PUBLIC },
	{ "Sockets.*.SockType", "string", "stream|dgram|seqpacket", PUBLIC },
	{ "SoftResourceLimits", "dict<integer>", NULL, PUBLIC },
	{ "SoftResourceLimits.CPU", "integer", "0..", PUBLIC },
	{ "SoftResourceLimits.Core", "integer", "0..", PUBLIC },
	{ "SoftResourceLimits.Data", "integer", "0..", PUBLIC },
	{ "SoftResourceLimits.FileSize", "integer", "0..", PUBLIC },
	{ "SoftResourceLimits.MemoryLock", "integer", "0..", PUBLIC },
	{ "SoftResourceLimits.NumberOfFiles", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "for a daemon launchd changes the limit of the whole Mac" },
	{ "SoftResourceLimits.NumberOfProcesses", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED,
	  NULL, "for a daemon launchd changes the limit of the whole Mac" },
	{ "SoftResourceLimits.ResidentSetSize", "integer", "0..", PUBLIC },
	{ "SoftResourceLimits.Stack", "integer", "0..", PUBLIC },
	{ "SpawnConstraint", "dict<any>", NULL, PUBLIC },
	{ "SpawnConstraint.signing-identifier", "string", NULL, PUBLIC },
	{ "SpawnConstraint.team-identifier", "string", NULL, PUBLIC },
	{ "StandardErrorPath", "string", "/", PUBLIC },
	{ "StandardInPath", "string", "/", PUBLIC },
	{ "StandardOutPath", "string", "/", PUBLIC },
	{ "StandardOutputPath", "-", NULL, KEY_NOWHERE, KEY_MISTAKE,
	  "the key is StandardOutPath", NOTHING },
	{ "StartCalendarInterval", "dict<integer>|array<dict<integer>>", NULL, PUBLIC },
	{ "StartCalendarInterval.Day", "integer", "1..31", PUBLIC },
	{ "StartCalendarInterval.Hour", "integer", "0..23", PUBLIC },
	{ "StartCalendarInterval.Minute", "integer", "0..59", PUBLIC },
	{ "StartCalendarInterval.Month", "integer", "1..12", PUBLIC },
	{ "StartCalendarInterval.Weekday", "integer", "0..7", PUBLIC },
	{ "StartInterval", "integer", "1..", PUBLIC },
	{ "StartOnMount", "boolean", NULL, PUBLIC },
	{ "ThrottleInterval", "integer", "1..", PUBLIC },
	{ "TimeOut", "integer", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it: it does nothing", NOTHING },
	{ "TransactionCount", "-", NULL, OUTPUT },
	{ "TransactionTimeLimitEnabled", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: launchd does not seem to read it", NOTHING },
	{ "Umask", "integer|string", "0..511", PUBLIC },
	{ "UserEnvironmentVariables", "dict<string>", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, "its variables are set for other jobs in the system domain, root's too" },
	{ "UserName", "string", NULL, KEY_DAEMON, KEY_DOCUMENTED,
	  "an agent runs as the user who is logged in",
	  "a daemon runs as this account, no matter who wrote the plist" },
	{ "WaitForDebugger", "boolean", NULL, PUBLIC },
	{ "WatchPaths", "array<string>", "/", PUBLIC },
	{ "WorkingDirectory", "string", "/", PUBLIC },
	{ "XPCDomain", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  NULL, UNCLEAR },
	{ "XPCDomainBootstrapper", "boolean", NULL, PRIVATE },
	{ "_AdditionalProperties", "dict", NULL, PRIVATE },
	{ "_BTMItemUUID", "any", NULL, PRIVATE },
	{ "_Conclave", "string", NULL, PRIVATE },
	{ "_Cryptex", "string", NULL, PRIVATE },
	{ "_DextCheckInPort", "any", NULL, PRIVATE },
	{ "_DisablePointerAuth", "boolean", NULL, PRIVATE },
	{ "_ExponentialThrottling", "boolean", NULL, PRIVATE },
	{ "_InitialSystemSupport", "boolean", NULL, PRIVATE },
	{ "_LaunchType", "integer", NULL, PRIVATE },
	{ "_LightweightCodeRequirement", "any", NULL, PRIVATE },
	{ "_LimitLoadFromBootMode", "string|array", NULL, PRIVATE },
	{ "_LimitLoadFromBootarg", "any", NULL, PRIVATE },
	{ "_LimitLoadFromClarityMode", "any", NULL, PRIVATE },
	{ "_LimitLoadFromDeviceTree", "dict", NULL, PRIVATE },
	{ "_LimitLoadFromVariant", "string|array", NULL, PRIVATE },
	{ "_LimitLoadToBootMode", "string|array", NULL, PRIVATE },
	{ "_LimitLoadToBootarg", "any", NULL, PRIVATE },
	{ "_LimitLoadToClarityMode", "any", NULL, PRIVATE },
	{ "_LimitLoadToDeviceTree", "dict", NULL, PRIVATE },
	{ "_LimitLoadToVariant", "string|array", NULL, PRIVATE },
	{ "_ManagedBy", "string|array", NULL, PRIVATE },
	{ "_ManagedBy_Services", "array", NULL, PRIVATE },
	{ "_NeedsSystemThreadGroup", "boolean", NULL, PRIVATE },
	{ "_NullBootstrapPort", "boolean", NULL, PRIVATE },
	{ "_PanicOnCrash", "boolean|dict", NULL, PRIVATE },
	{ "_PersistToBootMode", "string|array", NULL, PRIVATE },
	{ "_Protected", "any", NULL, PRIVATE },
	{ "_ProvenanceData", "any", NULL, PRIVATE },
	{ "_RecoverOnCrash", "dict", NULL, PRIVATE },
	{ "_ResourceCoalition", "string", NULL, PRIVATE },
	{ "_StandardErrorFd", "any", NULL, PRIVATE },
	{ "_StandardInFd", "any", NULL, PRIVATE },
	{ "_StandardOutFd", "any", NULL, PRIVATE },
	{ "_SubsystemRoot", "string", NULL, PRIVATE },
	{ "_UrgentLogSubmission", "dict", NULL, PRIVATE },
	{ "__Angel", "boolean", NULL, PRIVATE },
	{ "__Proxyless", "any", NULL, PRIVATE },
	{ "inetdCompatibility", "dict", NULL, PUBLIC },
	{ "inetdCompatibility.Instances", "integer", NULL, UNDOCUMENTED },
	{ "inetdCompatibility.Wait", "boolean", NULL, PUBLIC },
	{ .path = NULL },
};

#define ROWS	(sizeof rows / sizeof rows[0] - 1)

const struct key *
keys_table(void)
{
	return rows;
}

static int
keys_compare_path(const void *path, const void *row)
{
	return strcmp(path, ((const struct key *)row)->path);
}

const struct key *
keys_row(const char *path)
{
	return bsearch(path, rows, ROWS, sizeof rows[0], keys_compare_path);
}

/* A name may contain dots: com.apple.notifyd.matching below LaunchEvents does. */
static bool
keys_match(const char *path, const char *const names[], size_t count, bool folded, unsigned *stars)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(names[i]);
		bool same;

		if (i > 0 && *path++ != '.')
			return false;
		same = folded ? text_begins_folded(path, names[i]) :
		    strncmp(path, names[i], length) == 0;
		if (same && (path[length] == '.' || path[length] == '\0'))
			path += length;
		else if (path[0] == '*') {
			path++;
			++*stars;
		} else
			return false;
	}
	return *path == '\0';
}

const struct key *
keys_find(const char *const names[], size_t count, bool folded)
{
	const struct key *best = NULL;
	unsigned fewest = KEYS_DEPTH_MAX + 1;

	if (count == 1 && !folded)
		return keys_row(names[0]);
	for (size_t i = 0; count <= KEYS_DEPTH_MAX && count > 0 && i < ROWS; i++) {
		unsigned stars = 0;

		/* The first letter rules out most rows. */
		if ((folded || rows[i].path[0] == names[0][0]) &&
		    keys_match(rows[i].path, names, count, folded, &stars) && stars < fewest) {
			best = &rows[i];
			fewest = stars;
		}
	}
	return best;
}

/* Return the last name of other, if other is a key directly below row; else NULL. */
static const char *
keys_name_below(const struct key *row, const struct key *other)
{
	size_t length = row == NULL ? 0 : strlen(row->path);
	const char *name = other->path;

	if (row != NULL) {
		if (strncmp(name, row->path, length) != 0 || name[length] != '.')
			return NULL;
		name += length + 1;
	}
	return strchr(name, '.') == NULL ? name : NULL;
}

const struct key *
keys_below(const struct key *row, const char *name, size_t length)
{
	for (size_t i = 0; i < ROWS; i++) {
		const char *other = keys_name_below(row, &rows[i]);

		if (other != NULL && strlen(other) == length && strncmp(other, name, length) == 0)
			return &rows[i];
	}
	return NULL;
}

bool
keys_lists_below(const struct key *row)
{
	bool known = false;

	for (size_t i = 0; i < ROWS && !known; i++)
		known = keys_name_below(row, &rows[i]) != NULL;
	return known && keys_below(row, "*", 1) == NULL && strstr(row->types, "any") == NULL;
}

const struct key *
keys_nearest(const struct key *row, const char *name)
{
	const struct key *near = NULL;
	struct text_nearest nearest = { .given = name };

	for (size_t i = 0; i < ROWS; i++) {
		const char *other = keys_name_below(row, &rows[i]);

		if (other != NULL && strcmp(other, "*") != 0 && rows[i].applies != KEY_NOWHERE &&
		    text_nearer(&nearest, other))
			near = &rows[i];
	}
	return near;
}

/* ---- types ---- */

struct key_types
keys_types(const struct key *row)
{
	return (struct key_types){ row->types, strlen(row->types) };
}

/*
 * Remove and return the first alternative's name, up to a '|' outside brackets; inner is the text
 * in its brackets, if any.
 */
static struct key_types
keys_take_first(struct key_types *types, struct key_types *inner)
{
	const char *text = types->text, *bracket;
	size_t length = 0;
	int depth = 0;

	for (; length < types->length && (depth > 0 || text[length] != '|'); length++)
		depth += text[length] == '<' ? 1 : text[length] == '>' ? -1 : 0;
	*types = (struct key_types){ text + length, types->length - length };
	if (types->length > 0) {		/* the '|' */
		types->text++;
		types->length--;
	}
	*inner = (struct key_types){ "", 0 };
	bracket = memchr(text, '<', length);
	if (bracket == NULL)
		return (struct key_types){ text, length };
	*inner = (struct key_types){ bracket + 1, length - (size_t)(bracket - text) - 2 };
	return (struct key_types){ text, (size_t)(bracket - text) };
}

static bool
keys_is_named(struct key_types name, const char *kind)
{
	return name.length == strlen(kind) && strncmp(name.text, kind, name.length) == 0;
}

/* If a kind appears twice, as in array<string>|array<integer>, its items may be anything. */
bool
keys_allow(struct key_types types, const char *kind, struct key_types *inner)
{
	static const struct key_types any = { "any", 3 };
	bool found = false;

	while (types.length > 0) {
		struct key_types within, name = keys_take_first(&types, &within);

		if (!keys_is_named(name, kind) && !keys_is_named(name, "any"))
			continue;
		if (inner != NULL)
			*inner = found || within.length == 0 ? any : within;
		found = true;
	}
	return found;
}

/* ---- values ---- */

/* Read "LEAST..MOST"; either end may be missing. */
static bool
keys_read_range(const struct key *row, long long *least, long long *most)
{
	const char *dots = row->allowed == NULL ? NULL : strstr(row->allowed, "..");

	if (dots == NULL)
		return false;
	*least = strtoll(row->allowed, NULL, 10);
	*most = dots[2] == '\0' ? -1 : strtoll(dots + 2, NULL, 10);
	return true;
}

bool
keys_allow_integer(const struct key *row, long long value)
{
	long long least, most;

	return !keys_read_range(row, &least, &most) ||
	    (value >= least && (most == -1 || value <= most));
}

static bool
keys_has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (; words != NULL; words = strchr(words, '|')) {
		words += *words == '|';
		if (strcspn(words, "|") == length && text_begins_folded(words, word))
			return true;
	}
	return false;
}

bool
keys_allow_text(const struct key *row, const char *text)
{
	long long least, most;

	if (row->allowed == NULL || keys_read_range(row, &least, &most))
		return true;
	return strcmp(row->allowed, "/") == 0 ? text[0] == '/' :
	    keys_has_word(row->allowed, text);
}

/* Describe one alternative, without the types of its items. */
static void
keys_describe_one(const struct key *row, const char *name, char *target, size_t size)
{
	long long least, most;
	bool is_range = keys_read_range(row, &least, &most);
	const char *allowed = strcmp(name, "string") != 0 || is_range ? NULL : row->allowed;

	if (strcmp(name, "boolean") == 0)
		text_append(target, size, "true or false");
	else if (strcmp(name, "any") == 0)
		text_append(target, size, "any value");
	else if (strcmp(name, "integer") == 0 && is_range && most == -1)
		text_append(target, size, "an integer, %lld or more", least);
	else if (strcmp(name, "integer") == 0 && is_range)
		text_append(target, size, "an integer from %lld to %lld", least, most);
	else if (allowed != NULL && strcmp(allowed, "/") == 0)
		text_append(target, size, "a full path");
	else if (allowed != NULL)
		text_append(target, size, "one of %s", allowed);
	else
		text_append(target, size, "%s %s", strchr("aeiou", name[0]) != NULL ? "an" : "a",
		    name);
}

void
keys_describe(const struct key *row, struct key_types types, char *target, size_t size)
{
	target[0] = '\0';
	while (types.length > 0) {
		struct key_types within, name = keys_take_first(&types, &within);
		char word[32];

		text_format(word, sizeof word, "%.*s", (int)name.length, name.text);
		if (strstr(target, word) != NULL)
			continue;		/* array<string>|array<integer> */
		text_append(target, size, "%s", target[0] == '\0' ? "" : " or ");
		keys_describe_one(row, word, target, size);
	}
}
