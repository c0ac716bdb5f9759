/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/chain_set.h"

#include "base/alloc.h"
#include "store/layer.h"

#include <stdlib.h>

static void add_chain(const struct store *store, const char *config_text, json_t *set,
		      struct error *failure)
{
	autofree struct digest *chain = NULL;
	struct digest config;
	struct error cause = { 0 };
	size_t n = 0;

	if (digest_parse(config_text, &config, NULL) < 0)
		return;
	if (layer_chain_cached(store, &config, &chain, &n, &cause) < 0 && failure && !failure->code)
		*failure = cause;
	for (size_t i = 0; i < n; i++)
		json_object_set_new(set, chain[i].text, json_true());
}

json_t *chain_set_of(const struct store *store, const json_t *configs, struct error *failure)
{
	json_t *set = json_object();
	const char *text;
	json_t *value;

	json_object_foreach ((json_t *)configs, text, value)
		add_chain(store, text, set, failure);
	return set;
}
