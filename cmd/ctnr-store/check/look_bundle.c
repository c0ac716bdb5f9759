/* SPDX-License-Identifier: Apache-2.0 */
#include "check/look.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "store/bundle.h"
#include "store/bundle_stack.h"
#include "store/ephemeral.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A finding about a bundle's file, or about the bundle (file NULL). */
static struct finding *add_bundle_finding(struct look *look, const char *id, const char *file)
{
	autofree char *name = file ? xasprintf("%s/%s", id, file) : xstrdup(id);
	autofree char *path = xasprintf("bundles/%s", name);

	return findings_add(&look->findings, FINDING_BUNDLE, name, path);
}

/* A bundle is complete once it has a record, and one that is made by hand needs none. */
static void look_at_record(struct look *look, const struct bundle *bundle)
{
	autobundle struct bundle again = BUNDLE_INIT;
	struct error cause = { 0 };
	struct finding *finding;
	struct stat st;

	if (fstatat(bundle->dirfd, BUNDLE_RECORD_FILE, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT) {
		finding = add_bundle_finding(look, bundle->id, BUNDLE_RECORD_FILE);
		finding_describe(finding, "is not there: the bundle is not finished");
		finding_set_remark(finding, REMEDY_NONE);
		return;
	}
	if (bundle_open(look->scope->store, bundle->id, &again, &cause) == 0 ||
	    cause.code == ERROR_NOT_FOUND)
		return;
	finding = add_bundle_finding(look, bundle->id, BUNDLE_RECORD_FILE);
	finding->remedy = REMEDY_REWRITE;
	finding_describe_error(finding, &cause);
}

static int read_config(const struct bundle *bundle, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *config = NULL;

	if (file_read_at(bundle->dirfd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, &text, err) < 0)
		return error_is(err, ERROR_NOT_FOUND) ? 0 : -1;
	config = json_parse_last(text.data, text.len, RUNTIME_CONFIG_FILE, err);
	if (!config)
		return -1;
	return json_is_object(config) ? 0 : error_set(err, ERROR_FAILED, "is no object");
}

/* Without a config it was only unpacked. */
static void look_at_runtime_config(struct look *look, const struct bundle *bundle)
{
	struct error cause = { 0 };

	if (read_config(bundle, &cause) < 0)
		finding_describe_error(add_bundle_finding(look, bundle->id, RUNTIME_CONFIG_FILE),
				       &cause);
}

/* What lower/N leads to must be a directory. */
static void look_at_link(struct look *look, const struct bundle *bundle, int lower,
			 const char *name)
{
	char layer[BUNDLE_STACK_LAYER_MAX];
	autofree char *file = NULL;
	struct finding *finding;
	struct stat st;

	if (fstatat(lower, name, &st, 0) == 0 && S_ISDIR(st.st_mode))
		return;
	file = xasprintf("lower/%s", name);
	finding = add_bundle_finding(look, bundle->id, file);
	if (bundle_stack_layer_name(lower, name, layer)) {
		finding_describe(finding, "layers/%s is not there", layer);
		finding->remedy = REMEDY_UNPACK;
	} else {
		finding_describe(finding, "leads to no layer");
	}
}

static void look_at_stack(struct look *look, const struct bundle *bundle)
{
	static const char *const places[] = { "upper", "work" };
	autoclose int lower = bundle_stack_open_lower(bundle->dirfd, NULL);
	char name[BUNDLE_STACK_NAME_MAX];
	struct stat st;

	if (lower < 0)
		return;
	bundle_stack_take_back(lower);
	for (size_t i = 0; bundle_stack_layer(lower, i, name, &st, NULL) > 0; i++)
		look_at_link(look, bundle, lower, name);
	for (size_t i = 0; i < array_size(places); i++)
		if (fstatat(bundle->dirfd, places[i], &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(st.st_mode))
			finding_describe(add_bundle_finding(look, bundle->id, places[i]),
					 "is not there");
}

static void look_at_lock(struct look *look, const struct bundle *bundle)
{
	struct stat st;

	if (fstatat(bundle->dirfd, "lock", &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		finding_describe(add_bundle_finding(look, bundle->id, "lock"),
				 "is not a regular file");
}

static bool has_record(const struct bundle *bundle)
{
	return faccessat(bundle->dirfd, BUNDLE_RECORD_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int look_at_bundle(const struct bundle *bundle, void *data, struct error *err)
{
	struct look *look = data;

	(void)err;
	if (!scope_has_bundle(look->scope, bundle->id))
		return 0;
	look->counts.bundles++;
	/* For one run: what a loss of power leaves of it is not whole, and is reclaimed. */
	if (ephemeral_has_owner(look->scope->store, bundle->id))
		return 0;
	look_at_record(look, bundle);
	look_at_lock(look, bundle);
	/* The rest is written before the record. */
	if (!has_record(bundle))
		return 0;
	look_at_runtime_config(look, bundle);
	look_at_stack(look, bundle);
	return 0;
}

/* What bundle_each() passes over: a registered bundle that is elsewhere, and not there now (the disk may be
 * away), and what is no directory. */
static void look_for_unopened(struct look *look)
{
	const struct scope *scope = look->scope;
	autostrlist struct strlist ids = STRLIST_INIT;

	dir_list_at(scope->store->dirfd, "bundles", &ids, NULL);
	strlist_sort(&ids);
	for (size_t i = 0; i < ids.len; i++) {
		autobundle struct bundle bundle = BUNDLE_INIT;
		struct error cause = { 0 };
		struct finding *finding;

		if (!bundle_id_is_valid(ids.items[i]) || !scope_has_bundle(scope, ids.items[i]) ||
		    bundle_open_damaged(scope->store, ids.items[i], &bundle, &cause) == 0)
			continue;
		finding = add_bundle_finding(look, ids.items[i], NULL);
		finding_describe_error(finding, &cause);
		if (cause.code == ERROR_NOT_FOUND)
			finding_set_remark(finding, REMEDY_NONE);
	}
}

void look_at_bundles(struct look *look)
{
	struct error cause = { 0 };

	look_for_unopened(look);
	if (bundle_each(look->scope->store, look_at_bundle, look, &cause) < 0)
		finding_describe_error(findings_add(&look->findings, FINDING_BUNDLE, "bundles",
						    "bundles"),
				       &cause);
}
