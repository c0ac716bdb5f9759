#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# placed OBJECT: the memory policy of a child of the first process, as the kernel shows it.
placed() {
	cp plain.json c/config.json
	config c ".linux.memoryPolicy = $1"
	in_container 'head -n 1 /proc/self/numa_maps | cut -d " " -f 2- | sed "s/ \(file\|heap\|anon\).*//"'
}

placed '{}'
is_stdout default "an empty memory policy changes nothing"
placed '{mode: "MPOL_BIND", nodes: "0"}'
is_stdout bind:0 "a mode and its nodes"
placed '{mode: "MPOL_INTERLEAVE", nodes: "0-0", flags: ["MPOL_F_STATIC_NODES"]}'
is_stdout interleave=static:0 "a flag"
placed '{mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_RELATIVE_NODES"]}'
is_stdout bind=relative:0 "another"
placed '{mode: "MPOL_PREFERRED", nodes: "0"}'
is_stdout prefer:0 "a preferred node"
placed '{mode: "MPOL_PREFERRED"}'
is_stdout local "... which may be the nearest"
placed '{mode: "MPOL_LOCAL"}'
is_stdout local "a mode without nodes"
placed '{mode: "MPOL_PREFERRED_MANY", nodes: "0"}'
is_stdout "prefer (many):0" "several preferred nodes"
placed '{mode: "MPOL_BIND", nodes: "0,8191"}'
is_status 125 "a node that the kernel cannot have is an error"
is_stderr "ctnr-exec: error: cannot set linux.memoryPolicy to 'MPOL_BIND': Invalid argument" "... by name"
placed '{mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]}'
is_status 125 "flags that exclude each other too"
done_testing
