/* SPDX-License-Identifier: Apache-2.0 */
#include "listed_entry.h"

#include "base/alloc.h"

#include <string.h>

#define DIGEST_SHOWN 12 /* digits in a table */

const char *listed_entry_name(const struct index_entry *entry)
{
	return entry->name && str_is_line(entry->name) ? entry->name
						       : entry->descriptor.digest.text;
}

/* "HOST/NAME", and "TAG" or "" behind the last colon of the last component. */
static void split_name(const char *name, char **ret_repository, const char **ret_tag)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash ? slash : name;
	size_t len = (size_t)(last - name) + strcspn(last, ":@");

	*ret_repository = xstrndup(name, len);
	*ret_tag = name[len] == ':' ? name + len + 1 : "";
}

void listed_entry_add_name(const struct index_entry *entry, struct table *table)
{
	autofree char *digest = xstrndup(digest_hex(&entry->descriptor.digest), DIGEST_SHOWN);
	autofree char *repository = NULL;
	autofree char *tag_alone = NULL;
	const char *tag = "";

	if (entry->name) {
		split_name(entry->name, &repository, &tag);
		tag_alone = xstrndup(tag, strcspn(tag, "@"));
	}
	table_add(table, repository);
	table_add(table, tag_alone);
	table_add(table, digest);
}

void listed_entry_append_record(const struct index_entry *entry, const struct layout *layout,
				struct str *out)
{
	str_append(out, "{\"layout\":");
	str_append_json(out, layout->path);
	if (entry->name) {
		str_append(out, ",\"ref\":");
		str_append_json(out, entry->name);
	}
	str_append(out, ",\"descriptor\":");
	index_entry_append_json(entry, out);
}
