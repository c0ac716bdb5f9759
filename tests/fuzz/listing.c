/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of a registry's lists: of tags, and of referrers. */
#include "registry/referrers.h"
#include "registry/tag_list.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = STR_INIT;
	autotaglist struct tag_list tags = TAG_LIST_INIT;
	autoreferrers struct referrers referrers = REFERRERS_INIT;
	struct error err = { 0 };

	str_append_bytes(&text, data, size);
	/* Each page twice: nothing may come twice into a list. */
	for (int i = 0; i < 2; i++) {
		tag_list_read_page(&text, &tags, &err);
		referrers_read_page(&text, NULL, i ? "x/y" : NULL, &referrers, &err);
	}
	if ((tags.known && json_object_size(tags.known) != tags.tags.len) ||
	    (referrers.known && json_object_size(referrers.known) != referrers.len))
		abort();
	return 0;
}
