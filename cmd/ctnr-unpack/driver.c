/* SPDX-License-Identifier: Apache-2.0 */
#include "driver.h"

#include "base/alloc.h"
#include "layer/overlay_place.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FILESYSTEMS_MAX (64U << 10) /* bytes of /proc/filesystems */

/* Is the overlay there, or a module that the first mount loads? */
static bool has_overlay(void)
{
	autofree char *module = NULL;
	autostr struct str text = STR_INIT;
	struct utsname kernel;

	if (file_read_at(AT_FDCWD, "/proc/filesystems", FILESYSTEMS_MAX, &text, NULL) == 0 &&
	    strstr(text.data, "\toverlay\n"))
		return true;
	if (uname(&kernel) < 0)
		return false;
	module = xasprintf("/lib/modules/%s/kernel/fs/overlayfs", kernel.release);
	return access(module, F_OK) == 0;
}

/* Where would the bundle called word be made? Returns a descriptor; -EBADF when that is not known, or
 * is the store itself. */
static int open_bundle_place(const struct store *store, const char *word)
{
	const char *slash = word ? strrchr(word, '/') : NULL;
	autofree char *parent = slash ? xstrndup(word, (size_t)(slash - word) + 1) : NULL;
	autostore struct store home = STORE_INIT;

	if (parent)
		return dir_open_at(AT_FDCWD, parent, NULL);
	if (store->writable || store_for_writing(store, &home, NULL) < 0)
		return -EBADF;
	return fd_steal(&home.dirfd);
}

/* An overlay writes its marks into the layers, when they are made, and into the bundle. */
static enum overlay_place check_places(const struct store *store, const char *word,
				       const struct bundle *present)
{
	enum overlay_place result =
		store->writable ? overlay_place_check(store->dirfd) : OVERLAY_PLACE_FIT;
	autoclose int place = -EBADF;

	if (result != OVERLAY_PLACE_FIT)
		return result;
	if (present->dirfd >= 0)
		return overlay_place_check(present->dirfd);
	place = open_bundle_place(store, word);
	return place >= 0 ? overlay_place_check(place) : OVERLAY_PLACE_FIT;
}

static int check_asked_overlay(enum overlay_place place, struct error *err)
{
	/* An image of one layer runs on a nested overlay with some kernels: the kernel's own answer
	 * comes where it is mounted. */
	if (place == OVERLAY_PLACE_FIT || place == OVERLAY_PLACE_NESTED)
		return BUNDLE_OVERLAY;
	error_set(err, ERROR_FAILED, "--driver overlay: the filesystem %s",
		  overlay_place_faults[place]);
	return error_hint(
		err, "use --driver copy, or a store on another filesystem (--store, CTNR_STORE)");
}

int driver_choose(const struct store *store, enum bundle_driver asked, const char *word,
		  const struct bundle *present, struct error *err)
{
	bool is_present = present->dirfd >= 0 && present->driver != BUNDLE_AUTO;
	enum bundle_driver wanted = asked != BUNDLE_AUTO ? asked
				    : is_present         ? present->driver
							 : BUNDLE_AUTO;

	if (wanted == BUNDLE_COPY || (wanted == BUNDLE_AUTO && !has_overlay()))
		return BUNDLE_COPY;
	if (wanted == BUNDLE_OVERLAY)
		return check_asked_overlay(check_places(store, word, present), err);
	return check_places(store, word, present) == OVERLAY_PLACE_FIT ? BUNDLE_OVERLAY
								       : BUNDLE_COPY;
}
