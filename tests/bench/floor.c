/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor under `ctnr run --rm --network host IMAGE COMMAND`: one static program that has the kernel
 * make the same objects, in as few calls as it takes, and nothing else. No JSON, no store, no locks, no
 * state, no look at what a path leads to: what is missing here is what ctnr adds, and the bench prints
 * how many times the floor a start costs.
 *
 *	floor USER|- FILTER DIR LOWER COMMAND [ARG...]
 *
 * USER: whose ranges of /etc/subuid and /etc/subgid newuidmap and newgidmap map; "-": one ID. FILTER is a
 * compiled filter as ctnr-exec keeps it (cache/seccomp/), DIR a directory to be made for the bundle and removed at the end, LOWER what mount(8) takes for lowerdir.
 *
 *  1. Make the bundle: upper/, work/, rootfs/ and the three files of /etc.
 *  2. Clone a process into new user, mount, pid, ipc, uts and cgroup namespaces; write its maps.
 *  3. In it: the overlay, /proc, /dev with its nodes and links, /dev/pts, /dev/shm, /dev/mqueue, /sys,
 *     the files of /etc, the read-only and masked paths; pivot_root; capabilities, filter, exec.
 *  4. Wait for it, and remove the bundle.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILTER_MAX 65536
#define HEADER_SIZE \
	48 /* of ctnr-exec's cache file: magic 24, flags, instructions, length of the text, sum */
#define CAPABILITIES UINT64_C(0xa80405fb) /* the default set, without CAP_NET_RAW */

static const char *const etc_files[] = { "hosts", "hostname", "resolv.conf" };
static const char *const nodes[] = { "null", "zero", "full", "random", "urandom", "tty" };
static const char *const read_only[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys" };
/* Of ctnr-spec's list, what is here. */
static const char *const masked_files[] = { "proc/interrupts", "proc/kcore", "proc/keys",
					    "proc/timer_list" };
static const char *const masked_dirs[] = { "proc/acpi", "proc/asound", "proc/scsi",
					   "sys/firmware" };

#define FOR_EACH(item, table) \
	for (const char *const *item = (table); \
	     item < (table) + sizeof(table) / sizeof((table)[0]); item++)

extern char **environ;

static void check(long result, const char *what)
{
	if (result < 0)
		err(125, "%s", what);
}

static void write_file(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);

	check(fd, path);
	check(write(fd, text, strlen(text)), path);
	close(fd);
}

static void make_bundle(const char *dir)
{
	check(mkdir(dir, 0700), dir);
	check(chdir(dir), dir);
	check(mkdir("upper", 0755), "upper");
	check(mkdir("work", 0700), "work");
	check(mkdir("rootfs", 0755), "rootfs");
	check(mkdir("etc", 0755), "etc");
	FOR_EACH (name, etc_files) {
		char path[64];

		snprintf(path, sizeof(path), "etc/%s", *name);
		write_file(path, O_CREAT, "127.0.0.1 localhost\n");
	}
}

static void remove_bundle(const char *dir)
{
	static const char *const files[] = { "etc/hosts",
					     "etc/hostname",
					     "etc/resolv.conf",
					     "upper/etc/hosts",
					     "upper/etc/hostname",
					     "upper/etc/resolv.conf",
					     "work/work/incompat/volatile/dirty" };
	static const char *const dirs[] = { "etc",
					    "upper/etc",
					    "upper",
					    "work/work/incompat/volatile",
					    "work/work/incompat",
					    "work/work",
					    "work",
					    "rootfs" };

	chmod("work/work", 0700);
	chmod("work/work/incompat", 0700);
	chmod("work/work/incompat/volatile", 0700);
	FOR_EACH (file, files)
		unlink(*file);
	FOR_EACH (name, dirs)
		rmdir(*name);
	check(rmdir(dir), dir);
}

/* Maps. */

