/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/stored_digest.h"

int stored_digest_check(const struct http_response *response, const struct digest *wanted,
			struct error *err)
{
	const char *text = http_header(response, "docker-content-digest", 0);
	struct digest stored;

	if (!text || digest_parse(text, &stored, NULL) < 0 ||
	    stored.algorithm != wanted->algorithm || digest_equal(&stored, wanted))
		return 0;
	return error_set(err, ERROR_VERIFY, "the registry has stored %s instead of %s", stored.text,
			 wanted->text);
}
