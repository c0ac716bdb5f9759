/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "registry/registries_conf.h"
#include "registry/registries_file.h"
#include "registry/short_name.h"

static int read_conf(struct registries_conf *conf, const char *text, struct error *err)
{
	strlist_append(&conf->files, "f");
	return registries_file_read(text, strlen(text), conf->files.items[0], conf, err) < 0 ||
			       registries_conf_finish(conf, err) < 0
		       ? -1
		       : 0;
}

/* The places on one line: "REGISTRY/REPOSITORY mirror insecure elsewhere REASON, ...". */
static void append_places(struct str *out, const struct place_list *places)
{
	for (size_t i = 0; i < places->len; i++) {
		const struct place *place = &places->items[i];

		str_appendf(out, "%s%s/%s%s%s%s%s%s", i ? ", " : "", place->registry,
			    place->repository, place->is_mirror ? " mirror" : "",
			    place->is_insecure ? " insecure" : "",
			    place->is_elsewhere ? " elsewhere" : "", place->reason ? " " : "",
			    place->reason ? place->reason : "");
	}
}

static void find_places(const char *text, const char *name, struct str *out)
{
	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
	autoplacelist struct place_list places = PLACE_LIST_INIT;
	autoreference struct reference reference = REFERENCE_INIT;
	struct error err = { 0 };

	if (read_conf(&conf, text, &err) == 0 && reference_parse(name, &reference, &err) == 0 &&
	    registries_conf_places(&conf, &reference,
				   reference.digest ? REGISTRIES_BY_DIGEST : REGISTRIES_BY_TAG,
				   &places, &err) == 0)
		append_places(out, &places);
	else
		str_appendf(out, "%d %s", err.code, err.message);
}

static void places(const char *text, const char *name, const char *wanted, const char *title)
{
	autostr struct str out = STR_INIT;

	find_places(text, name, &out);
	is_str(out.data, wanted, title);
}

#define DIGEST \
	"@sha256:" \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_prefixes(void)
{
	static const char nested[] = "[[registry]]\nlocation='a.io'\n"
				     "[[registry]]\nlocation='a.io/x/y'\ninsecure=true\n"
				     "[[registry]]\nlocation='a.io/x'\n";

	places("", "a.io/x:1", "a.io/x", "without a configuration the name itself is the place");
	places("[[registry]]\nlocation='b.io'\n", "a.io/x:1", "a.io/x",
	       "... also where none of its tables is about it");
	places(nested, "a.io/x/y/z", "a.io/x/y/z insecure f:3", "the longest prefix counts");
	places(nested, "a.io/x/yz", "a.io/x/yz f:6", "a prefix ends where a component does");
	places(nested, "A.io/x/y", "A.io/x/y insecure f:3", "hosts have no case");
	places(nested, "a.io:5000/x", "a.io:5000/x f:1",
	       "a host without a port is about all ports");
	places("[[registry]]\nlocation='a.io:80'\n", "a.io:8080/x", "a.io:8080/x",
	       "... one with a port about that alone");
	places("[[registry]]\nlocation='a.io/x:1'\ninsecure=true\n", "a.io/x:1",
	       "a.io/x insecure f:1", "a prefix may name one tag");
	places("[[registry]]\nlocation='a.io/x:1'\ninsecure=true\n", "a.io/x:10", "a.io/x",
	       "... and not one that begins so");
	places("[[registry]]\nprefix='docker.io/library'\nlocation='a.io/hub/'\n", "alpine",
	       "a.io/hub/alpine elsewhere f:1", "short names of docker.io are in library");
}

