/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include "opts.h"

#include "base/alloc.h"
#include "layer/account.h"

#include <string.h>

#define FIELD(name) offsetof(struct process_opts, name)

const struct option process_options[] = {
	{ "workdir", 'w', "DIR", "working directory in the container", OPTION_STRING,
	  FIELD(workdir) },
	{ "user", 'u', "USER[:GROUP]", "user and group, by name or number", OPTION_STRING,
	  FIELD(user) },
	{ "group-add", 0, "GROUP", "an additional group, by name or number", OPTION_LIST,
	  FIELD(group_add) },
	{ "entrypoint", 0, "CMD", "replace the image's entrypoint; a word or a JSON array",
	  OPTION_STRING, FIELD(entrypoint) },
	{ "tty", 't', NULL, "give the container a terminal", OPTION_TRISTATE, FIELD(tty) },
	{ "interactive", 'i', NULL, "give the container our standard input", OPTION_BOOL,
	  FIELD(interactive) },
	OPTION_END,
};

static int append_string(json_t *array, const char *text, struct error *err)
{
	if (json_check_text(text, err) < 0)
		return -1;
	json_array_append_new(array, json_string(text));
	return 0;
}

static int append_strings(json_t *array, char *const *items, struct error *err)
{
	for (; items && *items; items++)
		if (append_string(array, *items, err) < 0)
			return -1;
	return 0;
}

/* --entrypoint: a JSON array of strings, or one word; "" is none. */
static int append_entrypoint(json_t *args, const char *text, struct error *err)
{
	autojson json_t *array = NULL;
	autostrlist struct strlist items = STRLIST_INIT;
	struct jnode node;

	if (text[0] != '[')
		return *text ? append_string(args, text, err) : 0;
	array = json_parse(text, strlen(text), "option --entrypoint", err);
	if (!array)
		return -1;
	node = jnode_root(array, "option --entrypoint");
	if (jnode_strings(&node, &items, err) < 0)
		return -1;
	return append_strings(args, items.items, err);
}

/* [""] is how docker writes an entrypoint that was taken back. */
static bool is_reset_entrypoint(const struct strlist *entrypoint)
{
	return entrypoint->len == 1 && !*entrypoint->items[0];
}

/* entrypoint + command. An entrypoint on the command line drops the image's command too, because the
 * image's command was written for the image's own entrypoint. */
static json_t *make_args(const struct spec *spec, struct error *err)
{
	const struct image_config *image = spec->image;
	autojson json_t *args = json_array();
	int status = 0;

	if (spec->opts->process.entrypoint)
		status = append_entrypoint(args, spec->opts->process.entrypoint, err);
	else if (image && !is_reset_entrypoint(&image->entrypoint))
		status = append_strings(args, image->entrypoint.items, err);
	if (status < 0)
		return NULL;
	if (spec->command)
		status = append_strings(args, spec->command, err);
	else if (image && !spec->opts->process.entrypoint)
		status = append_strings(args, image->cmd.items, err);
	if (status < 0)
		return NULL;
	if (!json_array_size(args) || !*json_string_value(json_array_get(args, 0))) {
		error_set(err, ERROR_USAGE, "no command given, and the image names none");
		error_hint(err, "put a command behind the image or the bundle");
		return NULL;
	}
	return steal(&args);
}

/* cwd may be NULL. */
static int check_workdir(const char *cwd, struct error *err)
{
	if (!cwd || cwd[0] == '/')
		return 0;
	error_set(err, ERROR_USAGE, "option --workdir: '%s' is not an absolute path", cwd);
	return error_hint(err, "it is a path inside the container");
}

/* USER[:GROUP]; user may be NULL. Names of accounts have neither colons nor blanks. */
static int check_user(const char *user, struct error *err)
{
	const char *colon = user ? strchr(user, ':') : NULL;

	if (!user ||
	    (user[0] != '-' && !strpbrk(user, " \t\n") && !(colon && strchr(colon + 1, ':'))))
		return 0;
	error_set(err, ERROR_USAGE, "option --user: expected USER[:GROUP], got '%s'", user);
	return error_hint(err, "each is a name or a number");
}

int process_check(const struct process_opts *opts, struct error *err)
{
	autojson json_t *args = json_array();

	if (opts->entrypoint && append_entrypoint(args, opts->entrypoint, err) < 0)
		return -1;
	return check_user(opts->user, err) < 0 ? -1 : check_workdir(opts->workdir, err);
}

static int apply_cwd(const struct spec *spec, json_t *process, struct error *err)
{
	const char *image_cwd = spec->image ? spec->image->working_dir : "";
	const char *cwd = spec->opts->process.workdir;
	autofree char *absolute = NULL;

	if (check_workdir(cwd, err) < 0)
		return -1;
	if (!cwd && !spec->image)
		return 0;
	absolute = cwd ? xstrdup(cwd) : xasprintf("%s%s", *image_cwd == '/' ? "" : "/", image_cwd);
	if (json_check_text(absolute, err) < 0)
		return error_prefix(err, "option --workdir");
	json_object_set_new(process, "cwd", json_string(absolute));
	return 0;
}

