/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/openpgp_packet.h"

#include <stdbool.h>

#define FIRST_ALWAYS 0x80
#define FIRST_NEW_FORMAT 0x40
#define NEW_TWO_OCTETS 192 /* the first octet of a length of two: 192 to 223 */
#define NEW_PARTIAL 224 /* 224 to 254 */
#define NEW_FIVE_OCTETS 255

unsigned openpgp_packet_tag(unsigned char first)
{
	if (!(first & FIRST_ALWAYS))
		return OPENPGP_NONE;
	return first & FIRST_NEW_FORMAT ? first & 0x3f : first >> 2 & 0xf;
}

static size_t read_number(const unsigned char *data, size_t octets)
{
	size_t number = 0;

	for (size_t i = 0; i < octets; i++)
		number = number << 8 | data[i];
	return number;
}

/* How many octets a length has (4.2.1: with the 255 before four), and the length; 0: none that is given
 * at once. */
static size_t read_old_length(const unsigned char *data, size_t len, size_t *ret)
{
	static const unsigned char octets[] = { 1, 2, 4, 0 };
	size_t n = octets[data[0] & 3];

	if (n == 0 || len < 1 + n)
		return 0;
	*ret = read_number(data + 1, n);
	return n;
}

static size_t read_new_length(const unsigned char *data, size_t len, size_t *ret)
{
	unsigned first = len > 1 ? data[1] : NEW_PARTIAL;
	size_t n = first < NEW_TWO_OCTETS ? 1 : first == NEW_FIVE_OCTETS ? 5 : 2;

	if ((first >= NEW_PARTIAL && first != NEW_FIVE_OCTETS) || len < 1 + n)
		return 0;
	if (n == 1)
		*ret = first;
	else if (n == 2)
		*ret = read_number(data + 1, 2) - (NEW_TWO_OCTETS << 8) + NEW_TWO_OCTETS;
	else
		*ret = read_number(data + 2, 4);
	return n;
}

int openpgp_packet_read(const unsigned char *data, size_t len, struct openpgp_packet *ret,
			struct error *err)
{
	bool is_new = data[0] & FIRST_NEW_FORMAT;
	unsigned tag = openpgp_packet_tag(data[0]);
	size_t body = 0;
	size_t octets;

	if (tag == OPENPGP_NONE)
		return error_set(err, ERROR_FAILED, "is no OpenPGP data");
	octets = is_new ? read_new_length(data, len, &body) : read_old_length(data, len, &body);
	if (octets == 0 || body > len - 1 - octets)
		return error_set(err, ERROR_FAILED, "is cut off, or damaged");
	ret->tag = tag;
	ret->len = 1 + octets + body;
	return 0;
}
