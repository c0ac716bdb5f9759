/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/place.h"

#include "base/alloc.h"

#include <stdlib.h>

void place_release(struct place *place)
{
	if (!place)
		return;
	free(place->registry);
	free(place->repository);
	free(place->reason);
	*place = (struct place)PLACE_INIT;
}

char *place_name(const struct place *place)
{
	return xasprintf("%s/%s", place->registry, place->repository);
}

void place_list_release(struct place_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->len; i++)
		place_release(&list->items[i]);
	free(list->items);
	*list = (struct place_list)PLACE_LIST_INIT;
}

void place_list_add(struct place_list *list, struct place *place)
{
	list->items = xrealloc(list->items, list->len + 1, sizeof(*list->items));
	list->items[list->len++] = *place;
	*place = (struct place)PLACE_INIT;
}

void place_list_add_origin(struct place_list *list, const struct reference *reference)
{
	struct place place = { .registry = xstrdup(reference->registry),
			       .repository = xstrdup(reference->repository) };

	place_list_add(list, &place);
}
