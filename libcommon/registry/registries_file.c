/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registries_file.h"

#include "base/alloc.h"
#include "format/toml.h"
#include "oci/reference.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const top_keys[] = {
	"unqualified-search-registries",
	"short-name-mode",
	"credential-helpers",
	/* About layers that are mounted from a store of somebody else's, which there is none of here. */
	"additional-layer-store-auth-helper",
	"registry",
	"aliases",
	NULL,
};

static const char *const entry_keys[] = {
	"prefix", "location", "insecure", "blocked", "mirror-by-digest-only", "mirror", NULL,
};

static const char *const mirror_keys[] = { "location", "insecure", "pull-from-mirror", NULL };

static const char *const mode_names[SHORT_NAME_MODE_MAX] = { "permissive", "enforcing",
							     "disabled" };

static const char *const use_names[REGISTRIES_MIRROR_MAX] = { "all", "digest-only", "tag-only" };

static struct registries_line line_of(const struct config_node *node)
{
	return (struct registries_line) { node->file, node->line };
}

static int refuse_misplaced(const struct config_node *node, struct error *err)
{
	config_node_error(node, err, "it is in a table, where it means nothing");
	return error_hint(err, "move it before the first line that begins with '['");
}

/* The keys of a table, where those of the whole file are none. */
static int check_table_keys(const struct config_node *table, const char *const *keys,
			    struct error *err)
{
	for (size_t i = 0; i < table->n_children; i++)
		if (!config_text_is_one_of(table->children[i].key, keys) &&
		    config_text_is_one_of(table->children[i].key, top_keys))
			return refuse_misplaced(&table->children[i], err);
	return config_node_check_keys(table, keys, err);
}

static int expect_string(const struct config_node *node, struct error *err)
{
	return node->kind == CONFIG_STRING ? 0 : config_node_error(node, err, "expected a string");
}

/* The value of a key that has one of these names: its index. Empty is as if it were not there. */
static int read_choice(const struct config_node *table, const char *key, const char *const *names,
		       int n_names, int *ret, struct error *err)
{
	const char *text = NULL;

	if (config_node_string(table, key, &text, err) < 0)
		return -1;
	if (!text || !*text)
		return 0;
	for (int i = 0; i < n_names; i++) {
		if (strcmp(names[i], text) == 0) {
			*ret = i;
			return 1;
		}
	}
	return config_node_error(config_node_find(table, key), err,
				 "expected %s, %s or %s, got '%s'", names[0], names[1], names[2],
				 text);
}

