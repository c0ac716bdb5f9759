/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/policy.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "format/json_config.h"
#include "registry/scope.h"
#include "system/config_path.h"
#include "system/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* What a scope of a transport looks like. */
enum scope_form {
	SCOPE_ANY, /* nothing is said about images of these transports to ctnr */
	SCOPE_NAME,
	SCOPE_PATH,
};

/* The transports of containers-transports(5). */
static const struct policy_transport {
	const char *name;
	enum scope_form form;
} policy_transports[] = {
	{ "docker", SCOPE_NAME },        { "oci", SCOPE_PATH },
	{ "oci-archive", SCOPE_PATH },   { "dir", SCOPE_PATH },
	{ "docker-archive", SCOPE_ANY }, { "docker-daemon", SCOPE_ANY },
	{ "atomic", SCOPE_NAME },        { "containers-storage", SCOPE_ANY },
	{ "ostree", SCOPE_ANY },         { "sif", SCOPE_ANY },
	{ "tarball", SCOPE_ANY },
};

static void policy_scope_release(struct policy_scope *scope)
{
	for (size_t i = 0; i < scope->n_requirements; i++)
		policy_requirement_release(&scope->requirements[i]);
	free(scope->requirements);
	free(scope->name);
}

void policy_release(struct policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->n_scopes; i++)
		policy_scope_release(&policy->scopes[i]);
	free(policy->scopes);
	config_node_release(&policy->root);
	free(policy->file);
	*policy = (struct policy)POLICY_INIT;
}

/* Add a scope; borrowed until the next one is added. */
static struct policy_scope *add_scope(struct policy *policy, const char *transport, char *name,
				      unsigned line)
{
	struct policy_scope *scope;

	policy->scopes = xgrow(policy->scopes, policy->n_scopes, sizeof(*policy->scopes));
	scope = &policy->scopes[policy->n_scopes++];
	*scope = (struct policy_scope) { .transport = transport, .name = name, .line = line };
	return scope;
}

static int read_requirements(const struct config_node *node, struct policy_scope *ret,
			     struct error *err)
{
	if (node->kind != CONFIG_ARRAY)
		return config_node_error(node, err, "expected an array of requirements");
	if (node->n_children == 0)
		return config_node_error(node, err, "is empty: at least one requirement is needed");
	ret->requirements = xcalloc(node->n_children, sizeof(*ret->requirements));
	for (size_t i = 0; i < node->n_children; i++) {
		if (policy_requirement_read(&node->children[i],
					    &ret->requirements[ret->n_requirements], err) < 0)
			return -1;
		ret->n_requirements++;
	}
	return 0;
}

/* A path that no lookup could find would let the images in that it is about. */
static int check_path_scope(const struct config_node *node, struct error *err)
{
	const char *path = node->key;

	if (path[0] != '/')
		return config_node_error(node, err, "the scope is not an absolute path");
	if (path[1] == '\0')
		return config_node_error(node, err, "the scope of the root is written \"\"");
	if (strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../") ||
	    str_ends_with(path, "/") || str_ends_with(path, "/.") || str_ends_with(path, "/.."))
		return config_node_error(node, err,
					 "the path has '//', '.', '..' or '/' at its end");
	return 0;
}

static int check_name_scope(const struct config_node *node, struct error *err)
{
	const char *star = strchr(node->key, '*');
	autofree char *whole = xasprintf("%s/", node->key);

	if (strchr(node->key, ' ') || strstr(node->key, "//") || str_ends_with(node->key, "/") ||
	    strstr(node->key, "://"))
		return config_node_error(node, err, "the scope is not the name of images");
	if (star &&
	    (star != node->key || star[1] != '.' || strchr(star, '/') || strchr(star + 1, '*')))
		return config_node_error(node, err, "a wildcard is *.DOMAIN alone");
	if (!star && !reference_has_registry(whole))
		return config_node_error(node, err, "the scope does not begin with a registry");
	return 0;
}

static const struct policy_scope *find_scope(const struct policy *policy, const char *transport,
					     const char *name)
{
	for (size_t i = 1; i < policy->n_scopes; i++) {
		const struct policy_scope *scope = &policy->scopes[i];

		if (strcmp(scope->transport, transport) == 0 && strcmp(scope->name, name) == 0)
			return scope;
	}
	return NULL;
}

static int read_scope(const struct policy_transport *transport, const struct config_node *node,
		      struct policy *ret, struct error *err)
{
	bool is_default = node->key[0] == '\0';
	autofree char *name = NULL;
	struct policy_scope *scope;
	int result = 0;

