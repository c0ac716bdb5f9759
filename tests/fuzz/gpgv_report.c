/* SPDX-License-Identifier: Apache-2.0 */
/* What gpgv reports of a message. */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "registry/gpgv_report.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *report = xstrndup((const char *)data, size);
	struct error err = { 0 };

	/* However it is written: without these words no signature is good. */
	if (gpgv_report_check(report, &err) == 0 &&
	    (!strstr(report, "[GNUPG:] GOODSIG ") || !strstr(report, "[GNUPG:] VALIDSIG ") ||
	     !strstr(report, "[GNUPG:] NEWSIG") || !strstr(report, "[GNUPG:] PLAINTEXT ")))
		abort();
	return 0;
}
