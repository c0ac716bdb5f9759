/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unpacked layers, of all ID mappings. Active are those that a bundle links to. What each takes is in
 * usage.chain_bytes afterwards.
 */
#ifndef CTNR_STORE_DF_LAYERS_H
#define CTNR_STORE_DF_LAYERS_H

#include "df/usage.h"

void layers_measure(struct usage *usage);

#endif
