/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.sysctl (runtime-spec config-linux.md, "Sysctl"): kernel parameters of namespaces that the
 * container has for itself. Any other parameter is the whole machine's, and an error; so are
 * kernel.hostname and kernel.domainname beside the properties of the same meaning.
 */
#ifndef CTNR_EXEC_CONFIG_SYSCTLS_H
#define CTNR_EXEC_CONFIG_SYSCTLS_H

#include "config/namespaces.h"

#include <stddef.h>

struct sysctl_config {
	const char *name; /* as it was written; borrowed from the document, as is the value */
	const char *value;
	char *path; /* below /proc/sys; owned */
	enum namespace_type namespace; /* that has it */
};

struct sysctls_config {
	struct sysctl_config *items;
	size_t len;
};

/* Accepts half-built objects. */
void sysctls_config_release(struct sysctls_config *sysctls);

/* Read them from the "linux" node (absent: none). */
int sysctls_config_read(const struct jnode *linux_node, const struct namespaces_config *namespaces,
			struct sysctls_config *ret, struct error *err);

#endif
