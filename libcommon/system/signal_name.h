/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as people write them: "TERM", "SIGTERM", "15", "RTMIN+3", in either case. */
#ifndef SYSTEM_SIGNAL_NAME_H
#define SYSTEM_SIGNAL_NAME_H

#include "base/error.h"

/* The number of a signal, 1 to SIGRTMAX; -1 with ERROR_USAGE for what is none. */
int signal_name_parse(const char *text, struct error *err);

#endif
