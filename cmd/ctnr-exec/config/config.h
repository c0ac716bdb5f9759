/* SPDX-License-Identifier: Apache-2.0 */
/* config.json (runtime-spec config.md), read whole; each noun's file reads its own part of it. */
#ifndef CTNR_EXEC_CONFIG_CONFIG_H
#define CTNR_EXEC_CONFIG_CONFIG_H

#include "container.h"

#include "base/str.h"

/* Read BUNDLE/config.json into c->config. linux.seccomp is cut out of the text before it is
 * parsed, into ret_seccomp (empty: there is none). Parts that a container would have to be given
 * and that this runtime cannot give are errors. */
int config_read(struct container *c, struct str *ret_seccomp, struct error *err);

#endif
