#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A layer is the same bytes whatever compressed it.
. "$(dirname "$0")/../lib/test.sh"
needs PEER:qemu-x86_64
compress=$CTNR_TEST_BUILD/tests/lib/compress

# What a compressor has to think about: a bit more than two pieces of programs.
head -c 2500000 "$(command -v qemu-x86_64)" >input
for how in gzip:1 gzip zstd:1 zstd zstd:7; do
	"$compress" "$how" 1 <input >wanted
	for threads in 2 8; do
		"$compress" "$how" "$threads" <input >got
		is_file got wanted "$how: $threads threads give the bytes of one"
	done
	# Before AVX and BMI2, and before SSSE3. An address sanitizer's memory is too much for the emulator.
	if [ "$(uname -m)" != x86_64 ] || is_sanitized; then
		continue
	fi
	for cpu in Nehalem qemu64; do
		qemu-x86_64 -cpu "$cpu" "$compress" "$how" 2 <input >got
		is_file got wanted "$how: a CPU like $cpu gives the same bytes"
	done
done
done_testing
