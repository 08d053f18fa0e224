/* The keys of a launchd.plist as data, and small questions about them. */
#include <stdlib.h>
#include <string.h>

#include "core/keys.h"
#include "core/text.h"

#define DEEPEST	8	/* names of the longest path that is asked for; deeper ones have no row */

/* From launchd.plist(5), launchd's published sources, and what was seen in the field; sorted, a test checks it. */
static const struct key rows[] = {
	{ "AbandonProcessGroup", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "ActiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "ActiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "AlwaysSIGTERMOnShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "AssociatedBundleIdentifiers", "string|array<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "AuditSessionID", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it" },
	{ "AuxiliaryBootstrapper", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "AuxiliaryBootstrapperAllowDemand", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "BeginTransactionAtShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "BinaryOrderPreference", "array<string|integer>", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "BonjourFDs", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it" },
	{ "BootShell", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "BundleProgram", "string", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "use Program: this works only for a plist inside an app, registered with SMAppService" },
	{ "CFBundleIdentifier", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "CPUMonitorInterval", "integer", "0..255", KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "CPUMonitorPercentage", "integer", "0..100", KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "ContainingBundleID", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "ContainingBundleVersion", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Datastores", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Debug", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "DisableASLR", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "DisableReslide", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Disabled", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Disabled.MachineType", "array<string>|string", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: Disabled is true or false now" },
	{ "Disabled.ModelName", "array<string>|string", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: Disabled is true or false now" },
	{ "DisabledInSafeBoot", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "DisallowAllLookups", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "DrainMessagesOnFailedInit", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "EfficiencyMode", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it" },
	{ "EmbeddedHomeScreen", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "EmbeddedMainThreadPriority", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "EmbeddedPrivilegeDispensation", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "EnableCheckedAllocations", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "EnableGlobbing", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "EnablePressuredExit", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "only for programs that count their work with xpc transactions" },
	{ "EnableTransactions", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  "only for programs that count their work with xpc transactions" },
	{ "EnterKernelDebuggerBeforeKill", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "EnvironmentVariables", "dict<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "EnvironmentVariables.*", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "EventMonitor", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "ExecuteAllowed", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "ExitTimeOut", "integer", "0..2147483647", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "ExponentialThrottling", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it" },
	{ "ForceEnableHack", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Group", "-", NULL, KEY_NOWHERE, KEY_MISTAKE, "the key is GroupName" },
	{ "GroupName", "string", NULL, KEY_DAEMON, KEY_DOCUMENTED,
	  "an agent runs in the groups of the user who is logged in" },
	{ "HardResourceLimits", "dict<integer>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.CPU", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.Core", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.Data", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.FileSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.MemoryLock", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.NumberOfFiles", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.NumberOfProcesses", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.ResidentSetSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HardResourceLimits.Stack", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "HopefullyExitsFirst", "string|boolean", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing" },
	{ "HopefullyExitsLast", "string|boolean", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing" },
	{ "IgnoreProcessGroupAtShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "InactiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "InactiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "InitGroups", "boolean", NULL, KEY_DAEMON, KEY_DOCUMENTED,
	  "an agent has the groups of the user who is logged in" },
	{ "InitialTaskRole", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "JetsamMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamMemoryLimitBackground", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamPriority", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties", "dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.ActiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.ActiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.AddressLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.AlwaysSIGTERMOnShutdown", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.CPUMonitorInterval", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.CPUMonitorPercentage", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.EnableIdleHysteresis", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.EnablePressuredExit", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.EnableTransactions", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.HardFileDescriptorLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.InactiveHardMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.InactiveSoftMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.JetsamMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.JetsamPriority", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.SoftFileDescriptorLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.ThreadLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JetsamProperties.WiredMemoryLimit", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "JoinExistingSession", "boolean", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist" },
	{ "JoinGUISession", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "KeepAlive", "boolean|dict", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "KeepAlive.AfterInitialDemand", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "KeepAlive.Crashed", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "KeepAlive.NetworkState", "boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it, and use <true/> for KeepAlive: launchd no longer respects it" },
	{ "KeepAlive.OtherJobActive", "dict<boolean>", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: launchd says that it is no longer respected" },
	{ "KeepAlive.OtherJobActive.*", "boolean", NULL, KEY_BOTH, KEY_REMOVED,
	  "remove it: launchd says that it is no longer respected" },
	{ "KeepAlive.OtherJobEnabled", "dict<boolean>", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it: launchd says that it is no longer respected" },
	{ "KeepAlive.OtherJobEnabled.*", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED,
	  "remove it: launchd says that it is no longer respected" },
	{ "KeepAlive.PathState", "dict<boolean>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "KeepAlive.PathState.*", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "KeepAlive.SuccessfulExit", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LSBackgroundOnly", "-", NULL, KEY_NOWHERE, KEY_MISTAKE, "it belongs in an app's Info.plist" },
	{ "Label", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LastExitStatus", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it" },
	{ "LaunchEvents", "dict<dict<dict>>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LaunchEvents.*", "dict<dict>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LaunchEvents.*.*", "dict<any>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LaunchEvents.com.apple.iokit.matching.*.IOMatchLaunchStream", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED,
	  NULL },
	{ "LaunchEvents.com.apple.iokit.matching.*.IOProviderClass", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LaunchEvents.com.apple.notifyd.matching.*.Notification", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LaunchOnlyOnce", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LegacyTimers", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LimitLoadFromHardware", "dict<array>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LimitLoadFromHardware.*", "array<string>|string|integer|boolean|array<integer>",
	  NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LimitLoadFromHosts", "string|array<string>", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing" },
	{ "LimitLoadToDeveloperMode", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "LimitLoadToHardware", "dict<array>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LimitLoadToHardware.*", "array<string>|string|integer|boolean|array<integer>",
	  NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LimitLoadToHosts", "string|array<string>", NULL, KEY_BOTH, KEY_REMOVED, "remove it: it does nothing" },
	{ "LimitLoadToSessionType", "string|array<string>",
	  "Aqua|Background|LoginWindow|StandardIO|System", KEY_AGENT, KEY_DOCUMENTED,
	  "remove it: a daemon has no session" },
	{ "LoginWindowUserName", "string", NULL, KEY_AGENT, KEY_UNDOCUMENTED, "remove it: a daemon has no session" },
	{ "LowPriorityBackgroundIO", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "LowPriorityIO", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "MachExceptionHandler", "string|boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MachServiceLookupPolicies", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "MachServices", "dict<boolean|dict>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "MachServices.*", "boolean|dict", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "MachServices.*.DrainMessagesOnCrash", "string", "One|All", KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MachServices.*.EnterKernelDebuggerOnClose", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MachServices.*.ExceptionServer", "boolean|dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MachServices.*.HideUntilCheckIn", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "MachServices.*.HostSpecialPort", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MachServices.*.PingEventUpdates", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MachServices.*.ResetAtClose", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "MachServices.*.TaskSpecialPort", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MachServices.*.kUNCServer", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "MaterializeDatalessFiles", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "MinimalBootProfile", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "MultipleInstances", "boolean|string", "Managed", KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "NO_EnvironmentVariables", "-", NULL, KEY_NOWHERE, KEY_MISTAKE,
	  "name it EnvironmentVariables, or remove it" },
	{ "NSBuiltWithThreadSanitizer", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Nice", "integer", "-20..20", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "OnDemand", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED, "remove it, and set KeepAlive to the opposite" },
	{ "PID", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it" },
	{ "POSIXSpawnType", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, "use ProcessType" },
	{ "PerJobMachServices", "dict", NULL, KEY_BOTH, KEY_REMOVED, "remove it, and use MachServices" },
	{ "PersonaEnterprise", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Platform", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Policies", "dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "Policies.DenyCreatingOtherJobs", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "PowerNap", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it" },
	{ "ProcessType", "string",
	  "Background|Standard|Adaptive|Interactive|SystemApp|App|AppNonUI|_AdaptiveUtility|Driver",
	  KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Program", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "ProgramArguments", "array<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "PublishesEvents", "string|array|dict", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "QuarantineData", "data", NULL, KEY_BOTH, KEY_REMOVED, "remove it" },
	{ "QueueDirectories", "array<string>", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "RemoteServices", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "ReslideSharedCache", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "ResolveProgramIdentifier", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "RootDirectory", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "RunAtLoad", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "RunLoopType", "string", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist" },
	{ "SHAuthorizationRight", "string", NULL, KEY_DAEMON, KEY_UNDOCUMENTED, "other programs read it, not launchd" },
	{ "SandboxContainer", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "SandboxFlags", "integer|dict<boolean>", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "SandboxFlags.Named", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "SandboxProfile", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "SecuritySessionUUID", "-", NULL, KEY_NOWHERE, KEY_OUTPUT,
	  "remove it: launchd prints it, and never reads it" },
	{ "ServiceDescription", "string", NULL, KEY_BOTH, KEY_REMOVED, "remove it, or make it a comment" },
	{ "ServiceIPC", "boolean", NULL, KEY_BOTH, KEY_DEPRECATED, "remove it: Apple asks for that" },
	{ "ServiceType", "string", NULL, KEY_NOWHERE, KEY_BUNDLE,
	  "it belongs in the XPCService dictionary of a bundle's Info.plist" },
	{ "SessionCreate", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "ShutdownMonitor", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "Sockets", "dict<dict|array<dict>>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*", "dict|array<dict>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.Bonjour", "boolean|string|array<string>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.MulticastGroup", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.ReceivePacketInfo", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "Sockets.*.SecureSocketWithKey", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockFamily", "string", "IPv4|IPv6|IPv4v6|Unix", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockNodeName", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockPassive", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockPathGroup", "integer", "0..4294967294", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockPathMode", "integer", "0..65535", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockPathName", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockPathOwner", "integer", "0..4294967294", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockProtocol", "string", "TCP|UDP", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockServiceName", "string|integer", "0..65535", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "Sockets.*.SockType", "string", "stream|dgram|seqpacket", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits", "dict<integer>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.CPU", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.Core", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.Data", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.FileSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.MemoryLock", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.NumberOfFiles", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.NumberOfProcesses", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.ResidentSetSize", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SoftResourceLimits.Stack", "integer", "0..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SpawnConstraint", "dict<any>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SpawnConstraint.signing-identifier", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "SpawnConstraint.team-identifier", "string", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StandardErrorPath", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StandardInPath", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StandardOutPath", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StandardOutputPath", "-", NULL, KEY_NOWHERE, KEY_MISTAKE, "the key is StandardOutPath" },
	{ "StartCalendarInterval", "dict<integer>|array<dict<integer>>", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StartCalendarInterval.Day", "integer", "1..31", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StartCalendarInterval.Hour", "integer", "0..23", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StartCalendarInterval.Minute", "integer", "0..59", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StartCalendarInterval.Month", "integer", "1..12", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StartCalendarInterval.Weekday", "integer", "0..7", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StartInterval", "integer", "1..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "StartOnMount", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "ThrottleInterval", "integer", "1..", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "TimeOut", "integer", NULL, KEY_BOTH, KEY_DEPRECATED, "remove it: it does nothing" },
	{ "TransactionCount", "-", NULL, KEY_NOWHERE, KEY_OUTPUT, "remove it: launchd prints it, and never reads it" },
	{ "TransactionTimeLimitEnabled", "boolean", NULL, KEY_BOTH, KEY_UNDOCUMENTED,
	  "remove it: no sign was found that launchd reads it" },
	{ "Umask", "integer|string", "0..511", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "UserEnvironmentVariables", "dict<string>", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "UserName", "string", NULL, KEY_DAEMON, KEY_DOCUMENTED, "an agent runs as the user who is logged in" },
	{ "WaitForDebugger", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "WatchPaths", "array<string>", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "WorkingDirectory", "string", "/", KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "XPCDomain", "string", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "XPCDomainBootstrapper", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_AdditionalProperties", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_BTMItemUUID", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_Conclave", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_Cryptex", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_DextCheckInPort", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_DisablePointerAuth", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_ExponentialThrottling", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_InitialSystemSupport", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LaunchType", "integer", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LightweightCodeRequirement", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadFromBootMode", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadFromBootarg", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadFromClarityMode", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadFromDeviceTree", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadFromVariant", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadToBootMode", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadToBootarg", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadToClarityMode", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadToDeviceTree", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_LimitLoadToVariant", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_ManagedBy", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_ManagedBy_Services", "array", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_NeedsSystemThreadGroup", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_NullBootstrapPort", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_PanicOnCrash", "boolean|dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_PersistToBootMode", "string|array", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_Protected", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_ProvenanceData", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_RecoverOnCrash", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_ResourceCoalition", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_StandardErrorFd", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_StandardInFd", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_StandardOutFd", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_SubsystemRoot", "string", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "_UrgentLogSubmission", "dict", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "__Angel", "boolean", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "__Proxyless", "any", NULL, KEY_BOTH, KEY_PRIVATE, NULL },
	{ "inetdCompatibility", "dict", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
	{ "inetdCompatibility.Instances", "integer", NULL, KEY_BOTH, KEY_UNDOCUMENTED, NULL },
	{ "inetdCompatibility.Wait", "boolean", NULL, KEY_BOTH, KEY_DOCUMENTED, NULL },
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
fits(const char *path, const char *const names[], size_t count, unsigned *stars)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(names[i]);

		if (i > 0 && *path++ != '.')
			return false;
		if (strncmp(path, names[i], length) == 0 && (path[length] == '.' || path[length] == '\0'))
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
keys_find(const char *const names[], size_t count)
{
	const struct key *best = NULL;
	unsigned fewest = DEEPEST + 1;

	if (count == 0 || count > DEEPEST)
		return NULL;
	if (count == 1)
		return keys_row(names[0]);
	for (size_t i = 0; i < ROWS; i++) {
		unsigned stars = 0;

		/* Most rows go by their first letter. */
		if (rows[i].path[0] == names[0][0] && fits(rows[i].path, names, count, &stars) && stars < fewest) {
			best = &rows[i];
			fewest = stars;
		}
	}
	return best;
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
is_named(struct key_types name, const char *kind)
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

		if (!is_named(name, kind) && !is_named(name, "any"))
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
append(char *target, size_t size, const char *text)
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
		append(target, size, "true or false");
	else if (strcmp(name, "integer") == 0 && range(row, &least, &most)) {
		if (most == -1)
			text_format(text, sizeof text, "an integer, %lld or more", least);
		else
			text_format(text, sizeof text, "an integer from %lld to %lld", least, most);
		append(target, size, text);
	} else if (is_text && row->allowed != NULL && strcmp(row->allowed, "/") == 0)
		append(target, size, "a full path");
	else if (is_text && row->allowed != NULL && !range(row, &least, &most)) {
		text_format(text, sizeof text, "one of %s", row->allowed);
		append(target, size, text);
	} else {
		text_format(text, sizeof text, "%s %s", strchr("aeiou", name[0]) != NULL ? "an" : "a", name);
		append(target, size, strcmp(name, "any") == 0 ? "any value" : text);
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
			append(target, size, " or ");
		describe_one(row, word, target, size);
	}
}
