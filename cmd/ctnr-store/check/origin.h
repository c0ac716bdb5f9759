/* SPDX-License-Identifier: Apache-2.0 */
/* Which image a bundle was made from whose record is lost: the one that has the layers it links to. */
#ifndef CTNR_STORE_CHECK_ORIGIN_H
#define CTNR_STORE_CHECK_ORIGIN_H

#include "check/scope.h"

#include "store/bundle.h"

enum origin_choice {
	ORIGIN_CERTAIN, /* none when several different images have the layers */
	ORIGIN_ANY, /* one of them, to unpack the layers of */
};

/* Fill in bundle->image where it is not known. It stays unknown when no image of index.json has these
 * layers. */
void origin_find(const struct scope *scope, enum origin_choice choice, struct bundle *bundle);

#endif
