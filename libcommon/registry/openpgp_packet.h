/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packets that OpenPGP keys and messages consist of (RFC 4880, section 4), as far as their headers go.
 *
 *	struct openpgp_packet packet;
 *
 *	for (; len > 0; data += packet.len, len -= packet.len)
 *		if (openpgp_packet_read(data, len, &packet, err) < 0) ...
 */
#ifndef REGISTRY_OPENPGP_PACKET_H
#define REGISTRY_OPENPGP_PACKET_H

#include "base/error.h"

#include <stddef.h>

enum openpgp_tag {
	OPENPGP_NONE = 0, /* it is no packet */
	OPENPGP_ENCRYPTED_KEY = 1,
	OPENPGP_SIGNATURE = 2,
	OPENPGP_SYMMETRIC_KEY = 3,
	OPENPGP_ONE_PASS_SIGNATURE = 4,
	OPENPGP_SECRET_KEY = 5,
	OPENPGP_PUBLIC_KEY = 6,
	OPENPGP_SECRET_SUBKEY = 7,
	OPENPGP_COMPRESSED = 8,
	OPENPGP_ENCRYPTED = 9,
	OPENPGP_MARKER = 10,
	OPENPGP_LITERAL = 11,
	OPENPGP_TRUST = 12,
	OPENPGP_USER_ID = 13,
	OPENPGP_PUBLIC_SUBKEY = 14,
	OPENPGP_USER_ATTRIBUTE = 17,
	OPENPGP_ENCRYPTED_PROTECTED = 18,
	OPENPGP_ENCRYPTED_AEAD = 20,
	OPENPGP_PADDING = 21,
	OPENPGP_PRIVATE = 60, /* and up */
};

struct openpgp_packet {
	unsigned tag;
	size_t len; /* with its header */
};

/* The tag that a packet's first byte says. */
unsigned openpgp_packet_tag(unsigned char first);

/* Read the header of the packet that len > 0 bytes begin with. ERROR_FAILED when it is none, reaches
 * behind the end, or has no length of its own (partial and indeterminate lengths, which keys may not
 * have). */
int openpgp_packet_read(const unsigned char *data, size_t len, struct openpgp_packet *ret,
			struct error *err);

#endif
