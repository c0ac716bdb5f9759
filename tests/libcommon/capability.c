/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/str.h"
#include "system/capability.h"
#include "system/fd.h"

#include <fcntl.h>
#include <linux/capability.h>

/* What the kernel itself says of this process: a line of /proc/self/status, in hexadecimal. */
static uint64_t status_set(const char *name)
{
	autostr struct str text = STR_INIT;
	const char *line;

	if (file_read_at(AT_FDCWD, "/proc/self/status", 65536, &text, NULL) < 0)
		return 0;
	line = strstr(text.data, name);
	return line ? strtoull(line + strlen(name), NULL, 16) : 0;
}

static bool is_as_kernel_says(const struct capability_sets *sets)
{
	return sets->effective == status_set("CapEff:") &&
	       sets->permitted == status_set("CapPrm:") &&
	       sets->inheritable == status_set("CapInh:");
}

int main(void)
{
	struct capability_sets sets;
	struct capability_sets more;
	struct error err = { 0 };

	is_int(capability_number("cap_sys_admin"), CAP_SYS_ADMIN, "a name has its number");
	is_int(capability_number("SYS_ADMIN"), CAP_SYS_ADMIN, "... without CAP_ too");
	is_int(capability_number("CAP_NOSUCH"), -1, "another name has none");
	is_str(capability_name(CAP_CHECKPOINT_RESTORE), "CAP_CHECKPOINT_RESTORE",
	       "the last number has its name");
	ok(capability_bounding_set() == (status_set("CapBnd:") & capability_known_set()),
	   "the bounding set is the kernel's");
	ok(capability_get(&sets, &err) == 0 && is_as_kernel_says(&sets),
	   "this process's sets are the kernel's");
	is_int(capability_has(CAP_CHECKPOINT_RESTORE),
	       status_set("CapEff:") >> CAP_CHECKPOINT_RESTORE & 1,
	       "a capability above 31 is had or not");
	sets.effective &= ~(UINT64_C(1) << CAP_CHECKPOINT_RESTORE | UINT64_C(1) << CAP_CHOWN);
	ok(capability_set(&sets, &err) == 0 && is_as_kernel_says(&sets),
	   "capabilities are given up");
	ok(!capability_has(CAP_CHECKPOINT_RESTORE) && !capability_has(CAP_CHOWN),
	   "... and not had any more");
	sets = (struct capability_sets) { 0 };
	ok(capability_set(&sets, &err) == 0 && is_as_kernel_says(&sets), "... all of them");
	more = (struct capability_sets) { .permitted = 1 };
	ok(capability_set(&more, &err) < 0 && error_mentions(&err, "cannot set capabilities"),
	   "what was given up cannot be had again");
	return done_testing();
}
