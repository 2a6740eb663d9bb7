#!/bin/sh
# ib run on data of one's own, NPY and CSV: the same runs as of the data set that is built in, going on, and refusals.
. "$(dirname "$0")/support.sh"

# npy FILE SHAPE: an NPY file of bytes from numbers on standard input, a header of 128 bytes before them.
npy() {
    {
        printf '\223NUMPY\001\000v\000'
        printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': $2, }"
        printf '%b' "$(awk '{ for (i = 1; i <= NF; i++) printf "\\0%03o", $i }')"
    } >"$1"
}

# make NAME OPTION...: a study without figures.
make() {
    name=$1
    shift
    run run --quiet --no-figures --out "$work/$name" "$@"
}

same_runs() {
    diff -r "$work/$1/runs" "$work/$2/runs"
}

# refused DESCRIPTION LINE OPTION...: one line, and no folder.
refused() {
    description=$1
    line=$2
    shift 2
    says "$description" 1 "ib run: $line" run --out "$work/never" "$@"
    ok "$description: no folder" test ! -e "$work/never"
}

# --- a small network --------------------------------------------------------------------------------------------------

# The third input says nothing.
for row in '0 0 0' '0 0 1' '0 1 0' '0 1 1' '1 0 0' '1 0 1' '1 1 0' '1 1 1'; do echo "$row"; done >"$work/rows"
awk '{ print ($1 != $2) }' "$work/rows" >"$work/xor"
npy "$work/X.npy" '(8, 3)' <"$work/rows"
npy "$work/y.npy" '(8,)' <"$work/xor"
awk 'BEGIN { print "a,b,c" } { print $1 "," $2 "," $3 }' "$work/rows" >"$work/X.csv"
paste -d ' ' "$work/rows" "$work/xor" | awk '{ print $1 "," $4 "," $2 "," $3 }' >"$work/all.csv"
cd "$work" || exit 1

make learned --data X.npy --labels y.npy --widths 3,4,2 --bits 4 --lr 0.05 --epochs 200 --runs 2 --test-share 0
ok 'xor: status' test "$status" -eq 0 -a ! -s "$work/stderr"
run check --quiet learned
ok 'xor: all is well' test "$status" -eq 0
ok 'xor: it learns' grep -q '^training accuracy  1.0000' learned/summary.txt
ok 'xor: no test rows, no test accuracy' test "$(grep -c '^test accuracy' learned/summary.txt)" -eq 0
ok 'xor: no test rows, no number of them' sh -c "'$ib' export learned --csv --table runs | grep -q '^0,.*,nan,nan$'"
[ "$writes_results" = no ] || ! command -v ncdump >"$work/which" ||
    ok 'xor: nor in results.nc' sh -c "ncdump -v final_test_accuracy learned/results.nc | grep -q '^ final_test_accuracy = _, _ ;'"
make few --data X.npy --labels y.npy --widths 3,2 --epochs 2 --runs 1 --test-share 0.01
ok 'a share of no row: no test accuracy' test "$(grep -c '^test accuracy' few/summary.txt)" -eq 0
ok 'xor: no test rows, and none are drawn' grep -qx '    shown = 1' learned/figures/accuracy.gp
layers=$("$ib" export learned --csv | awk -F, 'NR > 1 { print $3 }' | sort -u | tr '\n' ' ')
ok 'xor: two layers' test "$layers" = '1 2 '
head -n 2 learned/summary.txt >"$work/found"
cat >"$work/expected" <<'END'
X.npy, preset paper, 3-4-2, tanh, 4 bits: 2 runs of 200 epochs, mean +- half of the 95% interval
8 rows of 3 inputs in 2 classes; H(X) = 3, H(Y) = 1, I(X;Y) = 1 bits
END
ok 'xor: summary says what it is of' diff "$work/expected" "$work/found"
for line in "--data=$work/X.npy" "--labels=$work/y.npy" '--widths=3,4,2' '--test-share=0' '--split-seed=1' \
    '--rate=0.05'; do
    ok "xor: settings have $line" grep -qx -e "$line" learned/settings.txt
done
if command -v sha256sum >/dev/null; then
    for file in data:X labels:y; do
        sum=$(sha256sum "${file#*:}.npy" | cut -d ' ' -f 1)
        ok "xor: settings have the hash of the ${file%:*}" grep -qx -e "--${file%:*}-sha256=$sum" learned/settings.txt
    done