static void test_wildcards(void)
{
	static const char wild[] = "[[registry]]\nprefix='*.io'\ninsecure=true\n"
				   "[[registry]]\nprefix='*.b.io'\nlocation='c.org'\n"
				   "[[registry]]\nprefix='a.b.io'\nlocation='c.org/a'\n";

	places(wild, "x.io/y", "x.io/y insecure f:1", "*.DOMAIN is about all hosts in it");
	places(wild, "x.b.io:80/y", "c.org:80/y elsewhere f:4", "...");
	places(wild, "a.b.io/y", "c.org/a/y elsewhere f:7",
	       "of the same length the prefix that says more counts");
	places("[[registry]]\nprefix='*.b.io'\ninsecure=true\n", "b.io/y", "b.io/y",
	       "... and not about the domain itself");
	places("[[registry]]\nprefix='*.b.io'\ninsecure=true\n", "ab.io/y", "ab.io/y",
	       "... nor about one that ends so");
	places("[[registry]]\nprefix='*.b.io'\ninsecure=true\n", "x.org/a.b.io/y", "x.org/a.b.io/y",
	       "... nor about a path that looks so");
}

static void test_mirrors(void)
{
	static const char conf[] =
		"[[registry]]\nprefix='a.io/x'\nlocation='b.io/x'\n"
		"[[registry.mirror]]\nlocation='m1.io'\ninsecure=true\n"
		"[[registry.mirror]]\nlocation='m2.io/p'\npull-from-mirror='tag-only'\n"
		"[[registry.mirror]]\nlocation='m3.io'\npull-from-mirror='digest-only'\n"
		"[[registry.mirror]]\nlocation='a.io/m'\npull-from-mirror='all'\n";
	static const char digests[] = "[[registry]]\nlocation='a.io'\nmirror-by-digest-only=true\n"
				      "mirror=[{location='m.io'}]\n";

	places(conf, "a.io/x/y:1",
	       "m1.io/y mirror insecure elsewhere f:4, m2.io/p/y mirror elsewhere f:7, "
	       "a.io/m/y mirror f:13, b.io/x/y elsewhere f:1",
	       "mirrors stand before the location, in their order");
	places(conf, "a.io/x/y" DIGEST,
	       "m1.io/y mirror insecure elsewhere f:4, m3.io/y mirror elsewhere f:10, "
	       "a.io/m/y mirror f:13, b.io/x/y elsewhere f:1",
	       "pull-from-mirror says for which pulls");
	places(digests, "a.io/x:1", "a.io/x f:1", "mirror-by-digest-only says it for all");
	places(digests, "a.io/x:1" DIGEST, "m.io/x mirror elsewhere f:4, a.io/x f:1", "...");
}

static void test_refusals(void)
{
	places("[[registry]]\nlocation='a.io'\nblocked=true\n", "a.io/x:1",
	       "4 'a.io' is blocked by f:1", "what is blocked is an error");
	places("[[registry]]\nprefix='*.a.io'\nblocked=true\n", "X.A.io:80/x",
	       "4 '*.a.io' is blocked by f:1", "... whatever the host's case and port");
	places("[[registry]]\nprefix='a.io/x:1'\nlocation='a.io/x:2'\n", "a.io/x:1",
	       "1 f:1: the location changes the tag: 'a.io/x:2'", "a location changes no tag");
	places("[[registry]]\nprefix='a.io/x'\nlocation='b.io'\n", "a.io/x:1",
	       "1 f:1: the location makes 'b.io:1' of the name",
	       "a name without a repository is told");
}

static void refuses(const char *text, const char *wanted, const char *hint, const char *title)
{
	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
	struct error err = { 0 };

	read_conf(&conf, text, &err);
	is_str(err.message, wanted, title);
	if (hint)
		is_str(err.hint, hint, "... and what to do");
}

