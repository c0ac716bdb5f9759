# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# What is said of a word that is no verb, no option or no choice: that it is not there yet, or what was
# probably meant. mistake (scripts/ctnr) sources this file and calls one of the functions unknown_*.

# find_absent WHERE WORD: find the row of front/absent: set absent to its words and hint. It is a file
# with tabs between three fields.
find_absent() {
	while IFS='	' read -r where absent hint; do
		case " $where " in *" $1 "*) ;; *) continue ;; esac
		case " $absent " in *" $2 "*) return ;; esac
	done <"$libexec/front/absent"
	return 1
}

# list_absent WHERE: set absent_words to all of them.
list_absent() {
	absent_words=
	while IFS='	' read -r where absent hint; do
		case " $where " in *" $1 "*) absent_words="$absent_words $absent" ;; esac
	done <"$libexec/front/absent"
}

# find_nearest LEAD WORD CANDIDATE...: set hint to the candidate that was probably meant, or to nothing.
find_nearest() {
	lead=$1
	word=$2
	shift 2
	nearest=$(ctnr-unshare --nearest="$word" -- "$@" 2>/dev/null) || nearest=
	hint=
	[ -z "$nearest" ] || hint="did you mean '$lead$nearest'?"
}

# find_nearest_absent WHERE LEAD WORD CANDIDATE...: the same, where a candidate may be a word that is not
# there yet.
find_nearest_absent() {
	of=$1
	shift
	find_nearest "$@"
	[ -n "$nearest" ] || return 0
	meant=$lead$nearest
	if find_absent "$of" "$meant"; then
		hint="did you mean '$meant'? It is not there yet${hint:+: $hint}"
	else
		hint="did you mean '$meant'?"
	fi
}

# unknown_verb WORD [VERB...]: say so, or that it is not there yet. Of a noun the verbs are given.
unknown_verb() {
	! find_absent "$shown" "$1" || usage "'$1' is not there yet" "$hint"
	! find_absent ctnr "$1" || usage "'$1' is not there yet" "$hint"
	unknown=$1
	if [ $# -eq 1 ]; then
		list_absent ctnr
		for file in "$libexec"/verbs/* "$libexec"/front/noun-*.sh; do
			file=${file##*/}
			file=${file#noun-}
			case $file in *-*) ;; *) set -- "$@" "${file%.sh}" ;; esac
		done
		# Behind the verbs: of equals the first is meant.
		for file in $absent_words; do
			case $file in -*) ;; *) set -- "$@" "$file" ;; esac
		done
	fi
	find_nearest_absent ctnr '' "$@"
	[ "$verb" != help ] || : "${hint:=try 'ctnr help'}"
	usage "unknown verb '$unknown'" "$hint"
}

# unknown_leading_option OPTION: the same of an option before the verb.
unknown_leading_option() {
	! find_absent ctnr "${1%%=*}" || usage "option ${1%%=*} is not there yet" "$hint"
	find_nearest -- "${1#--}" store run-dir log log-format help version
	usage "unknown option '$1'" "$hint"
}

# unknown_option OPTION [WORD]: say so, or that it is not there yet. WORD is the whole word, where the
# option is a letter in it.
unknown_option() {
	if find_absent "$verb" "$1"; then
		absent=${absent% "$1"}
		absent=${absent#"$1"}
		usage "option $1${absent:+ (${absent# })} is not there yet" "$hint"
	fi
	# A long name with one dash is a word of letters.
	word=${2:-$1}
	word=${word#-}
	word=${word#-}
	hint=
	list_absent "$verb"
	unknown=$1
	set -- "${word%%=*}"
	for word in $option_names $absent_words; do
		case $word in --*) set -- "$@" "${word#--}" ;; -*) ;; *) set -- "$@" "$word" ;; esac
	done
	[ "${#1}" -lt 2 ] || find_nearest_absent "$verb" -- "$@"
	usage "unknown option '$unknown'" "$hint"
}

# unknown_choice OPTION VALUE CHOICE...: the value of an option of the front is none of its choices.
unknown_choice() {
	own=$1
	value=$2
	shift 2
	choices=
	for choice; do
		choices="${choices:+$choices, }$choice"
	done
	find_nearest '' "$value" "$@"
	usage "option $own: expected one of $choices, got '$value'" "$hint"
}