/* The first range of a user in /etc/subuid or /etc/subgid. */
static void read_range(const char *path, const char *user, char start[16], char count[16])
{
	FILE *file = fopen(path, "re");
	char name[64];

	while (file && fscanf(file, " %63[^:]:%15[0-9]:%15[0-9]", name, start, count) == 3)
		if (strcmp(name, user) == 0) {
			fclose(file);
			return;
		}
	errx(125, "no range for %s in %s", user, path);
}

static pid_t start_writer(char *program, pid_t child, unsigned id, char start[16], char count[16])
{
	static char zero[] = "0", one[] = "1";
	char child_text[16], id_text[16];
	char *argv[] = { program, child_text, zero, id_text, one, one, start, count, NULL };
	pid_t pid;

	snprintf(child_text, sizeof(child_text), "%d", (int)child);
	snprintf(id_text, sizeof(id_text), "%u", id);
	errno = posix_spawn(&pid, program, NULL, NULL, argv, environ);
	check(-errno, program);
	return pid;
}

static void map_ranges(pid_t child, const char *user)
{
	static char uid_writer[] = "/usr/bin/newuidmap", gid_writer[] = "/usr/bin/newgidmap";
	char starts[2][16], counts[2][16];
	pid_t writers[2];

	read_range("/etc/subuid", user, starts[0], counts[0]);
	read_range("/etc/subgid", user, starts[1], counts[1]);
	writers[0] = start_writer(uid_writer, child, getuid(), starts[0], counts[0]);
	writers[1] = start_writer(gid_writer, child, getgid(), starts[1], counts[1]);
	for (int i = 0; i < 2; i++) {
		int status;

		check(waitpid(writers[i], &status, 0), "wait");
		if (status)
			errx(125, "a map was not written");
	}
}

static void map_self(uid_t uid, gid_t gid)
{
	char text[32];

	snprintf(text, sizeof(text), "0 %u 1", uid);
	write_file("/proc/self/uid_map", 0, text);
	write_file("/proc/self/setgroups", 0, "deny");
	snprintf(text, sizeof(text), "0 %u 1", gid);
	write_file("/proc/self/gid_map", 0, text);
}

/* Mounts. The working directory is the bundle, then its root filesystem. */

static void mount_new(const char *type, const char *target, unsigned long flags, const char *data)
{
	check(mount(type, target, type, flags, data), target);
}

static void bind(const char *source, const char *target, unsigned flags, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	int fd = (int)syscall(SYS_open_tree, AT_FDCWD, source,
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);

	check(fd, source);
	if (attributes)
		check(syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | flags, &attr,
			      sizeof(attr)),
		      source);
	check(syscall(SYS_move_mount, fd, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH), target);
	close(fd);
}

