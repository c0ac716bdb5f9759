/* SPDX-License-Identifier: Apache-2.0 */
#include "removed.h"

#include "base/str.h"
#include "format/json.h"

#include <stdio.h>
#include <unistd.h>

static const struct {
	const char *member;
	const char *label;
} kinds[REMOVED_KIND_MAX] = {
	[REMOVED_NAME] = { "untagged", "Untagged: " },
	[REMOVED_IMAGE] = { "deleted", "Deleted: " },
	[REMOVED_BUNDLE] = { "removed", "" },
};

int removed_print(enum removed_kind kind, const char *name, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *object = NULL;

	if (!isatty(STDOUT_FILENO)) {
		object = json_pack("{ss}", kinds[kind].member, name);
		return json_print(stdout, object, err);
	}
	str_append_escaped(&text, name);
	printf("%s%s\n", kinds[kind].label, text.data);
	return 0;
}
