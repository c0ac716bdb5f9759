/* SPDX-License-Identifier: Apache-2.0 */
#include "check/report.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static int print_object(const struct finding *finding, struct error *err)
{
	autojson json_t *object = finding_to_json(finding);

	return json_print(stdout, object, err);
}

static void print_line(const struct finding *finding)
{
	autostr struct str line = STR_INIT;

	finding_format(finding, &line);
	puts(line.data);
}

/* Is there an earlier leftover of the same kind, which has counted this one? */
static bool is_counted(const struct findings *findings, size_t i)
{
	const struct finding *finding = &findings->items[i];

	for (size_t j = 0; j < i; j++)
		if (findings->items[j].kind == FINDING_LEFTOVER &&
		    strcmp(findings->items[j].problem, finding->problem) == 0)
			return true;
	return false;
}

static void print_leftovers(const struct findings *findings, size_t first)
{
	const char *problem = findings->items[first].problem;
	autostr struct str line = STR_INIT;
	uint64_t bytes = 0;
	size_t n = 0;

	for (size_t i = first; i < findings->len; i++) {
		const struct finding *finding = &findings->items[i];

		if (finding->kind != FINDING_LEFTOVER || strcmp(finding->problem, problem) != 0)
			continue;
		bytes += finding->bytes;
		n++;
	}
	str_appendf(&line, "left over: %zu", n);
	if (bytes) {
		str_append(&line, ", ");
		str_append_size(&line, bytes);
	}
	str_append(&line, ": ");
	str_append_escaped(&line, problem);
	puts(line.data);
}

static int print_finding(const struct report *report, const struct findings *findings, size_t i,
			 struct error *err)
{
	const struct finding *finding = &findings->items[i];

	if (report->form == LIST_RECORDS)
		return print_object(finding, err);
	if (finding->kind != FINDING_LEFTOVER)
		print_line(finding);
	else if (!is_counted(findings, i))
		print_leftovers(findings, i);
	return 0;
}

int report_findings(struct report *report, const struct findings *findings, struct error *err)
{
	for (size_t i = 0; i < findings->len; i++) {
		const struct finding *finding = &findings->items[i];

		report->n_damaged += finding->is_damage;
		report->n_mended += finding->is_mended;
		report->n_leftovers += finding->kind == FINDING_LEFTOVER;
		if (print_finding(report, findings, i, err) < 0)
			return -1;
	}
	return 0;
}

void report_count(struct report *report, const struct look_counts *counts)
{
	report->counts.images += counts->images;
	report->counts.blobs += counts->blobs;
	report->counts.layers += counts->layers;
	report->counts.bundles += counts->bundles;
	report->counts.volumes += counts->volumes;
}

static int print_sum_object(const struct report *report, struct error *err)
{
	const struct look_counts *counts = &report->counts;
	autojson json_t *object =
		json_pack("{s{sIsIsIsIsI}sIsIsI}", "checked", "images", (json_int_t)counts->images,
			  "bundles", (json_int_t)counts->bundles, "layers",
			  (json_int_t)counts->layers, "blobs", (json_int_t)counts->blobs, "volumes",
			  (json_int_t)counts->volumes, "damaged", (json_int_t)report->n_damaged,
			  "mended", (json_int_t)report->n_mended, "leftovers",
			  (json_int_t)report->n_leftovers);

	return json_print(stdout, object, err);
}

static void append_number(struct str *line, size_t number, const char *noun)
{
	str_appendf(line, "%s%zu %s%s", line->len ? ", " : "", number, noun,
		    number == 1 ? "" : "s");
}

int report_sum(const struct report *report, struct error *err)
{
	const struct look_counts *counts = &report->counts;
	autostr struct str line = STR_INIT;

	if (report->form == LIST_RECORDS)
		return print_sum_object(report, err);
	append_number(&line, counts->images, "image");
	append_number(&line, counts->bundles, "bundle");
	append_number(&line, counts->layers, "layer");
	append_number(&line, counts->blobs, "blob");
	append_number(&line, counts->volumes, "volume");
	str_appendf(&line, " checked: %zu damaged", report->n_damaged);
	if (report->n_mended)
		str_appendf(&line, ", %zu of them mended", report->n_mended);
	puts(line.data);
	return 0;
}
