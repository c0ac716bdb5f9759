/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/policy_requirement.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "format/base64.h"

#include <stdlib.h>
#include <string.h>

/* The types, and the members of each. */
static const struct rule_type {
	const char *name;
	const char *keys[20];
} rule_types[POLICY_RULE_MAX] = {
	[POLICY_ACCEPT] = { "insecureAcceptAnything", { "type" } },
	[POLICY_REJECT] = { "reject", { "type" } },
	[POLICY_SIGNED_BY] = { "signedBy",
			       { "type", "keyType", "keyPath", "keyPaths", "keyData",
				 "signedIdentity" } },
	[POLICY_SIGNED_BASE_LAYER] = { "signedBaseLayer", { "type", "baseLayerIdentity" } },
	[POLICY_SIGSTORE_SIGNED] = { "sigstoreSigned",
				     { "type", "keyPath", "keyPaths", "keyData", "keyDatas",
				       "signedIdentity", "fulcio", "pki", "rekorPublicKeyPath",
				       "rekorPublicKeyPaths", "rekorPublicKeyData",
				       "rekorPublicKeyDatas" } },
};

/* Members of which no image can meet what they ask for, because ctnr does not check it. */
static const char *const unsupported_keys[] = {
	"fulcio",
	"pki",
	"rekorPublicKeyPath",
	"rekorPublicKeyPaths",
	"rekorPublicKeyData",
	"rekorPublicKeyDatas",
};

void policy_requirement_release(struct policy_requirement *requirement)
{
	if (!requirement)
		return;
	strlist_release(&requirement->key_paths);
	for (size_t i = 0; i < requirement->n_key_texts; i++)
		str_release(&requirement->key_texts[i]);
	free(requirement->key_texts);
	signed_identity_release(&requirement->identity);
	*requirement = (struct policy_requirement)POLICY_REQUIREMENT_INIT;
}

const char *policy_rule_name(enum policy_rule rule)
{
	return rule_types[rule].name;
}

static int refuse_rule(const struct config_node *node, const char *type, struct error *err)
{
	struct nearest nearest = nearest_to(type);

	for (size_t i = 0; i < POLICY_RULE_MAX; i++)
		nearest_offer(&nearest, rule_types[i].name);
	config_node_error(node, err, "unknown type '%s'", type);
	return nearest_hint(&nearest, "", err);
}

static int read_rule(const struct config_node *node, enum policy_rule *ret, struct error *err)
{
	const char *type = NULL;

	if (config_node_string(node, "type", &type, err) < 0)
		return -1;
	if (!type)
		return config_node_error(node, err, "a requirement without 'type'");
	for (size_t i = 0; i < POLICY_RULE_MAX; i++)
		if (strcmp(rule_types[i].name, type) == 0) {
			*ret = (enum policy_rule)i;
			return 0;
		}
	return refuse_rule(config_node_find(node, "type"), type, err);
}

static int add_key_path(const struct config_node *node, struct policy_requirement *ret,
			struct error *err)
{
	if (node->text[0] != '/')
		return config_node_error(node, err, "'%s' is not an absolute path", node->text);
	strlist_append(&ret->key_paths, node->text);
	return 0;
}

static int add_key_text(const struct config_node *node, struct policy_requirement *ret,
			struct error *err)
{
	struct error cause = { 0 };
	struct str *text;

	ret->key_texts = xgrow(ret->key_texts, ret->n_key_texts, sizeof(*ret->key_texts));
	text = &ret->key_texts[ret->n_key_texts++];
	*text = (struct str)STR_INIT;
	if (base64_decode(node->text, strlen(node->text), text, &cause) < 0)
		return config_node_error(node, err, "%s", cause.message);
	return text->len ? 0 : config_node_error(node, err, "is empty");
}

typedef int add_key(const struct config_node *node, struct policy_requirement *ret,
		    struct error *err);

static int add_keys(const struct config_node *array, add_key *add, struct policy_requirement *ret,
		    struct error *err)
{
	if (array->n_children == 0)
		return config_node_error(array, err, "is empty");
	for (size_t i = 0; i < array->n_children; i++) {
		const struct config_node *item = &array->children[i];

		if (item->kind != CONFIG_STRING)
			return config_node_error(item, err, "an element of '%s' that is no string",
						 array->key);
		if (add(item, ret, err) < 0)
			return -1;
	}
	return 0;
}

