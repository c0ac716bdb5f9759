/* SPDX-License-Identifier: Apache-2.0 */
/* The command that a bundle's container runs, as one line: what the history of its image says of the layer. */
#ifndef CTNR_PACK_BUNDLE_COMMAND_H
#define CTNR_PACK_BUNDLE_COMMAND_H

#include "store/bundle.h"

#define BUNDLE_COMMAND_MAX 4096 /* bytes; what is longer ends in "..." */

/* process.args of the bundle's config.json with blanks between them: new. "ctnr-pack" where there is no config, or
 * none that can be read: nothing hangs on it. */
char *bundle_command(const struct bundle *bundle);

#endif
