/* SPDX-License-Identifier: Apache-2.0 */
/* Why the kernel refuses user namespaces: it says no more than EPERM. */
#ifndef CTNR_DOCTOR_REFUSAL_H
#define CTNR_DOCTOR_REFUSAL_H

#include "base/str.h"

/* Append the cause as far as it can be seen from inside, and what helps against it: one line each. */
void refusal_explain(struct str *cause, struct str *hint);

/* Append the commands with which an administrator allows the programs of ctnr to make user namespaces
 * where AppArmor restricts them: by the profile that is installed with them, not for the whole
 * machine. */
void refusal_append_apparmor_hint(struct str *hint);

#endif