/* A prefix or location without the slashes at its end, its host in lower case: new. */
static char *normal_location(const char *text)
{
	size_t len = strlen(text);
	char *normal;

	while (len > 1 && text[len - 1] == '/')
		len--;
	normal = xstrndup(text, len);
	for (char *p = normal; *p && *p != '/'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return normal;
}

/* Is it HOST[:PORT][/PATH[:TAG][@DIGEST]]? */
static bool is_location(const char *text)
{
	autoreference struct reference reference = REFERENCE_INIT;

	return reference_is_namespace(text) ||
	       (reference_has_registry(text) && reference_parse(text, &reference, NULL) == 0);
}

static int check_location(const struct config_node *node, const char *location, struct error *err)
{
	const char *scheme = strstr(location, "://");

	if (scheme) {
		config_node_error(node, err, "'%s' is a URL", location);
		return error_hint(err, "write '%s'; insecure = true allows http", scheme + 3);
	}
	return is_location(location)
		       ? 0
		       : config_node_error(node, err, "'%s' is not HOST[:PORT][/PATH]", location);
}

/* A location that must be HOST[:PORT][/PATH]: new, NULL with err when it is not. */
static char *take_location(const struct config_node *node, const char *text, struct error *err)
{
	autofree char *location = normal_location(text);

	return check_location(node, location, err) < 0 ? NULL : steal(&location);
}

/* A location as references begin, new: they call docker.io by one name. */
static char *prefix_of(const char *location)
{
	autofree char *registry = xstrndup(location, strcspn(location, "/"));

	return xasprintf("%s%s", reference_registry(registry), location + strlen(registry));
}

/* A prefix may be *.DOMAIN too. */
static char *take_prefix(const struct config_node *node, const char *text, struct error *err)
{
	autofree char *normal = normal_location(text);
	autofree char *prefix = prefix_of(normal);
	autofree char *host = prefix[0] == '*' ? xasprintf("x%s", prefix + 1) : NULL;

	if (!host)
		return check_location(node, prefix, err) < 0 ? NULL : steal(&prefix);
	if (str_starts_with(host, "x.") && !strpbrk(host, "/:@") && is_location(host))
		return steal(&prefix);
	config_node_error(node, err, "'%s': behind '*.' stands a domain, and nothing else", text);
	return NULL;
}

static int read_mirror(const struct config_node *table, bool by_digest_only,
		       struct registries_mirror *ret, struct error *err)
{
	const char *location = NULL;
	int stated;

	if (table->kind != CONFIG_TABLE)
		return config_node_error(table, err, "mirror: expected a table");
	if (check_table_keys(table, mirror_keys, err) < 0 ||
	    config_node_string(table, "location", &location, err) < 0 ||
	    config_node_bool(table, "insecure", &ret->is_insecure, err) < 0)
		return -1;
	stated = read_choice(table, "pull-from-mirror", use_names, REGISTRIES_MIRROR_MAX, &ret->use,
			     err);
	if (stated < 0)
		return -1;
	if (stated && by_digest_only)
		return config_node_error(config_node_find(table, "pull-from-mirror"), err,
					 "mirror-by-digest-only of the registry has decided it");
	if (by_digest_only)
		ret->use = REGISTRIES_MIRROR_DIGEST_ONLY;
	if (!location)
		return config_node_error(table, err, "the mirror has no location");
	ret->line = line_of(table);
	ret->location = take_location(config_node_find(table, "location"), location, err);
	return ret->location ? 0 : -1;
}

static int read_mirrors(const struct config_node *table, struct registries_entry *entry,
			struct error *err)
{
	const struct config_node *mirrors = NULL;
	bool by_digest_only = false;

	if (config_node_bool(table, "mirror-by-digest-only", &by_digest_only, err) < 0 ||
	    config_node_array(table, "mirror", &mirrors, err) < 0)
		return -1;
	if (!mirrors)
		return 0;
	entry->mirrors = xcalloc(mirrors->n_children + 1, sizeof(*entry->mirrors));
	for (size_t i = 0; i < mirrors->n_children; i++)
		if (read_mirror(&mirrors->children[i], by_digest_only,
				&entry->mirrors[entry->n_mirrors++], err) < 0)
			return -1;
	return 0;
}

/* Where what the table is about begins, and where it is. One of both is enough. */
static int read_locations(const struct config_node *table, struct registries_entry *entry,
			  struct error *err)
{
	const char *prefix = NULL;
	const char *location = NULL;

	if (config_node_string(table, "prefix", &prefix, err) < 0 ||
	    config_node_string(table, "location", &location, err) < 0)
		return -1;
	prefix = prefix && *prefix ? prefix : NULL;
	location = location && *location ? location : NULL;
	if (!prefix && !location)
		return config_node_error(table, err,
					 "the registry has neither a prefix nor a location");
	if (prefix)
		entry->prefix = take_prefix(config_node_find(table, "prefix"), prefix, err);
	if (prefix && !entry->prefix)
		return -1;
	if (location)
		entry->location = take_location(config_node_find(table, "location"), location, err);
	if (location && !entry->location)
		return -1;
	/* What is only located has no other place. */
	if (!prefix) {
		entry->prefix = prefix_of(entry->location);
		free(entry->location);
		entry->location = NULL;
	}
	return 0;
}

static int read_entry(const struct config_node *table, struct registries_entry *entry,
		      struct error *err)
{
	if (table->kind != CONFIG_TABLE)
		return config_node_error(table, err, "registry: expected a table");
	entry->line = line_of(table);
	if (check_table_keys(table, entry_keys, err) < 0 ||
	    config_node_bool(table, "insecure", &entry->is_insecure, err) < 0 ||
	    config_node_bool(table, "blocked", &entry->is_blocked, err) < 0 ||
	    read_mirrors(table, entry, err) < 0)
		return -1;
	return read_locations(table, entry, err);
}

static int read_entries(const struct config_node *root, struct registries_conf *conf,
			struct error *err)
{
	const struct config_node *found = config_node_find(root, "registry");
	const struct config_node *entries = NULL;

	if (config_node_array(root, "registry", &entries, err) < 0)
		return found->kind == CONFIG_TABLE
			       ? error_default_hint(err, "write [[registry]], with two brackets")
			       : -1;
	for (size_t i = 0; entries && i < entries->n_children; i++) {
		conf->entries = xgrow(conf->entries, conf->n_entries, sizeof(*conf->entries));
		conf->entries[conf->n_entries] = (struct registries_entry) { 0 };
		if (read_entry(&entries->children[i], &conf->entries[conf->n_entries++], err) < 0)
			return -1;
	}
	return 0;
}

static bool is_short_name(const char *text)
{
	autoreference struct reference reference = REFERENCE_INIT;

	return !reference_has_registry(text) && !strpbrk(text, ":@") &&
	       reference_parse(text, &reference, NULL) == 0;
}

static bool is_whole_name(const char *text)
{
	autoreference struct reference reference = REFERENCE_INIT;

	return reference_has_registry(text) && !strpbrk(strchr(text, '/'), ":@") &&
	       reference_parse(text, &reference, NULL) == 0;
}

/* NAME = "HOST/PATH" without tags or digests; an empty value takes an earlier alias away. An alias may have
 * the name of a key that was meant for the file ("registry" is an image), but not such a value. */
static int check_alias(const struct config_node *node, struct error *err)
{
	bool is_string = node->kind == CONFIG_STRING;

	if (config_text_is_one_of(node->key, top_keys) && !(is_string && is_whole_name(node->text)))
		return refuse_misplaced(node, err);
	if (expect_string(node, err) < 0)
		return -1;
	if (!is_short_name(node->key))
		return config_node_error(node, err, "it is not a name without registry and tag");
	if (*node->text && !is_whole_name(node->text))
		return config_node_error(node, err, "'%s' is not HOST[:PORT]/NAME without a tag",
					 node->text);
	return 0;
}

static int read_aliases(const struct config_node *root, struct registries_conf *conf,
			struct error *err)
{
	const struct config_node *aliases = NULL;

	if (config_node_table(root, "aliases", &aliases, err) < 0)
		return -1;
	for (size_t i = 0; aliases && i < aliases->n_children; i++) {
		const struct config_node *node = &aliases->children[i];

		if (check_alias(node, err) < 0)
			return -1;
		conf->aliases = xgrow(conf->aliases, conf->n_aliases, sizeof(*conf->aliases));
		conf->aliases[conf->n_aliases++] =
			(struct registries_alias) { xstrdup(node->key), xstrdup(node->text),
						    line_of(node) };
	}
	return 0;
}

static int read_search(const struct config_node *root, struct registries_conf *conf,
		       struct error *err)
{
	const struct config_node *list = NULL;

	if (config_node_array(root, "unqualified-search-registries", &list, err) < 0)
		return -1;
	if (!list)
		return 0;
	strlist_release(&conf->search);
	conf->search = (struct strlist)STRLIST_INIT;
	conf->search_line = line_of(list);
	for (size_t i = 0; i < list->n_children; i++) {
		const struct config_node *node = &list->children[i];
		char *location;

		if (expect_string(node, err) < 0)
			return -1;
		location = take_location(node, node->text, err);
		if (!location)
			return error_default_hint(err, "name registries, as \"docker.io\"");
		strlist_take(&conf->search, location);
		if (strchr(location, '/'))
			return config_node_error(node, err, "'%s' is not HOST[:PORT]", location);
	}
	return 0;
}

static int read_mode(const struct config_node *root, struct registries_conf *conf,
		     struct error *err)
{
	int stated = read_choice(root, "short-name-mode", mode_names, SHORT_NAME_MODE_MAX,
				 &conf->mode, err);

	if (stated > 0)
		conf->mode_line = line_of(config_node_find(root, "short-name-mode"));
	return stated < 0 ? -1 : 0;
}

static int check_helpers(const struct config_node *root, struct error *err)
{
	const struct config_node *helpers = NULL;

	if (config_node_array(root, "credential-helpers", &helpers, err) < 0)
		return -1;
	for (size_t i = 0; helpers && i < helpers->n_children; i++) {
		const struct config_node *node = &helpers->children[i];

		if (expect_string(node, err) < 0)
			return -1;
		if (strcmp(node->text, "containers-auth.json") == 0)
			continue;
		config_node_error(helpers, err, "helper '%s' is not asked from here", node->text);
		return error_hint(err, "name it in auth.json: \"credHelpers\" or \"credsStore\"");
	}
	return 0;
}

/* The names in [registries.KEY] registries = [...] of version 1, as version 2 has them. */
static void append_version_1(const struct config_node *registries, const char *key,
			     const char *before, const char *behind, struct str *out)
{
	const struct config_node *table = config_node_find(registries, key);
	const struct config_node *list =
		table && table->kind == CONFIG_TABLE ? config_node_find(table, "registries") : NULL;
	bool is_list = list && list->kind == CONFIG_ARRAY;

	for (size_t i = 0; is_list && i < list->n_children; i++) {
		str_append(out, out->len ? ", " : "");
		str_append(out, before);
		str_append_json(out, list->children[i].text ? list->children[i].text : "");
		str_append(out, behind);
	}
}

/* An array of tables may be written on one line, as a hint must be. */
static int refuse_version_1(const struct config_node *registries, struct error *err)
{
	autostr struct str search = STR_INIT;
	autostr struct str entries = STR_INIT;
	autostr struct str lines = STR_INIT;

	append_version_1(registries, "search", "", "", &search);
	append_version_1(registries, "insecure", "{ location = ", ", insecure = true }", &entries);
	append_version_1(registries, "block", "{ location = ", ", blocked = true }", &entries);
	if (search.len)
		str_appendf(&lines, "'unqualified-search-registries = [%s]'", search.data);
	if (entries.len)
		str_appendf(&lines, "%s'registry = [%s]'", lines.len ? " and " : "", entries.data);
	config_node_error(registries, err, "version 1 of the format is not read");
	return lines.len ? error_hint(err, "version 2 says %s", lines.data) : -1;
}

/* The keys of the whole file, among which those of a table are none. */
static int check_top_keys(const struct config_node *root, struct error *err)
{
	const struct config_node *version_1 = config_node_find(root, "registries");

	if (version_1)
		return refuse_version_1(version_1, err);
	for (size_t i = 0; i < root->n_children; i++) {
		const struct config_node *node = &root->children[i];

		if (config_text_is_one_of(node->key, entry_keys) ||
		    config_text_is_one_of(node->key, mirror_keys)) {
			config_node_error(node, err, "it is in no table, where it means nothing");
			return error_hint(err, "write a line [[registry]] before it");
		}
	}
	return config_node_check_keys(root, top_keys, err);
}

int registries_file_read(const char *text, size_t len, const char *path,
			 struct registries_conf *conf, struct error *err)
{
	autoconfignode struct config_node root = CONFIG_NODE_INIT;

	if (toml_read(text, len, path, &root, err) < 0 || check_top_keys(&root, err) < 0 ||
	    read_search(&root, conf, err) < 0 || read_mode(&root, conf, err) < 0 ||
	    check_helpers(&root, err) < 0 || read_entries(&root, conf, err) < 0)
		return -1;
	return read_aliases(&root, conf, err);
}
