# SPDX-License-Identifier: MIT
# Completion of picoctl for bash.  picoctl itself knows its verbs and options.

# Asks the picod that the command line is about.
_picoctl_ask() {
	local i
	local -a at=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-s | --socket)
			at=(-s "${COMP_WORDS[i + 1]}") ;;
		esac
	done
	picoctl "${at[@]}" "$@" 2>/dev/null
}

# The options of a verb, with their letters; before it those of every verb, which are
# all that "interrupt" has.
_picoctl_options() {
	picoctl help ${1:-interrupt} --names 2>/dev/null | awk -F'\t' '/^--/ {
		print $1; if ($3 != "-") print "-" $3 }'
}

# Sets verb, and operand to the index of the first word after it that is
# neither an option nor an option's value.
_picoctl_parse() {
	local i
	verb='' operand=0
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-b | --board | -s | --socket | -f | --file | --timeout | \
			--wait | --max-age | --will | --every | --for | \
			--size | --driver | --baud | --flasher | \
			-o | --output)
			i=$((i + 1)) ;;
		-- | =) ;;
		-*) ;;
		*)
			if [[ -z $verb ]]; then
				verb=${COMP_WORDS[i]}
			elif ((operand == 0)); then
				operand=$i
			fi ;;
		esac
	done
}

# Files of this machine, after what is offered already; what stands behind a colon
# is the board's.
_picoctl_files() {
	local -a files
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:blank:]]:"$cur" ]] && return
	# Outside of a completion, as in a script, there is nothing to be set.
	compopt -o filenames 2>/dev/null
	mapfile -t files < <(compgen -f -- "$cur")
	COMPREPLY+=("${files[@]}")
}

_picoctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local verb operand words=''

	# bash takes "--board=x" for three words.
	if [[ $cur == = ]]; then
		cur=''
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	_picoctl_parse
	COMPREPLY=()
	if [[ $verb == hold || $verb == lend || $verb == tty ]] && ((operand > 0)); then
		if declare -F _command_offset >/dev/null; then
			_command_offset "$operand"
		else
			_picoctl_files
		fi
		return
	fi
	case $prev in
	-b | --board) words=$(_picoctl_ask list --names) ;;
	-f | --file | -s | --socket | -o | --output)
		_picoctl_files
		return ;;
	--timeout | --wait | --max-age | --every | --for)
		words='500ms 1s 10s 1m' ;;
	--driver) words='repl piserial auto' ;;
	--baud) words='auto 9600 115200' ;;
	--flasher) words='uno nano nano-old mega leonardo micro pico' ;;
	--will | --size) return ;;
	*)
		case $verb:$cur in
		*:-*) words=$(_picoctl_options "$verb") ;;
		:* | help:*) words=$(picoctl help --names | cut -f1) ;;
		adopt:* | rename:* | forget:*)
			words=$(_picoctl_ask list --names) ;;
		cancel:*)
			words=$(_picoctl_ask list -v |
				awk '$1 == "runs" || $1 == "waits" {print $2}') ;;
		flash:*)
			mapfile -t COMPREPLY < <(
				compgen -W "$(_picoctl_ask firmware |
					awk 'NR > 1 {print $2}' | sort -u)" \
					-- "$cur")
			_picoctl_files
			return ;;
		install:*) words='on-off sensors' ;;
		put:* | get:* | cp:* | run:* | sync:* | log:*)
			_picoctl_files
			return ;;
		hold:* | lend:* | tty:*)
			mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			[[ $cur == */* ]] && compopt -o filenames 2>/dev/null
			return ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _picoctl picoctl
