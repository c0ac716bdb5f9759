/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command prints of the image that it made or named: the option --print of the tools.
 *
 *	{ "print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE,
 *	  offsetof(struct fetch_opts, print), image_print_names },
 */
#ifndef STORE_IMAGE_PRINT_H
#define STORE_IMAGE_PRINT_H

#include "store/image.h"

#include <stdio.h>

enum image_print {
	IMAGE_PRINT_RECORD, /* JSON, for the next tool */
	IMAGE_PRINT_REF, /* the name alone, for people and shells */
};

/* By enum image_print, NULL-terminated: the choices of an option. */
extern const char *const image_print_names[];

/* Print one line. An image without a name is shown by its digest. */
int image_print(FILE *out, const struct image *image, enum image_print what, struct error *err);

#endif
