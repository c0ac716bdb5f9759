/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp_architecture.h"

#include "base/cleanup.h"

#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>

/* What the kernel of each machine runs (uname(2)), native first, by libseccomp's names. */
static const struct {
	const char *machine;
	const char *architectures[4];
} machines[] = {
	{ "x86_64", { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" } },
	{ "aarch64", { "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" } },
	{ "i686", { "SCMP_ARCH_X86" } },
	{ "armv7l", { "SCMP_ARCH_ARM" } },
	{ "ppc64le", { "SCMP_ARCH_PPC64LE" } },
	{ "riscv64", { "SCMP_ARCH_RISCV64" } },
	{ "s390x", { "SCMP_ARCH_S390X", "SCMP_ARCH_S390" } },
};

const char *const *seccomp_architectures(void)
{
	static const char *const none[] = { NULL };
	struct utsname host;

	if (uname(&host) < 0)
		return none;
	for (size_t i = 0; i < array_size(machines); i++)
		if (strcmp(machines[i].machine, host.machine) == 0)
			return machines[i].architectures;
	return none;
}
