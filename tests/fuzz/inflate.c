/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed data from anywhere: what comes out of it does not depend on the pieces in which it goes
 * in. */
#include "base/str.h"
#include "format/inflate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A bomb is not what is looked for here. */
#define OUTPUT_MAX (1U << 20)

/* Returns 0, or -1 when the data are damaged; ret gets what came out before. */
static int inflate_all(const uint8_t *data, size_t size, size_t step, struct str *ret)
{
	autoinflate struct inflate *inflate = inflate_new();
	struct error err;
	int more = 0;

	for (size_t done = 0; done < size; done += step) {
		const unsigned char *in = data + done;
		size_t len = size - done < step ? size - done : step;

		do {
			unsigned char out[1000];
			size_t out_len = sizeof(out);

			more = inflate_run(inflate, &in, &len, out, &out_len, &err);
			if (more < 0 || ret->len > OUTPUT_MAX)
				return -1;
			str_append_bytes(ret, out, out_len);
		} while (more > 0);
	}
	return inflate_finish(inflate, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str whole = STR_INIT;
	autostr struct str pieces = STR_INIT;
	int result = inflate_all(data, size, size ? size : 1, &whole);

	if (inflate_all(data, size, 1, &pieces) != result)
		abort();
	/* Of damaged data more or less may have come out when that was seen. */
	if (result == 0 &&
	    (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0))
		abort();
	return 0;
}