	if (!is_default && transport->form == SCOPE_PATH)
		result = check_path_scope(node, err);
	else if (!is_default && transport->form == SCOPE_NAME)
		result = check_name_scope(node, err);
	if (result < 0)
		return -1;
	name = transport->form == SCOPE_NAME ? scope_normal(node->key) : xstrdup(node->key);
	scope = add_scope(ret, transport->name, steal(&name), node->line);
	scope->is_folded = strcmp(scope->name, node->key) != 0;
	return read_requirements(node, scope, err);
}

/* A key stands once in an object, so that only folding makes two scopes of one name. */
static int check_folded(const struct policy *policy, struct error *err)
{
	for (size_t i = 1; i < policy->n_scopes; i++) {
		const struct policy_scope *scope = &policy->scopes[i];

		if (!scope->is_folded)
			continue;
		for (size_t j = 1; j < policy->n_scopes; j++)
			if (j != i && strcmp(policy->scopes[j].transport, scope->transport) == 0 &&
			    strcmp(policy->scopes[j].name, scope->name) == 0)
				return error_set(
					err, ERROR_FAILED,
					"%s:%u: '%s' stands in line %u too, written otherwise",
					policy->file, scope->line, scope->name,
					policy->scopes[j].line);
	}
	return 0;
}

static int refuse_transport(const struct config_node *node, struct error *err)
{
	struct nearest nearest = nearest_to(node->key);

	for (size_t i = 0; i < array_size(policy_transports); i++)
		nearest_offer(&nearest, policy_transports[i].name);
	config_node_error(node, err, "unknown transport");
	return nearest_hint(&nearest, "", err);
}

static int read_transport(const struct config_node *node, struct policy *ret, struct error *err)
{
	for (size_t i = 0; i < array_size(policy_transports); i++) {
		const struct policy_transport *transport = &policy_transports[i];

		if (strcmp(transport->name, node->key) != 0)
			continue;
		if (node->kind != CONFIG_TABLE)
			return config_node_error(node, err, "expected an object of scopes");
		for (size_t j = 0; j < node->n_children; j++)
			if (read_scope(transport, &node->children[j], ret, err) < 0)
				return -1;
		return 0;
	}
	return refuse_transport(node, err);
}

static int read_scopes(const struct config_node *root, struct policy *ret, struct error *err)
{
	static const char *const keys[] = { "default", "transports", NULL };
	const struct config_node *base = config_node_find(root, "default");
	const struct config_node *transports = NULL;

	if (root->kind != CONFIG_TABLE)
		return config_node_error(root, err, "expected an object");
	if (config_node_check_keys(root, keys, err) < 0 ||
	    config_node_table(root, "transports", &transports, err) < 0)
		return -1;
	if (!base)
		return config_node_error(root, err, "has no 'default'");
	if (read_requirements(base, add_scope(ret, NULL, xstrdup(""), base->line), err) < 0)
		return -1;
	for (size_t i = 0; transports && i < transports->n_children; i++)
		if (read_transport(&transports->children[i], ret, err) < 0)
			return -1;
	return check_folded(ret, err);
}

int policy_parse(const char *text, size_t len, const char *path, struct policy *ret,
		 struct error *err)
{
	autopolicy struct policy policy = POLICY_INIT;

	policy.file = xstrdup(path);
	if (json_config_read(text, len, policy.file, &policy.root, err) < 0 ||
	    read_scopes(&policy.root, &policy, err) < 0)
		return -1;
	*ret = policy;
	policy = (struct policy)POLICY_INIT;
	return 0;
}

int policy_read(const char *path, struct policy *ret, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	autostr struct str text = STR_INIT;

	if (fd < 0) {
		error_errno(err, "cannot open '%s'", path);
		return config_path_is_free(path) ? error_recode(err, ERROR_NOT_FOUND) : -1;
	}
	if (fd_read_rest(fd, POLICY_MAX, &text, err) < 0)
		return error_prefix(err, "%s", path);
	return policy_parse(text.data, text.len, path, ret, err);
}

void policy_of_rule(enum policy_rule rule, struct policy *ret)
{
	struct policy_scope *scope;

	*ret = (struct policy)POLICY_INIT;
	scope = add_scope(ret, NULL, xstrdup(""), 0);
	scope->requirements = xcalloc(1, sizeof(*scope->requirements));
	scope->requirements[0].rule = rule;
	scope->n_requirements = 1;
}

const struct policy_scope *policy_find_scope(const struct policy *policy,
					     const struct policy_image *image)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (image->reference)
		scope_list_of_reference(image->reference, &names);
	if (image->path)
		scope_list_of_layout(image->path, image->name, &names);
	strlist_append(&names, "");
	for (size_t i = 0; i < names.len; i++) {
		const struct policy_scope *scope =
			find_scope(policy, image->transport, names.items[i]);

		if (scope)
			return scope;
	}
	return &policy->scopes[0];
}
