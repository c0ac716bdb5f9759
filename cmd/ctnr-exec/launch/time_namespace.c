/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/time_namespace.h"

#include "process/procfs.h"

#include "base/str.h"

#include <inttypes.h>
#include <sched.h>
#include <sys/prctl.h>

static int write_offsets(const struct time_offsets_config *offsets, struct error *err)
{
	autostr struct str text = STR_INIT;

	for (int i = 0; i < TIME_CLOCK_MAX; i++)
		if (offsets->clocks[i].is_stated)
			str_appendf(&text, "%s %" PRId64 " %" PRIu32 "\n", time_clock_names[i],
				    offsets->clocks[i].secs, offsets->clocks[i].nanosecs);
	/* While a process is not dumpable its files in /proc belong to the host's root. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return procfs_write("self/timens_offsets", text.data, err) < 0
		       ? error_prefix(err, "linux.timeOffsets")
		       : 0;
}

int time_namespace_make(const struct namespaces_config *config, struct error *err)
{
	if (!namespaces_config_is_new(config, NAMESPACE_TIME))
		return 0;
	if (unshare(CLONE_NEWTIME) < 0)
		return error_errno(err, "cannot make a time namespace");
	return time_offsets_are_stated(&config->time_offsets)
		       ? write_offsets(&config->time_offsets, err)
		       : 0;
}
