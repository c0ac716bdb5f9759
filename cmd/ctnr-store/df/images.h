/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of images. An image is what entries of index.json with one digest stand for; active is one that a
 * bundle was made of. Its record has the bytes that only this image has, and those that it shares with others:
 * of its blobs and of its unpacked layers.
 */
#ifndef CTNR_STORE_DF_IMAGES_H
#define CTNR_STORE_DF_IMAGES_H

#include "df/usage.h"

/* Behind layers_measure(). */
void images_measure(struct usage *usage);

#endif
