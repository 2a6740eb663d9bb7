#!/bin/sh
# ib reproduce: the figures of the study, small ones here: what is made, what is made only once, what is refused.
. "$(dirname "$0")/support.sh"

# reproduce DIR ARGUMENT...: a few epochs, without pictures.
reproduce() {
    out=$work/$1
    shift
    run reproduce --no-figures --epochs 3 --out "$out" "$@"
}

# has DIR FILE...: files that are there, and not empty.
has() {
    folder=$work/$1
    shift
    for file in "$@"; do
        [ -s "$folder/$file" ] || { echo "no $file"; return 1; }
    done
}

# runs DIR STUDY: how many runs of a study are finished.
runs() {
    find "$work/$1/$2/runs" -name '*.run' | wc -l
}

reproduce one --figure 5 --runs 2
ok 'one figure: status' test "$status" -eq 0
ok 'one figure: nothing on standard output' test ! -s "$work/stdout"
ok 'one figure: its study' has one paper-tanh-8/settings.txt paper-tanh-8/summary.txt
ok 'one figure: only its study' test "$(cd "$work/one" && echo *)" = 'figures paper-tanh-8'
ok 'one figure: data and script' has one figures/figure-5-paper.dat figures/figure-5-paper.gp
ok 'one figure: two runs' test "$(runs one paper-tanh-8)" -eq 2
before=$(cat "$work/one/paper-tanh-8/runs"/* | cksum)

reproduce one --figure 5 --runs 2
ok 'again: status' test "$status" -eq 0
ok 'again: the same runs' test "$(cat "$work/one/paper-tanh-8/runs"/* | cksum)" = "$before"

reproduce one --figure 5 --runs 3
ok 'more runs: status' test "$status" -eq 0
ok 'more runs: they are added' test "$(runs one paper-tanh-8)" -eq 3
ok 'more runs: told in the heading' grep -q '3 runs' "$work/one/figures/figure-5-paper.gp"
reproduce one --figure 5 --runs 2
ok 'fewer runs: those are kept' test "$(runs one paper-tanh-8)" -eq 3
ok 'fewer runs: the first of them are drawn' grep -q '2 runs' "$work/one/figures/figure-5-paper.gp"

says 'another seed' 1 "ib reproduce: $work/one/paper-tanh-8: expected epochs, seed and bins as asked for now, got a study of \
others; take another --out" reproduce --quiet --no-figures --epochs 3 --seed 2 --figure 5 --runs 2 --out "$work/one"
says 'no such figure' 2 'ib reproduce: --figure: expected 2, 3, 4, 5, 6, A.7, A.8, B.9, B.10 or all, got 7' \
    reproduce --figure 7 --out "$work/x"
says 'no figure' 2 'ib reproduce: --figure: expected 2, 3, 4, 5, 6, A.7, A.8, B.9, B.10 or all, got nothing' \
    reproduce --out "$work/x"
says 'no folder' 2 'ib reproduce: --out: expected DIR, a folder for studies and figures, got nothing' \
    reproduce --figure 5
says 'no parent folder' 1 "ib reproduce: $work/no/out: No such file or directory; its parent folder must exist" \
    reproduce --figure 5 --out "$work/no/out"
ok 'nothing was made' test ! -e "$work/x"

# All of it. The program of the study counts outputs that are binned again, so it has more panels.
reproduce all --figure all --preset all --runs 2
ok 'all: status' test "$status" -eq 0
for preset in paper official-v1 official-iclr; do
    for figure in 2 3 4 5 6 A.7 A.8 B.9 B.10; do
        ok "all: figure $figure, $preset" has all "figures/figure-$figure-$preset.dat" "figures/figure-$figure-$preset.gp"
    done
    ok "all: claims, $preset" has all "claims-$preset.md"
done
ok 'all: 18 studies' test "$(find "$work/all" -name settings.txt | wc -l)" -eq 18
ok 'rebinned where it differs' grep -q rebinned "$work/all/figures/figure-5-official-v1.gp"
ok 'not rebinned where it does not' test -z "$(grep rebinned "$work/all/figures/figure-5-paper.gp")"

# The claims are of the runs: an accuracy computed from the table of runs; exact counts never violate a limit.
mean=$("$ib" export "$work/all/paper-tanh-8" --csv --table training |
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $at["epoch"] == 3 { sum += $at["test_accuracy"]; n++ }
        END { printf "%.4f", sum / n }')
ok 'claims: accuracy' grep -q "^| tanh, 8 bits | 2 | [^|]* | $mean ±" "$work/all/claims-paper.md"
ok 'claims: all states have violations' test "$(grep -c ': state | ' "$work/all/claims-paper.md")" -eq 6
ok 'claims: none at all' test "$(grep -c ': state | 0.00% | 0.000 | 0.00% | 0.000 |' "$work/all/claims-paper.md")" -eq 6
ok 'claims: six planes of bins of ReLU' test "$(grep -c '^| ReLU, 32 bits: [0-9]' "$work/all/claims-paper.md")" -eq 6
reproduce single --figure all --runs 1
ok 'claims: of one run' test "$status" -eq 0 -a -z "$(grep nan "$work/single/claims-paper.md")"

# A figure of 30 bins is the plane of that study.
ok 'bins as the text has them' grep -q -- '--bounds=fixed' "$work/all/paper-tanh-32/settings.txt"
ok 'bins as the program has them' grep -q -- '--bounds=global' "$work/all/official-v1-tanh-32/settings.txt"

# Killed in the middle, and asked again.
"$ib" reproduce --quiet --no-figures --epochs 300 --figure 6 --runs 3 --out "$work/killed" 2>"$work/stderr" &
pid=$!
when "$work/killed/paper-relu-8/runs/00000000.run"
kill -KILL $pid
wait $pid 2>"$work/which"
run reproduce --quiet --no-figures --epochs 300 --figure 6 --runs 3 --out "$work/killed"
ok 'killed and asked again: status' test "$status" -eq 0
run reproduce --quiet --no-figures --epochs 300 --figure 6 --runs 3 --out "$work/whole"
ok 'killed and asked again: the same runs' diff -r "$work/whole/paper-relu-8/runs" "$work/killed/paper-relu-8/runs"
ok 'killed and asked again: the same figure' diff "$work/whole/figures" "$work/killed/figures"

# Stopped politely.
"$ib" reproduce --quiet --no-figures --epochs 3 --figure 6 --runs 4000000000 --out "$work/stopped" 2>"$work/stderr" &
pid=$!
when "$work/stopped/paper-relu-8/runs/00000000.run"
kill -TERM $pid
status=0
wait $pid || status=$?
ok 'stopped: status' test "$status" -eq 130
ok 'stopped: says how to go on' test "$(tail -n 1 "$work/stderr")" = \
    'ib reproduce: stopped; to go on with all of it, ask for the same again'

# Ended before its first study was any: there is a folder, but nothing that says what was asked.
mkdir -p "$work/begun/paper-tanh-8/runs"
: >"$work/begun/paper-tanh-8/lock"
reproduce begun --figure 5 --runs 2
ok 'ended while a folder was made: goes on' test "$status" -eq 0 -a "$(runs begun paper-tanh-8)" -eq 2

finish
