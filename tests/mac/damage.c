/* Damage an installed job. */
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "damage.h"

static bool
give_log_away(struct mac *mac)
{
	if (mac->as_root)
		mac_set_owner(mac, LOG, 0, 0);
	return mac->as_root;
}

static bool
make_log_read_only(struct mac *mac)
{
	mac_set_mode(mac, ERRORS, 0440);
	return true;
}

static bool
remove_log(struct mac *mac)
{
	mac_remove(mac, LOG);
	return true;
}

static bool
disable_label(struct mac *mac)
{
	return mac_launchctl(mac, "disable system/com.example.job") == 0;
}

static bool
make_plist_group_writable(struct mac *mac)
{
	mac_set_mode(mac, PLIST, 0664);
	return true;
}

static bool
give_plist_away(struct mac *mac)
{
	if (mac->as_root)
		mac_set_owner(mac, PLIST, 501, 20);
	return mac->as_root;
}

static bool
change_plist(struct mac *mac)
{
	mac_append(mac, PLIST, "<!-- edited -->\n");
	return true;
}

static bool
break_plist(struct mac *mac)
{
	mac_write(mac, PLIST, "no plist\n");
	return true;
}

static bool
remove_plist(struct mac *mac)
{
	mac_remove(mac, PLIST);
	return true;
}

static bool
quarantine_plist(struct mac *mac)
{
	return mac_quarantine(mac, PLIST);
}

/* bootout returns before the job has exited, and until then launchd has it. */
static bool
unload(struct mac *mac)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	bool accepted = mac_launchctl(mac, "bootout system/com.example.job") == 0;

	for (int i = 0; i < 10000 && mac_launchctl(mac, "print system/com.example.job") == 0; i++)
		nanosleep(&pause, NULL);
	return accepted;
}

static bool
renew_program(struct mac *mac)
{
	mac_renew(mac, MAC_WORKER);
	return true;
}

const struct damage damages[] = {
	{ "log-files", "fail", 1, give_log_away },
	{ "log-files", "fail", 1, make_log_read_only },
	{ "log-files", "fail", 1, remove_log },
	{ "enabled", "fail", 1, disable_label },
	{ "plist-mode", "fail", 1, make_plist_group_writable },
	{ "plist-owner", "fail", 1, give_plist_away },
	{ "plist-unchanged", "fail", 1, change_plist },
	{ "plist-valid", "fail", 1, break_plist },
	{ "plist-present", "fail", 1, remove_plist },
	{ "plist-quarantine", "fail", 1, quarantine_plist },
	{ "loaded", "fail", 1, unload },
	{ "program-unchanged", "warn", 0, renew_program },
};

const size_t damage_count = sizeof damages / sizeof damages[0];
