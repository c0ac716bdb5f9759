/* SPDX-License-Identifier: Apache-2.0 */
/* Do two regular files of the same size have the same content? */
#ifndef LAYER_FILE_DIFFERENCE_H
#define LAYER_FILE_DIFFERENCE_H

#include "base/error.h"

#include <stdint.h>

/* 1, 0, -1. Holes that both have are passed over, so that it takes time for what is on the disk. A file that
 * becomes shorter meanwhile differs. */
int file_content_differs(int a, int b, uint64_t size, struct error *err);

#endif
