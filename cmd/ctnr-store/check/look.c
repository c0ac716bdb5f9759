/* SPDX-License-Identifier: Apache-2.0 */
#include "check/look.h"

#include "check/need.h"

#include "base/alloc.h"
#include "layer/owners_table.h"
#include "system/fd.h"

#include <stdlib.h>
#include <string.h>

void look_init(struct look *look, const struct scope *scope)
{
	*look = (struct look) {
		.scope = scope,
		.findings = FINDINGS_INIT,
		.present = json_object(),
		.sources = json_object(),
		.seen = json_object(),
		.depths = json_object(),
		.damaged = json_object(),
	};
}

void look_release(struct look *look)
{
	findings_release(&look->findings);
	free(look->blobs);
	json_free(&look->present);
	json_free(&look->sources);
	json_free(&look->seen);
	json_free(&look->depths);
	json_free(&look->damaged);
	for (size_t i = 0; i < look->n_images; i++) {
		free(look->images[i].diff_ids);
		free(look->images[i].layers);
	}
	free(look->images);
}

void look_take(struct look *look)
{
	const struct scope *scope = look->scope;

	if (scope->layout.dirfd >= 0) {
		look_list_blobs(look);
		look_at_layout(look);
	}
	if (scope->store) {
		look_at_layers(look);
		look_at_bundles(look);
		look_at_volumes(look);
	}
	need_find(scope, &look->findings);
}

/* The number of the first line that is damaged, or 0. */
static size_t find_damaged_line(const struct str *text)
{
	size_t number = 0;

	for (const char *line = text->data; line && *line; number++) {
		const char *end = strchr(line, '\n');
		struct owners_record record;

		if (!end || owners_parse(line, (size_t)(end - line), &record, NULL) < 0)
			return number + 1;
		line = end + 1;
	}
	return strlen(text->data) == text->len ? 0 : number + 1;
}

char *look_at_owners(const struct scope *scope, const char *path)
{
	autostr struct str text = STR_INIT;
	struct error cause = { 0 };
	size_t number;

	if (file_read_at(scope->store->dirfd, path, OWNERS_MAX, &text, &cause) < 0)
		return cause.saved_errno == ENOENT ? NULL : xstrdup(cause.message);
	number = text.len ? find_damaged_line(&text) : 0;
	return number ? xasprintf("'" OWNERS_FILE "': line %zu is damaged", number) : NULL;
}
