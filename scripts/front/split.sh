# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# One command line for several tools: each option goes to the tools whose tables have it. What the
# tables say is in options-VERB.sh, which scripts/make-front generates and the verb sources before:
#
# find_option OPTION         sets option, kind and tools, or fails
# give WORD                  appends the word, an option, to TOOL_options of each of $tools, quoted for
#                            exec_tool; a word of the front goes to own_option
#
# Here:
#
# split_options ARG...       gives the options up to the first operand, and sets split_shift, the
#                            number of arguments that were used
# own_option OPTION VALUE    is the verb's: called for options of the front itself

split_letters() {
	letters=${1#-}
	while [ -n "$letters" ]; do
		rest=${letters#?}
		letter=${letters%"$rest"}
		letters=$rest
		find_option "-$letter" || usage "unknown option '-$letter'"
		if [ "$kind" = bool ]; then
			give "$option=true"
		elif [ -n "$letters" ]; then
			give "$option=$letters"
			return
		else
			[ $# -ge 2 ] || usage "option -$letter needs a value"
			give "$option=$2"
			split_shift=$((split_shift + 1))
			return
		fi
	done
}

split_options() {
	split_shift=0
	while [ $# -gt 0 ]; do
		split_before=$split_shift
		split_shift=$((split_shift + 1))
		case $1 in
		--) return ;;
		--*=*)
			find_option "${1%%=*}" || usage "unknown option '${1%%=*}'"
			give "$1"
			;;
		--*)
			find_option "$1" || usage "unknown option '$1'"
			if [ "$kind" = bool ]; then
				give "$1=true"
			else
				[ $# -ge 2 ] || usage "option $1 needs a value"
				give "$1=$2"
				split_shift=$((split_shift + 1))
			fi
			;;
		-?*) split_letters "$@" ;;
		*)
			split_shift=$split_before
			return
			;;
		esac
		shift $((split_shift - split_before))
	done
}

# is_bool OPTION VALUE, is_name VALUE, is_when VALUE: hold values of options of the front to their kinds.
is_bool() {
	case $2 in
	true | false) ;;
	*) usage "option $1: expected true or false, got '$2'" ;;
	esac
}

is_name() {
	case $1 in
	*/*) usage "option --name: a container's name has no slash, got '$1'" ;;
	. | ..) usage "option --name: '$1' is no name" ;;
	esac
}

is_when() {
	case $1 in
	missing | always | never) ;;
	*) usage "option --pull: expected one of missing, always, never, got '$1'" ;;
	esac
}
