/* SPDX-License-Identifier: Apache-2.0 */
/* What --version says. Callers of OCI runtimes read three lines: "ctnr-exec version X", "commit: Y" and
 * "spec: Z". */
#ifndef CTNR_EXEC_VERSION_H
#define CTNR_EXEC_VERSION_H

extern const char version_text[]; /* the lines */
extern const char version_commit[]; /* the commit of the sources, or "unknown" */

#endif
