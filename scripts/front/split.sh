# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# The command line of a verb, for one tool or several: each option goes to the tools whose tables have
# it. ctnr sources this before the verb, behind what the tables say, options-VERB.sh, which
# scripts/make-front generates:
#
# find_option OPTION         sets option (its long name), kind and tools, or fails
# give WORD                  appends the word, an option, to TOOL_options of each of $tools, quoted for
#                            exec_tool; a word of the front goes to own_option; --help shows the help
# option_names               all long names, without dashes
#
# The rule for all verbs, that of the tools (base/option.h): options stand before and behind operands, up
# to "--"; where the operands are a command (run, bundle, unshare), its first word ends them. Here:
#
# split_words ARG...         gives all options, and sets operands to the other words, quoted for eval:
#                            eval "set -- $operands"
# split_options ARG...       gives the options up to the first operand, and sets split_shift, the
#                            number of arguments that were used
# own_option OPTION VALUE    is the verb's: called for options of the front itself

split_letters() {
	letters=${1#-}
	while [ -n "$letters" ]; do
		rest=${letters#?}
		letter=${letters%"$rest"}
		letters=$rest
		find_option "-$letter" || mistake unknown_option "-$letter" "$1"
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
	split_ended=
	while [ $# -gt 0 ]; do
		split_before=$split_shift
		split_shift=$((split_shift + 1))
		case $1 in
		--)
			split_ended=--
			return
			;;
		--*=*)
			find_option "${1%%=*}" || mistake unknown_option "${1%%=*}"
			give "$option=${1#*=}"
			;;
		--*)
			find_option "$1" || mistake unknown_option "$1"
			if [ "$kind" = bool ]; then
				give "$option=true"
			else
				[ $# -ge 2 ] || usage "option $1 needs a value"
				give "$option=$2"
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

split_words() {
	operands=
	split_ended=
	while [ $# -gt 0 ]; do
		if [ -z "$split_ended" ]; then
			split_options "$@"
			shift "$split_shift"
			[ $# -gt 0 ] || return 0
		fi
		quote "$1"
		operands="$operands $quoted"
		shift
	done
}

# is_choice OPTION VALUE CHOICE...: hold the value of an option of the front to its choices.
is_choice() {
	own=$1
	value=$2
	shift 2
	for choice; do
		[ "$value" != "$choice" ] || return 0
	done
	mistake unknown_choice "$own" "$value" "$@"
}

# is_bool OPTION VALUE, is_name VALUE: likewise, to its kind.
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
