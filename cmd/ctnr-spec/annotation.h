/* SPDX-License-Identifier: Apache-2.0 */
/* annotations: the image's labels and other facts (image-spec conversion.md, "Annotations"). */
#ifndef CTNR_SPEC_ANNOTATION_H
#define CTNR_SPEC_ANNOTATION_H

#include "spec.h"

int annotation_apply(struct spec *spec, struct error *err);

#endif
