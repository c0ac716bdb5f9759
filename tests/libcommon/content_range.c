/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "net/content_range.h"

#define NONE UINT64_MAX

static void start(const char *value, uint64_t wanted, const char *title)
{
	uint64_t got = NONE;
	bool found = content_range_start(value, &got);

	ok(found == (wanted != NONE) && got == wanted, title);
}

int main(void)
{
	start("bytes 98-195/196", 98, "the first byte of a range");
	start("bytes 0-195/196", 0, "of all there is");
	start("bytes 7-9/*", 7, "of something that has no known length");
	start("Bytes 7-9/10", 7, "the case of the unit means nothing");
	start("bytes 18446744073709551614-", UINT64_MAX - 1, "as far as numbers go");
	start("bytes 18446744073709551616-", NONE, "and not beyond");
	start("bytes */196", NONE, "a range that is not there has no first byte");
	start("bytes 98", NONE, "a number alone is no range");
	start("bytes -98", NONE, "a range that counts from the end says nothing of its beginning");
	start("bytes +1-2/3", NONE, "a sign is no digit");
	start("bytes  1-2/3", NONE, "nor is a blank");
	start("bytes=1-2/3", NONE, "what asks for a range is no answer");
	start("lines 1-2/3", NONE, "another unit is none");
	start("", NONE, "nothing");
	start(NULL, NONE, "no header");
	return done_testing();
}
