/* SPDX-License-Identifier: Apache-2.0 */
/* registries.conf: what is read, and what it makes of names. */
#include "registry/registries_conf.h"
#include "registry/registries_file.h"
#include "registry/short_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find_places(const struct registries_conf *conf, const char *text,
			enum registries_pull pull)
{
	autoplacelist struct place_list places = PLACE_LIST_INIT;
	autoreference struct reference reference = REFERENCE_INIT;

	if (reference_parse(text, &reference, NULL) == 0)
		registries_conf_places(conf, &reference, pull, &places, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
	autoshortname struct short_name name = SHORT_NAME_INIT;
	struct error err = { 0 };

	if (registries_file_read((const char *)data, size, "a", &conf, &err) < 0 ||
	    registries_conf_finish(&conf, &err) < 0)
		return 0;
	find_places(&conf, "a.b.io:80/x/y:1", REGISTRIES_BY_TAG);
	find_places(&conf, "docker.io/library/a:1", REGISTRIES_BY_DIGEST);
	short_name_resolve(&conf, "a:1", &name, &err);
	return 0;
}
