/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/credential_search.h"

#include "base/alloc.h"
#include "registry/auth_file.h"
#include "registry/auth_places.h"
#include "registry/credential_helper.h"

#include <string.h>

/* Ask one helper. docker keeps the login at docker.io under another name there than podman does. */
static int ask_helper(const struct credential_search *search, const char *name,
		      const char *registry, struct credentials *ret, struct error *err)
{
	const struct credential_helper helper = { name, search->interrupt, search->progress };
	const char *server = auth_file_server(registry);
	int found = credential_helper_get(&helper, server, ret, err);

	if (found == 0 && strcmp(server, registry) != 0)
		found = credential_helper_get(&helper, registry, ret, err);
	return found;
}

static int search_helpers(const struct credential_search *search, const struct auth_file *file,
			  const char *registry, struct credentials *ret, struct error *err)
{
	const char *helpers[AUTH_FILE_HELPERS_MAX];
	int n = auth_file_helpers(file, registry, helpers, err);

	for (int i = 0; i < n; i++) {
		int found = ask_helper(search, helpers[i], registry, ret, err);

		if (found < 0)
			return error_prefix(err, "'%s'", file->path);
		if (!found)
			continue;
		ret->origin =
			xasprintf("docker-credential-%s, which '%s' names", helpers[i], file->path);
		return 1;
	}
	return n < 0 ? -1 : 0;
}

static int search_file(const struct credential_search *search, const struct auth_place *where,
		       const struct place *place, struct credentials *ret, struct error *err)
{
	autoauthfile struct auth_file file = AUTH_FILE_INIT;
	autofree char *name = *place->repository ? place_name(place) : xstrdup(place->registry);
	struct error cause = { 0 };
	int found;

	if (auth_file_read(where->path, &file, &cause) < 0) {
		if (cause.code == ERROR_NOT_FOUND && !where->named_by)
			return 0;
		error_move(err, &cause);
		/* That the image does not exist would be another matter. */
		return cause.code == ERROR_NOT_FOUND ? error_recode(err, ERROR_FAILED) : -1;
	}
	found = search_helpers(search, &file, place->registry, ret, err);
	return found ? found : auth_file_find(&file, name, ret, err);
}

static int search_files(const struct credential_search *search, const struct place *place,
			struct credentials *ret, struct error *err)
{
	autoauthplaces struct auth_place_list places = AUTH_PLACE_LIST_INIT;
	int found = 0;

	auth_places(search->authfile, &places);
	for (size_t i = 0; i < places.len && !found; i++)
		found = search_file(search, &places.items[i], place, ret, err);
	return found < 0 ? error_prefix(err, "login at '%s'", place->registry) : found;
}

/* Are the logins of the command line for that place? */
static bool is_given_for(const struct credential_search *search, const struct place *place)
{
	return search->given && search->given->user && !place->is_mirror &&
	       strcmp(search->registry, place->registry) == 0;
}

int credential_search(const struct credential_search *search, const struct place *place,
		      struct credentials *ret, struct error *err)
{
	autocredentials struct credentials found = CREDENTIALS_INIT;
	int result = 1;

	if (is_given_for(search, place))
		credentials_copy(search->given, &found);
	else
		result = search_files(search, place, &found, err);
	if (result <= 0)
		return result;
	if (search->token_host && !found.token_host)
		found.token_host = xstrdup(search->token_host);
	*ret = found;
	found = (struct credentials)CREDENTIALS_INIT;
	return 1;
}
