/* SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <sys/stat.h>

void records_init(struct records *records, struct owners_stack *owners, struct below *below)
{
	*records = (struct records) { .owners = owners, .below = below };
	for (size_t i = 1; below && i < owners->n_dirfds; i++) {
		struct stat st;

		if (owners->files[i] >= 0 && fstat(owners->files[i], &st) == 0 && st.st_size > 0)
			records->has_lower_records = true;
	}
}

/* The record of one file that is about an object of that kind. */
static int find_fitting(struct records *records, const char *path, size_t layer,
			const struct stat *st, struct owners_record *ret, struct error *err)
{
	struct owners_record record;
	int found = owners_stack_find(records->owners, layer, path, &record, err);

	if (found < 0)
		return -1;
	if (found == 0 || !owners_record_fits(&record, st))
		return 0;
	*ret = record;
	return 1;
}

/* What the kernel copied up without what only a record says: it has the type that it had. */
static bool may_be_copied_up(const struct stat *st)
{
	return S_ISLNK(st->st_mode) || S_ISFIFO(st->st_mode) ||
	       (S_ISREG(st->st_mode) && st->st_size == 0);
}

int records_find(struct records *records, const char *path, size_t layer, const struct stat *st,
		 struct owners_record *ret, struct error *err)
{
	int result = find_fitting(records, path, layer, st, ret, err);
	struct below_found found;

	if (result != 0 || layer != 0 || !records->has_lower_records || !may_be_copied_up(st))
		return result;
	if (below_find(records->below, path, BELOW_IN_LAYERS, &found, NULL, err) < 0)
		return -1;
	if (found.kind != STACK_OTHER)
		return 0;
	if ((found.stat.st_mode & S_IFMT) != (st->st_mode & S_IFMT))
		return 0;
	return find_fitting(records, path, found.layer, &found.stat, ret, err);
}
