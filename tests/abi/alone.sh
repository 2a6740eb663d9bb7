#!/bin/sh
# Writes a source that includes one public header alone, twice.
#
# alone.sh HEADER SOURCE
set -eu
name=$(basename "$1")
printf '#include <libib/%s>\n#include <libib/%s>\ntypedef int not_empty;\n' "$name" "$name" >"$2"
