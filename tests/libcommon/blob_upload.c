/* SPDX-License-Identifier: Apache-2.0 */
/* What registries say about how much of a blob they have. (Uploads: tests/ctnr-push.) */
#include "tap.h"

#include "base/alloc.h"
#include "registry/blob_upload.h"

static const struct {
	const char *value; /* NULL: there is no Range */
	bool says;
	uint64_t bytes;
} ranges[] = {
	{ NULL, false, 0 },
	{ "0-0", true, 0 },
	{ "0-1", true, 2 },
	{ "bytes=0-99", true, 100 },
	{ "Bytes=0-99", true, 100 },
	{ "0-18446744073709551613", true, UINT64_MAX - 1 },
	{ "0-18446744073709551615", false, 0 },
	{ "0-99999999999999999999", false, 0 },
	{ "1-99", false, 0 },
	{ "0-", false, 0 },
	{ "0--1", false, 0 },
	{ "0-99/100", false, 0 },
	{ "0-9 9", false, 0 },
	{ "bytes 0-99", false, 0 },
	{ "", false, 0 },
};

int main(void)
{
	for (size_t i = 0; i < array_size(ranges); i++) {
		autoresponse struct http_response response = HTTP_RESPONSE_INIT;
		uint64_t bytes = 0;

		if (ranges[i].value)
			strlist_take(&response.headers, xasprintf("range: %s", ranges[i].value));
		is_int(blob_upload_range(&response, &bytes), ranges[i].says,
		       ranges[i].value ? ranges[i].value : "no range");
		is_int((intmax_t)bytes, (intmax_t)ranges[i].bytes, "... is so many bytes");
	}
	return done_testing();
}
