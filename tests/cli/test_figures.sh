#!/bin/sh
# Figures: of `ib run` and `ib plot`, with gnuplot, without it, and with one that fails.
. "$(dirname "$0")/support.sh"

mkdir "$work/bin"

# with_gnuplot SCRIPT: puts a gnuplot of our own into $work/bin.
with_gnuplot() {
    printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/gnuplot"
    chmod +x "$work/bin/gnuplot"
}

# begins_with FILE HEX: the file begins with these bytes.
begins_with() {
    test "$(head -c $((${#2} / 2)) "$1" | od -An -tx1 | tr -d ' \n')" = "$2"
}

# pictures NAME...: each is there as a real PDF, SVG and PNG.
pictures() {
    for name in "$@"; do
        begins_with "$folder/figures/$name.pdf" 255044462d && tail -c 6 "$folder/figures/$name.pdf" | grep -q '%%EOF' &&
            begins_with "$folder/figures/$name.png" 89504e470d0a1a0a && grep -q '^<svg' "$folder/figures/$name.svg" &&
            grep -q '^</svg>' "$folder/figures/$name.svg" || return 1
    done
}

folder=$work/study
run run --runs 3 --epochs 12 --preset official-v1 --bins 30 --no-figures --quiet --out "$folder"
ok '--no-figures: status' test "$status" -eq 0
ok '--no-figures: data and scripts' test -s "$folder/figures/plane.dat" -a -s "$folder/figures/plane.gp"
ok '--no-figures: no picture' test ! -e "$folder/figures/plane.png"
cp "$folder/figures/plane.dat" "$work/plane.dat"

if command -v gnuplot >"$work/which"; then
    run plot "$folder"
    ok 'plot: status' test "$status" -eq 0
    ok 'plot: one line' test "$(cat "$work/stderr")" = "ib plot: 11 figures in $folder/figures"
    ok 'plot: pictures' pictures plane plane-output plane-rebinned plane-30-layer mi mi-output mi-rebinned mi-30-layer \
        accuracy ranges runs
    ok 'plot: nothing else' test "$(find "$folder/figures" -type f | wc -l)" -eq 55
    ok 'plot: the data are those of ib run' cmp "$work/plane.dat" "$folder/figures/plane.dat"
    ok 'the heading says what it is of' grep -q 'Information plane (bins: 30-layer): preset official-v1, tanh, 8 bits' \
        "$folder/figures/plane-30-layer.svg"
    cp "$folder/figures/mi.svg" "$work/expected.svg"
    rm "$folder/figures/mi.svg"
    ok 'a script can be run again in its folder' sh -c "cd '$folder/figures' && gnuplot mi.gp"
    ok 'the picture is the same' cmp "$work/expected.svg" "$folder/figures/mi.svg"

    rm -r "$folder/figures"
    run plot "$folder" --format png,svg --run 1 --quiet
    ok '--quiet: says nothing' test "$status" -eq 0 -a ! -s "$work/stderr" -a ! -s "$work/stdout"
    ok '--run: its plane' grep -q 'Information plane of run 1: preset official-v1, tanh, 8 bits, 1 run' \
        "$folder/figures/run-1.svg"
    ok '--format: as asked' test -s "$folder/figures/mi.png" -a ! -e "$folder/figures/mi.pdf"

    cp -r "$folder" "$work/part"
    rm "$work/part/runs/00000001.run"
    run plot "$work/part" --format svg
    ok 'some runs: status' test "$status" -eq 0
    ok 'some runs: says how many' grep -q '^ib plot: 2 of 3 runs are finished; the figures are of these$' "$work/stderr"
    ok 'some runs: so does the heading' grep -q 'tanh, 8 bits, mean of 2 runs' "$work/part/figures/plane.svg"

    (cd "$work" && mkdir folder && "$ib" run --quiet --runs 1 --epochs 1 --out "folder/it's \$here") 2>"$work/stderr"
    folder="$work/folder/it's \$here"
    ok 'one epoch, and a name that a shell would trip over' pictures plane mi accuracy ranges
    ok 'gnuplot has nothing to complain about' test ! -s "$work/stderr"

    # Names of data, which headings say: one that gnuplot would run, and one that ends in the middle of a character.
    long=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    for data in 'a`touch run`"b' "$long"äb; do
        printf '0,0\n1,1\n2,0\n3,1\n' >"$work/$data"
        folder=$work/of-$long
        rm -rf "$folder"
        run run --data "$work/$data" --label-column 2 --widths 1,2 --test-share 0 --runs 1 --epochs 1 --quiet \
            --out "$folder"
        ok "data called $data: nothing to complain about" test "$status" -eq 0 -a ! -s "$work/stderr"
        ok "data called $data: pictures" pictures plane mi accuracy ranges
        ok "data called $data: nothing is run" test ! -e "$folder/figures/run"
    done
    printf '0,0\n1,1\n2,0\n3,1\n' >"$work/data"
    run run --data "$work/data" --label-column 2 --widths 1,2,2,2,2,2,2,2,2,2,2,2,2,2 --test-share 0 --runs 2 \
        --epochs 1 --quiet --out "$work/deep"
    ok 'many layers: a key that fits' grep -q '>T6, T12..<' "$work/deep/figures/mi.svg"
    ok 'many layers: none of it more than once' test "$(grep -c '>T[0-9]*<' "$work/deep/figures/mi.svg")" -eq 0
    ok 'a long name ends with a whole character' grep -q "$long, preset" "$folder/figures/plane.svg"
    folder=$work/study
