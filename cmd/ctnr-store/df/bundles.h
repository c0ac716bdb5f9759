/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundles. Active are those whose container is created or runs. Its record says how much of it is what
 * containers have written, volumes without a name, and logs. One that is elsewhere counts by its link alone.
 */
#ifndef CTNR_STORE_DF_BUNDLES_H
#define CTNR_STORE_DF_BUNDLES_H

#include "df/usage.h"

/* Read what bundles are made of and which of them run, before anything is measured: usage.roots,
 * bundle_images, volume_users and bundles, of which each is {"image":NAME,"status":STATUS}. */
void bundles_look(struct usage *usage);

void bundles_measure(struct usage *usage);

#endif