else
    skip 'xor: hashes' 'no sha256sum'
fi
run info learned
ok 'info: status' test "$status" -eq 0 -a ! -s "$work/stderr"
ok 'info: files' grep -qx "data          $work/X.npy, labels $work/y.npy" "$work/stdout"
ok 'info: rows' grep -qx ' *8 rows of 3 inputs in 2 classes; H(X) = 3, H(Y) = 1, I(X;Y) = 1 bits' "$work/stdout"
ok 'info: network' grep -qx 'network       preset paper, 3-4-2, tanh, 4 bits' "$work/stdout"
ok 'info: split' grep -qx 'split         stratified 100/0 by seed 1' "$work/stdout"

make csv --data X.csv --labels xor --widths 3,4,2 --bits 4 --rate 0.05 --epochs 200 --runs 2 --test-share 0
ok 'csv: the same runs' same_runs learned csv
awk '{ print ($1 != $2 ? 12.5 : -1) }' rows >other
make signs --data X.npy --labels other --widths 3,4,2 --bits 4 --rate 0.05 --epochs 200 --runs 2 --test-share 0
ok 'labels of any numbers: the same runs, smallest label first' same_runs learned signs
make column --data all.csv --label-column 2 --widths 3,4,2 --bits 4 --rate 0.05 --epochs 200 --runs 2 --test-share 0
ok 'a column of labels: the same runs' same_runs learned column
ok 'a column of labels: no other file' test "$(grep -c -e '--labels' column/settings.txt)" -eq 0
make last --data all.csv --label-column -3 --widths 3,4,2 --bits 4 --rate 0.05 --epochs 200 --runs 2 --test-share 0
ok 'a column of labels from the last: the same runs' same_runs learned last
ok 'a column of labels from the last: written so' grep -qx -e '--label-column=-3' last/settings.txt
run check --quiet last
ok 'a column of labels from the last: all is well' test "$status" -eq 0
run info last
ok 'a column of labels from the last: info' grep -q '^data .*/all.csv, labels in column -3$' stdout
# Labels that are text, of which the first by its bytes is the first class.
awk '{ print ($1 != $2 ? "yes" : "no") }' rows >answers
make texts --data X.npy --labels answers --widths 3,4,2 --bits 4 --rate 0.05 --epochs 200 --runs 2 --test-share 0
ok 'labels that are text: the same runs' same_runs learned texts
awk 'BEGIN { print "answer" } { print }' answers >with-title
make titled --data X.npy --labels with-title --widths 3,4,2 --bits 4 --rate 0.05 --epochs 200 --runs 2 --test-share 0
ok 'labels that are text, under a title: the same runs' same_runs learned titled
paste -d ' ' rows answers | awk 'BEGIN { print "a,b,c,answer" } { print $1 "," $2 "," $3 "," $4 }' >text.csv
make column-text --data text.csv --label-column -1 --widths 3,4,2 --bits 4 --rate 0.05 --epochs 200 --runs 2 \
    --test-share 0
ok 'a column of text: the same runs' same_runs learned column-text
run run --resume column-text --runs 3 --quiet --no-figures
ok 'a column of text: goes on' test "$status" -eq 0
make usual --data X.npy --labels y.npy --epochs 1 --runs 1
ok "usual widths: those of the preset between the data's" grep -qx -e '--widths=3,10,7,5,4,3,2' usual/settings.txt
ok 'usual share' grep -qx -e '--test-share=0.2' usual/settings.txt

for bits in 1 2 7 13 16 32; do
    for activation in linear tanh relu sigmoid; do
        make "w$bits-$activation" --data X.npy --labels y.npy --widths 3,9,1,2,5 --bits $bits --activation $activation \
            --epochs 2 --runs 1 --bins 3 --preset "$([ $bits -gt 1 ] && echo official-v1 || echo paper)"
        ok "$bits bits, $activation: status" test "$status" -eq 0
        run check --quiet "w$bits-$activation"
        ok "$bits bits, $activation: all is well" test "$status" -eq 0 -a ! -s "$work/stderr"
    done
done
make single --data X.npy --labels y.npy --widths 3,2 --epochs 2 --runs 3
ok 'a single layer: status' test "$status" -eq 0
run plot single --format png --quiet
ok 'a single layer: figures' test "$status" -eq 0

# --- the 12-bit data set from files -----------------------------------------------------------------------------------

