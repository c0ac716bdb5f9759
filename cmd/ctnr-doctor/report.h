/* SPDX-License-Identifier: Apache-2.0 */
/* The diagnosis as text for people, and as one JSON object for programs. */
#ifndef CTNR_DOCTOR_REPORT_H
#define CTNR_DOCTOR_REPORT_H

#include "check.h"

/* An aligned table on stdout; words are coloured on a terminal, unless NO_COLOR is set
 * or TERM says that it is dumb. */
void report_text(const struct host *host, const struct checklist *list);

/* {"rung":"subordinate","level":2,"canRun":true,...}; ctnr-doctor(1) lists the members. */
int report_json(const struct host *host, const struct checklist *list, struct error *err);

#endif
