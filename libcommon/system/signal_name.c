/* SPDX-License-Identifier: Apache-2.0 */
#include "system/signal_name.h"

#include "base/number.h"

#include <signal.h>
#include <string.h>
#include <strings.h>

/* "RTMIN", "RTMIN+N", "RTMAX-N"; 0 for another text. */
static int parse_realtime(const char *name)
{
	bool from_first = strncasecmp(name, "RTMIN", strlen("RTMIN")) == 0;
	uint64_t distance = 0;

	if (!from_first && strncasecmp(name, "RTMAX", strlen("RTMAX")) != 0)
		return 0;
	name += strlen("RTMIN");
	if (*name && (*name != (from_first ? '+' : '-') ||
		      number_parse(name + 1, (uint64_t)(SIGRTMAX - SIGRTMIN), &distance, NULL) < 0))
		return 0;
	return from_first ? SIGRTMIN + (int)distance : SIGRTMAX - (int)distance;
}

static int parse_name(const char *name)
{
	if (strcasecmp(name, "IOT") == 0)
		return SIGABRT;
	if (strcasecmp(name, "CLD") == 0)
		return SIGCHLD;
	for (int i = 1; i < SIGRTMIN; i++) {
		const char *known = sigabbrev_np(i);

		if (known && strcasecmp(known, name) == 0)
			return i;
	}
	return parse_realtime(name);
}

int signal_name_parse(const char *text, struct error *err)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	uint64_t number = 0;

	if (number_parse(text, (uint64_t)SIGRTMAX, &number, NULL) < 0)
		number = (uint64_t)parse_name(name);
	if (number)
		return (int)number;
	error_set(err, ERROR_USAGE, "'%s' is no signal", text);
	return error_hint(err, "a name as TERM or SIGTERM, or a number from 1 to %d", SIGRTMAX);
}
