/* SPDX-License-Identifier: Apache-2.0 */
#include "check/origin.h"
#include "check/repair.h"

#include "base/alloc.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "system/fd.h"

#include <stdlib.h>
#include <string.h>

/* A container that runs reads its bundle's record no more. */
static int lock_bundle(const struct bundle *bundle, struct error *err)
{
	struct error cause = { 0 };
	int lock = bundle_lock(bundle, &cause);

	if (lock >= 0 || (cause.code == ERROR_FAILED && !cause.saved_errno))
		return lock;
	error_move(err, &cause);
	return -1;
}

static int rewrite_record(const struct scope *scope, const char *id, struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autobundle struct bundle present = BUNDLE_INIT;
	autoclose int lock = -EBADF;
	struct error cause = { 0 };

	if (bundle_open_damaged(scope->store, id, &bundle, err) < 0)
		return -1;
	lock = lock_bundle(&bundle, &cause);
	if (cause.code)
		return error_move(err, &cause);
	/* Somebody may have been here before the lock was ours. */
	repair_open_up(bundle.dirfd, BUNDLE_RECORD_FILE);
	if (bundle_open(scope->store, id, &present, &cause) == 0)
		return 0;
	if (!repair_may_replace(&cause))
		return error_move(err, &cause);
	origin_find(scope, ORIGIN_CERTAIN, &bundle);
	if (repair_set_aside(bundle.dirfd, BUNDLE_RECORD_FILE, err) < 0)
		return -1;
	return bundle_save(&bundle, FILE_SYNC, err);
}

void repair_records(struct repair *repair)
{
	for (size_t i = 0; i < repair->findings->len; i++) {
		struct finding *finding = &repair->findings->items[i];
		autofree char *id = xstrndup(finding->name, strcspn(finding->name, "/"));
		struct error cause = { 0 };

		if (finding->is_damage && finding->kind == FINDING_BUNDLE &&
		    finding->remedy == REMEDY_REWRITE &&
		    rewrite_record(repair->scope, id, &cause) < 0)
			repair_refuse(finding, "%s", cause.message);
	}
}
