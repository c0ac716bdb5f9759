/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/line.h"

#include "base/alloc.h"
#include "format/json.h"
#include "system/fd.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 700 /* bytes of a message in a line */

_Static_assert(2 * (FINDING_PATH_MAX + TEXT_MAX) + 512 <= PIPE_BUF, "a line is written whole");

/* The text as people may see it, cut; new. */
static json_t *text_value(const char *text, size_t max)
{
	autostr struct str escaped = STR_INIT;

	str_append_escaped(&escaped, text);
	if (escaped.len > max) {
		/* Not amid a character. */
		for (max -= strlen("..."); max && (escaped.data[max] & 0xc0) == 0x80;)
			max--;
		escaped.data[max] = '\0';
		escaped.len = max;
		str_append(&escaped, "...");
	}
	return json_string(escaped.data);
}

/* When the tool is gone, so is what the work is for. */
static void write_line(const json_t *line)
{
	autofree char *text = json_format(line);
	autofree char *whole = xasprintf("%s\n", text);

	if (fd_write_all(STDOUT_FILENO, whole, strlen(whole)) < 0)
		_exit(ERROR_FAILED);
}

void line_of_blob(const struct job_blob *blob, enum blob_fault fault, const char *message)
{
	autojson json_t *line = json_object();

	json_object_set_new(line, "blob", json_string(blob->digest.text));
	if (fault == BLOB_FAULT_NONE) {
		json_object_set_new(line, "bytes", json_integer((json_int_t)blob->size));
	} else {
		json_object_set_new(line, "error", text_value(message, TEXT_MAX));
		json_object_set_new(line, "kind", json_string(blob_fault_name(fault)));
	}
	write_line(line);
}

void line_of_layer(const struct job_layer *layer, const struct report *report)
{
	autojson json_t *line = json_object();

	json_object_set_new(line, "layer", json_string(layer->path));
	switch (report->kind) {
	case REPORT_DIFFERS:
		json_object_set_new(line, "path", text_value(report->path, FINDING_PATH_MAX));
		json_object_set_new(line, "error", text_value(report->text, TEXT_MAX));
		break;
	case REPORT_MORE:
		json_object_set_new(line, "more", json_integer((json_int_t)report->value));
		break;
	case REPORT_SKIPPED:
		json_object_set_new(line, "skipped", text_value(report->text, TEXT_MAX));
		break;
	default:
		break;
	}
	write_line(line);
}

void line_of_failure(const struct error *failure)
{
	autojson json_t *line = json_object();

	json_object_set_new(line, "failed", text_value(failure->message, TEXT_MAX));
	if (failure->hint[0])
		json_object_set_new(line, "hint", text_value(failure->hint, TEXT_MAX));
	write_line(line);
}
