/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "system/kernel.h"

#include <limits.h>
#include <sys/utsname.h>

static void parsed(const char *text, unsigned major, unsigned minor)
{
	struct kernel_version version = { 99, 99 };
	char title[128];

	snprintf(title, sizeof(title), "'%s' is version %u.%u", text, major, minor);
	ok(kernel_version_parse(text, &version) == 0 && version.major == major &&
		   version.minor == minor,
	   title);
}

int main(void)
{
	struct kernel_version version = { 99, 99 };
	struct utsname name;

	parsed("6.1.0-13-amd64", 6, 1);
	parsed("5.15", 5, 15);
	parsed("6", 6, 0);
	parsed("4.18.0-553.el8", 4, 18);
	parsed("6.18-rc1", 6, 18);
	ok(kernel_version_parse("", &version) < 0 && kernel_version_parse("x.1", &version) < 0 &&
		   version.major == 99,
	   "what begins with no number is no version");

	if (uname(&name) < 0 || kernel_version_parse(name.release, &version) < 0)
		return 1;
	ok(kernel_is_at_least(version), "the running kernel is as new as itself");
	ok(kernel_is_at_least((struct kernel_version) { version.major - 1, UINT_MAX }),
	   "... newer than any of the major version before");
	version.minor++;
	ok(!kernel_is_at_least(version), "... and older than the next");
	ok(!kernel_is_at_least((struct kernel_version) { version.major + 1, 0 }),
	   "... and than the next major one");
	return done_testing();
}