# As docs/dataset.md has it.
awk 'BEGIN {
    n = split("0 1 0 3 0 5 0 10 0 11 1 2 1 3 1 4 1 11 2 3 2 4 2 8 2 9 3 8 3 10 4 6 4 9 4 11 5 6 5 7 5 10 5 11 6 7 6 9 \
6 11 7 8 7 9 7 10 8 9 8 10", edge, " ")
    split("0 9 1 7 2 5 3 6 4 10 8 11", opposite, " ")
    for (i = 0; i < 4096; i++) {
        k = e = d = 0
        line = ""
        for (j = 0; j < 12; j++) {
            bit[j] = int(i / 2 ^ (11 - j)) % 2
            k += bit[j]
            line = line bit[j] " "
        }
        for (j = 1; j < n; j += 2)
            e += bit[edge[j]] * bit[edge[j + 1]]
        for (j = 1; j < 12; j += 2)
            d += bit[opposite[j]] * bit[opposite[j + 1]]
        print line (7 * e - 4 * d + 31 * k - 3 * k * k >= 119)
    }
}' >twelve
cut -d ' ' -f 1-12 twelve | npy X12.npy '(4096, 12)'
cut -d ' ' -f 13 twelve | npy y12.npy '(4096,)'
for seed in 1 3; do
    make "built-in-$seed" --split-seed $seed --epochs 3 --runs 2 --bits 4
    make "from-files-$seed" --data X12.npy --labels y12.npy --widths 12,10,7,5,4,3,2 --split-seed $seed --epochs 3 \
        --runs 2 --bits 4
    ok "12 bits, split $seed: the same runs" same_runs "built-in-$seed" "from-files-$seed"
done
make by-itself --data X12.npy --labels y12.npy --epochs 3 --runs 2 --bits 4
ok '12 bits: the usual split is that of seed 1' same_runs built-in-1 by-itself
make narrow --widths 12,3,2 --epochs 3 --runs 1
ok 'other widths on the 12 bits: status' test "$status" -eq 0
run info narrow
ok 'other widths on the 12 bits: split of the study' grep -qx 'split         that of the study' "$work/stdout"

# --- going on ---------------------------------------------------------------------------------------------------------

make whole --data X.npy --labels y.npy --widths 3,4,2 --epochs 20 --runs 3
make part --data X.npy --labels y.npy --widths 3,4,2 --epochs 20 --runs 1
cd / || exit 1
run run --resume "$work/part" --runs 3 --quiet --no-figures
ok 'more runs, from another folder: status' test "$status" -eq 0
ok 'more runs: the same as at once' same_runs whole part
cd "$work" || exit 1
mkdir elsewhere
mv X.npy y.npy elsewhere
says 'gone' 1 "ib run: $work/X.npy: No such file or directory" run --resume part --runs 4
run info part
ok 'gone: info fails' test "$status" -eq 1
ok 'gone: info tells the rest' grep -q '^runs  *3 of 3 finished' "$work/stdout"
run export part --csv
ok 'gone: tables are exported' test "$status" -eq 0
run plot part --format png --quiet
ok 'gone: figures are drawn' test "$status" -eq 0
run run --resume part --data elsewhere/X.npy --labels elsewhere/y.npy --runs 4 --quiet --no-figures
ok 'moved: status' test "$status" -eq 0
ok 'moved: written down' grep -qx -e "--data=$work/elsewhere/X.npy" part/settings.txt
run check part --quiet
ok 'moved: all is well' test "$status" -eq 0
says 'moved, but there is no such file' 1 'ib run: --data: expected only of a study that has such a file' \
    run --resume narrow --data elsewhere/X.npy
cp part/settings.txt before
awk '{ print 1 - $1 }' xor | npy elsewhere/y.npy '(8,)'
run run --resume part --runs 5
ok 'changed: status' test "$status" -eq 1
ok 'changed: one line' test "$(wc -l <"$work/stderr")" -eq 1
ok 'changed: which file' grep -q \
    "^ib run: $work/elsewhere/y.npy: is not the file that the study is of: expected SHA-256 " "$work/stderr"
ok 'changed: the folder is as it was' diff before part/settings.txt
run check part
ok 'changed: not checked' test "$status" -eq 1
mv elsewhere/X.npy elsewhere/X && cp X.csv elsewhere/X.npy
run check part
ok 'changed inputs: which file' grep -q "^ib check: $work/elsewhere/X.npy: is not the file" "$work/stderr"
mv elsewhere/X X.npy
npy y.npy '(8,)' <xor

