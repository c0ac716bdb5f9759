/* SPDX-License-Identifier: Apache-2.0 */
#include "container.h"

#include "system/fd.h"

#include <sys/mman.h>

void container_release(struct container *c)
{
	if (!c)
		return;
	config_release(&c->config);
	free(steal(&c->overlay_options));
	free(steal(&c->cgroups));
	free(steal(&c->pid_file));
	seccomp_filter_release(&c->filter);
	fd_close(&c->state);
	fd_close(&c->state_root);
	fd_close(&c->parent);
	fd_close(&c->sync[0]);
	fd_close(&c->sync[1]);
	fd_close(&c->lock);
	if (c->shared)
		munmap(steal(&c->shared), sizeof(*c->shared));
	bundle_release(&c->bundle);
	store_release(&c->store);
}
