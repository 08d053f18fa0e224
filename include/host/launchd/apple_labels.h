/*
 * The labels of macOS's own jobs: /System/Library/LaunchDaemons and LaunchAgents, some 800 plists.
 * They are asked for once a label is new, and not kept: an update of the system brings others. That
 * costs some hundredths of a second.
 */
#ifndef HOST_LAUNCHD_APPLE_LABELS_H
#define HOST_LAUNCHD_APPLE_LABELS_H

#include "core/facts/facts.h"
#include "host/machine/host.h"

/*
 * The plist that has this label, without regard to case; empty: there is none. The label in the
 * file decides, for many have another name: com.openssh.sshd is that of ssh.plist. Ends early at a
 * signal, which ends the run, too.
 */
void	apple_labels_find(const struct host *, const char *label, char path[PATH_SIZE]);

#endif
