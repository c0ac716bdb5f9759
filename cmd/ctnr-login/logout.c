/* SPDX-License-Identifier: Apache-2.0 */
#include "logout.h"

#include "account.h"
#include "auth_edit.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/progress.h"
#include "format/json.h"
#include "registry/auth_places.h"
#include "registry/credential_helper.h"

#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct logout_opts, name)
const struct option logout_options[] = {
	{ "authfile", 0, "FILE", "take the login out of FILE", OPTION_STRING, FIELD(authfile) },
	{ "all", 'a', NULL, "take out all logins", OPTION_BOOL, FIELD(all) },
	{ "progress", 0, "MODE", "show what is waited for: auto, tty, plain, json or none",
	  OPTION_CHOICE, FIELD(progress), progress_mode_names },
	OPTION_END
};

/* What one run has. */
struct logout {
	const struct logout_opts *opts; /* borrowed */
	struct interrupt interrupt;
	struct progress *progress; /* or NULL */
	struct auth_edit edit;
};

#define LOGOUT_INIT \
	{ \
		.interrupt = INTERRUPT_INIT, .edit = AUTH_EDIT_INIT \
	}

static void logout_release(struct logout *logout)
{
	auth_edit_release(&logout->edit);
	progress_free(logout->progress);
	interrupt_release(&logout->interrupt);
}
#define autologout autocleanup(logout_release)

/* Let the helpers of a registry forget the login. Returns how many there are. */
static int erase_from_helpers(struct logout *logout, const char *registry, struct error *err)
{
	const char *helpers[AUTH_FILE_HELPERS_MAX];
	int n = auth_file_helpers(&logout->edit.file, registry, helpers, err);

	for (int i = 0; i < n; i++) {
		const struct credential_helper helper = { helpers[i], &logout->interrupt,
							  logout->progress };

		if (credential_helper_erase(&helper, auth_file_server(registry), err) < 0)
			return -1;
	}
	return n;
}

/* Take out one login. Returns 1 when there may have been one, 0 when there was none, -1. */
static int remove_login(struct logout *logout, const char *name, struct error *err)
{
	int n_helpers = strchr(name, '/') ? 0 : erase_from_helpers(logout, name, err);

	if (n_helpers < 0)
		return -1;
	return auth_file_remove(&logout->edit.file, name) > 0 || n_helpers > 0;
}

/* Say where another login for the name stays. Files that cannot be read are told of when they are needed. */
static void tell_what_stays(const struct logout *logout, const char *name)
{
	autoauthplaces struct auth_place_list places = AUTH_PLACE_LIST_INIT;

	auth_places(logout->opts->authfile, &places);
	for (size_t i = 0; i < places.len; i++) {
		autoauthfile struct auth_file file = AUTH_FILE_INIT;
		autocredentials struct credentials found = CREDENTIALS_INIT;

		if (strcmp(places.items[i].path, logout->edit.file.path) != 0 &&
		    auth_file_read(places.items[i].path, &file, NULL) == 0 &&
		    auth_file_find(&file, name, &found, NULL) > 0)
			message_warning("%s is another login at '%s', leaving it", found.origin,
					name);
	}
}

static int print_logout(const struct logout *logout, const char *name, struct error *err)
{
	autojson json_t *record = json_object();

	json_object_set_new(record, "registry", json_string(name));
	json_object_set_new(record, "file", json_string(logout->edit.file.path));
	return json_show(stdout, record, err);
}

static int log_out(struct logout *logout, const struct account *account, struct error *err)
{
	int removed = remove_login(logout, account->name, err);

	if (removed < 0)
		return -1;
	tell_what_stays(logout, account->name);
	if (!removed)
		return error_set(err, ERROR_NOT_FOUND, "'%s' has no login at '%s'",
				 logout->edit.file.path, account->name);
	if (auth_edit_commit(&logout->edit, err) < 0)
		return -1;
	return print_logout(logout, account->name, err);
}

static int log_out_everywhere(struct logout *logout, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	auth_file_names(&logout->edit.file, &names);
	for (size_t i = 0; i < names.len; i++)
		if (remove_login(logout, names.items[i], err) < 0)
			return -1;
	if (auth_edit_commit(&logout->edit, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++)
		if (print_logout(logout, names.items[i], err) < 0)
			return -1;
	return 0;
}

int logout_run(const void *opts_, const struct strlist *operands, struct error *err)
{
	autoaccount struct account account = ACCOUNT_INIT;
	autologout struct logout logout = LOGOUT_INIT;
	autofree char *path = NULL;

	logout.opts = opts_;
	if (logout.opts->all && operands->len)
		return error_set(err, ERROR_USAGE, "--all takes out all logins, and no REGISTRY");
	if (account_of_operands(operands, &account, err) < 0 ||
	    interrupt_init(&logout.interrupt, err) < 0)
		return -1;
	logout.progress = progress_new((enum progress_mode)logout.opts->progress);
	path = auth_place_to_write(logout.opts->authfile, err);
	if (!path || auth_edit_begin(path, AUTH_EDIT_EXISTING, &logout.edit, err) < 0)
		return -1;
	return logout.opts->all ? log_out_everywhere(&logout, err)
				: log_out(&logout, &account, err);
}
