#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every option of docker's, podman's and buildah's commit is there, or refused by its name.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

# Fields with a tab between them: the option with its value, and what of it reaches ctnr-pack ("nothing", or in
# brackets), or the beginning of the hint of a refusal ("-": there is none).
while IFS='	' read -r option means; do
	calls commit "$option" c
	case $means in
	'['*)
		is "$calls" "pack $means [--] [c]" "ctnr commit $option"
		;;
	nothing)
		is "$calls" "pack [--] [c]" "ctnr commit $option changes nothing"
		;;
	*)
		is "$calls" "" "ctnr commit $option calls nothing"
		is_status 2 "... as it is refused"
		name=${option%%=*}
		like_stderr "ctnr commit: error: option *$name*" "... by its name"
		[ "$means" = - ] || like_stderr "*hint: $means*" "... with what helps"
		;;
	esac
done <<'END'
--author=me	[--author=me]
--change=CMD x	[--change=CMD x]
--message=m	[--message=m]
--squash	[--squash=true]
--iidfile=f	[--iidfile=f]
--timestamp=1	[--timestamp=1]
--compression=zstd:3	[--compression=zstd:3]
--tag=n	[--tag=n]
--quiet	[--progress=none]
--format=oci	nothing
--pause=false	nothing
--pause	a container that runs is committed with a warning
--format=docker	'ctnr push --format docker' converts
--no-pause	a container is never paused
--include-volumes	*VOLUME
--config=f	--change
--unsetenv=A	--change 'ENV NAME='
--disable-compression	--compression none
--omit-history	--squash
--omit-timestamp	--timestamp 0
--reference-time=f	--timestamp
--source-date-epoch=1	--timestamp
--rewrite-timestamp	--timestamp
--created-annotation	-
--annotation=a=b	-
--add-file=a:b	change files
--identity-label	no label
--rm	'ctnr rm
--manifest=x	'ctnr manifest add'
--authfile=f	*store
--cert-dir=d	*store
--creds=c	*store
--tls-verify	*store
--sign-by=x	'skopeo copy'
--signature-policy=f	'skopeo copy'
--encrypt-layer=0	'skopeo copy'
--encryption-key=k	'skopeo copy'
--metadata-file=f	*record
--cw=x	-
--sbom=x	-
END

for peer in docker podman buildah; do
	has "PEER:$peer" "every option of $peer commit is known" || continue
	for name in $("$peer" commit --help | sed -n 's/^ *\(-[A-Za-z], \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p'); do
		calls commit "$name=x" c
		unlike_stderr "*unknown option*" "$peer commit $name is known"
	done
done

calls commit
like_stderr "ctnr commit: error: no container given*" "a container has to be named"
calls commit a b c
like_stderr "ctnr commit: error: unexpected operand 'c'*" "... and one name at most"

done_testing
