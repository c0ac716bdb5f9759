/* SPDX-License-Identifier: Apache-2.0 */
#include "version.h"

#include "oci/runtime.h"

#ifndef CTNR_COMMIT
#error "CTNR_COMMIT comes from the GNUmakefile"
#endif

const char version_text[] = "ctnr-exec version " CTNR_VERSION "\ncommit: " CTNR_COMMIT
			    "\nspec: " RUNTIME_SPEC_VERSION "\n";

const char version_commit[] = CTNR_COMMIT;
