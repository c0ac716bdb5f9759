/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/operand.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/runtime.h"
#include "store/state.h"

#include <string.h>
#include <unistd.h>

const struct option operand_options[] = {
	{ "bundle", 'b', "DIR", "the bundle; the operand is then the container's ID", OPTION_STRING,
	  offsetof(struct operand_opts, bundle), NULL },
	{ "config", 'f', "FILE", "the config, in place of config.json in the bundle", OPTION_STRING,
	  offsetof(struct operand_opts, config), NULL },
	OPTION_END,
};

bool operand_is_stdin(const struct operand_opts *opts, const char *word)
{
	return !opts->bundle && strcmp(word, "-") == 0;
}

static int check_id(const char *id, struct error *err)
{
	if (state_id_is_valid(id))
		return 0;
	error_set(err, ERROR_USAGE, "'%s' is no container ID", id);
	return error_hint(err, "an ID has up to %d letters, digits, '_', '+', '.' and '-'",
			  STATE_ID_MAX);
}

/* Open the bundle of that ID in the store: 1, 0 where there is none, or -1. */
static int open_stored(const struct store *store, const char *word, struct bundle *ret,
		       struct error *err)
{
	struct error cause = { 0 };

	if (!bundle_id_is_valid(word))
		return 0;
	if (bundle_open(store, word, ret, &cause) == 0)
		return 1;
	return error_is(&cause, ERROR_NOT_FOUND) ? 0 : error_move(err, &cause);
}

/* A word with a slash is a path, also without a store. */
static int open_directory(const char *path, struct bundle *ret, struct error *err)
{
	autofree char *with_slash = xasprintf("%s%s", path, strchr(path, '/') ? "" : "/");

	return bundle_open(NULL, with_slash, ret, err);
}

/* -b DIR ID */
static int open_named(const struct store *store, const char *name, const char *id,
		      struct bundle *ret, struct error *err)
{
	int found;

	if (check_id(id, err) < 0)
		return -1;
	if (!*name)
		return error_set(err, ERROR_USAGE, "option --bundle: the name is empty");
	found = open_stored(store, name, ret, err);
	return found ? found : open_directory(name, ret, err);
}

/* Is there a config of which a container can be made in the working directory? runc's callers mean it; who
 * called the front named a bundle, and a misspelt name is not to run whatever lies here. */
static bool has_config_here(const struct operand_opts *opts)
{
	return !message_verb() && (opts->config || access(RUNTIME_CONFIG_FILE, F_OK) == 0);
}

static int no_bundle_error(const char *word, struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "there is no %s '%s'", bundle_word(), word);
	if (access(word, F_OK) == 0)
		return error_hint(err, "a directory is named with a slash ('%s/'), or by -b", word);
	if (!message_verb())
		error_hint(err, "and no " RUNTIME_CONFIG_FILE " here: 'ctnr-exec spec' writes one");
	return -1;
}

/* A word alone: the ID of a bundle in the store, or that of a container to be. */
static int open_word(const struct operand_opts *opts, const struct store *store, const char *word,
		     struct bundle *ret, const char **ret_id, struct error *err)
{
	int found = open_stored(store, word, ret, err);

	if (found < 0)
		return -1;
	if (found) {
		*ret_id = ret->id;
		return check_id(ret->id, err);
	}
	if (!has_config_here(opts))
		return no_bundle_error(word, err);
	if (check_id(word, err) < 0)
		return -1;
	message_debug("no bundle in the store is called '%s': the bundle is the working directory",
		      word);
	*ret_id = word;
	return open_directory(".", ret, err);
}

/* Is it a word that is neither a record nor a path? */
static bool is_plain_word(const char *word)
{
	return *word && *word != '{' && !strchr(word, '/') && strcmp(word, "-") != 0 &&
	       strcmp(word, ".") != 0 && strcmp(word, "..") != 0;
}

int operand_open(const struct operand_opts *opts, const struct store *store, const char *word,
		 struct bundle *ret_bundle, const char **ret_id, struct error *err)
{
	if (opts->bundle) {
		*ret_id = word;
		return open_named(store, opts->bundle, word, ret_bundle, err) < 0 ? -1 : 0;
	}
	if (is_plain_word(word))
		return open_word(opts, store, word, ret_bundle, ret_id, err);
	if (bundle_open(store, word, ret_bundle, err) < 0)
		return -1;
	*ret_id = ret_bundle->id;
	return check_id(ret_bundle->id, err);
}
