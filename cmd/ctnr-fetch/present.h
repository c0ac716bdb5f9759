/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is what a request asks for there already, so that nobody need be asked?
 *
 *  - With --if-missing it is, when there is an image of its name for the platform.
 *  - A reference that states a digest means the same image for ever: it is there, when its name stands for what
 *    has that digest, or was chosen or converted from it, and every blob is there in its size. With --policy
 *    it is not: the worker asks that policy.
 *
 * Nothing is written, so that this works in a store that nothing can be added to, and nothing is loaded.
 */
#ifndef CTNR_FETCH_PRESENT_H
#define CTNR_FETCH_PRESENT_H

#include "request.h"

/* 1 and ret (new) when it is there, 0 when it is not, or not whole, or otherwise than was asked for; -1
 * when that cannot be told. */
int present_find(const struct request *request, struct image *ret, struct error *err);

#endif