static void make_dev(void)
{
	char source[32];

	mount_new("tmpfs", "dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
	FOR_EACH (name, nodes) {
		const char *path = source + 1;

		snprintf(source, sizeof(source), "/dev/%s", *name);
		close(open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
		bind(source, path, 0, MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY);
	}
	check(symlink("/proc/self/fd", "dev/fd"), "fd");
	check(symlink("/proc/self/fd/0", "dev/stdin"), "stdin");
	check(symlink("/proc/self/fd/1", "dev/stdout"), "stdout");
	check(symlink("/proc/self/fd/2", "dev/stderr"), "stderr");
	check(symlink("pts/ptmx", "dev/ptmx"), "ptmx");
	mkdir("dev/pts", 0755);
	mkdir("dev/shm", 0755);
	mkdir("dev/mqueue", 0755);
	mount_new("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC,
		  "newinstance,ptmxmode=0666,mode=0620");
	mount_new("tmpfs", "dev/shm", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=1777,size=65536k");
	mount_new("mqueue", "dev/mqueue", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
}

static void hide_paths(void)
{
	FOR_EACH (path, read_only)
		bind(*path, *path, AT_RECURSIVE, MOUNT_ATTR_RDONLY);
	FOR_EACH (path, masked_files)
		if (access(*path, F_OK) == 0)
			bind("/dev/null", *path, 0, MOUNT_ATTR_RDONLY);
	FOR_EACH (path, masked_dirs)
		if (access(*path, F_OK) == 0)
			mount_new("tmpfs", *path, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
				  NULL);
}

static void make_root(const char *lower)
{
	char options[4096];

	check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
	snprintf(options, sizeof(options),
		 "lowerdir=%s,upperdir=upper,workdir=work,userxattr,volatile", lower);
	mount_new("overlay", "rootfs", 0, options);
	mkdir("rootfs/etc", 0755);
	FOR_EACH (name, etc_files) {
		char source[64], target[64];

		snprintf(source, sizeof(source), "etc/%s", *name);
		snprintf(target, sizeof(target), "rootfs/etc/%s", *name);
		close(open(target, O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
		bind(source, target, 0, 0);
	}
	check(chdir("rootfs"), "rootfs");
	mount_new("proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
	make_dev();
	bind("/sys", "sys", AT_RECURSIVE,
	     MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	hide_paths();
	check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	check(umount2(".", MNT_DETACH), "umount");
}

/* The process. */

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { CAPABILITIES, CAPABILITIES, 0 } };

	for (int number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
		if (!(CAPABILITIES >> number & 1))
			check(prctl(PR_CAPBSET_DROP, number, 0, 0, 0), "bounding set");
	check(syscall(SYS_capset, &header, data), "capset");
}

static void load_filter(const char *file, size_t len)
{
	struct sock_fprog program = { 0 };
	uint64_t text_len;

	memcpy(&text_len, file + 32, sizeof(text_len));
	text_len = (text_len + 7) & ~UINT64_C(7);
	if (len < HEADER_SIZE + text_len)
		errx(125, "no filter");
	program.len = (unsigned short)((len - HEADER_SIZE - text_len) / sizeof(struct sock_filter));
	program.filter = (struct sock_filter *)(uintptr_t)(file + HEADER_SIZE + text_len);
	check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

struct start {
	const char *user; /* whose ranges are mapped by the parent; NULL: one ID */
	const char *filter;
	const char *dir;
	const char *lower;
	char **command;
};

static _Noreturn void run_init(const struct start *start, uid_t uid, gid_t gid, const int go[2])
{
	static char file[FILTER_MAX];
	int fd = open(start->filter, O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, file, sizeof(file));
	char byte;

	check(fd, start->filter);
	check(len, start->filter);
	close(fd);
	close(go[1]);
	if (start->user && read(go[0], &byte, 1) != 1)
		_exit(125);
	if (!start->user)
		map_self(uid, gid);
	check(setsid(), "setsid");
	check(sethostname("floor", 5), "hostname");
	make_root(start->lower);
	load_filter(file, (size_t)len);
	drop_capabilities();
	execvp(start->command[0], start->command);
	err(127, "%s", start->command[0]);
}

static int run_container(const struct start *start)
{
	struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
					    CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
				   .exit_signal = SIGCHLD };
	uid_t uid = getuid();
	gid_t gid = getgid();
	int go[2];
	int status;
	pid_t pid;

	check(pipe2(go, O_CLOEXEC), "pipe");
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	check(pid, "clone");
	if (pid == 0)
		run_init(start, uid, gid, go);
	if (start->user) {
		map_ranges(pid, start->user);
		check(write(go[1], "", 1), "go");
	}
	check(waitpid(pid, &status, 0), "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	struct start start;
	int status;

	if (argc < 6)
		errx(2, "usage: floor USER|- FILTER DIR LOWER COMMAND [ARG...]");
	start.user = strcmp(argv[1], "-") == 0 ? NULL : argv[1];
	start.filter = argv[2];
	start.dir = argv[3];
	start.lower = argv[4];
	start.command = argv + 5;
	make_bundle(start.dir);
	status = run_container(&start);
	remove_bundle(start.dir);
	return status;
}
