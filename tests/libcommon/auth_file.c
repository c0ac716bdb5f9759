/* SPDX-License-Identifier: Apache-2.0 */
/* Which entry of a file of logins holds for a repository, and what editing leaves as it was. */
#include "tap.h"

#include "base/alloc.h"
#include "format/json.h"
#include "registry/auth_file.h"

#define A "{\"auth\":\"YTpw\"}" /* a:p */
#define B "{\"auth\":\"Yjpw\"}" /* b:p */

static const struct {
	const char *text;
	const char *name;
	const char *user; /* NULL: nothing is found; "!": it is an error */
	const char *title;
} lookups[] = {
	{ "{}", "a.io/x", NULL, "a file may say nothing" },
	{ "{\"auths\":null,\"credHelpers\":null}", "a.io/x", NULL, "... or null" },
	{ "{\"auths\":{\"a.io\":" A "}}", "a.io/x", "a", "a host" },
	{ "{\"auths\":{\"a.io\":" A "}}", "a.io", "a", "... asked for itself" },
	{ "{\"auths\":{\"a.io\":" A "}}", "a.io:443/x", NULL, "... not on another port" },
	{ "{\"auths\":{\"a.io\":" A "}}", "b.a.io/x", NULL, "... nor for another host" },
	{ "{\"auths\":{\"a.io:5000\":" A "}}", "a.io:5000/x", "a", "a host with its port" },
	{ "{\"auths\":{\"a.io\":" A ",\"a.io/n\":" B "}}", "a.io/n/x", "b", "a namespace" },
	{ "{\"auths\":{\"a.io/n\":" B ",\"a.io\":" A "}}", "a.io/nn", "a",
	  "... not another that begins alike" },
	{ "{\"auths\":{\"a.io/n/x\":" B ",\"a.io/n\":" A "}}", "a.io/n/x", "b", "a repository" },
	{ "{\"auths\":{\"a.io/n\":" A "}}", "a.io", NULL, "a namespace is not the host" },
	{ "{\"auths\":{\"https://a.io\":" A "}}", "a.io/x", "a", "docker's key with a scheme" },
	{ "{\"auths\":{\"https://a.io/v1/\":" A "}}", "a.io/x", "a", "... and a path" },
	{ "{\"auths\":{\"https://a.io/n/m\":" A "}}", "a.io/x", "a", "... whichever" },
	{ "{\"auths\":{\"http://a.io\":" A "}}", "a.io/x", "a", "... and without TLS" },
	{ "{\"auths\":{\"a.io/v2/\":" A "}}", "a.io/x", "a", "... and without a scheme" },
	{ "{\"auths\":{\"https://a.io\":" A ",\"a.io\":" B "}}", "a.io/x", "b",
	  "a key goes before one that is written otherwise" },
	{ "{\"auths\":{\"https://index.docker.io/v1/\":" A "}}", "docker.io/library/x", "a",
	  "docker.io by the name of old" },
	{ "{\"auths\":{\"index.docker.io\":" A "}}", "docker.io/library/x", "a",
	  "... by that of its host" },
	{ "{\"auths\":{\"registry-1.docker.io\":" A "}}", "docker.io/library/x", "a",
	  "... by that of its server" },
	{ "{\"auths\":{\"docker.io\":" A "}}", "docker.io/library/x", "a", "... and by its own" },
	{ "{\"auths\":{\"docker.io/library\":" B ",\"docker.io\":" A "}}", "docker.io/library/x",
	  "b", "... with a namespace" },
	{ "{\"auths\":{\"a.io/n\":{},\"a.io\":" A "}}", "a.io/n/x", "a",
	  "an entry without a login is none" },
	{ "{\"auths\":{\"a.io\":{\"auth\":\"\"}}}", "a.io/x", NULL, "... also with an empty one" },
	{ "{\"auths\":{\"a.io\":{\"email\":\"x\"}}}", "a.io/x", NULL,
	  "... and with other members" },
	{ "{\"auths\":{\"a.io\":{\"username\":\"c\",\"password\":\"p\"}}}", "a.io/x", "c",
	  "a user and a password apart" },
	{ "{\"auths\":{\"a.io\":{\"identitytoken\":\"t\"}}}", "a.io/x", "<token>",
	  "an identity token needs no user" },
	{ "{\"auths\":{\"a.io\":{\"auth\":\"OnA=\",\"identitytoken\":\"t\"}}}", "a.io/x", "<token>",
	  "... also an empty one" },
	{ "{\"auths\":{\"a.io\":{\"auth\":\"YTpwAAA=\"}}}", "a.io/x", "a",
	  "NULs behind a password are docker's" },
	{ "{\"auths\":{\"a.io\":{\"auth\":\"YQA6cA==\"}}}", "a.io/x", "!",
	  "... elsewhere nobody's" },
	{ "{\"auths\":{\"a.io\":{\"auth\":\"YQ==\"}}}", "a.io/x", "!", "a login has a colon" },
	{ "{\"auths\":{\"a.io\":{\"auth\":\"OnA=\"}}}", "a.io/x", "!", "... and a user" },
	{ "{\"auths\":{\"a.io\":{\"auth\":\"%%%\"}}}", "a.io/x", "!", "... in base64" },
	{ "{\"auths\":{\"a.io\":{\"auth\":1}}}", "a.io/x", "!", "... and is a string" },
	{ "{\"auths\":{\"a.io\":1}}", "a.io/x", "!", "an entry is an object" },
	{ "{\"auths\":{\"a.io\":1}}", "b.io/x", NULL, "... where it is needed" },
	{ "{\"auths\":[]}", "a.io/x", "!", "entries are an object" },
	{ "{\"auths\":{\"\":" A "}}", "a.io/x", NULL, "an empty key is no host" },
	{ "{\"auths\":{\"https://\":" A "}}", "a.io/x", NULL, "... and neither is a scheme" },
};

