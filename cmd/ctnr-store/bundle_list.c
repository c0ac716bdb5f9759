/* SPDX-License-Identifier: Apache-2.0 */
/* bundle ls and bundle show. */
#include "operand.h"
#include "opts.h"
#include "table.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/runtime.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* When the directory was made, or last changed where the filesystem does not know. */
static time_t creation_time(const struct bundle *bundle)
{
	struct statx stx;

	if (statx(bundle->dirfd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &stx) < 0)
		return 0;
	return stx.stx_mask & STATX_BTIME ? stx.stx_btime.tv_sec : stx.stx_mtime.tv_sec;
}

static bool is_running(const struct bundle *bundle)
{
	return bundle_container_status(bundle) == STATE_RUNNING;
}

static json_t *bundle_record(const struct store *store, const struct bundle *bundle)
{
	json_t *record = bundle_to_json(bundle);
	time_t then = creation_time(bundle);
	char when[CLOCK_TEXT_MAX];

	json_object_set_new(record, "running", json_boolean(is_running(bundle)));
	json_object_set_new(record, "ephemeral",
			    json_boolean(ephemeral_has_owner(store, bundle->id)));
	if (*clock_rfc3339(then, when))
		json_object_set_new(record, "created", json_string(when));
	return record;
}

static const char *status_of(const struct bundle *bundle)
{
	enum state_status status = bundle_container_status(bundle);

	if (status != STATE_STOPPED)
		return state_status_names[status];
	if (faccessat(bundle->dirfd, RUNTIME_CONFIG_FILE, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return "unpacked";
	return "stopped";
}

static void add_row(struct table *table, const struct bundle *bundle)
{
	autofree char *age = table_age(creation_time(bundle), clock_wall_ns() / CLOCK_NS);

	table_add(table, bundle->id);
	table_add(table, bundle->image.layout ? image_name(&bundle->image) : NULL);
	table_add(table, bundle_driver_names[bundle->driver]);
	table_add(table, status_of(bundle));
	table_add(table, age);
}

struct listing {
	const struct store *store;
	enum list_form form;
	bool running; /* only these */
	struct table table;
};

static int list_bundle(const struct bundle *bundle, void *data, struct error *err)
{
	struct listing *listing = data;
	autojson json_t *record = NULL;

	if (listing->running && !is_running(bundle))
		return 0;
	switch (listing->form) {
	case LIST_NAMES:
		puts(bundle->id);
		return 0;
	case LIST_TABLE:
		add_row(&listing->table, bundle);
		return 0;
	case LIST_RECORDS:
		break;
	}
	record = bundle_record(listing->store, bundle);
	return json_print(stdout, record, err);
}

int bundle_ls(const void *opts_, const struct strlist *operands, struct error *err)
{
	static const char *const headings[] = {
		"ID", "IMAGE", "DRIVER", "STATUS", "CREATED", NULL
	};
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	struct listing listing = { .store = &store, .form = opts_list_form(opts) };
	int result;

	if (operands->len)
		return error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[0]);
	listing.running = opts->running && !opts->all;
	table_init(&listing.table, headings);
	result = opts_open_store(opts, &store, err);
	if (result > 0)
		result = bundle_each(&store, list_bundle, &listing, err);
	if (result == 0 && listing.form == LIST_TABLE)
		table_print(stdout, &listing.table);
	table_release(&listing.table);
	return result;
}

static int show_bundle(const struct store *store, const struct bundle *bundle, struct error *err)
{
	autojson json_t *record = bundle_record(store, bundle);
	autostr struct str text = STR_INIT;
	struct error cause = { 0 };
	json_t *config;

	if (file_read_at(bundle->dirfd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, &text, &cause) ==
	    0) {
		config = json_parse(text.data, text.len, RUNTIME_CONFIG_FILE, err);
		if (!config)
			return -1;
		json_object_set_new(record, "config", config);
	} else if (cause.code != ERROR_NOT_FOUND) {
		return error_move(err, &cause);
	}
	return json_print(stdout, record, err);
}

static int show_word(const char *word, void *data, struct error *err)
{
	const struct store *store = data;
	autobundle struct bundle bundle = BUNDLE_INIT;

	if (bundle_open(store, word, &bundle, err) < 0)
		return -1;
	if (show_bundle(store, &bundle, err) < 0)
		return error_prefix(err, "bundle '%s'", bundle.id);
	return 0;
}

int bundle_show(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	int there;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no bundle given");
	there = opts_open_store(opts, &store, err);
	return there < 0 ? -1 : operand_each(operands, show_word, there ? &store : NULL, err);
}