int process_apply(struct spec *spec, struct error *err)
{
	json_t *process = spec_config_member(spec, "process", JSON_OBJECT, err);

	if (!process)
		return -1;
	if (spec->opts->process.tty != OPTION_UNSTATED)
		json_object_set_new(process, "terminal",
				    json_boolean(spec->opts->process.tty == OPTION_TRUE));
	else if (spec->image)
		json_object_set_new(process, "terminal", json_false());
	if (spec->image || spec->command || spec->opts->process.entrypoint) {
		json_t *args = make_args(spec, err);

		if (!args)
			return -1;
		json_object_set_new(process, "args", args);
	}
	return apply_cwd(spec, process, err);
}

/* Names need a root filesystem to be looked up in. */
static int explain_missing_root(const struct spec *spec, struct error *err)
{
	if (spec->has_root || !error_is(err, ERROR_NOT_FOUND))
		return -1;
	error_prefix(err, "no root filesystem to look names up in");
	return error_hint(err, spec->opts->image_config ? "give --rootfs DIR, or numbers"
							: "give numbers");
}

static int check_id_is_mapped(const struct idmap *map, const char *kind, uint32_t id,
			      struct error *err)
{
	if (idmap_has_inside(map, id))
		return 0;
	error_set(err, ERROR_FAILED, "%s %u is not among the IDs that this user may use", kind, id);
	return error_hint(err, "more subordinate IDs in /etc/sub%s, or another --user",
			  strcmp(kind, "user ID") == 0 ? "uid" : "gid");
}

static bool array_has_integer(const json_t *array, json_int_t value)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (json_integer_value(json_array_get(array, i)) == value)
			return true;
	return false;
}

/* --group-add, by name or number. With one ID there is nothing to add: setgroups(2) is denied. */
static int add_groups(struct spec *spec, json_t *user, struct error *err)
{
	const struct strlist *groups = &spec->opts->process.group_add;
	json_t *gids;

	if (!groups->len)
		return 0;
	if (spec->identity.rung == IDENTITY_SINGLE) {
		error_set(err, ERROR_FAILED,
			  "option --group-add: a user with one ID cannot have additional groups");
		return error_hint(err, "ctnr doctor says how to get subordinate IDs");
	}
	gids = spec_member(user, "process.user", "additionalGids", JSON_ARRAY, err);
	if (!gids)
		return -1;
	for (size_t i = 0; i < groups->len; i++) {
		uint32_t gid;

		if (account_resolve_group(&spec->root, &spec->identity, groups->items[i], &gid,
					  err) < 0) {
			explain_missing_root(spec, err);
			return error_prefix(err, "option --group-add");
		}
		if (check_id_is_mapped(&spec->identity.gids, "group ID", gid, err) < 0)
			return error_prefix(err, "option --group-add");
		if (!array_has_integer(gids, gid))
			json_array_append_new(gids, json_integer(gid));
	}
	return 0;
}

static int set_user(struct spec *spec, json_t *user, const struct account *account,
		    struct error *err)
{
	struct identity *identity = &spec->identity;

	/* With one ID, that ID appears in the container as the user that the image wants. */
	if (identity->rung == IDENTITY_SINGLE)
		identity_map_single(identity, account->uid, account->gid);
	if (check_id_is_mapped(&identity->uids, "user ID", account->uid, err) < 0 ||
	    check_id_is_mapped(&identity->gids, "group ID", account->gid, err) < 0)
		return -1;
	json_object_set_new(user, "uid", json_integer(account->uid));
	json_object_set_new(user, "gid", json_integer(account->gid));
	json_object_del(user, "additionalGids");
	if (!account->n_additional_gids || identity_has_one_id(identity))
		return 0;
	json_object_set_new(user, "additionalGids", json_array());
	for (size_t i = 0; i < account->n_additional_gids; i++) {
		/* Groups of the image that cannot exist here are left out, as with one ID. */
		if (idmap_has_inside(&identity->gids, account->additional_gids[i]))
			json_array_append_new(json_object_get(user, "additionalGids"),
					      json_integer(account->additional_gids[i]));
	}
	return 0;
}

int process_apply_user(struct spec *spec, struct error *err)
{
	const char *wanted = spec->opts->process.user;
	autoaccount struct account account = ACCOUNT_INIT;
	json_t *process = spec_config_member(spec, "process", JSON_OBJECT, err);
	json_t *user = process ? spec_member(process, "process", "user", JSON_OBJECT, err) : NULL;

	if (!user)
		return -1;
	if (!wanted && spec->image)
		wanted = spec->image->user;
	if (check_user(spec->opts->process.user, err) < 0)
		return -1;
	if (wanted) {
		if (account_resolve(&spec->root, &spec->identity, wanted, &account, err) < 0)
			return explain_missing_root(spec, err);
		if (set_user(spec, user, &account, err) < 0)
			return error_prefix(err, "user '%s'", wanted);
		spec->home = xstrdup(account.home && *account.home == '/'  ? account.home
				     : account.uid == 0 && !spec->has_root ? "/root"
									   : "/");
	}
	return add_groups(spec, user, err);
}