# --- rows that are equal ----------------------------------------------------------------------------------------------

cut -d ' ' -f 1,2 rows | npy pairs.npy '(8, 2)'
make pairs --data pairs.npy --labels y.npy --widths 2,4,2 --epochs 2 --runs 1
ok 'equal rows: no warning where labels are equal too' test "$status" -eq 0 -a ! -s "$work/stderr"
ok 'equal rows: H(X)' grep -qx \
    '8 rows of 2 inputs in 2 classes; H(X) = 2 of 3, as rows are equal, H(Y) = 1, I(X;Y) = 1 bits' pairs/summary.txt
run check pairs --quiet
ok 'equal rows: all is well' test "$status" -eq 0
cut -d ' ' -f 3 rows | npy third.npy '(8,)'
make torn --data pairs.npy --labels third.npy --widths 2,4,2 --epochs 2 --runs 1
echo 'ib run: pairs.npy: warning: equal rows have different labels: I(X;Y) = 0 bits, below H(Y) = 1' >"$work/expected"
ok 'equal rows of different labels: a warning' diff "$work/expected" "$work/stderr"
run check torn --quiet
ok 'equal rows of different labels: all is well' test "$status" -eq 0

# --- refusals ---------------------------------------------------------------------------------------------------------

refused 'no data' 'none.npy: No such file or directory' --data none.npy --labels y.npy
refused 'no labels' 'none.npy: No such file or directory' --data X.npy --labels none.npy
head -n 7 xor | npy seven.npy '(7,)'
refused 'a label too few' \
    'seven.npy: expected 8 labels, one for each row of X.npy, got 7' --data X.npy --labels seven.npy
yes 4 | head -n 8 | npy one.npy '(8,)'
refused 'one class' 'one.npy: expected labels of two classes at least, got the same in all 8 rows' \
    --data X.npy --labels one.npy
refused 'two columns of labels' 'pairs.npy: expected labels in one column, got 2 columns' \
    --data X.npy --labels pairs.npy
printf '1,2\n3,inf\n' >inf.csv
run run --out never --data inf.csv --label-column 1
ok 'infinite: status and one line' test "$status" -eq 1 -a "$(grep -c '^ib run: inf.csv: ' "$work/stderr")" -eq 1
: | npy empty.npy '(0, 3)'
printf '1,2\n,3\n' >gap.csv
refused 'a gap: no hint of an option that is not there' 'gap.csv: line 2: value 1: expected a number, got none' \
    --data gap.csv --label-column 2
printf '1,a\n2,\n3,b\n' >gap.csv
refused 'a gap among text' 'gap.csv: line 2: value 2: expected a label, got none' --data gap.csv --label-column 2
printf '1,a\nx,b\n3,b\n' >word.csv
refused 'a word among inputs' 'word.csv: line 2: value 1: expected a number, got "x"' --data word.csv --label-column 2
mkfifo pipe
refused 'a pipe' 'pipe: expected a file, which is read again to go on, got a pipe' --data pipe --labels y.npy
refused 'a pipe of labels' 'pipe: expected a file, which is read again to go on, got a pipe' --data X.npy --labels pipe
refused 'no rows' 'empty.npy: expected rows, got none' --data empty.npy --labels y.npy
refused 'other inputs' '--widths: expected 3 first, the inputs of X.npy, got 4' --data X.npy --labels y.npy --widths 4,2
refused 'too few classes' '--widths: expected 2 last, the classes of X.npy, or more, got 1' \
    --data X.npy --labels y.npy --widths 3,1
refused 'other inputs than 12' '--widths: expected 12 first, the inputs of the 12-bit data set, got 3' --widths 3,2
refused 'no such column' \
    '--label-column: expected a column of all.csv, which has 4, got 5' --data all.csv --label-column 5
refused 'no such column from the last' \
    '--label-column: expected a column of all.csv, which has 4, got -5' --data all.csv --label-column -5
refused 'no inputs' 'xor: expected inputs beside the column of labels, got one column' --data xor --label-column 1
printf '%d\n' 0 0 0 0 0 0 0 1 | npy rare.npy '(8,)'
refused 'a class without training rows' \
    '--test-share: expected to leave a row of each class for training, got 0.6, which leaves none like row 8' \
    --data X.npy --labels rare.npy --test-share 0.6

finish
