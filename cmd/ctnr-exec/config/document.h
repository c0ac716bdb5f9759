/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of config.json, and the JSON in it.
 *
 * The seccomp profile is most of a config.json, and is looked at only when its filter has not been
 * compiled before. Its text is therefore cut out before the rest is parsed.
 */
#ifndef CTNR_EXEC_CONFIG_DOCUMENT_H
#define CTNR_EXEC_CONFIG_DOCUMENT_H

#include "base/str.h"
#include "format/json.h"
#include "store/bundle.h"

/* Read BUNDLE/config.json: a new document, without linux.seccomp, whose text is appended to
 * ret_seccomp (nothing: there is none). NULL on failure. */
json_t *document_read(const struct bundle *bundle, struct str *ret_seccomp, struct error *err);

#endif
