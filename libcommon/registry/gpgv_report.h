/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What gpgv reports of a message, by --status-fd (GnuPG's doc/DETAILS, "Format of the --status-fd
 * output"): the verdict. Its exit status is none, since it is 0 for a revoked key too.
 */
#ifndef REGISTRY_GPGV_REPORT_H
#define REGISTRY_GPGV_REPORT_H

#include "base/error.h"

#define GPGV_REPORT_MAX (64U << 10) /* bytes; that of one signature has about 600 */

/* Is the report one of a message of one text with one good signature, by a key that is neither expired
 * nor revoked, over that text, with a hash that is not broken? ERROR_VERIFY with the reason when
 * it is not. Keywords that are not known say nothing. */
int gpgv_report_check(const char *report, struct error *err);

#endif