static void test_misplaced(void)
{
	static const char move[] = "move it before the first line that begins with '['";

	refuses("[[registry]]\nlocation='a.io'\nshort-name-mode='enforcing'\n",
		"f:3: short-name-mode: it is in a table, where it means nothing", move,
		"a key of the file behind a table is told");
	refuses("[aliases]\nx='a.io/x'\nunqualified-search-registries=[]\n",
		"f:3: unqualified-search-registries: it is in a table, where it means nothing",
		move, "... also behind aliases, where any key could be one");
	refuses("[[registry]]\nlocation='a.io'\n[[registry.mirror]]\nlocation='b.io'\naliases={}\n",
		"f:5: aliases: it is in a table, where it means nothing", move,
		"... and in a mirror");
	refuses("\nblocked=true\n", "f:2: blocked: it is in no table, where it means nothing",
		"write a line [[registry]] before it", "a key of a table outside of it");
	refuses("[registry]\nlocation='a.io'\n", "f:1: registry: expected an array, got a table",
		"write [[registry]], with two brackets", "one pair of brackets too few");
	refuses("[[registry]]\nlocatoin='a.io'\n", "f:2: locatoin: unknown key",
		"did you mean 'location'?", "an unknown key is told");
	refuses("[[registry]]\nlocation='a.io'\n[registry.mirror]\n",
		"f:3: mirror: expected an array, got a table", NULL, "a mirror that is no list");
}

static void test_version_1(void)
{
	refuses("[registries.search]\nregistries = ['docker.io', 'quay.io']\n"
		"[registries.insecure]\nregistries = ['a.io']\n[registries.block]\n"
		"registries = ['b.io']\n",
		"f:1: registries: version 1 of the format is not read",
		"version 2 says 'unqualified-search-registries = [\"docker.io\", \"quay.io\"]' and "
		"'registry = [{ location = \"a.io\", insecure = true }, "
		"{ location = \"b.io\", blocked = true }]'",
		"version 1 is refused");
	refuses("[registries.search]\nregistries = []\n",
		"f:1: registries: version 1 of the format is not read", "",
		"... also when it says nothing");
	places("unqualified-search-registries = [\"docker.io\", \"quay.io\"]\n"
	       "registry = [{ location = \"a.io\", insecure = true }, "
	       "{ location = \"b.io\", blocked = true }]\n",
	       "a.io/x", "a.io/x insecure f:2", "what is shown instead is version 2");
}

static void test_values(void)
{
	refuses("[[registry]]\nlocation='https://a.io'\n", "f:2: location: 'https://a.io' is a URL",
		"write 'a.io'; insecure = true allows http", "a location is no URL");
	refuses("[[registry]]\nlocation='mirror'\n",
		"f:2: location: 'mirror' is not HOST[:PORT][/PATH]", NULL,
		"a host without a dot is none");
	refuses("[[registry]]\nprefix='*.a.io/x'\n",
		"f:2: prefix: '*.a.io/x': behind '*.' stands a domain, and nothing else", NULL,
		"a wildcard is for hosts");
	refuses("[[registry]]\nprefix='a.*.io'\n",
		"f:2: prefix: 'a.*.io' is not HOST[:PORT][/PATH]", NULL, "... and stands first");
	refuses("[[registry]]\ninsecure=true\n",
		"f:1: the registry has neither a prefix nor a location", NULL,
		"a table must be about something");
	refuses("[[registry]]\nlocation='a.io'\nblocked='yes'\n",
		"f:3: blocked: expected a boolean, got a string", NULL, "each key has its kind");
	refuses("[[registry]]\nlocation='a.io'\nmirror=[{insecure=true}]\n",
		"f:3: the mirror has no location", NULL, "a mirror must be somewhere");
	refuses("[[registry]]\nlocation='a.io'\nmirror-by-digest-only=true\n"
		"[[registry.mirror]]\nlocation='m.io'\npull-from-mirror='all'\n",
		"f:6: pull-from-mirror: mirror-by-digest-only of the registry has decided it", NULL,
		"two keys that say the same exclude each other");
	refuses("[[registry]]\nlocation='a.io'\n[[registry]]\nprefix='a.io'\n",
		"f:3: registry: 'a.io' is there already, in line 1", NULL,
		"a prefix has one table in a file");
	refuses("short-name-mode='ask'\n",
		"f:1: short-name-mode: expected permissive, enforcing or disabled, got 'ask'", NULL,
		"a mode has a name");
	refuses("credential-helpers=['containers-auth.json', 'pass']\n",
		"f:1: credential-helpers: helper 'pass' is not asked from here",
		"name it in auth.json: \"credHelpers\" or \"credsStore\"",
		"helpers are auth.json's");
	refuses("unqualified-search-registries=['a b']\n", "f:1: 'a b' is not HOST[:PORT][/PATH]",
		"name registries, as \"docker.io\"", "a registry that is searched has a name");
	refuses("unqualified-search-registries=['a.io/x']\n", "f:1: 'a.io/x' is not HOST[:PORT]",
		NULL, "... and no path");
}

