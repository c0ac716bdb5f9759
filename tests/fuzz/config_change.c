/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions on a config, one a line behind the config's text: whatever they do, the result is a config that
 * can be written and read again, and a refused one changes nothing. */
#include "base/alloc.h"
#include "base/str.h"
#include "oci/config_change.h"
#include "oci/image_history.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Is it the same document when it was written and read? */
static void check_writable(const json_t *image)
{
	autofree char *text = json_format(image);
	autojson json_t *again = json_parse(text, strlen(text), "again", NULL);

	if (!again || !json_equal(image, again))
		abort();
}

static void check_instruction(struct config_change *change, const char *text)
{
	autojson json_t *before = json_deep_copy(change->image);
	struct error err = { 0 };

	if (config_change_apply(change, text, &err) == 0) {
		check_writable(change->image);
		return;
	}
	/* "config" may have come to be, empty. */
	if (!json_object_get(before, "config"))
		json_object_set_new(before, "config", json_object());
	if (!json_object_get(change->image, "config"))
		json_object_set_new(change->image, "config", json_object());
	if (!json_equal(before, change->image) || !err.message[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = xstrndup((const char *)data, size);
	autoimagehistory struct image_history history = IMAGE_HISTORY_INIT;
	autojson json_t *image = NULL;
	struct config_change change = { 0 };
	char *rest = text;
	char *line = strsep(&rest, "\n");

	image = json_parse(line, strlen(line), "fuzz", NULL);
	if (!json_is_object(image)) {
		json_free(&image);
		image = json_object();
	}
	image_history_read(image, &history, NULL);
	change.image = image;
	while ((line = strsep(&rest, "\n")))
		check_instruction(&change, line);
	return 0;
}
