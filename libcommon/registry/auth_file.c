/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/auth_file.h"

#include "base/alloc.h"
#include "format/base64.h"
#include "format/json.h"
#include "oci/reference.h"
#include "registry/secret.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOCKER_SERVER "https://index.docker.io/v1/"
#define DOCKER_FILE_NAME "config.json"

/* The members of an entry that are about the login. */
static const char *const login_members[] = { "auth", "identitytoken", "username", "password" };

void auth_file_release(struct auth_file *file)
{
	if (!file)
		return;
	free(file->path);
	secret_json_free(&file->json);
	*file = (struct auth_file)AUTH_FILE_INIT;
}

int auth_file_parse(const struct str *text, const char *path, struct auth_file *ret,
		    struct error *err)
{
	/* A file of no bytes, as a cut write leaves it, has no logins: it hinders neither those elsewhere nor a
	 * new one. */
	autosecretjson json_t *json =
		text->len ? secret_json_parse(text, path, err) : json_object();
	struct jnode root = jnode_root(json, path);

	if (!json || jnode_object(&root, err) < 0)
		return -1;
	ret->path = xstrdup(path);
	ret->json = steal(&json);
	return 0;
}

int auth_file_read(const char *path, struct auth_file *ret, struct error *err)
{
	/* What is read is in the first piece of memory: one that grows leaves its bytes where it was before. */
	autosecret struct str text = STR_INIT;

	if (file_read_linked_at(AT_FDCWD, path, AUTH_FILE_MAX, &text, err) < 0)
		return -1;
	return auth_file_parse(&text, path, ret, err);
}

static void cut_suffix(char *text, const char *suffix)
{
	if (str_ends_with(text, suffix))
		text[strlen(text) - strlen(suffix)] = '\0';
}

char *auth_file_normal_name(const char *key)
{
	const char *rest = str_starts_with(key, "https://")  ? key + strlen("https://")
			   : str_starts_with(key, "http://") ? key + strlen("http://")
							     : key;
	autofree char *name = xstrdup(rest);
	char *slash;

	if (rest != key)
		name[strcspn(name, "/")] = '\0';
	cut_suffix(name, "/");
	cut_suffix(name, "/v1");
	cut_suffix(name, "/v2");
	slash = strchr(name, '/');
	if (slash)
		*slash = '\0';
	return xasprintf("%s%s%s", reference_registry(name), slash ? "/" : "",
			 slash ? slash + 1 : "");
}

const char *auth_file_server(const char *registry)
{
	return strcmp(registry, REFERENCE_DEFAULT_REGISTRY) == 0 ? DOCKER_SERVER : registry;
}

int auth_file_helpers(const struct auth_file *file, const char *registry,
		      const char *ret[AUTH_FILE_HELPERS_MAX], struct error *err)
{
	struct jnode root = jnode_root(file->json, file->path);
	struct jnode helpers = jnode_member(&root, "credHelpers");
	struct jnode store = jnode_member(&root, "credsStore");
	const char *name = "";
	const char *key;
	json_t *value;
	int n = 0;

	if (jnode_object(&helpers, err) < 0)
		return -1;
	json_object_foreach ((json_t *)helpers.value, key, value) {
		autofree char *host = auth_file_normal_name(key);
		struct jnode node = jnode_member(&helpers, key);

		if (n > 0 || strcmp(host, registry) != 0)
			continue;
		if (jnode_string(&node, &name, err) < 0)
			return -1;
		if (*name)
			ret[n++] = name;
	}
	name = "";
	if (jnode_string_opt(&store, &name, err) < 0)
		return -1;
	if (*name && (n == 0 || strcmp(ret[0], name) != 0))
		ret[n++] = name;
	return n;
}

/* Does an entry say anything? One with nothing but empty members does not. */
static bool entry_has_login(const json_t *entry)
{
	if (!json_is_object(entry))
		return !json_is_null(entry);
	for (size_t i = 0; i < array_size(login_members); i++) {
		const json_t *value = json_object_get(entry, login_members[i]);

		if (value && !json_is_null(value) &&
		    (!json_is_string(value) || json_string_length(value) > 0))
			return true;
	}
	return false;
}

/* Is the name, or a part of it from the left, that of the key? Then how long that is, else 0. */
static size_t match_name(const char *name, const char *key)
{
	size_t len = strlen(key);

	return len > 0 && strncmp(name, key, len) == 0 && (name[len] == '/' || !name[len]) ? len
											   : 0;
}

/* The key of the entry that holds for a name (borrowed), or NULL. A key that is written as it is meant goes
 * before one that is written otherwise. */
static const char *find_key(const struct jnode *auths, const char *name)
{
	const char *found = NULL;
	size_t found_len = 0;
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)auths->value, key, value) {
		autofree char *normal = auth_file_normal_name(key);
		size_t len = match_name(name, normal);

		if (!len || !entry_has_login(value))
			continue;
		if (len > found_len || (len == found_len && strcmp(key, normal) == 0)) {
			found = key;
			found_len = len;
		}
	}
	return found;
}

/* "USER:PASSWORD" in base64. Some versions of docker wrote NULs behind the password. */
static int decode_auth(const char *auth, struct credentials *ret, struct error *err)
{
	autosecret struct str pair = STR_INIT;
	char *colon;

	str_reserve(&pair, strlen(auth));
	if (base64_decode(auth, strlen(auth), &pair, err) < 0)
		return -1;
	while (pair.len > 0 && pair.data[pair.len - 1] == '\0')
		pair.len--;
	pair.data[pair.len] = '\0';
	colon = strchr(pair.data, ':');
	if (!colon || strlen(pair.data) != pair.len)
		return error_set(err, ERROR_FAILED, "it is not USER:PASSWORD in base64");
	ret->user = xstrndup(pair.data, (size_t)(colon - pair.data));
	ret->password = xstrdup(colon + 1);
	return 0;
}

