/* SPDX-License-Identifier: Apache-2.0 */
#include "sysctl.h"

#include "base/number.h"
#include "base/str.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>

int64_t sysctl_number(const char *path)
{
	autostr struct str text = STR_INIT;
	uint64_t value;

	if (file_read_at(AT_FDCWD, path, 64, &text, NULL) < 0)
		return -1;
	text.data[strcspn(text.data, "\n")] = '\0';
	return number_parse(text.data, INT64_MAX, &value, NULL) < 0 ? -1 : (int64_t)value;
}
