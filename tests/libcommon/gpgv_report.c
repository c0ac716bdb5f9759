/* SPDX-License-Identifier: Apache-2.0 */
/* Which reports of gpgv say that a message counts. */
#include "tap.h"

#include "base/cleanup.h"
#include "registry/gpgv_report.h"

#define G "[GNUPG:] "
#define FPR "7D4177F54D6745702A206FED525CE85BAA81C352"
#define TEXT G "PLAINTEXT 62 1795705212 \n" G "PLAINTEXT_LENGTH 8\n"
#define NEW G "NEWSIG good@example.test\n" G "KEY_CONSIDERED " FPR " 0\n"
#define GOOD G "GOODSIG 525CE85BAA81C352 good <good@example.test>\n"
#define VALID_OF(hash, class) \
	G "VALIDSIG " FPR " 2026-11-26 1795705212 0 4 0 22 " hash " " class " " FPR "\n"
#define VALID VALID_OF("8", "00")

static const struct {
	const char *title;
	const char *report;
	const char *reason; /* NULL: it counts */
} reports[] = {
	{ "one good signature counts", TEXT NEW GOOD VALID, NULL },
	{ "... whatever else is reported",
	  "gpgv: x\n" G "X y\n" TEXT NEW G "KEYEXPIRED 1\n" G "BADSIGNAL\n" GOOD VALID, NULL },
	{ "... and when the last line does not end", TEXT NEW VALID G "GOODSIG 525CE85BAA81C352 x",
	  NULL },
	{ "... of a text whose line ends do not count", TEXT NEW GOOD VALID_OF("8", "01"), NULL },
	{ "... by SHA-512", TEXT NEW GOOD VALID_OF("10", "00"), NULL },
	{ "no report says nothing good", "", "it is no signed OpenPGP message" },
	{ "a text alone is not signed", TEXT, "it is no signed OpenPGP message" },
	{ "NODATA is none", TEXT G "NODATA 4\n", "it is no signed OpenPGP message" },
	{ "GOODSIG is not enough", TEXT NEW GOOD, "it is no signed OpenPGP message" },
	{ "VALIDSIG is not enough", TEXT NEW VALID, "it is no signed OpenPGP message" },
	{ "a signature without a text does not count", NEW GOOD VALID,
	  "it is no signed OpenPGP message" },
	{ "nor do two texts", TEXT TEXT NEW GOOD VALID, "it is no signed OpenPGP message" },
	{ "nor two GOODSIG", TEXT NEW GOOD GOOD VALID, "it is no signed OpenPGP message" },
	{ "nor a signature that was not begun", TEXT GOOD VALID,
	  "it is no signed OpenPGP message" },
	{ "two good signatures do not count", TEXT NEW GOOD VALID NEW GOOD VALID,
	  "it has 2 signatures, not one" },
	{ "a bad signature does not count", TEXT NEW G "BADSIG 525CE85BAA81C352 x\n",
	  "it is not the text that was signed (key 525CE85BAA81C352)" },
	{ "... also beside a good one", TEXT NEW G "BADSIG 525CE85BAA81C352 x\n" GOOD VALID,
	  "it is not the text that was signed (key 525CE85BAA81C352)" },
	{ "an expired signature does not count", TEXT NEW G "EXPSIG 525CE85BAA81C352 x\n" VALID,
	  "its signature has expired (key 525CE85BAA81C352)" },
	{ "nor one by an expired key", TEXT NEW G "EXPKEYSIG 525CE85BAA81C352 x\n" VALID,
	  "it is by a key that has expired (key 525CE85BAA81C352)" },
	{ "nor one by a revoked key", TEXT NEW G "REVKEYSIG 525CE85BAA81C352 x\n" VALID,
	  "it is by a revoked key (key 525CE85BAA81C352)" },
	{ "nor one by a key that is not ours",
	  TEXT NEW G "ERRSIG 71B3873EE5D099E4 22 8 00 1795705212 9 " FPR "\n",
	  "it is by none of the keys (key 71B3873EE5D099E4)" },
	{ "nor one by an unknown algorithm",
	  TEXT NEW G "ERRSIG 71B3873EE5D099E4 99 8 00 1795705212 4 " FPR "\n",
	  "its signature cannot be verified (key 71B3873EE5D099E4)" },
	{ "... nor when the line is cut", TEXT NEW G "ERRSIG",
	  "its signature cannot be verified (key )" },
	{ "an encrypted message does not count",
	  G "ENC_TO 71B3873EE5D099E4 18 0\n" TEXT NEW GOOD VALID, "it is encrypted" },
	{ "nor what gpgv complained about", TEXT NEW GOOD VALID G "FAILURE gpg-exit 33554433\n",
	  "gpgv cannot read it" },
	{ "SHA-1 does not count", TEXT NEW GOOD VALID_OF("2", "00"),
	  "the signature is by a hash that is broken, or not known" },
	{ "nor MD5", TEXT NEW GOOD VALID_OF("1", "00"),
	  "the signature is by a hash that is broken, or not known" },
	{ "nor a hash whose number begins so", TEXT NEW GOOD VALID_OF("88", "00"),
	  "the signature is by a hash that is broken, or not known" },
	{ "a signature of something else than a text does not count",
	  TEXT NEW GOOD VALID_OF("8", "10"), "the signature is not one of a text" },
	{ "nor a VALIDSIG that is cut", TEXT NEW GOOD G "VALIDSIG " FPR "\n",
	  "the signature is not one of a text" },
	{ "a report begins its lines as a report does", " " TEXT " " NEW " " GOOD " " VALID,
	  "it is no signed OpenPGP message" },
};

int main(void)
{
	for (size_t i = 0; i < array_size(reports); i++) {
		struct error err = { 0 };
		bool counts = gpgv_report_check(reports[i].report, &err) == 0;

		ok(counts == !reports[i].reason, reports[i].title);
		if (!reports[i].reason)
			continue;
		is_int(err.code, ERROR_VERIFY, "... as what does not count");
		is_str(err.message, reports[i].reason, "... for this reason");
	}
	return done_testing();
}
