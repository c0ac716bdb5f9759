/* SPDX-License-Identifier: Apache-2.0 */
#include "check/repair.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((format(printf, 2, 0))) static void set_reason(struct finding *finding,
							     const char *format, va_list args)
{
	if (!finding->reason)
		finding->reason = xvasprintf(format, args);
}

void repair_explain(struct finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_reason(finding, format, args);
	va_end(args);
}

void repair_refuse(struct finding *finding, const char *format, ...)
{
	va_list args;

	finding->is_kept = true;
	va_start(args, format);
	set_reason(finding, format, args);
	va_end(args);
}

bool repair_open_up(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       !(st.st_mode & S_IRUSR) && st.st_uid == geteuid() &&
	       fchmodat(dirfd, path, (st.st_mode & 0777) | 0600, 0) == 0;
}

bool repair_may_replace(const struct error *failure)
{
	switch (failure->saved_errno) {
	case 0: /* what is in it, or what it is */
	case ENOENT:
	case ELOOP:
	case ENXIO:
	case EIO:
		return true;
	default:
		return false;
	}
}

int repair_set_aside(int dirfd, const char *path, struct error *err)
{
	char when[CLOCK_TEXT_MAX];
	autofree char *aside = xasprintf("%s" REPAIR_ASIDE_SUFFIX "%s", path,
					 clock_rfc3339(clock_wall_ns() / CLOCK_NS, when));

	/* What is no file, or has no second name on this filesystem, is moved. */
	if (linkat(dirfd, path, dirfd, aside, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EEXIST && renameat2(dirfd, path, dirfd, aside, RENAME_NOREPLACE) == 0)
		return 0;
	return error_errno(err, "cannot set '%s' aside", path);
}

void repair_all(struct repair *repair)
{
	repair_blobs(repair);
	repair_names(repair);
	/* A record is written when the bundle's layers are there. */
	repair_layers(repair);
	repair_records(repair);
}
