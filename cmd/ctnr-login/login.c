/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include "account.h"
#include "auth_edit.h"

#include "base/alloc.h"
#include "base/message.h"
#include "format/json.h"
#include "registry/access.h"
#include "registry/auth_places.h"
#include "registry/credential_helper.h"
#include "registry/retry.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PING_BODY_MAX (64U << 10) /* bytes: /v2/ answers with {} */
#define PING_TIMEOUT 120 /* seconds */

const struct login_opts login_defaults = { .access = ACCESS_OPTS_DEFAULT };

#define FIELD(name) offsetof(struct login_opts, name)
const struct option login_options[] = {
	{ "username", 'u', "USER", "log in as USER", OPTION_STRING, FIELD(username) },
	{ "password", 'p', "PASSWORD", "the password; others may see it, better is stdin",
	  OPTION_STRING, FIELD(password) },
	{ "password-stdin", 0, NULL, "the password is the first line of stdin", OPTION_BOOL,
	  FIELD(password_stdin) },
	{ "get-login", 0, NULL, "print the user who is logged in", OPTION_BOOL, FIELD(get_login) },
	{ "authfile", 0, "FILE", "keep the login in FILE", OPTION_STRING, FIELD(access.authfile) },
	OPTION_INCLUDE(access_server_options, FIELD(access)),
	{ "progress", 0, "MODE", "show what is waited for: auto, tty, plain, json or none",
	  OPTION_CHOICE, FIELD(progress), progress_mode_names },
	OPTION_END
};

/* What one run has. */
struct login {
	const struct login_opts *opts; /* borrowed */
	struct account account;
	struct access access;
	struct interrupt interrupt;
	struct progress *progress; /* or NULL */
	char *path; /* of the file that the login is kept in */
	char *helper; /* that has it instead, or NULL */
};

#define LOGIN_INIT \
	{ \
		.account = ACCOUNT_INIT, .access = ACCESS_INIT, .interrupt = INTERRUPT_INIT \
	}

static void login_release(struct login *login)
{
	account_release(&login->account);
	access_release(&login->access);
	progress_free(login->progress);
	free(login->path);
	free(login->helper);
	interrupt_release(&login->interrupt);
}
#define autologin autocleanup(login_release)

static int check_options(const struct login_opts *opts, struct error *err)
{
	if (opts->password && opts->password_stdin)
		return error_set(err, ERROR_USAGE,
				 "--password and --password-stdin exclude each other");
	if (opts->get_login && (opts->username || opts->password || opts->password_stdin))
		return error_set(err, ERROR_USAGE,
				 "--get-login asks, and takes no user or password");
	if ((opts->password || opts->password_stdin) && !opts->username)
		return error_set(err, ERROR_USAGE, "a password needs its user, --username USER");
	if (opts->username && (!*opts->username || strchr(opts->username, ':')))
		return error_set(err, ERROR_USAGE,
				 "option --username: '%s' cannot be the name of a user",
				 opts->username);
	return 0;
}

/* Take user and password off the command line or stdin. A password on the command line is overwritten there,
 * where ps shows it to everybody. */
static int take_credentials(struct login *login, struct error *err)
{
	const struct login_opts *opts = login->opts;
	struct credentials *credentials = &login->access.credentials;
	autofree char *from_stdin = opts->username ? xasprintf("%s:-", opts->username) : NULL;

	credentials->origin = xstrdup("the password given");
	if (opts->password_stdin)
		return credentials_parse(from_stdin, credentials, err) < 0
			       ? error_prefix(err, "option --password-stdin")
			       : 0;
	if (opts->username)
		credentials->user = xstrdup(opts->username);
	if (opts->password) {
		credentials->password = xstrdup(opts->password);
		memset((char *)opts->password, 'x', strlen(opts->password));
	}
	return 0;
}

/* Ask the person for what is missing. */
static int ask_person(struct login *login, struct error *err)
{
	struct credentials *credentials = &login->access.credentials;
	const char *name = login->account.name;

	if (!credentials->user &&
	    credentials_ask_user(credentials, name, &login->interrupt, err) < 0)
		return error_default_hint(err, "write --username USER --password-stdin");
	if (access_begin(&login->access, login->account.registry, &login->interrupt, err) < 0)
		return error_is(err, ERROR_USAGE)
			       ? error_hint(err, "write --password-stdin, and give it there")
			       : -1;
	if (!*credentials->password)
		return error_set(err, ERROR_USAGE, "the password is empty");
	return 0;
}

/* Judge the answer to /v2/. */
static int judge_answer(const struct login *login, const struct http_response *response,
			bool was_shown, struct error *err)
{
	const char *registry = login->account.registry;
	long status = response->status;

	if (status == 401 || status == 403)
		return error_set(err, ERROR_FAILED,
				 "'%s' takes no such user and password (HTTP status %ld)", registry,
				 status);
	if (status != 200)
		return error_set(err, retry_is_temporary(status) ? ERROR_TEMPORARY : ERROR_FAILED,
				 "'%s' is no registry, or none now (HTTP status %ld)", registry,
				 status);
	if (!was_shown && http_is_web_page(response))
		return error_set(err, ERROR_FAILED,
				 "'%s' is no registry: it answers with a web page", registry);
	if (!was_shown)
		message_warning(
			"'%s' asks nobody for a password, so that it was not checked, keeping it",
			registry);
	return 0;
}

