/* SPDX-License-Identifier: Apache-2.0 */
/* Whose login is found for a place: the command line's for its own registry, and no other. (The files, and their
 * order: tests/ctnr-login/sources.t.) */
#include "tap.h"

#include "base/alloc.h"
#include "registry/credential_search.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char directory[] = "/tmp/ctnr-search.XXXXXX";

/* A file in which "kept" is logged in at the origin and at its mirror. */
static char *write_file(void)
{
	char *path = xasprintf("%s/auth.json", directory);
	FILE *file = fopen(path, "we");

	if (!file) {
		perror("# cannot write");
		exit(EXIT_FAILURE);
	}
	fputs("{\"auths\":{\"a.test\":{\"auth\":\"a2VwdDpw\"},"
	      "\"mirror.test/n\":{\"auth\":\"bWlycm9yOnA=\"}}}",
	      file);
	fclose(file);
	return path;
}

static void finds(const struct credential_search *search, const struct place *place,
		  const char *user, const char *title)
{
	autocredentials struct credentials found = CREDENTIALS_INIT;

	is_int(credential_search(search, place, &found, NULL), user != NULL, title);
	is_str(found.user, user, "... is that user");
	is_str(found.token_host, user ? search->token_host : NULL, "... who may go there");
}

int main(void)
{
	const struct credentials given = { .user = (char *)"given", .password = (char *)"p" };
	const struct place origin = { .registry = (char *)"a.test", .repository = (char *)"n/x" };
	const struct place other = { .registry = (char *)"b.test", .repository = (char *)"n/x" };
	const struct place mirror = { .registry = (char *)"mirror.test",
				      .repository = (char *)"n/x",
				      .is_mirror = true };
	const struct place same = { .registry = (char *)"a.test",
				    .repository = (char *)"n/x",
				    .is_mirror = true };
	autofree char *path = NULL;
	struct credential_search search = { .given = &given, .registry = "a.test" };

	if (!mkdtemp(directory))
		return EXIT_FAILURE;
	setenv("HOME", directory, 1);
	setenv("XDG_RUNTIME_DIR", directory, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	path = write_file();

	finds(&search, &origin, "given", "what the command line says is for its registry");
	finds(&search, &other, NULL, "... for no other");
	finds(&search, &mirror, NULL, "... for no mirror");
	finds(&search, &same, NULL, "... not even for one on the same host");
	search.authfile = path;
	finds(&search, &origin, "given", "it goes before what is kept");
	finds(&search, &mirror, "mirror", "a mirror has a login of its own");
	finds(&search, &same, "kept", "... which may be the host's");
	search.given = NULL;
	search.token_host = "tokens.test";
	finds(&search, &origin, "kept", "what is kept may go to the token server that was named");
	unlink(path);
	rmdir(directory);
	return done_testing();
}
