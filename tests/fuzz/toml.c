/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files in TOML. */
#include "format/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoconfignode struct config_node root = CONFIG_NODE_INIT;
	struct error err = { 0 };

	toml_read((const char *)data, size, "toml", &root, &err);
	return 0;
}