static void parse(const char *text, struct auth_file *ret)
{
	autostr struct str copy = STR_INIT;

	str_append(&copy, text);
	auth_file_parse(&copy, "/x/auth.json", ret, NULL);
}

static void test_lookups(void)
{
	for (size_t i = 0; i < array_size(lookups); i++) {
		autoauthfile struct auth_file file = AUTH_FILE_INIT;
		autocredentials struct credentials found = CREDENTIALS_INIT;
		struct error err = { 0 };
		const char *user = lookups[i].user;
		int wanted = !user ? 0 : strcmp(user, "!") == 0 ? -1 : 1;

		parse(lookups[i].text, &file);
		is_int(auth_file_find(&file, lookups[i].name, &found, &err), wanted,
		       lookups[i].title);
		if (wanted > 0)
			is_str(found.user, user, "... is found");
		if (wanted < 0)
			ok(strncmp(err.message, "/x/auth.json: auths", 19) == 0,
			   "... says the message, with the file");
	}
}

static void test_login(void)
{
	autoauthfile struct auth_file file = AUTH_FILE_INIT;
	autocredentials struct credentials found = CREDENTIALS_INIT;

	parse("{\"auths\":{\"https://a.io\":{\"auth\":\"YTpwOnE=\",\"identitytoken\":\"t\"}}}",
	      &file);
	is_int(auth_file_find(&file, "a.io/x", &found, NULL), 1, "a login");
	is_str(found.password, "p:q", "... has a password, which may have colons");
	is_str(found.identity_token, "t", "... and an identity token");
	is_str(found.origin, "entry 'https://a.io' of '/x/auth.json'",
	       "... and is found somewhere");
}

static void test_unreadable(void)
{
	static const char *const texts[] = { " ", "[]", "{\"auths\": {\"a.io\": {\"auth\": \"c2Vj",
					     "{\"a\":1,\"a\":2}", "{\"x\": c2VjcmV0}" };

	for (size_t i = 0; i < array_size(texts); i++) {
		autoauthfile struct auth_file file = AUTH_FILE_INIT;
		autostr struct str text = STR_INIT;
		struct error err = { 0 };

		str_append(&text, texts[i]);
		ok(auth_file_parse(&text, "f", &file, &err) < 0, "what is no file of logins");
		ok(!strstr(err.message, "c2Vj"), "... is not repeated in the message");
	}
}

