/* SPDX-License-Identifier: Apache-2.0 */
#include "config/environment.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* An entry and where it stands. */
struct variable {
	const char *text; /* NAME=VALUE */
	size_t index;
};

/* environ(7): what a program reads are entries NAME=VALUE. Others would be passed on, and seen or not
 * by chance. */
static int check_entries(const struct jnode *array, const struct strlist *list, struct error *err)
{
	for (size_t i = 0; i < list->len; i++) {
		struct jnode item = jnode_element(array, i);

		if (!strchr(list->items[i], '=') || list->items[i][0] == '=')
			return jnode_error(&item, err, "expected NAME=VALUE, got '%s'",
					   list->items[i]);
	}
	return 0;
}

/* In the order of names, "=" being the end of each. */
static int compare_names(const char *a, const char *b)
{
	while (*a == *b && *a != '=') {
		a++;
		b++;
	}
	return (*a == '=' ? 0 : (unsigned char)*a) - (*b == '=' ? 0 : (unsigned char)*b);
}

static int compare_variables(const void *a_, const void *b_)
{
	const struct variable *a = a_;
	const struct variable *b = b_;
	int order = compare_names(a->text, b->text);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Put the last of len entries with one name, in their order, in the place of the first; the places of
 * the others become NULL. */
static void move_last(struct strlist *list, const struct variable *entries, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		free(steal(&list->items[entries[i].index]));
	if (len > 1)
		list->items[entries[0].index] = steal(&list->items[entries[len - 1].index]);
}

static void drop_places(struct strlist *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++)
		if (list->items[i])
			list->items[kept++] = list->items[i];
	if (kept < list->len)
		list->items[kept] = NULL;
	list->len = kept;
}

/* Sorted, because strangers choose how many entries there are. */
static void merge_duplicates(struct strlist *list)
{
	autofree struct variable *sorted = xcalloc(list->len, sizeof(*sorted));
	size_t end;

	for (size_t i = 0; i < list->len; i++)
		sorted[i] = (struct variable) { list->items[i], i };
	qsort(sorted, list->len, sizeof(*sorted), compare_variables);
	for (size_t start = 0; start < list->len; start = end) {
		for (end = start + 1; end < list->len; end++)
			if (compare_names(sorted[start].text, sorted[end].text) != 0)
				break;
		move_last(list, &sorted[start], end - start);
	}
	drop_places(list);
}

int environment_read(const struct jnode *array, struct strlist *ret, struct error *err)
{
	if (jnode_strings(array, ret, err) < 0 || check_entries(array, ret, err) < 0)
		return -1;
	if (ret->len)
		merge_duplicates(ret);
	return 0;
}