/* What a token server refuses has the hint of a fetch, to log in. */
static int add_login_hint(struct error *err)
{
	if (error_mentions(err, "access denied"))
		error_hint(
			err,
			"check user and password; some registries want a token of theirs as password");
	return -1;
}

/* Does the registry take the login? */
static int check_login(const struct login *login, struct error *err)
{
	const struct place place = { .registry = login->account.registry,
				     .repository = (char *)"" };
	struct session_options options;
	autosession struct session *session = NULL;
	autohttp struct http *http = NULL;
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *origin = NULL;
	struct session_request request = {
		.path = "",
		.http = { .method = HTTP_GET, .max = PING_BODY_MAX, .total_timeout = PING_TIMEOUT }
	};

	access_session_options(&login->access, &options);
	session = session_open(&place, &options, err);
	http = session ? session_connect(session, err) : NULL;
	if (!http || session_send(session, http, &request, &response, err) < 0)
		return add_login_hint(err);
	origin = session_login_origin(session);
	return judge_answer(login, &response, origin != NULL, err);
}

/* Give the login to a helper. In the file an entry without a login says so, as docker leaves it. */
static int keep_with_helper(struct login *login, const char *name, struct auth_edit *edit,
			    struct error *err)
{
	const struct credential_helper helper = { name, &login->interrupt, login->progress };
	const struct account *account = &login->account;

	if (account->is_namespace)
		return error_set(
			err, ERROR_FAILED,
			"'%s' gives the logins of '%s' to docker-credential-%s, which knows no namespaces",
			edit->file.path, account->registry, name);
	if (credential_helper_store(&helper, auth_file_server(account->registry),
				    &login->access.credentials, err) < 0)
		return -1;
	login->helper = xasprintf("docker-credential-%s", name);
	auth_file_set(&edit->file, account->name, NULL);
	return 0;
}

static int keep_login(struct login *login, struct error *err)
{
	autoauthedit struct auth_edit edit = AUTH_EDIT_INIT;
	const char *helpers[AUTH_FILE_HELPERS_MAX];
	int n;

	if (auth_edit_begin(login->path, AUTH_EDIT_CREATE, &edit, err) < 0)
		return -1;
	n = auth_file_helpers(&edit.file, login->account.registry, helpers, err);
	if (n < 0 || (n > 0 && keep_with_helper(login, helpers[0], &edit, err) < 0))
		return -1;
	if (n == 0)
		auth_file_set(&edit.file, login->account.name, &login->access.credentials);
	return auth_edit_commit(&edit, err);
}

static int print_login(const struct login *login, struct error *err)
{
	autojson json_t *record = json_object();

	json_object_set_new(record, "registry", json_string(login->account.name));
	json_object_set_new(record, "user", json_string(login->access.credentials.user));
	json_object_set_new(record, "file", json_string(login->path));
	if (login->helper)
		json_object_set_new(record, "helper", json_string(login->helper));
	return json_show(stdout, record, err);
}

/* A terminal obeys nothing that stands in it. */
static int print_text(const char *text, struct error *err)
{
	autostr struct str shown = STR_INIT;

	if (isatty(STDOUT_FILENO))
		str_append_escaped(&shown, text);
	else
		str_append(&shown, text);
	return printf("%s\n", shown.data) < 0 ? error_errno(err, "cannot write the user") : 0;
}

/* Find the login as a fetch would, and print whose it is. */
static int print_user(struct login *login, struct error *err)
{
	autocredentials struct credentials found = CREDENTIALS_INIT;
	const struct account *account = &login->account;
	const struct place place = {
		.registry = account->registry,
		.repository = account->name + strlen(account->registry) + account->is_namespace,
	};
	const struct credential_search search = { .authfile = login->opts->access.authfile,
						  .interrupt = &login->interrupt,
						  .progress = login->progress };
	int result = credential_search(&search, &place, &found, err);

	if (result < 0)
		return -1;
	if (result == 0)
		return error_set(err, ERROR_NOT_FOUND, "nobody is logged in at '%s'",
				 account->name);
	return print_text(found.user, err);
}

static int log_in(struct login *login, struct error *err)
{
	login->path = auth_place_to_write(login->opts->access.authfile, err);
	if (!login->path || ask_person(login, err) < 0)
		return -1;
	access_set_progress(&login->access, login->progress);
	if (check_login(login, err) < 0 || keep_login(login, err) < 0)
		return -1;
	return print_login(login, err);
}

int login_run(const void *opts_, const struct strlist *operands, struct error *err)
{
	autologin struct login login = LOGIN_INIT;

	login.opts = opts_;
	if (check_options(login.opts, err) < 0 ||
	    account_of_operands(operands, &login.account, err) < 0 ||
	    access_check(&login.opts->access, &login.access, err) < 0 ||
	    take_credentials(&login, err) < 0 || access_read_files(&login.access, err) < 0 ||
	    interrupt_init(&login.interrupt, err) < 0)
		return -1;
	login.progress = progress_new((enum progress_mode)login.opts->progress);
	return login.opts->get_login ? print_user(&login, err) : log_in(&login, err);
}
