/* SPDX-License-Identifier: Apache-2.0 */
#include "store/state_document.h"

#include "base/alloc.h"
#include "store/state_json.h"
#include "system/userdb.h"

#include <sys/stat.h>

void state_reader_release(struct state_reader *reader)
{
	if (reader)
		free(steal(&reader->owner));
}

/* All states of a directory belong to one user (state_root_open()). */
static const char *find_owner(struct state_reader *reader)
{
	autostr struct str text = STR_INIT;
	struct userdb_user user;
	struct stat st;

	if (reader->owner)
		return reader->owner;
	if (fstat(reader->root, &st) < 0)
		return "";
	reader->owner = userdb_find(st.st_uid, &text, &user) ? xstrdup(user.name)
							     : xasprintf("%u", st.st_uid);
	return reader->owner;
}

static void copy_member(json_t *to, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value)
		json_object_set(to, key, value);
}

json_t *state_document(struct state_reader *reader, const char *id, struct error *err)
{
	autojson json_t *known = NULL;
	struct state state;
	struct state_view view;
	json_t *ret;

	if (state_load(reader->root, id, &reader->scope, &state, &known, err) < 0)
		return NULL;
	view = (struct state_view) {
		.id = id,
		.status = state.status,
		.pid = state.pid,
		.bundle = json_text(json_object_get(known, "bundle")),
		.annotations = json_object_get(known, "annotations"),
	};
	ret = state_to_json(&view);
	copy_member(ret, known, "rootfs");
	copy_member(ret, known, "created");
	json_object_set_new(ret, "owner", json_string(find_owner(reader)));
	return ret;
}
