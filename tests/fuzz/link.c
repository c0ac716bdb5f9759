/* SPDX-License-Identifier: Apache-2.0 */
/* Link headers, as a registry sends them. */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "net/link.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *value = xstrndup((const char *)data, size);
	autofree char *target = NULL;
	struct error err = { 0 };

	/* A target is a part of the header, and the brackets are none of it. */
	if (link_find(value, "next", &target, &err) == 1 &&
	    (strchr(target, '>') || !strstr(value, target)))
		abort();
	return 0;
}
