/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces given by path.
 *
 * They are opened by the caller, with its rights: a process in another user namespace can often neither reach
 * the path nor open the file of a process of the host. setns(2) takes CAP_SYS_ADMIN in the user namespace that
 * owns the namespace. That may be the caller's (a network that an engine has made) or the container's (those of
 * another container in the same user namespace), so the keeper tries before it enters the container's, and what
 * is not joined then is joined afterwards.
 */
#ifndef CTNR_EXEC_LAUNCH_NAMESPACE_PATH_H
#define CTNR_EXEC_LAUNCH_NAMESPACE_PATH_H

#include "launch/namespace.h"

#include "base/error.h"

/* Open them. A file that is no namespace of its type is an error that names the property. */
int namespaces_open_paths(struct namespaces *n, struct error *err);

enum namespace_moment {
	NAMESPACE_BEFORE_USER, /* the keeper; what the kernel refuses now is tried again */
	NAMESPACE_BEFORE_CLONE, /* the keeper: user and pid namespaces, which init is cloned into */
	NAMESPACE_IN_INIT, /* all others */
};

/* Join those of that moment. One that this process is in already is joined. */
int namespaces_join(const struct namespaces *n, enum namespace_moment moment, struct error *err);

#endif
