#!/bin/sh
# What a shared library exports: one name with its version a line, as in tests/abi/libib.symbols.
# With a list and the public headers it compares: exported = listed = declared.
#
# symbols.sh LIBRARY
# symbols.sh LIBRARY LIST HEADER...
set -eu
export LC_ALL=C

exported() {
    # The node of the version script is itself an absolute symbol (A) and no name of ours.
    "${NM:-nm}" --dynamic --defined-only --format=posix "$1" | awk '$2 != "A" { print $1 }' | sort
}

declared() {
    cat "$@" | sed -n 's/^IB_API .*\(ib_[a-z0-9_]*\)(.*/\1/p' | sort
}

compare() { # WHAT FILE FILE
    if ! diff -u "$2" "$3"; then
        echo "$1 differ (-: $2, +: $3). If that is intended: ./dev abi" >&2
        exit 1
    fi
}

if [ $# = 1 ]; then
    exported "$1"
    exit
fi

library=$1
list=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

exported "$library" >"$work/exported"
compare "The exported and the listed symbols" "$list" "$work/exported"

sed 's/@.*//' "$list" >"$work/listed"
declared "$@" >"$work/declared"
compare "The listed and the declared functions" "$work/listed" "$work/declared"

if grep -v '^ib_[a-z]' "$list"; then
    echo "Names without our prefix are exported." >&2
    exit 1
fi
echo "$(wc -l <"$list") symbols"
