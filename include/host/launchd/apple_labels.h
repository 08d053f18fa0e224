/*
 * The labels of macOS's own jobs: /System/Library/LaunchDaemons and LaunchAgents, some 800 plists.
 *
 * They are read each time a new label is installed (some hundredths of a second) and not cached,
 * because a system update brings others.
 */
#ifndef HOST_LAUNCHD_APPLE_LABELS_H
#define HOST_LAUNCHD_APPLE_LABELS_H

#include "core/facts/facts.h"
#include "host/machine/host.h"

/*
 * Find the plist with this label, ignoring case; path is empty if there is none. The Label key
 * decides, not the file name: com.openssh.sshd is in ssh.plist. A signal, which also ends the run,
 * stops the search.
 */
void	apple_labels_find(const struct host *, const char *label, char path[PATH_SIZE]);

#endif
