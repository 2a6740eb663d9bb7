#!/bin/sh
# Pictures: with gnuplot, without it, and with one that fails.
. "$(dirname "$0")/support.sh"

mkdir "$work/bin"

# with_gnuplot SCRIPT: puts a gnuplot of our own into $work/bin.
with_gnuplot() {
    printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/gnuplot"
    chmod +x "$work/bin/gnuplot"
}

small() {
    run run --runs 1 --epochs 2 "$@"
}

if command -v gnuplot >"$work/which"; then
    small --preset official-v1 --out "$work/real"
    ok 'gnuplot: status' test "$status" -eq 0
    ok 'gnuplot: says where the pictures are' grep -q "^ib run: $work/real/plane.png and plane.svg$" "$work/stderr"
    ok 'gnuplot: has nothing to complain about' test "$(wc -l <"$work/stderr")" -eq 2
    for name in plane plane-rebinned; do
        ok "$name.png is a PNG" test "$(head -c 8 "$work/real/$name.png" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a
        ok "$name.svg is an SVG with its title" grep -q 'Information plane: preset official-v1, tanh, 8 bits, 1 run' \
            "$work/real/$name.svg"
        ok "$name.svg names all layers" test "$(grep -c '<title>.*T[1-6]</title>\|>T[1-6]<' "$work/real/$name.svg")" -ge 6
    done
    cp "$work/real/plane.svg" "$work/expected.svg"
    rm "$work/real/plane.svg"
    ok 'the script can be run again in its folder' sh -c "cd '$work/real' && gnuplot plane.gp"
    ok 'the picture is the same' cmp "$work/expected.svg" "$work/real/plane.svg"
    (cd "$work" && mkdir folder && "$ib" run --quiet --runs 1 --epochs 2 --out "folder/it's \$here") 2>"$work/stderr"
    ok 'a name that a shell would trip over' test -s "$work/folder/it's \$here/plane.png" -a ! -s "$work/stderr"
else
    skip 'pictures' 'no gnuplot'
fi

PATH_BEFORE=$PATH
# shellcheck disable=SC2123 # the search path it is
PATH=$work/nothing
small --out "$work/none"
PATH=$PATH_BEFORE
ok 'no gnuplot: status' test "$status" -eq 0
ok 'no gnuplot: one line' test "$(cat "$work/stderr")" = \
    "ib run: not drawn, since there is no gnuplot: $work/none/plane.gp and plane.dat"
ok 'no gnuplot: data and script' test -s "$work/none/plane.dat" -a -s "$work/none/plane.gp"
ok 'no gnuplot: no picture' test ! -e "$work/none/plane.png"

with_gnuplot 'pwd >called; echo "$*" >>called; cat >>called; echo end >>called'
PATH=$work/bin:$PATH_BEFORE
"$ib" run --quiet --runs 1 --epochs 2 --out "$work/called" <"$manual"
ok 'gnuplot is called in the folder, with the script and no input' \
    test "$(cat "$work/called/called")" = "$(printf '%s\nplane.gp\nend' "$(cd "$work/called" && pwd -P)")"

with_gnuplot 'exit 3'
small --out "$work/fails"
ok 'gnuplot fails: status' test "$status" -eq 1
ok 'gnuplot fails: one line' test "$(cat "$work/stderr")" = "ib run: gnuplot failed on $work/fails/plane.gp"
ok 'gnuplot fails: the table is printed' grep -q '^T6 ' "$work/stdout"

run run --runs 1 --epochs 2 --no-figures --out "$work/unasked"
ok '--no-figures does not call gnuplot' test "$status" -eq 0

finish