/* Where keys may be. */
static const struct key_member {
	const char *key;
	enum config_kind kind;
	add_key *add;
} key_members[] = {
	{ "keyPath", CONFIG_STRING, add_key_path },
	{ "keyPaths", CONFIG_ARRAY, add_key_path },
	{ "keyData", CONFIG_STRING, add_key_text },
	{ "keyDatas", CONFIG_ARRAY, add_key_text },
};

static int read_key_member(const struct config_node *node, const struct key_member *member,
			   struct policy_requirement *ret, struct error *err)
{
	if (node->kind != member->kind)
		return config_node_error(node, err, "expected %s",
					 member->kind == CONFIG_ARRAY ? "an array" : "a string");
	return member->kind == CONFIG_ARRAY ? add_keys(node, member->add, ret, err)
					    : member->add(node, ret, err);
}

/* Exactly one member has keys; none may where unsupported members say who signs. */
static int read_key_members(const struct config_node *node, struct policy_requirement *ret,
			    struct error *err)
{
	const char *found = NULL;

	for (size_t i = 0; i < array_size(key_members); i++) {
		const struct key_member *member = &key_members[i];
		const struct config_node *child = config_node_find(node, member->key);

		if (!child)
			continue;
		if (found)
			return config_node_error(child, err, "stands beside '%s'", found);
		if (read_key_member(child, member, ret, err) < 0)
			return -1;
		found = member->key;
	}
	if (found || ret->unsupported)
		return 0;
	return config_node_error(node, err, "a requirement %s without keys",
				 policy_rule_name(ret->rule));
}

static int check_key_type(const struct config_node *node, struct error *err)
{
	static const char gpg[] = "GPGKeys";
	const char *type = NULL;

	if (config_node_string(node, "keyType", &type, err) < 0)
		return -1;
	if (!type)
		return config_node_error(node, err, "a requirement signedBy without 'keyType'");
	if (strcmp(type, gpg) == 0)
		return 0;
	return config_node_error(config_node_find(node, "keyType"), err,
				 "'%s' is not supported, '%s' is", type, gpg);
}

static void find_unsupported(const struct config_node *node, struct policy_requirement *ret)
{
	if (ret->rule == POLICY_SIGNED_BASE_LAYER)
		ret->unsupported = rule_types[POLICY_SIGNED_BASE_LAYER].name;
	for (size_t i = 0; i < array_size(unsupported_keys) && !ret->unsupported; i++)
		if (config_node_find(node, unsupported_keys[i]))
			ret->unsupported = unsupported_keys[i];
}

static int read_signed(const struct config_node *node, struct policy_requirement *ret,
		       struct error *err)
{
	const struct config_node *identity = NULL;

	if ((ret->rule == POLICY_SIGNED_BY && check_key_type(node, err) < 0) ||
	    read_key_members(node, ret, err) < 0 ||
	    config_node_table(node, "signedIdentity", &identity, err) < 0)
		return -1;
	return identity ? signed_identity_read(identity, &ret->identity, err) : 0;
}

int policy_requirement_read(const struct config_node *node, struct policy_requirement *ret,
			    struct error *err)
{
	autorequirement struct policy_requirement requirement = POLICY_REQUIREMENT_INIT;

	if (node->kind != CONFIG_TABLE)
		return config_node_error(node, err, "a requirement that is no object");
	requirement.line = node->line;
	if (read_rule(node, &requirement.rule, err) < 0 ||
	    config_node_check_keys(node, rule_types[requirement.rule].keys, err) < 0)
		return -1;
	find_unsupported(node, &requirement);
	if ((requirement.rule == POLICY_SIGNED_BY || requirement.rule == POLICY_SIGSTORE_SIGNED) &&
	    read_signed(node, &requirement, err) < 0)
		return -1;
	*ret = requirement;
	requirement = (struct policy_requirement)POLICY_REQUIREMENT_INIT;
	return 0;
}
