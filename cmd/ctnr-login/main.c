/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-login checks and keeps logins at registries, where the other tools, podman, skopeo and docker find them.
 */
#include "login.h"
#include "logout.h"

#include "base/tool.h"

static const struct command commands[] = { { .name = "login",
					     .synopsis = "[OPTIONS] [REGISTRY[/NAMESPACE]]",
					     .summary = "Check user and password, and keep them.",
					     .options = login_options,
					     .opts_size = sizeof(struct login_opts),
					     .defaults = &login_defaults,
					     .run = login_run },
					   { .name = "logout",
					     .synopsis = "[OPTIONS] [REGISTRY[/NAMESPACE]]",
					     .summary = "Forget user and password.",
					     .options = logout_options,
					     .opts_size = sizeof(struct logout_opts),
					     .run = logout_run },
					   COMMAND_END };

static const struct tool tool = { "ctnr-login", "keep logins at registries", commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
