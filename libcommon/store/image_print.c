/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image_print.h"

const char *const image_print_names[] = {
	[IMAGE_PRINT_RECORD] = "record", [IMAGE_PRINT_REF] = "ref", NULL
};

int image_print(FILE *out, const struct image *image, enum image_print what, struct error *err)
{
	autojson json_t *record = NULL;

	if (what == IMAGE_PRINT_REF) {
		if (fprintf(out, "%s\n", image_name(image)) < 0)
			return error_errno(err, "cannot write the name of the image");
		return 0;
	}
	record = image_to_json(image);
	return json_print(out, record, err);
}
