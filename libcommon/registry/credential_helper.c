/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/credential_helper.h"

#include "base/alloc.h"
#include "format/json.h"
#include "registry/secret.h"
#include "system/process.h"

#include <string.h>

#define HELPER_PREFIX "docker-credential-"
#define HELPER_ASCII "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define HELPER_NOT_FOUND "credentials not found" /* the beginning of what all of them say */
#define HELPER_MESSAGE_MAX 200 /* bytes of its message that are repeated */

bool credential_helper_name_is_valid(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= CREDENTIAL_HELPER_NAME_MAX && strchr(HELPER_ASCII, name[0]) &&
	       strspn(name, HELPER_ASCII "._-") == len;
}

/* The path of the helper's program, new, or NULL. */
static char *find_helper(const struct credential_helper *helper, struct error *err)
{
	autofree char *program = NULL;
	char *path;

	if (!credential_helper_name_is_valid(helper->name)) {
		error_set(err, ERROR_FAILED, "'%s' is no name of a credential helper",
			  helper->name);
		return NULL;
	}
	program = xasprintf(HELPER_PREFIX "%s", helper->name);
	path = process_find(program);
	if (!path)
		error_set(err, ERROR_FAILED, "the credential helper '%s' is not in PATH", program);
	return path;
}

/* Run the helper; the answer is appended to answer. Returns its exit status. */
static int run_helper(const struct credential_helper *helper, const char *verb,
		      const struct str *question, struct str *answer, struct error *err)
{
	autofree char *path = find_helper(helper, err);
	char *argv[] = { path, (char *)verb, NULL };
	const struct process_exchange x = {
		.argv = argv,
		.in = question->data,
		.in_len = question->len,
		.out_max = CREDENTIAL_HELPER_ANSWER_MAX,
		.stop = helper->interrupt ? &helper->interrupt->fd : NULL,
	};
	size_t task;
	int status;

	if (!path)
		return -1;
	/* A text that grows leaves its bytes where it was before. */
	str_reserve(answer, 2 * CREDENTIAL_HELPER_ANSWER_MAX);
	task = progress_add(helper->progress, "wait", strrchr(path, '/') + 1,
			    PROGRESS_TOTAL_UNKNOWN);
	progress_update(helper->progress, task, 0);
	status = process_exchange(&x, answer, err);
	progress_finish(helper->progress, task, status == 0 ? PROGRESS_DONE : PROGRESS_FAILED);
	if (status < 0 && helper->interrupt && interrupt_wait(helper->interrupt, 0))
		return interrupt_error(err);
	return status < 0 ? error_prefix(err, "credential helper") : status;
}

/* What a helper says on its stdout when it fails is a message, and no secret. */
static int helper_failed(const struct credential_helper *helper, int status,
			 const struct str *answer, struct error *err)
{
	int len = (int)strcspn(answer->data, "\r\n");

	if (len > HELPER_MESSAGE_MAX)
		len = HELPER_MESSAGE_MAX;
	return error_set(err, ERROR_FAILED,
			 "credential helper '" HELPER_PREFIX "%s' failed (status %d)%s%.*s",
			 helper->name, status, len ? ": " : "", len, answer->data);
}

static bool says_not_found(const struct str *answer)
{
	const char *text = answer->data + strspn(answer->data, " \t\r\n");

	return strncasecmp(text, HELPER_NOT_FOUND, strlen(HELPER_NOT_FOUND)) == 0;
}

int credential_helper_read_answer(const struct str *answer, struct credentials *ret,
				  struct error *err)
{
	autosecretjson json_t *json = secret_json_parse(answer, "answer", err);
	struct jnode root = jnode_root(json, "answer");
	struct jnode user_node = jnode_member(&root, "Username");
	struct jnode secret_node = jnode_member(&root, "Secret");
	const char *user = "";
	const char *secret = "";

	if (!json || jnode_object(&root, err) < 0 || jnode_string_opt(&user_node, &user, err) < 0 ||
	    jnode_string_opt(&secret_node, &secret, err) < 0)
		return -1;
	if (!*user && !*secret)
		return 0;
	if (!*user || !*secret)
		return error_set(err, ERROR_FAILED, "the answer has no %s",
				 *user ? "Secret" : "Username");
	ret->user = xstrdup(user);
	if (strcmp(user, CREDENTIALS_TOKEN_USER) == 0)
		ret->identity_token = xstrdup(secret);
	else
		ret->password = xstrdup(secret);
	return 1;
}

int credential_helper_get(const struct credential_helper *helper, const char *server,
			  struct credentials *ret, struct error *err)
{
	autosecret struct str answer = STR_INIT;
	autostr struct str question = STR_INIT;
	int status;

	str_append(&question, server);
	status = run_helper(helper, "get", &question, &answer, err);
	if (status > 0 && says_not_found(&answer))
		return 0;
	if (status > 0)
		return helper_failed(helper, status, &answer, err);
	if (status == 0)
		status = credential_helper_read_answer(&answer, ret, err);
	else
		return -1;
	return status < 0
		       ? error_prefix(err, "credential helper '" HELPER_PREFIX "%s'", helper->name)
		       : status;
}

static int tell_helper(const struct credential_helper *helper, const char *verb,
		       const struct str *text, struct error *err)
{
	autosecret struct str answer = STR_INIT;
	int status = run_helper(helper, verb, text, &answer, err);

	if (status > 0 && says_not_found(&answer))
		return 0;
	return status > 0 ? helper_failed(helper, status, &answer, err) : status;
}

int credential_helper_store(const struct credential_helper *helper, const char *server,
			    const struct credentials *credentials, struct error *err)
{
	autosecret struct str text = STR_INIT;

	str_reserve(&text, 8 * PASSWORD_MAX);
	str_append(&text, "{\"ServerURL\":");
	str_append_json(&text, server);
	str_append(&text, ",\"Username\":");
	str_append_json(&text, credentials->user);
	str_append(&text, ",\"Secret\":");
	str_append_json(&text, credentials->password);
	str_append_char(&text, '}');
	return tell_helper(helper, "store", &text, err);
}

int credential_helper_erase(const struct credential_helper *helper, const char *server,
			    struct error *err)
{
	autostr struct str text = STR_INIT;

	str_append(&text, server);
	return tell_helper(helper, "erase", &text, err);
}
