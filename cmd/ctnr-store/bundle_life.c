/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_life.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/table.h"
#include "format/json_plain.h"
#include "oci/runtime.h"
#include "store/bundle_lock.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define COMMAND_SHOWN 24 /* characters in a table */

/* When the directory was made, or last changed where the filesystem does not know. */
static time_t creation_time(const struct bundle *bundle)
{
	struct statx stx;

	if (statx(bundle->dirfd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &stx) < 0)
		return 0;
	return stx.stx_mask & STATX_BTIME ? stx.stx_btime.tv_sec : stx.stx_mtime.tv_sec;
}

void bundle_life_release(struct bundle_life *life)
{
	if (life)
		json_free(&life->command);
}

/* Returns 1, or 0 when there is none. */
static int read_config_text(const struct bundle *bundle, struct str *ret, struct error *err)
{
	struct error cause = { 0 };

	if (file_read_at(bundle->dirfd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, ret, &cause) == 0)
		return 1;
	return cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
}

json_t *bundle_config_read(const struct bundle *bundle, struct error *err)
{
	autostr struct str text = STR_INIT;

	return read_config_text(bundle, &text, err) > 0
		       ? json_parse(text.data, text.len, RUNTIME_CONFIG_FILE, err)
		       : NULL;
}

static bool find_args(struct json_plain *at, const struct json_slice *key, void *data)
{
	struct json_slice *args = data;
	const char *start = at->text;

	if (!json_plain_skip(at))
		return false;
	if (json_slice_is(key, "args"))
		*args = (struct json_slice) { start, (size_t)(at->text - start) };
	return true;
}

static bool find_process(struct json_plain *at, const struct json_slice *key, void *data)
{
	return json_slice_is(key, "process") ? json_plain_object(at, find_args, data)
					     : json_plain_skip(at);
}

/* process.args of the text of a config, new, or NULL when it has none. A plain text (format/json_plain.h),
 * as ctnr-spec writes it, is only searched: a tree is made of the arguments alone. */
static json_t *parse_args(const struct str *text)
{
	struct json_slice args = { NULL, 0 };
	autojson json_t *config = NULL;

	if (json_plain_document(text->data, text->len, find_process, &args))
		return args.text ? json_parse(args.text, args.len, RUNTIME_CONFIG_FILE, NULL)
				 : NULL;
	config = json_parse(text->data, text->len, RUNTIME_CONFIG_FILE, NULL);
	return json_incref(json_object_get(json_object_get(config, "process"), "args"));
}

/* process.args of the text of a config, new, or NULL where that is no array of strings. */
static json_t *parse_command(const struct str *text)
{
	autojson json_t *args = parse_args(text);
	size_t i;
	json_t *arg;

	json_array_foreach (args, i, arg)
		if (!json_text(arg))
			return NULL;
	return json_is_array(args) ? json_incref(args) : NULL;
}

void bundle_life_read(const struct bundle *bundle, struct bundle_life *ret)
{
	enum state_status container = bundle_container_status(bundle);
	autostr struct str config = STR_INIT;
	int found = read_config_text(bundle, &config, NULL);

	*ret = (struct bundle_life) {
		.status = state_status_names[container],
		.running = container == STATE_RUNNING,
		.created = creation_time(bundle),
		.command = found > 0 ? parse_command(&config) : NULL,
	};
	if (container != STATE_STOPPED)
		return;
	ret->exited = bundle_status_read(bundle, &ret->end);
	if (ret->exited)
		ret->status = "exited";
	else if (found == 0)
		ret->status = "unpacked";
}

/* The first characters of a line; no UTF-8 sequence is cut in two. */
static void append_cut(struct str *out, const struct str *line)
{
	size_t len = COMMAND_SHOWN;

	if (line->len <= COMMAND_SHOWN) {
		str_append(out, line->data);
		return;
	}
	while (len && (line->data[len] & 0xc0) == 0x80)
		len--;
	str_append_bytes(out, line->data, len);
	str_append(out, "...");
}

void bundle_life_append_command(const struct bundle_life *life, struct str *out)
{
	autostr struct str line = STR_INIT;
	size_t i;
	json_t *arg;

	json_array_foreach (life->command, i, arg) {
		const char *text = json_string_value(arg);
		bool quoted = !*text || strpbrk(text, " \t\n\"'$\\");

		str_appendf(&line, "%s%s%s%s", i ? " " : "", quoted ? "'" : "", text,
			    quoted ? "'" : "");
		if (line.len > COMMAND_SHOWN)
			break;
	}
	append_cut(out, &line);
}

char *bundle_life_status_text(const struct bundle_life *life, time_t now)
{
	autofree char *age = NULL;

	if (!life->exited)
		return xstrdup(life->status);
	age = table_age((time_t)life->end.finished, now);
	return xasprintf("%s (%d) %s", life->status, life->end.exit_code, age);
}
