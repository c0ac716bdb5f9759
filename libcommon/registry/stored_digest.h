/* SPDX-License-Identifier: Apache-2.0 */
/* The digest by which a registry says that it has stored what it was given (Docker-Content-Digest). */
#ifndef REGISTRY_STORED_DIGEST_H
#define REGISTRY_STORED_DIGEST_H

#include "format/digest.h"
#include "net/http.h"

/* ERROR_VERIFY when it is another one. An answer without one, or with one that is none or of another algorithm,
 * says nothing. */
int stored_digest_check(const struct http_response *response, const struct digest *wanted,
			struct error *err);

#endif
