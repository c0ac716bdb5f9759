/* SPDX-License-Identifier: Apache-2.0 */
/* bundle ls and bundle show. */
#include "bundle_life.h"
#include "operand.h"
#include "opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/message.h"
#include "base/table.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"

#include <time.h>

static json_t *bundle_record(const struct store *store, const struct bundle *bundle)
{
	json_t *record = bundle_to_json(bundle);
	autolife struct bundle_life life = { 0 };
	char when[CLOCK_TEXT_MAX];

	bundle_life_read(bundle, &life);
	json_object_set_new(record, "status", json_string(life.status));
	json_object_set_new(record, "running", json_boolean(life.running));
	json_object_set_new(record, "ephemeral",
			    json_boolean(ephemeral_has_owner(store, bundle->id)));
	if (life.command)
		json_object_set(record, "command", life.command);
	if (*clock_rfc3339(life.created, when))
		json_object_set_new(record, "created", json_string(when));
	if (life.exited) {
		json_object_set_new(record, "exitCode", json_integer(life.end.exit_code));
		json_object_set_new(record, "finished",
				    json_string(clock_rfc3339(life.end.finished, when)));
	}
	return record;
}

static void add_row(struct table *table, const struct bundle *bundle)
{
	time_t now = clock_wall_ns() / CLOCK_NS;
	autolife struct bundle_life life = { 0 };
	autostr struct str command = STR_INIT;
	autofree char *age = NULL;
	autofree char *status = NULL;

	bundle_life_read(bundle, &life);
	age = table_age(life.created, now);
	status = bundle_life_status_text(&life, now);
	bundle_life_append_command(&life, &command);
	table_add(table, bundle->id);
	table_add(table, bundle->image.layout ? image_name(&bundle->image) : NULL);
	table_add(table, command.data);
	table_add(table, age);
	table_add(table, status);
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

	if (listing->running && bundle_container_status(bundle) != STATE_RUNNING)
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
		"ID", "IMAGE", "COMMAND", "CREATED", "STATUS", NULL
	};
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	struct listing listing = { .store = &store, .form = opts_list_form(opts) };
	int result;

	if (operands->len) {
		error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[0]);
		return error_hint(err, "the list has all; '%s NAME' shows one",
				  message_verb() ? "ctnr inspect" : "ctnr-store bundle show");
	}
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
	struct error cause = { 0 };
	json_t *config = bundle_config_read(bundle, &cause);

	if (cause.code)
		return error_move(err, &cause);
	if (config)
		json_object_set_new(record, "config", config);
	return json_show(stdout, record, err);
}

static int show_word(const char *word, void *data, struct error *err)
{
	const struct store *store = data;
	autobundle struct bundle bundle = BUNDLE_INIT;

	if (bundle_open(store, word, &bundle, err) < 0)
		return -1;
	if (show_bundle(store, &bundle, err) < 0)
		return error_prefix(err, "%s '%s'", bundle_word(), bundle.id);
	return 0;
}

int bundle_show(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	int there;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no %s given", bundle_word());
	there = opts_open_store(opts, &store, err);
	return there < 0 ? -1 : operand_each(operands, show_word, there ? &store : NULL, err);
}
