#!/bin/sh
# ib check: a sound study passes, and everything that cannot be is found. The fifth argument makes what cannot be.
. "$(dirname "$0")/support.sh"
forge=$5

make() {
    name=$1
    shift
    run run --quiet --no-figures --out "$work/$name" "$@"
    ok "$name is made" test "$status" -eq 0
}

make sound --preset official-iclr --runs 2 --epochs 4 --schedule every:1 --bins 30 --seed 7
run check "$work/sound"
ok 'sound: status' test "$status" -eq 0
ok 'sound: nothing is wrong' test ! -s "$work/stderr"
ok 'sound: the last line' test "$(tail -n 1 "$work/stdout")" = '2 of 2 runs finished, 0 in progress; all is well'
# 2 runs, 5 epochs, 6 layers; the last one by two more measures, and each by its bins.
for row in 'files are whole, and of this study 2 0' 'all epochs; accuracies and losses 12 0' \
    'bad fits and restarts 2 0' 'points where the schedule is 10 0' 'smallest output <= largest output 62 0' \
    '1 <= states <= rows 140 0' 'H <= log2 states 140 0 0' 'H(state) >= H(output), H(bins) 80 0 0' \
    'state: I(X;T) falls from layer to layer 60 0 0' 'state: I(T;Y) falls from layer to layer 60 0 0' \
    'state: 0 <= I(X;T) <= log2 rows 60 0 0' 'state: 0 <= I(T;Y) <= I(X;T), H(Y) 60 0 0' \
    'output: I(X;T) falls from layer to layer 60 0 0' '30-layer: 0 <= I(X;T) <= log2 rows 60 0 0'; do
    ok "sound: $row" grep -qxF "$row" <<END
$(tr -s ' ' <"$work/stdout" | sed 's/ $//')
END
done
[ "$writes_results" = no ] ||
    ok 'sound: results.nc' grep -q '^results.nc  *agrees with the runs, bit for bit$' "$work/stdout"
run check "$work/sound" --quiet
ok 'quiet: silent' test "$status" -eq 0 -a ! -s "$work/stdout" -a ! -s "$work/stderr"

# Made again by the command that its file of results tells.
if [ "$writes_results" = yes ] && command -v ncdump >"$work/which"; then
    again=$(ncdump -h "$work/sound/results.nc" | sed -n 's/.*:history = "ib \(.*\)" ;/\1/p')
    # shellcheck disable=SC2086 # a list of words
    run $again --quiet --no-figures --out "$work/again"
    ok 'the history makes the same study' cmp "$work/sound/results.nc" "$work/again/results.nc"

    # Also in a shell, whatever the data are called.
    cd "$work" || exit 1
    printf '0,0\n1,1\n2,0\n3,1\n' >"two words; it's *.csv"
    run run --data "two words; it's *.csv" --label-column 2 --widths 1,2 --test-share 0 --runs 1 --epochs 2 --quiet \
        --no-figures --out named
    again=$(ncdump -h named/results.nc | sed -n 's/.*:history = "ib \(.*\)" ;/\1/p' | sed "s/\\\\\(.\)/\\1/g")
    ok 'the history is a command of a shell' sh -c "'$ib' $again --quiet --no-figures --out renamed"
    ok 'it makes the same study' cmp named/results.nc renamed/results.nc
    cd - >"$work/which" || exit 1
fi

# copy NAME: a copy of a study, to be changed.
copy() {
    rm -rf "$work/forged"
    cp -R "$work/$1" "$work/forged"
}

