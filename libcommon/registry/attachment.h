/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures that are kept in the image's own repository, in both forms that cosign has had: the layers of the
 * manifest with the tag ALGORITHM-HEX.sig, and bundles, which refer to the image.
 */
#ifndef REGISTRY_ATTACHMENT_H
#define REGISTRY_ATTACHMENT_H

#include "format/digest.h"
#include "registry/image_signature.h"
#include "registry/repository.h"

/* Append the signatures of a manifest or index. A mirror that has none does not hide those of the next
 * place. One that cannot be had, because it is too large, missing or not what its digest says, is there
 * with its flaw. */
int attachment_get(struct repository *repository, struct repository_connection *connection,
		   const struct digest *digest, struct image_signature_list *ret,
		   struct error *err);

#endif
