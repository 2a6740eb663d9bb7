#!/bin/sh
# Finds enumerations and enumerators without a comment, which Doxygen lets pass where they have no name.
#
# enumerators.sh HEADER...
set -eu
awk '
    function documented_before() { return previous ~ /\*\/$/ && previous !~ /\/\*\*</ }
    /^enum \{/ && !documented_before() { wrong("enum") }
    /^ *IB_[A-Z0-9_]+ = / { seen++; if (!/\/\*\*</ && !documented_before()) wrong($1) }
    { previous = $0 }
    function wrong(what) { print FILENAME ":" FNR ": " what " is not documented"; failed = 1 }
    END { exit failed || !seen }
' "$@" >&2