/* Give the login of an entry to ret. */
static int read_entry(const struct jnode *entry, struct credentials *ret, struct error *err)
{
	struct jnode auth_node = jnode_member(entry, "auth");
	struct jnode token_node = jnode_member(entry, "identitytoken");
	struct jnode user_node = jnode_member(entry, "username");
	struct jnode password_node = jnode_member(entry, "password");
	const char *auth = "";
	const char *token = "";
	const char *user = "";
	const char *password = "";

	if (jnode_object(entry, err) < 0 || jnode_string_opt(&auth_node, &auth, err) < 0 ||
	    jnode_string_opt(&token_node, &token, err) < 0 ||
	    jnode_string_opt(&user_node, &user, err) < 0 ||
	    jnode_string_opt(&password_node, &password, err) < 0)
		return -1;
	if (*auth) {
		struct error cause = { 0 };

		if (decode_auth(auth, ret, &cause) < 0)
			return jnode_error(&auth_node, err, "%s", cause.message);
	} else {
		ret->user = xstrdup(user);
		ret->password = xstrdup(password);
	}
	if (*token)
		ret->identity_token = xstrdup(token);
	if (*ret->user)
		return 0;
	if (!*token)
		return jnode_error(&auth_node, err, "the name of the user is empty");
	free(ret->user);
	ret->user = xstrdup(CREDENTIALS_TOKEN_USER);
	return 0;
}

int auth_file_find(const struct auth_file *file, const char *name, struct credentials *ret,
		   struct error *err)
{
	struct jnode root = jnode_root(file->json, file->path);
	struct jnode auths = jnode_member(&root, "auths");
	autocredentials struct credentials found = CREDENTIALS_INIT;
	const char *key;
	struct jnode entry;

	if (jnode_object(&auths, err) < 0)
		return -1;
	key = find_key(&auths, name);
	if (!key)
		return 0;
	entry = jnode_member(&auths, key);
	if (read_entry(&entry, &found, err) < 0)
		return -1;
	found.origin = xasprintf("entry '%s' of '%s'", key, file->path);
	*ret = found;
	found = (struct credentials)CREDENTIALS_INIT;
	return 1;
}

/* The file's object "auths", made when it is missing. */
static json_t *get_auths(struct auth_file *file)
{
	json_t *auths = json_object_get(file->json, "auths");

	if (json_is_object(auths))
		return auths;
	auths = json_object();
	json_object_set_new(file->json, "auths", auths);
	return auths;
}

/* The first key of exactly that name, borrowed, or NULL. */
static const char *find_same_key(json_t *auths, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach (auths, key, value) {
		autofree char *normal = auth_file_normal_name(key);

		if (strcmp(normal, name) == 0)
			return key;
	}
	return NULL;
}

static const char *new_key(const struct auth_file *file, const char *name)
{
	const char *slash = strrchr(file->path, '/');

	if (strcmp(slash ? slash + 1 : file->path, DOCKER_FILE_NAME) == 0)
		return auth_file_server(name);
	return name;
}

/* The member "auth" of a login, new. */
static char *encode_auth(const struct credentials *credentials)
{
	autosecrettext char *basic = credentials_basic(credentials);

	return xstrdup(basic + strlen("Basic "));
}

/* What an entry says besides the login, new. */
static json_t *copy_entry(const json_t *entry)
{
	json_t *copy = json_is_object(entry) ? json_copy((json_t *)entry) : json_object();

	for (size_t i = 0; i < array_size(login_members); i++)
		json_object_del(copy, login_members[i]);
	return copy;
}

void auth_file_set(struct auth_file *file, const char *name, const struct credentials *credentials)
{
	autosecrettext char *auth = credentials ? encode_auth(credentials) : NULL;
	json_t *auths = get_auths(file);
	const char *same = find_same_key(auths, name);
	autofree char *key = xstrdup(same ? same : new_key(file, name));
	json_t *entry = copy_entry(json_object_get(auths, key));

	if (auth)
		json_object_set_new(entry, "auth", json_string(auth));
	auth_file_remove(file, name);
	json_object_set_new(auths, key, entry);
}

/* The other members of an entry may be another one's too. */
static void wipe_login(json_t *entry)
{
	for (size_t i = 0; i < array_size(login_members); i++)
		secret_json_wipe(json_object_get(entry, login_members[i]));
}

size_t auth_file_remove(struct auth_file *file, const char *name)
{
	json_t *auths = get_auths(file);
	const char *key;
	size_t n = 0;

	while ((key = find_same_key(auths, name))) {
		autofree char *copy = xstrdup(key);

		wipe_login(json_object_get(auths, copy));
		json_object_del(auths, copy);
		n++;
	}
	return n;
}

static void add_names(const json_t *object, struct strlist *ret)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)object, key, value) {
		autofree char *name = auth_file_normal_name(key);

		if (!strlist_contains(ret, name))
			strlist_take(ret, steal(&name));
	}
}

void auth_file_names(const struct auth_file *file, struct strlist *ret)
{
	add_names(json_object_get(file->json, "auths"), ret);
	add_names(json_object_get(file->json, "credHelpers"), ret);
}
