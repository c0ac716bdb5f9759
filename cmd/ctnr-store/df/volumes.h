/* SPDX-License-Identifier: Apache-2.0 */
/* The volumes with a name. Active are those that the config of a bundle mounts. */
#ifndef CTNR_STORE_DF_VOLUMES_H
#define CTNR_STORE_DF_VOLUMES_H

#include "df/usage.h"

#include "store/bundle.h"

/* Note which volumes a bundle uses, in usage.volume_users. */
void volumes_look(struct usage *usage, const struct bundle *bundle);

void volumes_measure(struct usage *usage);

#endif
