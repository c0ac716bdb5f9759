/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "base/str.h"
#include "system/process.h"

#include <fcntl.h>
#include <unistd.h>

const struct program programs[] = {
	{ "newuidmap", "subordinate IDs", NULL },
	{ "newgidmap", "subordinate IDs", NULL },
	{ "getent", "users who are not in /etc/passwd", NULL },
	{ "gpgv", "signatures of images", NULL },
	{ "skopeo", "transports that ctnr-fetch does not speak", NULL },
	{ "pasta", "network", "/dev/net/tun" },
	{ "slirp4netns", "network", "/dev/net/tun" },
	{ "fuse-overlayfs", "overlay where the kernel has none", "/dev/fuse" },
	{ "runc", "another runtime", NULL },
	{ "crun", "another runtime", NULL },
	{ "proot", "other IDs with one ID", NULL },
	{ NULL, NULL, NULL },
};

/* All programs are optional: a program that is missing is no warning, and one that is installed and
 * cannot work is one. */
void check_programs(struct checklist *list)
{
	autostr struct str found = STR_INIT;
	autostr struct str missing = STR_INIT;

	for (const struct program *p = programs; p->name; p++) {
		autofree char *path = process_find(p->name);

		str_appendf(path ? &found : &missing, " %s", p->name);
		if (path && p->device && access(p->device, R_OK | W_OK) < 0) {
			check_add(list, p->name, CHECK_WARN, "cannot open %s: no use for %s",
				  p->device, p->use);
			check_hint(list, "chmod 666 %s", p->device);
		}
	}
	check_add(list, "programs", CHECK_OK, "found:%s", found.len ? found.data : " none");
	if (missing.len)
		check_add(list, "programs", CHECK_OK, "not found:%s", missing.data);
}
