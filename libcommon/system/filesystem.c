/* SPDX-License-Identifier: Apache-2.0 */
#include "system/filesystem.h"

#include "base/cleanup.h"

#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>

/* Numbers that <linux/magic.h> lacks, all of it or that of older kernels. */
#define BCACHEFS_MAGIC 0xca451a4e
#define BEEGFS_MAGIC 0x19830326
#define CIFS_MAGIC 0xff534d42
#define EXFAT_MAGIC 0x2011bab0
#define GPFS_MAGIC 0x47504653
#define LUSTRE_MAGIC 0x0bd00bd0
#define NTFS_MAGIC 0x5346544e
#define NTFS3_MAGIC 0x7366746e
#define RAM_MAGIC 0x858458f6
#define SMB2_MAGIC 0xfe534d42
#define VBOX_MAGIC 0x786f4256
#define ZFS_MAGIC 0x2fc12fc1

static const struct {
	unsigned int magic;
	const char *name;
	enum filesystem_kind kind;
} filesystems[] = {
	{ EXT4_SUPER_MAGIC, "ext4", FILESYSTEM_COMPLETE },
	{ XFS_SUPER_MAGIC, "xfs", FILESYSTEM_COMPLETE },
	{ BTRFS_SUPER_MAGIC, "btrfs", FILESYSTEM_COMPLETE },
	{ TMPFS_MAGIC, "tmpfs", FILESYSTEM_MEMORY },
	{ OVERLAYFS_SUPER_MAGIC, "overlay", FILESYSTEM_OVERLAY },
	{ NFS_SUPER_MAGIC, "nfs", FILESYSTEM_NETWORK },
	{ FUSE_SUPER_MAGIC, "fuse", FILESYSTEM_UNKNOWN },
	{ F2FS_SUPER_MAGIC, "f2fs", FILESYSTEM_COMPLETE },
	{ BCACHEFS_MAGIC, "bcachefs", FILESYSTEM_COMPLETE },
	{ ZFS_MAGIC, "zfs", FILESYSTEM_UNKNOWN },
	{ ECRYPTFS_SUPER_MAGIC, "ecryptfs", FILESYSTEM_UNKNOWN },
	{ LUSTRE_MAGIC, "lustre", FILESYSTEM_NETWORK },
	{ GPFS_MAGIC, "gpfs", FILESYSTEM_NETWORK },
	{ BEEGFS_MAGIC, "beegfs", FILESYSTEM_NETWORK },
	{ CEPH_SUPER_MAGIC, "ceph", FILESYSTEM_NETWORK },
	{ AFS_SUPER_MAGIC, "afs", FILESYSTEM_NETWORK },
	{ SMB_SUPER_MAGIC, "smb", FILESYSTEM_NETWORK },
	{ SMB2_MAGIC, "smb", FILESYSTEM_NETWORK },
	{ CIFS_MAGIC, "cifs", FILESYSTEM_NETWORK },
	{ V9FS_MAGIC, "9p", FILESYSTEM_UNKNOWN },
	{ VBOX_MAGIC, "vboxsf", FILESYSTEM_UNKNOWN },
	{ MSDOS_SUPER_MAGIC, "vfat", FILESYSTEM_UNKNOWN },
	{ EXFAT_MAGIC, "exfat", FILESYSTEM_UNKNOWN },
	{ NTFS_MAGIC, "ntfs", FILESYSTEM_UNKNOWN },
	{ NTFS3_MAGIC, "ntfs3", FILESYSTEM_UNKNOWN },
	{ RAM_MAGIC, "ramfs", FILESYSTEM_UNKNOWN },
	{ SQUASHFS_MAGIC, "squashfs", FILESYSTEM_UNKNOWN },
	{ PROC_SUPER_MAGIC, "proc", FILESYSTEM_UNKNOWN },
	{ SYSFS_MAGIC, "sysfs", FILESYSTEM_UNKNOWN },
	{ DEVPTS_SUPER_MAGIC, "devpts", FILESYSTEM_UNKNOWN },
	{ CGROUP_SUPER_MAGIC, "cgroup", FILESYSTEM_UNKNOWN },
	{ CGROUP2_SUPER_MAGIC, "cgroup2", FILESYSTEM_UNKNOWN },
};

void filesystem_read(int fd, struct filesystem *ret)
{
	struct statfs fs;

	*ret = (struct filesystem) { FILESYSTEM_UNKNOWN, "of an unknown kind" };
	if (fstatfs(fd, &fs) < 0)
		return;
	/* The numbers have 32 bits; some architectures give them a sign. */
	for (size_t i = 0; i < array_size(filesystems); i++) {
		if (filesystems[i].magic != (unsigned int)fs.f_type)
			continue;
		ret->kind = filesystems[i].kind;
		snprintf(ret->name, sizeof(ret->name), "%s", filesystems[i].name);
		return;
	}
	snprintf(ret->name, sizeof(ret->name), "number %#x", (unsigned int)fs.f_type);
}
