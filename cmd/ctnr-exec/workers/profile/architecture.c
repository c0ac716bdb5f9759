/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/profile/architecture.h"

#include "base/cleanup.h"

#include <seccomp.h>

#include <string.h>

#define ROW(name) \
	{ \
#name, name \
	}

static const struct {
	const char *name;
	uint32_t token;
} architectures[] = {
	ROW(SCMP_ARCH_X86),         ROW(SCMP_ARCH_X86_64),      ROW(SCMP_ARCH_X32),
	ROW(SCMP_ARCH_ARM),         ROW(SCMP_ARCH_AARCH64),     ROW(SCMP_ARCH_MIPS),
	ROW(SCMP_ARCH_MIPS64),      ROW(SCMP_ARCH_MIPS64N32),   ROW(SCMP_ARCH_MIPSEL),
	ROW(SCMP_ARCH_MIPSEL64),    ROW(SCMP_ARCH_MIPSEL64N32), ROW(SCMP_ARCH_PPC),
	ROW(SCMP_ARCH_PPC64),       ROW(SCMP_ARCH_PPC64LE),     ROW(SCMP_ARCH_S390),
	ROW(SCMP_ARCH_S390X),       ROW(SCMP_ARCH_PARISC),      ROW(SCMP_ARCH_PARISC64),
	ROW(SCMP_ARCH_RISCV64),
#ifdef SCMP_ARCH_LOONGARCH64 /* from libseccomp 2.6 on, as the next ones */
	ROW(SCMP_ARCH_LOONGARCH64),
#endif
#ifdef SCMP_ARCH_M68K
	ROW(SCMP_ARCH_M68K),
#endif
#ifdef SCMP_ARCH_SH
	ROW(SCMP_ARCH_SH),
#endif
#ifdef SCMP_ARCH_SHEB
	ROW(SCMP_ARCH_SHEB),
#endif
};

uint32_t architecture_token(const char *name)
{
	for (size_t i = 0; i < array_size(architectures); i++)
		if (strcmp(name, architectures[i].name) == 0)
			return architectures[i].token;
	return 0;
}

json_t *architecture_names(void)
{
	json_t *names = json_array();

	for (size_t i = 0; i < array_size(architectures); i++)
		json_array_append_new(names, json_string(architectures[i].name));
	return names;
}
