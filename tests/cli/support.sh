# Shared by the tests of the program, which speak TAP: `. support.sh`, then checks, then `finish`.
# The first argument of a test is the program, the second the version it should have, the third its manual, the fourth
# whether it writes results.nc: yes or no.

set -u
case $1 in
/*) ib=$1 ;;
*) ib=$PWD/$1 ;;
esac
version=$2
manual=$3
# shellcheck disable=SC2034 # for those who read this
writes_results=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests=0

# ok DESCRIPTION COMMAND...: the command succeeds.
ok() {
    what=$1
    shift
    tests=$((tests + 1))
    if "$@" >"$work/.told" 2>&1; then
        echo "ok $tests - $what"
    else
        echo "not ok $tests - $what"
        echo "# $*"
        sed 's/^/# /' "$work/.told"
    fi
}

skip() {
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

# run ARGUMENT...: runs the program and keeps its $status, $work/stdout and $work/stderr.
run() {
    status=0
    "$ib" "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
}

# says DESCRIPTION STATUS LINE ARGUMENT...: the program ends with the status, and that line is all it says.
says() {
    description=$1
    expected_status=$2
    expected_line=$3
    shift 3
    run "$@"
    printf '%s\n' "$expected_line" >"$work/expected"
    ok "$description: status" test "$status" -eq "$expected_status"
    ok "$description: one line" diff "$work/expected" "$work/stderr"
    ok "$description: nothing else" test ! -s "$work/stdout"
}

# when FILE: waits until it is there and not empty, half a minute at most.
when() {
    tries=0
    until [ -s "$1" ] || [ $tries -ge 600 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}

finish() {
    echo "1..$tests"
}
