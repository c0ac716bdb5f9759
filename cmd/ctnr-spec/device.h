/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: the cgroup rule of real root, and the host's devices for --privileged. */
#ifndef CTNR_SPEC_DEVICE_H
#define CTNR_SPEC_DEVICE_H

#include "spec.h"

int device_apply(struct spec *spec, struct error *err);

#endif
