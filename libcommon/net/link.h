/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Link header (RFC 8288): where a server says that there is more.
 *
 *	</v2/app/tags/list?last=1.2&n=100>; rel="next"
 *
 *	autofree char *target = NULL;
 *
 *	if (link_find(value, "next", &target, err) > 0) ...
 *
 * One header may hold several links. Only the text is read here: whether a request may go to a target is for
 * net/url.h and the caller to decide.
 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "base/error.h"

/* Find the first link of that relation type ("next"; case means nothing) in a header's value. Returns 1 and
 * sets ret_target (new, as it stands between the brackets), 0 when there is none, -1 when the value is
 * malformed before one was found. */
int link_find(const char *value, const char *relation, char **ret_target, struct error *err);

#endif
