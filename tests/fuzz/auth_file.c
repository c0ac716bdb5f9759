/* SPDX-License-Identifier: Apache-2.0 */
/* Files of logins, and what editing makes of them: what was set is found again. */
#include "base/alloc.h"
#include "registry/auth_file.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "docker.io/library/x", "a.io/n/x", "a.io:5000" };
	const struct credentials login = { .user = (char *)"u", .password = (char *)"p" };
	autoauthfile struct auth_file file = AUTH_FILE_INIT;
	autostrlist struct strlist all = STRLIST_INIT;
	autostr struct str text = STR_INIT;
	const char *helpers[AUTH_FILE_HELPERS_MAX];
	struct error err = { 0 };

	str_append_bytes(&text, data, size);
	if (auth_file_parse(&text, "auth.json", &file, &err) < 0)
		return 0;
	for (size_t i = 0; i < array_size(names); i++) {
		autocredentials struct credentials found = CREDENTIALS_INIT;
		autocredentials struct credentials again = CREDENTIALS_INIT;

		auth_file_find(&file, names[i], &found, &err);
		auth_file_helpers(&file, "docker.io", helpers, &err);
		auth_file_set(&file, names[i], &login);
		if (auth_file_find(&file, names[i], &again, &err) != 1 ||
		    strcmp(again.user, "u") != 0)
			__builtin_trap();
	}
	auth_file_names(&file, &all);
	for (size_t i = 0; i < all.len; i++)
		auth_file_remove(&file, all.items[i]);
	return 0;
}
