/* SPDX-License-Identifier: Apache-2.0 */
#include "check/remake.h"

#include "check/program.h"

#include "base/alloc.h"
#include "system/sync.h"

#include <unistd.h>

/* A name that no other process uses, and the mark of this one: whatever becomes of us, the bundle is reclaimed. */
int remake_layers(const struct store *store, const struct image *image, struct error *err)
{
	autojson json_t *record = image_to_json(image);
	autofree char *text = json_format(record);
	autofree char *id = xasprintf("check-%d", (int)getpid());
	autofree char *pid = xasprintf("%d", (int)getpid());
	const char *const unpack[] = { "ctnr-unpack",
				       "--store",
				       store->path,
				       "--driver",
				       "overlay",
				       "--bundle",
				       id,
				       "--ephemeral",
				       pid,
				       "--progress=none",
				       text,
				       sync_is_enabled() ? NULL : "--no-sync",
				       NULL };
	const char *const remove[] = { "ctnr-store", "bundle", "rm", "--store",
				       store->path,  id,       NULL };
	int status = program_run(unpack, err);

	if (status < 0)
		return -1;
	if (status)
		return error_set(err, ERROR_FAILED, "it cannot be unpacked again (status %d)",
				 status);
	return program_run(remove, err) < 0 ? -1 : 0;
}
