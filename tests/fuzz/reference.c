/* SPDX-License-Identifier: Apache-2.0 */
/* References, addresses, platforms and digests: what a parser accepts must mean the same when it
 * is written out and read again, and must be safe as a path. */
#include "base/alloc.h"
#include "base/str.h"
#include "format/digest.h"
#include "oci/address.h"
#include "oci/platform.h"
#include "oci/reference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_reference(const char *text)
{
	autoreference struct reference first = REFERENCE_INIT;
	autoreference struct reference second = REFERENCE_INIT;
	autofree char *full = NULL;
	autofree char *again = NULL;
	struct error err;

	if (reference_parse(text, &first, &err) < 0)
		return;
	full = reference_format(&first);
	if (reference_parse(full, &second, &err) < 0)
		abort();
	again = reference_format(&second);
	if (strcmp(full, again) != 0 || strstr(full, "/.") || strstr(full, "./") ||
	    strpbrk(full, " \t\r\n?#%\\"))
		abort();
	if (!first.tag && !first.digest)
		abort();
}

static void check_digest(const char *text)
{
	struct digest digest;
	struct error err;

	if (digest_parse(text, &digest, &err) == 0 &&
	    (strcmp(text, digest.text) != 0 || strpbrk(digest_hex(&digest), "/.:")))
		abort();
}

static void check_platform(const char *text)
{
	struct platform first;
	struct platform second;
	struct error err;
	char full[PLATFORM_TEXT_MAX];

	if (platform_parse(text, &first, &err) < 0)
		return;
	if (platform_parse(platform_format(&first, full), &second, &err) < 0 ||
	    platform_distance(&first, &second) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = xstrndup((const char *)data, size);
	autoaddress struct address address = ADDRESS_INIT;
	struct error err;

	check_reference(text);
	check_digest(text);
	check_platform(text);
	address_parse(text, &address, &err);
	address_release(&address);
	address_parse_destination(text, &address, &err);
	return 0;
}
