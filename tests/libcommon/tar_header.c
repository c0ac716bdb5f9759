/* SPDX-License-Identifier: Apache-2.0 */
/* The checksum of a header, as writers have added it. */
#include "tap.h"

#include "format/tar_header.h"

/* An empty file, its name's first byte beyond ASCII, with this checksum. */
static bool is_parsed_with(unsigned int checksum)
{
	unsigned char block[TAR_BLOCK_SIZE] = "\351x";
	struct tar_header header;
	struct error err = { 0 };

	snprintf((char *)block + 148, 8, "%06o", checksum);
	block[155] = ' ';
	return tar_header_parse(block, &header, &err) == 0;
}

int main(void)
{
	const unsigned int sum = 0351 + 'x' + 8 * ' ';

	ok(is_parsed_with(sum),
	   "a checksum of unsigned bytes is right, its own field counted as blanks");
	ok(is_parsed_with(sum - 256), "a checksum of signed bytes is, too");
	ok(!is_parsed_with(sum - 1) && !is_parsed_with(sum - 255) && !is_parsed_with(sum - 512),
	   "every other one is wrong");
	return done_testing();
}
