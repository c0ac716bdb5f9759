/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/openpgp_keys.h"

#include "format/base64.h"
#include "registry/openpgp_packet.h"

#include <stdbool.h>
#include <string.h>

#define ARMOR_BEGIN "-----BEGIN PGP "
#define ARMOR_END "-----END PGP "
#define ARMOR_PUBLIC "PUBLIC KEY BLOCK-----"
#define ARMOR_SECRET "PRIVATE KEY BLOCK-----"

void openpgp_keys_release(struct openpgp_keys *keys)
{
	if (!keys)
		return;
	str_release(&keys->packets);
	*keys = (struct openpgp_keys)OPENPGP_KEYS_INIT;
}

static int refuse_secret(struct error *err)
{
	return error_set(err, ERROR_FAILED, "has a secret key, which nobody needs who verifies");
}

/* Add one packet. */
static int add_packet(struct openpgp_keys *keys, const unsigned char *data,
		      const struct openpgp_packet *packet, struct error *err)
{
	switch (packet->tag) {
	case OPENPGP_PUBLIC_KEY:
		keys->len++;
		break;
	case OPENPGP_PUBLIC_SUBKEY:
	case OPENPGP_USER_ID:
	case OPENPGP_USER_ATTRIBUTE:
	case OPENPGP_SIGNATURE:
		if (keys->len == 0)
			return error_set(err, ERROR_FAILED, "does not begin with a public key");
		break;
	case OPENPGP_MARKER:
	case OPENPGP_TRUST:
	case OPENPGP_PADDING:
		return 0;
	case OPENPGP_SECRET_KEY:
	case OPENPGP_SECRET_SUBKEY:
		return refuse_secret(err);
	default:
		if (packet->tag >= OPENPGP_PRIVATE)
			return 0;
		return error_set(err, ERROR_FAILED, "is OpenPGP data, but no public key");
	}
	str_append_bytes(&keys->packets, data, packet->len);
	return 0;
}

static int add_binary(struct openpgp_keys *keys, const void *data, size_t len, struct error *err)
{
	const unsigned char *at = data;
	const unsigned char *end = at + len;

	while (at < end) {
		struct openpgp_packet packet;

		if (openpgp_packet_read(at, (size_t)(end - at), &packet, err) < 0 ||
		    add_packet(keys, at, &packet, err) < 0)
			return -1;
		at += packet.len;
	}
	return 0;
}

/* A text, line by line. */
struct lines {
	const char *at;
	const char *end;
};

/* The next line, without what is blank at its end; NULL behind the last one. */
static const char *next_line(struct lines *lines, size_t *ret_len)
{
	const char *line = lines->at;
	const char *feed;
	size_t len;

	if (line == lines->end)
		return NULL;
	feed = memchr(line, '\n', (size_t)(lines->end - line));
	lines->at = feed ? feed + 1 : lines->end;
	len = (size_t)((feed ? feed : lines->end) - line);
	while (len > 0 && strchr(" \t\r", line[len - 1]))
		len--;
	*ret_len = len;
	return line;
}

static bool line_starts_with(const char *line, size_t len, const char *text)
{
	return len >= strlen(text) && memcmp(line, text, strlen(text)) == 0;
}

/* Go on behind the next line that begins a block. 0: there is none. */
static int find_block(struct lines *lines, struct error *err)
{
	const char *line;
	size_t len;

	while ((line = next_line(lines, &len))) {
		if (!line_starts_with(line, len, ARMOR_BEGIN))
			continue;
		line += strlen(ARMOR_BEGIN);
		len -= strlen(ARMOR_BEGIN);
		if (line_starts_with(line, len, ARMOR_PUBLIC))
			return 1;
		if (line_starts_with(line, len, ARMOR_SECRET))
			return refuse_secret(err);
		return error_set(err, ERROR_FAILED, "is OpenPGP data, but no public key");
	}
	return 0;
}

/* Decode a block: headers, an empty line, base64, perhaps a checksum, which protects from nothing that
 * the keys' own signatures do not, and the end. */
static int read_block(struct lines *lines, struct str *ret, struct error *err)
{
	autostr struct str text = STR_INIT;
	const char *line;
	size_t len;

	while ((line = next_line(lines, &len)) && len > 0)
		if (line_starts_with(line, len, ARMOR_END))
			break;
	while (line && (line = next_line(lines, &len)) && !line_starts_with(line, len, ARMOR_END))
		if (len > 0 && line[0] != '=')
			str_append_bytes(&text, line, len);
	if (!line)
		return error_set(err, ERROR_FAILED, "is cut off: '%s' is missing", ARMOR_END);
	return base64_decode(text.data, text.len, ret, err);
}

static int add_armored(struct openpgp_keys *keys, const char *text, size_t len, struct error *err)
{
	struct lines lines = { text, text + len };
	int found;

	while ((found = find_block(&lines, err)) > 0) {
		autostr struct str block = STR_INIT;

		if (read_block(&lines, &block, err) < 0 ||
		    add_binary(keys, block.data, block.len, err) < 0)
			return -1;
	}
	return found;
}

int openpgp_keys_add(struct openpgp_keys *keys, const void *data, size_t len, struct error *err)
{
	autoopenpgp_keys struct openpgp_keys added = OPENPGP_KEYS_INIT;
	bool is_binary = len > 0 && openpgp_packet_tag(*(const unsigned char *)data);

	if (len > OPENPGP_KEYS_MAX)
		return error_set(err, ERROR_FAILED, "is longer than %u bytes", OPENPGP_KEYS_MAX);
	if ((is_binary ? add_binary(&added, data, len, err) : add_armored(&added, data, len, err)) <
	    0)
		return -1;
	if (added.len == 0)
		return error_set(err, ERROR_FAILED, "has no OpenPGP public key");
	str_append_bytes(&keys->packets, added.packets.data, added.packets.len);
	keys->len += added.len;
	return 0;
}
