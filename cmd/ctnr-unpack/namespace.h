/* SPDX-License-Identifier: Apache-2.0 */
/* Work on files of mapped IDs: done in a child that enters the user namespace, so that the tool
 * itself stays outside and a warm run pays nothing. */
#ifndef CTNR_UNPACK_NAMESPACE_H
#define CTNR_UNPACK_NAMESPACE_H

#include "system/identity.h"

/* Call work(data) where the identity's IDs are ours: in a child, or right here when privileged.
 * Changes to memory are lost; failures come back in err. */
int namespace_run(const struct identity *identity, int (*work)(void *data, struct error *err),
		  void *data, struct error *err);

#endif
