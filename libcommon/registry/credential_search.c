/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/credential_search.h"

#include <string.h>

int credential_search(const struct credential_search *search, const struct place *place,
		      struct credentials *ret, struct error *err)
{
	(void)err;
	if (!search->given->user || place->is_mirror ||
	    strcmp(search->registry, place->registry) != 0)
		return 0;
	credentials_copy(search->given, ret);
	return 1;
}
