/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/image_signature.h"

#include "base/alloc.h"

#include <stdlib.h>

void image_signature_release(struct image_signature *signature)
{
	if (!signature)
		return;
	free(signature->origin);
	str_release(&signature->bytes);
	free(signature->annotation);
	free(signature->flaw);
	*signature = (struct image_signature)IMAGE_SIGNATURE_INIT;
}

void image_signature_list_release(struct image_signature_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->len; i++)
		image_signature_release(&list->items[i]);
	free(list->items);
	*list = (struct image_signature_list)IMAGE_SIGNATURE_LIST_INIT;
}

void image_signature_list_add(struct image_signature_list *list, struct image_signature *signature)
{
	list->items = xgrow(list->items, list->len, sizeof(*list->items));
	list->items[list->len++] = *signature;
	*signature = (struct image_signature)IMAGE_SIGNATURE_INIT;
}
