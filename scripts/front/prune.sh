# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# docker's prune of a noun: ctnr-store gc with what docker means by it. The verb names --force, --dry-run
# (watched) and, where it has one, --all as its options, and calls prune.

force=false
dry_run=false
all=false

own_option() {
	is_bool "$1" "$2"
	case $1 in
	--force) force=$2 ;;
	--dry-run) dry_run=$2 ;;
	--all) all=$2 ;;
	esac
}

# prune WHAT OPTIONS ARG...: ask at a terminal whether WHAT shall go, and let it go by ctnr-store gc OPTIONS.
# A program is not asked: it has no answer.
prune() {
	prune_what=$1
	prune_options=$2
	shift 2
	[ $# -eq 0 ] || usage "unexpected operand '$1'"
	if [ "$force" = false ] && [ "$dry_run" = false ] && [ -t 0 ] && [ -t 2 ]; then
		printf 'This removes %s. Go on? [y/N] ' "$prune_what" >&2
		read -r answer || answer=
		case $answer in
		y | Y | yes) ;;
		*) exit 1 ;;
		esac
	fi
	exec_tool "$store_options" "ctnr-store gc $prune_options"
}