# found CHANGE WORDS: a run of $study with this change is found, by a line with these words.
study=sound
found() {
    copy $study
    rm -f "$work/forged/results.nc"
    ok "$1: is made" "$forge" "$work/forged" 1 "$1"
    run check --quiet "$work/forged"
    ok "$1: status" test "$status" -eq 1
    ok "$1: is found: $2" grep -qF "$2" "$work/stderr"
    ok "$1: no table" test ! -s "$work/stdout"
}
here="ib check: $work/forged:"
found chain-x "$here state: I(X;T) falls from layer to layer: does not hold in 1 of 60, by up to"
found chain-y "$here state: I(T;Y) falls from layer to layer: does not hold in 1 of 60, by up to 0.25 bits at run 1, epoch 2, layer 4"
found bound-x "$here state: 0 <= I(X;T) <= log2 rows: does not hold in 1 of 60, by up to 0.5 bits at run 1, epoch 2, layer 1"
found bound-y "$here state: 0 <= I(T;Y) <= I(X;T), H(Y): does not hold in 1 of 60, by up to"
found no-states "$here 1 <= states <= rows: does not hold in 1 of 140, first at run 1, epoch 2, layer 3"
found many-states "$here 1 <= states <= rows: does not hold in 1 of 140, first at run 1, epoch 2, layer 1"
found entropy "$here H <= log2 states: does not hold in 1 of 140, by up to"
found not-a-number "$here H <= log2 states: does not hold in 1 of 140, by up to inf bits at run 1, epoch 2, layer 6"
found output "$here H(state) >= H(output), H(bins): does not hold in 1 of 80, by up to inf bits at run 1, epoch 2, layer 6"
found binned "$here H(state) >= H(output), H(bins): does not hold in 1 of 80, by up to 0.125 bits at run 1, epoch 2, layer 6"
found accuracy "$here all epochs; accuracies and losses: does not hold in 1 of 12, first at run 1, epoch 2"
found loss "$here all epochs; accuracies and losses: does not hold in 1 of 12, first at run 1, epoch 2"
found no-epoch "$here all epochs; accuracies and losses: does not hold in 1 of 11, first at run 1"
found no-epoch "$here bad fits and restarts: does not hold in 1 of 3, first at run 1, epoch 4"
found no-epoch "$here smallest output <= largest output: does not hold in 1 of 32, first at run 1, epoch 0"
found outcome "$here bad fits and restarts: does not hold in 1 of 2, first at run 1, epoch 4"
found extents "$here smallest output <= largest output: does not hold in 1 of 62, first at run 1, epoch 1, layer 2"
found extent-of-another "$here smallest output <= largest output: does not hold in 1 of 62, first at run 1, epoch 1, layer 1"
found extent-of-another-epoch "$here smallest output <= largest output: does not hold in 1 of 62, first at run 1, epoch 2, layer 2"
found one-more-point "$here points where the schedule is: does not hold in 1 of 10, first at run 1, epoch 4"
found point-of-another "$here points where the schedule is: does not hold in 1 of 8, first at run 1, epoch 2"
found no-point "$here points where the schedule is: does not hold in 1 of 10, first at run 1, epoch 4"
for change in foreign-estimator foreign-measure foreign-layer foreign-extent; do
    found $change "ib check: $work/forged/runs/00000001.run: "
    for words in 'export --csv' plot info; do
        # shellcheck disable=SC2086 # words
        run $words "$work/forged"
        ok "$change: $words: status" test "$status" -eq 1
        ok "$change: $words: one line" test "$(wc -l <"$work/stderr")" -eq 1
    done
done
found setting "ib check: $work/forged/runs/00000001.run: "
found seed "$here files are whole, and of this study: does not hold in 1 of 2, first at run 1, epoch 0"

# A study whose runs are begun again, and one that keeps them however bad they are.
make restarts --runs 2 --epochs 4 --bad-fit restart --bad-epoch 2 --bad-accuracy 0.58 --seed 7
study=restarts
run check --quiet "$work/restarts"
ok 'restarts: status' test "$status" -eq 0
found restart-too-early "$here bad fits and restarts: does not hold in 1 of "
found restart-of-a-good-fit "$here bad fits and restarts: does not hold in 1 of "
make kept --runs 2 --epochs 4 --bad-accuracy 1
study=kept
found no-epoch "$here bad fits and restarts: does not hold in 1 of 3, first at run 1, epoch 4"

# Codes of networks that are quantised after training are exact; estimates may be anything but infinite.
make plugs --bits 32 --runs 2 --epochs 2 --schedule every:1 --post-bits 6 --estimators edge
study=plugs
found quantised-chain "$here post-6: I(T;Y) falls from layer to layer: does not hold in 1 of 36, by up to"
found quantised-states "$here 1 <= states <= rows: does not hold in 1 of 150, first at run 1, epoch 2, layer 3"
found estimate-with-states "$here 1 <= states <= rows: does not hold in 1 of 150, first at run 1, epoch 2, layer 3"
found infinite-estimate "$here 1 <= states <= rows: does not hold in 1 of 150, first at run 1, epoch 2, layer 3"
copy plugs
rm -f "$work/forged/results.nc"
ok 'no-estimate: is made' "$forge" "$work/forged" 1 no-estimate
run check "$work/forged"
ok 'no-estimate: status' test "$status" -eq 0
ok 'no-estimate: is not counted' grep -qE '^edge: I\(T;Y\) falls from layer to layer +34 ' "$work/stdout"
run export "$work/forged" --csv
ok 'no-estimate: a table' grep -qE '^1,2,3,estimated,edge,[0-9.]+,nan,$' "$work/stdout"
if [ "$writes_results" = yes ]; then
    run export "$work/forged" --netcdf
    ok 'no-estimate: results.nc' test "$status" -eq 0
    run check --quiet "$work/forged"
    ok 'no-estimate: and what it holds' test "$status" -eq 0
