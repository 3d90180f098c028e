# bash completion for gotraced                                                                    -*- shell-script -*-
#
# Options, and the choices that some have, are read from gotraced --help; names of functions, from the program that the
# command line names.

# Into REPLY: a word without its quotes. Into quote: the one that is still open at its end.
_gotraced_unquote()
{
	local text=$1 c i
	REPLY= quote=
	for ((i = 0; i < ${#text}; i++)); do
		c=${text:i:1}
		case $quote$c in
		\' | \") quote=$c ;;
		\'\' | \"\") quote= ;;
		\\ | \"\\) REPLY+=${text:(++i):1} ;;
		*) REPLY+=$c ;;
		esac
	done
}

# Into target: the options that name the program whose functions are meant at the word that is completed. That is the
# last --binary before it, or the first one after it; else the processes; else the command.
_gotraced_target()
{
	local i binary= word REPLY quote
	local -a pids=()
	target=()
	for ((i = 1; i < ${#words[@]}; i++)); do
		word=${words[i]}
		case $word in
		-b | --binary | -p | --pid | --) _gotraced_unquote "${words[i + 1]-}" ;;
		--binary=* | --pid=*) _gotraced_unquote "${word#*=}" ;;
		esac
		case $word in
		-b | --binary | --binary=*)
			[[ $REPLY != "~/"* ]] || REPLY=$HOME${REPLY:1}
			((i > cword)) && [[ $binary ]] || binary=$REPLY
			;;
		-p | --pid | --pid=*) [[ ! $REPLY ]] || pids+=(--pid "$REPLY") ;;
		--) break ;;
		esac
	done
	if [[ $binary ]]; then
		target=(--binary "$binary")
	elif ((${#pids[@]})); then
		target=("${pids[@]}")
	elif [[ $word == -- && $REPLY ]]; then
		target=(--binary "$(type -P -- "$REPLY")")
	fi
}

# Prints the functions of a target whose names begin with the prefix, but for those that cannot be traced. Of more than
# a hundred it prints the next step only: import paths up to their next slash, and packages with the dot after them.
_gotraced_names()
{
	local prefix=$1
	shift
	# Nothing typed means the package that is looked at most, if there is one: reading a large program takes time.
	[[ $prefix ]] || { _gotraced_names main. "$@" | grep '' && return; }
	"$gotraced" "$@" --list --func "$prefix*" 2>/dev/null | prefix=$prefix LC_ALL=C awk '
	function package_end(name,    path, dot) {
		path = name
		sub(/[([ ].*/, "", path)
		match(path, /[^\/]*$/)
		dot = index(substr(path, RSTART), ".")
		return dot ? RSTART - 1 + dot : 0
	}
	function step_end(name, from,    end, slash) {
		end = package_end(name)
		slash = end > from ? index(substr(name, from + 1, end - from), "/") : 0
		return slash ? from + slash : end > from ? end : length(name)
	}
	/^0x/ && !/  \(cannot be traced\)$/ {
		sub(/^0x[0-9a-f]+ +[0-9]+ +[0-9]+ +[0-9]+  /, "")
		if (index($0, ENVIRON["prefix"]) == 1 && !known[$0]++)
			names[n++] = $0
	}
	END {
		from = n > 100 ? length(ENVIRON["prefix"]) : -1
		do {
			n_steps = 0
			split("", seen)
			for (i = 0; i < n; i++) {
				next_step = from < 0 ? names[i] : substr(names[i], 1, step_end(names[i], from))
				if (!seen[next_step]++)
					steps[n_steps++] = next_step
			}
			from = length(steps[0])
		} while (n_steps == 1 && n > 1)
		for (i = 0; i < n_steps; i++)
			print steps[i]
	}'
}

_gotraced_functions()
{
	local REPLY quote i name needs_quotes=
	local -a target
	_gotraced_target
	((${#target[@]})) || return
	_gotraced_unquote "$cur"
	# Of a word with a quote within it, readline completes only what is after that.
	[[ ! $quote || $cur == "$quote"* ]] || return
	mapfile -t COMPREPLY < <(_gotraced_names "$REPLY" "${target[@]}")
	for i in "${!COMPREPLY[@]}"; do
		name=${COMPREPLY[i]}
		if [[ $quote == \" ]]; then
			COMPREPLY[i]=$(sed 's/[\\"$`]/\\&/g' <<<"$name")
		elif [[ $name == *\'* ]]; then
			unset "COMPREPLY[i]"
		elif [[ $name == *[^-A-Za-z0-9_./%:,+@]* ]]; then
			needs_quotes=yes
		fi
	done
	[[ ! $quote && $needs_quotes ]] || return 0
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=\'${COMPREPLY[i]}\'
	done
}

# Processes that run Go programs, which have a note with an id of Go's near their start (NULs are left out by read); all
# processes, if there are no such.
_gotraced_pids()
{
	local LC_ALL=C exe head
	local -a pids=()
	for exe in /proc/[0-9]*/exe; do
		head=
		{ IFS= read -r -N 4096 head <"$exe"; } 2>/dev/null
		[[ $head != *$'\4Go'[-_A-Za-z0-9]*/* ]] || pids+=("${exe//[!0-9]/}")
	done
	if ((${#pids[@]})); then
		mapfile -t COMPREPLY < <(compgen -W "${pids[*]}" -- "$cur")
	else
		_pids
	fi
}

_gotraced()
{
	local cur prev words cword split gotraced=${1/#~\//$HOME/} help value i
	_init_completion -s || return
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} != -- ]] || { _command_offset $((i + 1)); return; }
	done
	case $prev in
	-f | --func)
		_gotraced_functions
		return
		;;
	-p | --pid)
		_gotraced_pids
		return
		;;
	-b | --binary | -c | --config | -o | --output | --listen)
		_filedir
		return
		;;
	-d | -i)
		return
		;;
	esac
	help=$("$gotraced" --help 2>/dev/null) || return
	if [[ $prev == --* && $help =~ " $prev="([^[:space:]]*) ]]; then
		value=${BASH_REMATCH[1]}
		# A choice is in small letters.
		[[ $value == *[^-a-z\|]* ]] || mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$cur")
	elif ! $split; then
		mapfile -t COMPREPLY < <(compgen -W "$(grep -o -- ' --[a-z-]*' <<<"$help") --" -- "$cur")
	fi
} &&
	complete -F _gotraced gotraced