static void resolve(const char *text, const char *name, struct str *out)
{
	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
	autoshortname struct short_name found = SHORT_NAME_INIT;
	struct error err = { 0 };

	if (read_conf(&conf, text, &err) < 0 || short_name_resolve(&conf, name, &found, &err) < 0 ||
	    short_name_choose(&found, &err) < 0) {
		str_appendf(out, "%d %s", err.code, err.message);
		return;
	}
	for (size_t i = 0; i < found.candidates.len; i++)
		str_appendf(out, "%s%s", i ? ", " : "", found.candidates.items[i]);
	if (found.reason)
		str_appendf(out, " %s", found.reason);
}

static void resolves(const char *text, const char *name, const char *wanted, const char *title)
{
	autostr struct str out = STR_INIT;

	resolve(text, name, &out);
	is_str(out.data, wanted, title);
}

#define SEARCH "unqualified-search-registries=['docker.io', 'a.io']\n"

static void test_short_names(void)
{
	resolves("", "alpine:3", "docker.io/library/alpine:3",
		 "without a configuration a short name is docker.io's");
	resolves("[aliases]\nalpine='a.io/b/alpine'\n", "alpine" DIGEST,
		 "a.io/b/alpine" DIGEST " f:2", "an alias keeps the digest");
	resolves("[aliases]\nalpine='a.io/b/alpine'\n", "x/alpine", "docker.io/x/alpine:latest",
		 "... and is for the whole name");
	resolves("[aliases]\nregistry='a.io/registry'\n", "registry", "a.io/registry:latest f:2",
		 "... which may be called as a key is");
	resolves("[aliases]\nalpine=''\n", "alpine", "docker.io/library/alpine:latest",
		 "an empty alias is none");
	resolves(SEARCH, "b", "docker.io/library/b:latest, a.io/b:latest f:1",
		 "registries are searched in their order");
	resolves(SEARCH "short-name-mode='enforcing'\n", "b",
		 "2 'b' may be any of: docker.io/library/b:latest, a.io/b:latest "
		 "(short-name-mode of f:2)",
		 "... where nobody can be asked the mode decides");
	resolves(SEARCH "short-name-mode='disabled'\n", "b",
		 "docker.io/library/b:latest, a.io/b:latest f:1", "...");
	resolves(SEARCH "[[registry]]\nlocation='docker.io'\nblocked=true\n", "b",
		 "a.io/b:latest f:1", "what is blocked is not searched");
	resolves("unqualified-search-registries=['a.io']\nshort-name-mode='enforcing'\n", "b",
		 "a.io/b:latest f:1", "one registry is no choice");
	resolves("unqualified-search-registries=[]\n", "b",
		 "3 'b' names no registry, and none is searched (f:1)", "none is searched");
	resolves(SEARCH, "B", "2 invalid reference 'B': invalid name", "what is no name");
	refuses("[aliases]\n'a.io/x'='b.io/x'\n",
		"f:2: a.io/x: it is not a name without registry and tag", NULL,
		"an alias is for a short name");
	refuses("[aliases]\nx='b.io/x:1'\n",
		"f:2: x: 'b.io/x:1' is not HOST[:PORT]/NAME without a tag", NULL,
		"... and stands for a whole one");
}

int main(void)
{
	test_prefixes();
	test_wildcards();
	test_mirrors();
	test_refusals();
	test_misplaced();
	test_version_1();
	test_values();
	test_short_names();
	return done_testing();
}
