/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/owner.h"

#include <sys/xattr.h>

/* Protobuf: a field is a varint (NUMBER << 3 | TYPE) and its value. */
enum wire_type {
	WIRE_VARINT = 0,
	WIRE_64 = 1,
	WIRE_BYTES = 2,
	WIRE_32 = 5,
};

#define FIELD_UID 1
#define FIELD_GID 2
#define VARINT_MAX 10 /* bytes */

int owner_check(const struct identity *identity, struct owner owner, struct error *err)
{
	bool has_uid = idmap_has_inside(&identity->uids, owner.uid);

	if (identity_has_one_id(identity) ||
	    (has_uid && idmap_has_inside(&identity->gids, owner.gid)))
		return 0;
	error_set(err, ERROR_FAILED, "%s %u is not in the ID map", has_uid ? "gid" : "uid",
		  has_uid ? owner.gid : owner.uid);
	return error_hint(err,
			  "a range of at least %u IDs is needed: usermod --add-%s FIRST-LAST USER",
			  has_uid ? owner.gid : owner.uid, has_uid ? "subgids" : "subuids");
}

static size_t put_field(unsigned char *to, unsigned char number, uint32_t value)
{
	size_t len = 0;

	to[len++] = (unsigned char)(number << 3 | WIRE_VARINT);
	while (value >= 0x80) {
		to[len++] = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	to[len++] = (unsigned char)value;
	return len;
}

size_t owner_encode(struct owner owner, unsigned char value[OWNER_VALUE_MAX])
{
	size_t len = put_field(value, FIELD_UID, owner.uid);

	return len + put_field(value + len, FIELD_GID, owner.gid);
}

/* What is left of a message. */
struct wire {
	const unsigned char *bytes;
	size_t len;
};

static int take_varint(struct wire *wire, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < wire->len && i < VARINT_MAX; i++) {
		*ret |= (uint64_t)(wire->bytes[i] & 0x7f) << (7 * i);
		if (wire->bytes[i] & 0x80)
			continue;
		wire->bytes += i + 1;
		wire->len -= i + 1;
		return 0;
	}
	return -1;
}

static int skip_bytes(struct wire *wire, uint64_t len)
{
	if (len > wire->len)
		return -1;
	wire->bytes += len;
	wire->len -= (size_t)len;
	return 0;
}

static int skip_value(struct wire *wire, unsigned int type)
{
	uint64_t value;

	switch (type) {
	case WIRE_VARINT:
		return take_varint(wire, &value);
	case WIRE_64:
		return skip_bytes(wire, 8);
	case WIRE_BYTES:
		return take_varint(wire, &value) < 0 ? -1 : skip_bytes(wire, value);
	case WIRE_32:
		return skip_bytes(wire, 4);
	default:
		return -1;
	}
}

static int take_id(struct wire *wire, uint32_t *ret)
{
	uint64_t value;

	if (take_varint(wire, &value) < 0 || value > UINT32_MAX)
		return -1;
	*ret = (uint32_t)value;
	return 0;
}

int owner_decode(const void *value, size_t len, struct owner *ret)
{
	struct wire wire = { value, len };
	struct owner owner = { 0, 0 };

	while (wire.len) {
		uint64_t key;
		int result;

		if (take_varint(&wire, &key) < 0)
			return -1;
		if (key == (FIELD_UID << 3 | WIRE_VARINT))
			result = take_id(&wire, &owner.uid);
		else if (key == (FIELD_GID << 3 | WIRE_VARINT))
			result = take_id(&wire, &owner.gid);
		else
			result = key >> 3 ? skip_value(&wire, key & 7) : -1;
		if (result < 0)
			return -1;
	}
	*ret = owner;
	return 0;
}

int owner_set_xattr(int fd, struct owner owner)
{
	unsigned char value[OWNER_VALUE_MAX];
	size_t len = owner_encode(owner, value);

	return fsetxattr(fd, OWNER_XATTR, value, len, 0);
}
