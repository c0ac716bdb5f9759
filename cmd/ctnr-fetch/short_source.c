/* SPDX-License-Identifier: Apache-2.0 */
#include "short_source.h"

#include "base/alloc.h"
#include "oci/reference.h"

static bool is_short(const struct fetch_opts *opts, const struct address *address)
{
	return opts->short_name && address->transport == TRANSPORT_DOCKER &&
	       !reference_has_registry(address->reference);
}

int short_source_read(const struct fetch_opts *opts, const char *source, struct short_name *ret,
		      struct error *err)
{
	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
	autoaddress struct address address = ADDRESS_INIT;

	if (address_parse(source, &address, err) < 0)
		return -1;
	if (!is_short(opts, &address))
		return 0;
	if (registries_conf_load(&opts->registries, &conf, err) < 0 ||
	    short_name_read_chosen(&conf, err) < 0)
		return -1;
	return short_name_resolve(&conf, address.reference, ret, err);
}

void short_source_addresses(const char *source, const struct short_name *name, struct strlist *ret)
{
	for (size_t i = 0; i < name->candidates.len; i++)
		strlist_take(ret, xasprintf("docker://%s", name->candidates.items[i]));
	if (name->candidates.len == 0)
		strlist_append(ret, source);
}