static void has_helpers(const char *text, const char *registry, const char *wanted,
			const char *title)
{
	autoauthfile struct auth_file file = AUTH_FILE_INIT;
	autostr struct str got = STR_INIT;
	const char *names[AUTH_FILE_HELPERS_MAX];
	int n;

	parse(text, &file);
	n = auth_file_helpers(&file, registry, names, NULL);
	for (int i = 0; i < n; i++)
		str_appendf(&got, "%s ", names[i]);
	is_str(n < 0 ? "!" : got.data, wanted, title);
}

static void test_helpers(void)
{
	has_helpers("{\"credHelpers\":{\"a.io\":\"one\"},\"credsStore\":\"two\"}", "a.io",
		    "one two ", "a host's helper goes before the one for all");
	has_helpers("{\"credHelpers\":{\"a.io\":\"one\"},\"credsStore\":\"two\"}", "b.io", "two ",
		    "... which is for all others");
	has_helpers("{\"credHelpers\":{\"a.io\":\"one\"},\"credsStore\":\"one\"}", "a.io", "one ",
		    "nobody is asked twice");
	has_helpers("{\"credHelpers\":{\"https://index.docker.io/v1/\":\"one\"}}", "docker.io",
		    "one ", "docker.io's helper by its other name");
	has_helpers("{\"credHelpers\":{\"a.io\":\"\"},\"credsStore\":\"\"}", "a.io", "",
		    "an empty name is no helper");
	has_helpers("{\"credHelpers\":{\"a.io\":1}}", "a.io", "!", "a helper is a string");
	has_helpers("{\"credHelpers\":[]}", "a.io", "!", "helpers are an object");
}

static void is_json(const struct auth_file *file, const char *wanted, const char *title)
{
	autofree char *text = json_format(file->json);

	is_str(text, wanted, title);
}

static void test_editing(void)
{
	const struct credentials login = { .user = (char *)"b", .password = (char *)"p" };
	autoauthfile struct auth_file file = AUTH_FILE_INIT;
	autoauthfile struct auth_file docker = AUTH_FILE_INIT;
	autostrlist struct strlist names = STRLIST_INIT;
	autostr struct str text = STR_INIT;

	parse("{\"psFormat\":1e3,\"auths\":{\"https://a.io/v1/\":{\"auth\":\"YTpw\",\"identitytoken\":"
	      "\"t\",\"email\":\"e\"},\"a.io/n\":{}},\"credHelpers\":{\"c.io\":\"x\"}}",
	      &file);
	auth_file_set(&file, "a.io", &login);
	is_json(&file,
		"{\"psFormat\":1e3,\"auths\":{\"a.io/n\":{},\"https://a.io/v1/\":{\"email\":\"e\","
		"\"auth\":\"Yjpw\"}},\"credHelpers\":{\"c.io\":\"x\"}}",
		"a login takes the place of the entry that there was, and nothing else");
	auth_file_set(&file, "docker.io", &login);
	auth_file_names(&file, &names);
	is_int((intmax_t)names.len, 4, "a file has names");
	is_str(names.items[2], "docker.io", "... as people know them");
	is_int((intmax_t)auth_file_remove(&file, "a.io"), 1, "a login can be removed");
	is_int((intmax_t)auth_file_remove(&file, "a.io"), 0, "... once");
	auth_file_remove(&file, "docker.io");
	is_json(&file,
		"{\"psFormat\":1e3,\"auths\":{\"a.io/n\":{}},\"credHelpers\":{\"c.io\":\"x\"}}",
		"... and all others stay");
	str_append(&text, "{}");
	auth_file_parse(&text, "/x/config.json", &docker, NULL);
	auth_file_set(&docker, "docker.io", &login);
	auth_file_set(&docker, "a.io", NULL);
	is_json(&docker,
		"{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"Yjpw\"},\"a.io\":{}}}",
		"docker's file has docker's names");
}

int main(void)
{
	test_lookups();
	test_login();
	test_unreadable();
	test_helpers();
	test_editing();
	return done_testing();
}
