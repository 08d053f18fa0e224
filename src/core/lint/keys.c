/* The keys of a launchd.plist as data, and small questions about them. */
#include <stdlib.h>
#include <string.h>

#include "core/lint/keys.h"
#include "core/text.h"

#define DEEPEST	8	/* names of the longest path that is asked for; deeper ones have no row */

/*
 * The last column. Most give a daemon no more than an agent: launchd is process 1 for both, looks at paths and keeps
 * timers for both as root, and opens the job's standard files as the job's account. A key below one that gives something
 * has a reason of its own where it gives still more.
 */
#define NOTHING	""
#define PRIVATE	"it is Apple's own, and what it does in the system domain is not known"
#define UNKNOWN	"what it does in the system domain is not documented"

/* From launchd.plist(5), launchd's published sources, and what was seen in the field; sorted, a test checks it. */
static const struct key rows[] = {
	{ "AbandonProcessGroup", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "ActiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "ActiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "AlwaysSIGTERMOnShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "AssociatedBundleIdentifiers", "string|array<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "AuditSessionID", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it",
	  NOTHING },
	{ "AuxiliaryBootstrapper", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "AuxiliaryBootstrapperAllowDemand", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "BeginTransactionAtShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "BinaryOrderPreference", "array<string|integer>", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "BonjourFDs", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it",
	  NOTHING },
	{ "BootShell", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "BundleProgram", "string", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "use Program: this works only for a plist inside an app, registered with SMAppService", NOTHING },
	{ "CFBundleIdentifier", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "CPUMonitorInterval", "integer", "0..255", KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "CPUMonitorPercentage", "integer", "0..100", KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "ContainingBundleID", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "ContainingBundleVersion", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Datastores", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Debug", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "DisableASLR", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "DisableReslide", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Disabled", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Disabled.MachineType", "array<string>|string", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: Disabled is true or false now", NOTHING },
	{ "Disabled.ModelName", "array<string>|string", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: Disabled is true or false now", NOTHING },
	{ "DisabledInSafeBoot", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "DisallowAllLookups", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "DrainMessagesOnFailedInit", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "EfficiencyMode", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it", NOTHING },
	{ "EmbeddedHomeScreen", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "EmbeddedMainThreadPriority", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "EmbeddedPrivilegeDispensation", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "EnableCheckedAllocations", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "EnableGlobbing", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "launchd may expand the patterns as root: names in directories that the account cannot read" },
	{ "EnablePressuredExit", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "only for programs that count their work with xpc transactions", NOTHING },
	{ "EnableTransactions", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "only for programs that count their work with xpc transactions", NOTHING },
	{ "EnterKernelDebuggerBeforeKill", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "EnvironmentVariables", "dict<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "EnvironmentVariables.*", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "EventMonitor", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "ExecuteAllowed", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "ExitTimeOut", "integer", "0..2147483647", KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "launchd, a shutdown and lnpctl wait that long for the job to end" },
	{ "ExponentialThrottling", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it", NOTHING },
	{ "ForceEnableHack", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Group", "-", NULL, KEY_NOWHERE, KEY_MISTAKE, "the key is GroupName", NOTHING },
	{ "GroupName", "string", NULL, KEY_DAEMON, KEY_DOCUMENTED,
	  "an agent runs in the groups of the user who is logged in",
	  "a daemon has this group, whether the account is a member or not" },
	{ "HardResourceLimits", "dict<integer>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "only root may raise them, and some are those of the whole Mac" },
	{ "HardResourceLimits.CPU", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.Core", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.Data", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.FileSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.MemoryLock", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.NumberOfFiles", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.NumberOfProcesses", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.ResidentSetSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HardResourceLimits.Stack", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "HopefullyExitsFirst", "string|boolean", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing",
	  NOTHING },
	{ "HopefullyExitsLast", "string|boolean", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing", NOTHING },
	{ "IgnoreProcessGroupAtShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "InactiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "InactiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "InitGroups", "boolean", NULL, KEY_DAEMON, KEY_DOCUMENTED,
	  "an agent has the groups of the user who is logged in",
	  "without its groups the account may do what one of them is denied" },
	{ "InitialTaskRole", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "JetsamMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "JetsamMemoryLimitBackground", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "JetsamPriority", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "JetsamProperties", "dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "JetsamProperties.ActiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.ActiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.AddressLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.AlwaysSIGTERMOnShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.CPUMonitorInterval", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.CPUMonitorPercentage", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.EnableIdleHysteresis", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.EnablePressuredExit", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.EnableTransactions", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.HardFileDescriptorLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.InactiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.InactiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.JetsamMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.JetsamPriority", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.SoftFileDescriptorLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.ThreadLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JetsamProperties.WiredMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "JoinExistingSession", "boolean", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist", NOTHING },
	{ "JoinGUISession", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "it enters the session of whoever is logged in on the screen" },
	{ "KeepAlive", "boolean|dict", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "KeepAlive.AfterInitialDemand", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "KeepAlive.Crashed", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "KeepAlive.NetworkState", "boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it, and use <true/> for KeepAlive: launchd no longer respects it", NOTHING },
	{ "KeepAlive.OtherJobActive", "dict<boolean>", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: launchd says that it is no longer respected", NOTHING },
	{ "KeepAlive.OtherJobActive.*", "boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: launchd says that it is no longer respected", NOTHING },
	{ "KeepAlive.OtherJobEnabled", "dict<boolean>", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it: launchd says that it is no longer respected", NOTHING },
	{ "KeepAlive.OtherJobEnabled.*", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it: launchd says that it is no longer respected", NOTHING },
	{ "KeepAlive.PathState", "dict<boolean>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "KeepAlive.PathState.*", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "KeepAlive.SuccessfulExit", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LSBackgroundOnly", "-", NULL, KEY_NOWHERE, KEY_MISTAKE, "it belongs in an app's Info.plist", NOTHING },
	{ "Label", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LastExitStatus", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it",
	  NOTHING },
	{ "LaunchEvents", "dict<dict<dict>>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "it is started by, and receives, events of the whole Mac" },
	{ "LaunchEvents.*", "dict<dict>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LaunchEvents.*.*", "dict<any>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LaunchEvents.com.apple.iokit.matching.*.IOMatchLaunchStream", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL, NOTHING },
	{ "LaunchEvents.com.apple.iokit.matching.*.IOProviderClass", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  NOTHING },
	{ "LaunchEvents.com.apple.notifyd.matching.*.Notification", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  NOTHING },
	{ "LaunchOnlyOnce", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LegacyTimers", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LimitLoadFromHardware", "dict<array>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LimitLoadFromHardware.*", "array<string>|string|integer|boolean|array<integer>",
	  NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LimitLoadFromHosts", "string|array<string>", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing",
	  NOTHING },
	{ "LimitLoadToDeveloperMode", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "LimitLoadToHardware", "dict<array>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LimitLoadToHardware.*", "array<string>|string|integer|boolean|array<integer>",
	  NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LimitLoadToHosts", "string|array<string>", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing",
	  NOTHING },
	{ "LimitLoadToSessionType", "string|array<string>",
	  "Aqua|Background|LoginWindow|StandardIO|System", KEY_AGENT, KEY_DOCUMENTED,
	  "remove it: a daemon has no session", NOTHING },
	{ "LoginWindowUserName", "string", NULL, KEY_AGENT, KEY_UNDOCUMENTED, "remove it: a daemon has no session",
	  NOTHING },
	{ "LowPriorityBackgroundIO", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "LowPriorityIO", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "MachExceptionHandler", "string|boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "MachServiceLookupPolicies", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "MachServices", "dict<boolean|dict>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "its names are in the system domain, where every program looks them up, root's too" },
	{ "MachServices.*", "boolean|dict", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "MachServices.*.DrainMessagesOnCrash", "string", "One|All", KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "MachServices.*.EnterKernelDebuggerOnClose", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "it stops the whole Mac" },
	{ "MachServices.*.ExceptionServer", "boolean|dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "it may see the crashes of all programs" },
	{ "MachServices.*.HideUntilCheckIn", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "MachServices.*.HostSpecialPort", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "it makes the job one of the kernel's own servers" },
	{ "MachServices.*.PingEventUpdates", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "MachServices.*.ResetAtClose", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "MachServices.*.TaskSpecialPort", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "every program of the system domain inherits it" },
	{ "MachServices.*.kUNCServer", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "it answers for the kernel in what the kernel asks people" },
	{ "MaterializeDatalessFiles", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "MinimalBootProfile", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "MultipleInstances", "boolean|string", "Managed", KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "NO_EnvironmentVariables", "-", NULL, KEY_NOWHERE, KEY_MISTAKE,
	  "name it EnvironmentVariables, or remove it", NOTHING },
	{ "NSBuiltWithThreadSanitizer", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Nice", "integer", "-20..20", KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "only root may go below 0, before the programs of others" },
	{ "OnDemand", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED, "remove it, and set KeepAlive to the opposite",
	  NOTHING },
	{ "PID", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it", NOTHING },
	{ "POSIXSpawnType", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, "use ProcessType", NOTHING },
	{ "PerJobMachServices", "dict", NULL, KEY_BOTH, KEY_REMOVED, "remove it, and use MachServices", NOTHING },
	{ "PersonaEnterprise", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Platform", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Policies", "dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "Policies.DenyCreatingOtherJobs", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "PowerNap", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it", NOTHING },
	{ "ProcessType", "string",
	  "Background|Standard|Adaptive|Interactive|SystemApp|App|AppNonUI|_AdaptiveUtility|Driver",
	  KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Program", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "ProgramArguments", "array<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "PublishesEvents", "string|array|dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "what it publishes starts other jobs of the system domain" },
	{ "QuarantineData", "data", NULL, KEY_BOTH, KEY_REMOVED, "remove it", NOTHING },
	{ "QueueDirectories", "array<string>", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "RemoteServices", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "ReslideSharedCache", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "ResolveProgramIdentifier", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "RootDirectory", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "only root may chroot: set-user-ID programs would trust what the account put there" },
	{ "RunAtLoad", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "RunLoopType", "string", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist", NOTHING },
	{ "SHAuthorizationRight", "string", NULL, KEY_DAEMON, KEY_UNDOCUMENTED, "other programs read it, not launchd",
	  "other programs take it for who may control the job" },
	{ "SandboxContainer", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "SandboxFlags", "integer|dict<boolean>", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "SandboxFlags.Named", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "SandboxProfile", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "SecuritySessionUUID", "-", NULL, KEY_NOWHERE, KEY_OUTPUT,
	  "remove it: launchd prints it, and never reads it", NOTHING },
	{ "ServiceDescription", "string", NULL, KEY_BOTH, KEY_REMOVED, "remove it, or make it a comment", NOTHING },
	{ "ServiceIPC", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED, "remove it: Apple asks for that", NOTHING },
	{ "ServiceType", "string", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist", NOTHING },
	{ "SessionCreate", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "it gets a security session of its own, outside that of any login" },
	{ "ShutdownMonitor", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "Sockets", "dict<dict|array<dict>>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "launchd opens them as root: ports below 1024, and paths anywhere, in place of what is there" },
	{ "Sockets.*", "dict|array<dict>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.Bonjour", "boolean|string|array<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.MulticastGroup", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.ReceivePacketInfo", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SecureSocketWithKey", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "a variable of that name goes to other jobs of the system domain" },
	{ "Sockets.*.SockFamily", "string", "IPv4|IPv6|IPv4v6|Unix", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockNodeName", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockPassive", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockPathGroup", "integer", "0..4294967294", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockPathMode", "integer", "0..65535", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockPathName", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockPathOwner", "integer", "0..4294967294", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockProtocol", "string", "TCP|UDP", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockServiceName", "string|integer", "0..65535", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "Sockets.*.SockType", "string", "stream|dgram|seqpacket", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits", "dict<integer>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits.CPU", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits.Core", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits.Data", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits.FileSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits.MemoryLock", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits.NumberOfFiles", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "for a daemon launchd changes the limit of the whole Mac" },
	{ "SoftResourceLimits.NumberOfProcesses", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL,
	  "for a daemon launchd changes the limit of the whole Mac" },
	{ "SoftResourceLimits.ResidentSetSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SoftResourceLimits.Stack", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SpawnConstraint", "dict<any>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SpawnConstraint.signing-identifier", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "SpawnConstraint.team-identifier", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StandardErrorPath", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StandardInPath", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StandardOutPath", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StandardOutputPath", "-", NULL, KEY_NOWHERE, KEY_MISTAKE, "the key is StandardOutPath", NOTHING },
	{ "StartCalendarInterval", "dict<integer>|array<dict<integer>>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL,
	  NOTHING },
	{ "StartCalendarInterval.Day", "integer", "1..31", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StartCalendarInterval.Hour", "integer", "0..23", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StartCalendarInterval.Minute", "integer", "0..59", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StartCalendarInterval.Month", "integer", "1..12", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StartCalendarInterval.Weekday", "integer", "0..7", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StartInterval", "integer", "1..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "StartOnMount", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "ThrottleInterval", "integer", "1..", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "TimeOut", "integer", NULL, KEY_BOTH, KEY_DEPRECATED, "remove it: it does nothing", NOTHING },
	{ "TransactionCount", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it",
	  NOTHING },
	{ "TransactionTimeLimitEnabled", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it", NOTHING },
	{ "Umask", "integer|string", "0..511", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "UserEnvironmentVariables", "dict<string>", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL,
	  "its variables go to other jobs of the system domain, root's too" },
	{ "UserName", "string", NULL, KEY_DAEMON, KEY_DOCUMENTED, "an agent runs as the user who is logged in",
	  "a daemon runs as this account, whoever wrote the plist" },
	{ "WaitForDebugger", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "WatchPaths", "array<string>", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "WorkingDirectory", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "XPCDomain", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, UNKNOWN },
	{ "XPCDomainBootstrapper", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_AdditionalProperties", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_BTMItemUUID", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_Conclave", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_Cryptex", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_DextCheckInPort", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_DisablePointerAuth", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_ExponentialThrottling", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_InitialSystemSupport", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LaunchType", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LightweightCodeRequirement", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadFromBootMode", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadFromBootarg", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadFromClarityMode", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadFromDeviceTree", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadFromVariant", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadToBootMode", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadToBootarg", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadToClarityMode", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadToDeviceTree", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_LimitLoadToVariant", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_ManagedBy", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_ManagedBy_Services", "array", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_NeedsSystemThreadGroup", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_NullBootstrapPort", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_PanicOnCrash", "boolean|dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_PersistToBootMode", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_Protected", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_ProvenanceData", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_RecoverOnCrash", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_ResourceCoalition", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_StandardErrorFd", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_StandardInFd", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_StandardOutFd", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_SubsystemRoot", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "_UrgentLogSubmission", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "__Angel", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "__Proxyless", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL, PRIVATE },
	{ "inetdCompatibility", "dict", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
	{ "inetdCompatibility.Instances", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL, NOTHING },
	{ "inetdCompatibility.Wait", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL, NOTHING },
};

#define ROWS	(sizeof rows / sizeof rows[0])

const struct key *
keys_table(size_t *count)
{
	*count = ROWS;
	return rows;
}

static int
by_path(const void *path, const void *row)
{
	return strcmp(path, ((const struct key *)row)->path);
}

const struct key *
keys_row(const char *path)
{
	return bsearch(path, rows, ROWS, sizeof rows[0], by_path);
}

/* A name may have dots itself: com.apple.notifyd.matching below LaunchEvents is one. */
static bool
fits(const char *path, const char *const names[], size_t count, bool folded, unsigned *stars)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(names[i]);
		bool same;

		if (i > 0 && *path++ != '.')
			return false;
		same = folded ? text_begins_folded(path, names[i]) : strncmp(path, names[i], length) == 0;
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

static const struct key *
keys_do_find(const char *const names[], size_t count, bool folded)
{
	const struct key *best = NULL;
	unsigned fewest = DEEPEST + 1;

	if (count > DEEPEST)
		return NULL;
	for (size_t i = 0; i < ROWS; i++) {
		unsigned stars = 0;

		/* Most rows go by their first letter. */
		if ((folded || rows[i].path[0] == names[0][0]) &&
		    fits(rows[i].path, names, count, folded, &stars) && stars < fewest) {
			best = &rows[i];
			fewest = stars;
		}
	}
	return best;
}

const struct key *
keys_find(const char *const names[], size_t count)
{
	return count == 0 ? NULL : count == 1 ? keys_row(names[0]) : keys_do_find(names, count, false);
}

const struct key *
keys_find_folded(const char *const names[], size_t count)
{
	return keys_do_find(names, count, true);
}

/* The name of a key directly below row, or NULL: where the path of the other is one more name long. */
static const char *
below(const struct key *row, const struct key *other)
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

bool
keys_lists_below(const struct key *row)
{
	bool known = false;

	for (size_t i = 0; i < ROWS; i++) {
		const char *name = below(row, &rows[i]);

		if (name != NULL && strcmp(name, "*") == 0)
			return false;
		known = known || name != NULL;
	}
	return known && strstr(row->types, "any") == NULL;
}

const struct key *
keys_nearest(const struct key *row, const char *name)
{
	const struct key *near = NULL;
	unsigned best = (unsigned)strlen(name) / 3 + 2;	/* further away is no typing mistake any more */

	for (size_t i = 0; i < ROWS; i++) {
		const char *other = below(row, &rows[i]);
		unsigned distance;

		if (other == NULL || strcmp(other, "*") == 0 || rows[i].applies == KEY_NOWHERE)
			continue;
		distance = text_equal_folded(name, other) ? 0 : text_distance(name, other);
		if (distance < best) {
			best = distance;
			near = &rows[i];
		}
	}
	return near;
}

/* ---- types ---- */

struct key_types
keys_types(const struct key *row)
{
	return (struct key_types){ row->types, strlen(row->types) };
}

/* Length of the first alternative: up to a '|' that is in no brackets. */
static size_t
first_length(struct key_types types)
{
	size_t length = 0;

	for (int depth = 0; length < types.length && (depth > 0 || types.text[length] != '|'); length++)
		depth += (types.text[length] == '<') - (types.text[length] == '>');
	return length;
}

/* Takes the first alternative off: its name, and what stands in its brackets (length 0: nothing). */
static struct key_types
take_first(struct key_types *types, struct key_types *inner)
{
	size_t length = first_length(*types), name = 0;
	const char *text = types->text;

	while (name < length && text[name] != '<')
		name++;
	*inner = (struct key_types){ text + name, 0 };
	if (name < length)
		*inner = (struct key_types){ text + name + 1, length - name - 2 };
	length += length < types->length;
	types->text += length;
	types->length -= length;
	return (struct key_types){ text, name };
}

static bool
keys_is_named(struct key_types name, const char *kind)
{
	return name.length == strlen(kind) && strncmp(name.text, kind, name.length) == 0;
}

/* Where a kind is there twice, array<string>|array<integer>, its items are not told apart. */
bool
keys_allow(struct key_types types, const char *kind, struct key_types *inner)
{
	static const struct key_types any = { "any", 3 };
	bool found = false;

	while (types.length > 0) {
		struct key_types within, name = take_first(&types, &within);

		if (!keys_is_named(name, kind) && !keys_is_named(name, "any"))
			continue;
		if (inner != NULL)
			*inner = found || within.length == 0 ? any : within;
		found = true;
	}
	return found;
}

/* ---- values ---- */

/* "LEAST..MOST", each of which may be missing. */
static bool
range(const struct key *row, long long *least, long long *most)
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

	return !range(row, &least, &most) || (value >= least && (most == -1 || value <= most));
}

static bool
has_word(const char *words, const char *word)
{
	size_t size = strlen(word);

	while (*words != '\0') {
		size_t length = strcspn(words, "|");
		char other[64];

		if (length == size && text_format(other, sizeof other, "%.*s", (int)length, words) &&
		    text_equal_folded(other, word))
			return true;
		words += length;
		words += *words == '|';
	}
	return false;
}

bool
keys_allow_text(const struct key *row, const char *text)
{
	long long least, most;

	if (row->allowed == NULL || range(row, &least, &most))
		return true;
	if (strcmp(row->allowed, "/") == 0)
		return text[0] == '/';
	return has_word(row->allowed, text);
}

static void
keys_append(char *target, size_t size, const char *text)
{
	size_t used = strlen(target);

	if (used + strlen(text) < size)
		memcpy(target + used, text, strlen(text) + 1);
}

/* One alternative without what is in it: "an array of ..." is for people, who know what they asked for. */
static void
describe_one(const struct key *row, const char *name, char *target, size_t size)
{
	long long least, most;
	char text[192];
	bool is_text = strcmp(name, "string") == 0;

	if (strcmp(name, "boolean") == 0)
		keys_append(target, size, "true or false");
	else if (strcmp(name, "integer") == 0 && range(row, &least, &most)) {
		if (most == -1)
			text_format(text, sizeof text, "an integer, %lld or more", least);
		else
			text_format(text, sizeof text, "an integer from %lld to %lld", least, most);
		keys_append(target, size, text);
	} else if (is_text && row->allowed != NULL && strcmp(row->allowed, "/") == 0)
		keys_append(target, size, "a full path");
	else if (is_text && row->allowed != NULL && !range(row, &least, &most)) {
		text_format(text, sizeof text, "one of %s", row->allowed);
		keys_append(target, size, text);
	} else {
		text_format(text, sizeof text, "%s %s", strchr("aeiou", name[0]) != NULL ? "an" : "a", name);
		keys_append(target, size, strcmp(name, "any") == 0 ? "any value" : text);
	}
}

void
keys_describe(const struct key *row, struct key_types types, char *target, size_t size)
{
	target[0] = '\0';
	while (types.length > 0) {
		struct key_types within, name = take_first(&types, &within);
		char word[32];

		text_format(word, sizeof word, "%.*s", (int)name.length, name.text);
		if (strstr(target, word) != NULL)
			continue;		/* array<string>|array<integer> */
		if (target[0] != '\0')
			keys_append(target, size, " or ");
		describe_one(row, word, target, size);
	}
}
