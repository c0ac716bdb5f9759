# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The table of files of logins, auth.tsv. Source it behind test.sh: . "$test_lib/../ctnr-login/table.sh"
#
# helper NAME <<'END'   a credential helper of that name in PATH: what it does for get, in shell
# table_rows            the rows of the table, in the file rows
# table_ask COMMAND...  the user that COMMAND --authfile auth.json NAME prints: "-" nobody, "!" an error

table=$test_lib/../ctnr-login/auth.tsv
tab=$(printf '\t')
mkdir -p "$CTNR_TEST_TMP/helpers"
PATH=$CTNR_TEST_TMP/helpers:$PATH

helper() {
	{
		echo '#!/bin/sh'
		cat
	} >"$CTNR_TEST_TMP/helpers/docker-credential-$1"
	chmod 755 "$CTNR_TEST_TMP/helpers/docker-credential-$1"
}

helper there <<'END'
echo '{"ServerURL":"x","Username":"helped","Secret":"s"}'
END
helper token <<'END'
echo '{"ServerURL":"x","Username":"<token>","Secret":"s"}'
END
helper empty <<'END'
echo "credentials not found in native keychain"
exit 1
END
helper broken <<'END'
echo "the key ring is locked"
exit 1
END

table_rows() {
	grep -v '^#' "$table" >rows
}

table_ask() {
	user=$("$@" 2>ask.err) && echo "$user" && return
	case $(cat ask.err) in
	*"nobody is logged in"* | *"not logged into"*) echo - ;;
	*) echo ! ;;
	esac
}