else
    skip 'pictures' 'no gnuplot'
fi

says 'no study' 1 "ib plot: $work/bin: is not the folder of a study: there is no settings.txt" plot "$work/bin"
says 'no such run' 1 'ib plot: --run: expected a finished run, got 3' plot "$folder" --run 3
says 'no such format' 2 \
    'ib plot: --format: expected some of pdf, svg and png with commas between them, got gif' plot "$folder" --format gif
cp -r "$folder" "$work/empty"
rm "$work/empty/runs/"*
says 'no runs' 1 "ib plot: $work/empty: expected a finished run, got none yet" plot "$work/empty"

PATH_BEFORE=$PATH
# shellcheck disable=SC2123 # the search path it is
PATH=$work/nothing
"$ib" plot "$folder" 2>"$work/stderr"
status=$?
PATH=$PATH_BEFORE
ok 'no gnuplot: status' test "$status" -eq 0
ok 'no gnuplot: one line' test "$(cat "$work/stderr")" = \
    "ib plot: not drawn, since there is no gnuplot: $folder/figures/*.gp and *.dat"

with_gnuplot 'pwd >>called; echo "$*" >>called; cat >>called'
PATH=$work/bin:$PATH_BEFORE
"$ib" plot "$folder" --quiet <"$manual"
ok 'gnuplot is called in the folder, with the script and no input' \
    test "$(head -n 4 "$folder/figures/called")" = "$(cd "$folder/figures" && printf '%s\nplane.gp\n%s\nmi.gp' "$(pwd -P)" "$(pwd -P)")"

with_gnuplot 'exit 3'
says 'gnuplot fails' 1 "ib plot: gnuplot failed on $folder/figures/plane.gp" plot "$folder"
run run --runs 1 --epochs 2 --out "$work/fails"
ok 'gnuplot fails in ib run: status' test "$status" -eq 1
ok 'gnuplot fails in ib run: one line' test "$(cat "$work/stderr")" = \
    "ib run: gnuplot failed on $work/fails/figures/plane.gp"
ok 'gnuplot fails in ib run: the table is printed' grep -q '^T6 ' "$work/stdout"
ok 'gnuplot fails in ib run: all scripts are there' test -s "$work/fails/figures/ranges.gp"

run run --runs 1 --epochs 2 --no-figures --out "$work/unasked"
ok '--no-figures does not call gnuplot' test "$status" -eq 0

finish
