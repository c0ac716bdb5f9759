/* SPDX-License-Identifier: Apache-2.0 */
/* An answer of a registry that is not what was asked for, as an error with what the registry says about it. */
#ifndef REGISTRY_REFUSAL_H
#define REGISTRY_REFUSAL_H

#include "registry/session.h"

/* Fail as the answer's status says: ERROR_NOT_FOUND for 404, ERROR_TEMPORARY for what may help later. The
 * hint is for what the session was opened for. Returns -1. */
int refusal_error(struct session *session, const struct http_response *response, struct error *err);

/* Does the registry refuse a manifest because it does not find a blob of it (MANIFEST_BLOB_UNKNOWN)? */
bool refusal_misses_blob(const struct http_response *response);

#endif
