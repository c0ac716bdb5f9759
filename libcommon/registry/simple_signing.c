/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/simple_signing.h"

#include "base/alloc.h"
#include "base/str.h"
#include "registry/gpgv_report.h"
#include "registry/openpgp_packet.h"
#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GPGV_TIMEOUT_MS 30000 /* it needs 10 */
#define CLEARTEXT_BEGIN "-----BEGIN PGP SIGNED MESSAGE-----"

/* Is it a message that may be given to gpgv? containers-signature(5) wants a signed message of RFC 4880,
 * 11.3: packets. Armor and cleartext can hold text beside what is signed. */
static int check_form(const void *signature, size_t len, struct error *err)
{
	const char *text = signature;

	if (len == 0)
		return error_set(err, ERROR_VERIFY, "is empty");
	if (len > SIMPLE_SIGNING_MAX)
		return error_set(err, ERROR_VERIFY, "is longer than %u bytes", SIMPLE_SIGNING_MAX);
	switch (openpgp_packet_tag((unsigned char)text[0])) {
	case OPENPGP_COMPRESSED:
	case OPENPGP_ONE_PASS_SIGNATURE:
	case OPENPGP_SIGNATURE:
		return 0;
	case OPENPGP_ENCRYPTED_KEY:
	case OPENPGP_SYMMETRIC_KEY:
	case OPENPGP_ENCRYPTED:
	case OPENPGP_ENCRYPTED_PROTECTED:
	case OPENPGP_ENCRYPTED_AEAD:
		return error_set(err, ERROR_VERIFY, "it is encrypted");
	default:
		break;
	}
	if (len >= strlen(CLEARTEXT_BEGIN) &&
	    memcmp(text, CLEARTEXT_BEGIN, strlen(CLEARTEXT_BEGIN)) == 0)
		return error_set(err, ERROR_VERIFY, "it is signed in cleartext");
	return error_set(err, ERROR_VERIFY, "it is no signed OpenPGP message");
}

/* A file in memory that a program we start inherits, and knows as /proc/self/fd/N. */
static int make_shared_file(const struct str *content, struct error *err)
{
	autoclose int fd = memfd_create("gpgv", MFD_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, content->data, content->len) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0 || fcntl(fd, F_SETFD, 0) < 0)
		return error_errno(err, "cannot make a file in memory");
	return fd_steal(&fd);
}

/* Run gpgv, which writes the text that was signed to payload and its report to the descriptor. Returns
 * its exit status. */
static int run_gpgv(const char *path, int keyring, int report, struct process_exchange *x,
		    struct str *payload, struct error *err)
{
	autofree char *keyring_path = xasprintf("/proc/self/fd/%d", keyring);
	autofree char *report_fd = xasprintf("%d", report);
	/* No home: a keyring is named, and gpgv has no other files. */
	char *const argv[] = { (char *)path,
			       (char *)"--homedir",
			       (char *)"/nonexistent",
			       (char *)"--keyring",
			       keyring_path,
			       (char *)"--status-fd",
			       report_fd,
			       (char *)"--output",
			       (char *)"-",
			       (char *)"-",
			       NULL };
	char *const env[] = { (char *)"LC_ALL=C", NULL };

	x->path = path;
	x->argv = argv;
	x->env = env;
	return process_exchange(x, payload, err);
}

/* gpgv did not come to an end by itself. */
static int explain_failure(const struct interrupt *interrupt, const struct str *payload,
			   struct error *err)
{
	if (interrupt && interrupt_wait(interrupt, 0))
		return interrupt_error(err);
	if (payload->len > SIGNED_PAYLOAD_MAX)
		return error_set(err, ERROR_VERIFY, "its text is longer than %u bytes",
				 SIGNED_PAYLOAD_MAX);
	return -1;
}

/* What gpgv reported decides; that it ended well is asked for besides. */
static int judge_report(int report, int status, const struct str *complaint, struct error *err)
{
	autostr struct str text = STR_INIT;

	if (lseek(report, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read gpgv's report");
	if (fd_read_rest(report, GPGV_REPORT_MAX, &text, err) < 0)
		return error_recode(err, ERROR_VERIFY);
	if (strlen(text.data) != text.len)
		return error_set(err, ERROR_VERIFY, "gpgv's report has a NUL");
	if (gpgv_report_check(text.data, err) < 0)
		return -1;
	if (status != 0)
		return error_set(err, ERROR_VERIFY, "gpgv ended with status %d: %s", status,
				 complaint->data);
	return 0;
}

/* The text that is signed, once it is verified. */
static int extract_text(const struct openpgp_keys *keys, const void *signature, size_t len,
			const struct interrupt *interrupt, struct str *ret, struct error *err)
{
	static const struct str nothing = STR_INIT;
	autofree char *path = process_find_system("gpgv");
	autoclose int keyring = -EBADF;
	autoclose int report = -EBADF;
	autostr struct str complaint = STR_INIT;
	struct process_exchange x = { .in = signature,
				      .in_len = len,
				      .out_max = SIGNED_PAYLOAD_MAX,
				      .tail = &complaint,
				      .timeout_ms = GPGV_TIMEOUT_MS,
				      .stop = interrupt ? &interrupt->fd : NULL };
	int status;

	if (!path) {
		error_set(err, ERROR_FAILED, "cannot verify OpenPGP signatures: there is no gpgv");
		return error_hint(err, "install gpgv, a part of GnuPG");
	}
	keyring = make_shared_file(&keys->packets, err);
	report = keyring < 0 ? -1 : make_shared_file(&nothing, err);
	if (report < 0)
		return -1;
	status = run_gpgv(path, keyring, report, &x, ret, err);
	if (status < 0)
		return explain_failure(interrupt, ret, err);
	return judge_report(report, status, &complaint, err);
}

int simple_signing_verify(const struct openpgp_keys *keys, const void *signature, size_t len,
			  const struct signed_manifest *manifest, const struct interrupt *interrupt,
			  struct signed_claim *ret, struct error *err)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autostr struct str text = STR_INIT;

	if (check_form(signature, len, err) < 0 ||
	    extract_text(keys, signature, len, interrupt, &text, err) < 0 ||
	    signed_claim_parse(SIGNED_CLAIM_ATOMIC, text.data, text.len, &claim, err) < 0 ||
	    signed_claim_check_manifest(&claim, manifest, err) < 0)
		return -1;
	*ret = claim;
	claim = (struct signed_claim)SIGNED_CLAIM_INIT;
	return 0;
}
