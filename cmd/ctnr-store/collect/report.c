/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/report.h"

#include "base/str.h"
#include "format/json.h"

#include <stdio.h>

static const char *const kinds[REPORT_KIND_MAX] = {
	[REPORT_NAME] = "name",   [REPORT_BUNDLE] = "bundle", [REPORT_MANIFEST] = "manifest",
	[REPORT_BLOB] = "blob",   [REPORT_LAYER] = "layer",   [REPORT_LEFTOVER] = "leftover",
	[REPORT_CACHE] = "cache",
};

static int print_object(enum report_kind kind, const char *name, uint64_t bytes, struct error *err)
{
	autojson json_t *object = json_pack("{ss ss sI}", "kind", kinds[kind], "name", name,
					    "bytes", (json_int_t)bytes);

	return json_print(stdout, object, err);
}

int report_gone(struct report *report, enum report_kind kind, const char *name, uint64_t bytes,
		struct error *err)
{
	autostr struct str line = STR_INIT;

	report->n_objects++;
	report->bytes += bytes;
	if (!report->is_for_people)
		return print_object(kind, name, bytes, err);
	if (kind == REPORT_NAME) {
		str_append(&line, report->is_dry_run ? "Would untag: " : "Untagged: ");
		str_append_escaped(&line, name);
	} else {
		str_appendf(&line, "%s: %s ", report->is_dry_run ? "Would delete" : "Deleted",
			    kinds[kind]);
		str_append_escaped(&line, name);
		str_append(&line, " (");
		str_append_size(&line, bytes);
		str_append(&line, ")");
	}
	puts(line.data);
	return 0;
}

int report_total(const struct report *report, struct error *err)
{
	autojson json_t *object = NULL;
	autostr struct str size = STR_INIT;

	if (report->is_for_people) {
		str_append_size(&size, report->bytes);
		printf("%s: %s\n", report->is_dry_run ? "Would reclaim" : "Total reclaimed space",
		       size.data);
		return 0;
	}
	object = json_pack("{ss sI sI}", "kind", "total", "objects", (json_int_t)report->n_objects,
			   "bytes", (json_int_t)report->bytes);
	return json_print(stdout, object, err);
}