fi
run plot "$work/forged" --quiet
ok 'no-estimate: figures' test "$status" -eq 0 -a -s "$work/forged/figures/plane-edge.dat"

# Bins may break the chain of layers: that is told, and is no failure.
copy sound
rm -f "$work/forged/results.nc"
ok 'binned-chain: is made' "$forge" "$work/forged" 1 binned-chain
run check "$work/forged"
ok 'binned-chain: status' test "$status" -eq 0
ok 'binned-chain: told' grep -q '^30-layer: I(X;T) falls.* [1-9][0-9]* .*run 1, epoch 2, layer 4$' "$work/stdout"

# damaged DESCRIPTION WORDS: what is in $work/forged is found.
damaged() {
    run check "$work/forged"
    ok "$1: status" test "$status" -eq 1
    ok "$1: is found" grep -qF "$2" "$work/stderr"
    ok "$1: the last line" grep -q '; [1-9][0-9]* of [0-9]* checks FAILED$' "$work/stdout"
}
copy sound
head -c 1000 "$work/sound/runs/00000001.run" >"$work/forged/runs/00000001.run"
damaged 'a run that is cut off' "$work/forged/runs/00000001.run: "
ok 'a run that is cut off: the results are not compared' grep -q '^results.nc .*FAILED: not compared' "$work/stdout"
copy sound
{ cat "$work/sound/runs/00000001.run" && echo more; } >"$work/forged/runs/00000001.run"
damaged 'a run with more bytes' "$work/forged/runs/00000001.run: "
copy sound
cp "$work/sound/runs/00000001.run" "$work/forged/runs/00000000.run"
damaged 'a run in the place of another' "$work/forged/runs/00000000.run: "
copy sound
cp "$work/sound/runs/00000001.run" "$work/forged/runs/00000002.run"
damaged 'a run that was not asked for' "$work/forged/runs/00000002.run: "
copy sound
echo nonsense >"$work/forged/runs/00000001.checkpoint"
damaged 'a checkpoint that is none' "$work/forged/runs/00000001.checkpoint: "

if [ "$writes_results" = yes ]; then
    copy sound
    "$forge" "$work/forged" 1 another-number
    damaged 'results.nc of another number' "$work/forged/results.nc: I_TY of run 1 is not that of its file"
    copy sound
    rm "$work/forged/runs/00000001.run"
    damaged 'results.nc of more runs' "$work/forged/results.nc: run is not that of the 1 runs that are finished"
    copy sound
    echo nonsense >"$work/forged/results.nc"
    damaged 'results.nc that is none' "$work/forged/results.nc: NetCDF: "
    copy sound
    rm "$work/forged/results.nc"
    run check "$work/forged"
    ok 'no results.nc: is no failure' test "$status" -eq 0
    run export "$work/forged" --netcdf
    ok 'no results.nc: is made again' cmp "$work/sound/results.nc" "$work/forged/results.nc"
fi

copy sound
sed 's/^--epochs=4$/--epochs=5/' "$work/sound/settings.txt" >"$work/forged/settings.txt"
run check "$work/forged"
ok 'other settings: status' test "$status" -eq 1
ok 'other settings: said' grep -q "^ib check: $work/forged: expected what was asked to make the study [0-9a-f]*, which" \
    "$work/stderr"

says 'no folder' 1 "ib check: $work/none: No such file or directory" check "$work/none"
says 'no study' 1 "ib check: $work: is not the folder of a study: there is no settings.txt" check "$work"
says 'no argument' 2 'ib check: DIR: expected the folder of a study, got nothing' check
says 'two folders' 2 'ib check: b: unknown argument, see --help' check a b

finish
