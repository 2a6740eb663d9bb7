
# Change what you like above and below; `gnuplot FILE` in this folder draws the picture again.
# The data have a row for each measured epoch: epoch, then mean and sd of I(X;T) and of I(T;Y) for each layer.
data = name.'.dat'
X(layer) = column(4 * layer - 2)
Y(layer) = column(4 * layer)

# Most of the movement is early: epochs are shown on a logarithmic scale, `density` markers of each layer in a factor of
# ten, and a grey line through all layers of an epoch at `joined` epochs in a factor of ten.
density = 24
joined = 2
step(epoch, n) = epoch < 1 ? -1 : floor(n * log10(epoch) + 1e-9)
before = -2
starts(epoch, n) = (now = step(epoch, n), is_new = (now != before || epoch == epochs), before = now, is_new)
shown(value, n) = starts($1, n) ? value : NaN

# Colours: viridis without its lightest end, which is hard to see on paper. Epoch 0 has the colour of epoch 1.
set palette defined (0 '#440154', 1 '#482878', 2 '#3e4a89', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', 6 '#35b779', \
    7 '#6ece58', 8 '#b5de2b')
done(epoch) = epoch < 1 ? 1 : epoch
decade = 10 ** floor(log10(epochs))
set logscale cb
set cbrange [1:(epochs > 10 ? epochs : 10)]
set cbtics 10
if (epochs >= 2 * decade) { set cbtics add (epochs) }
set cblabel 'epochs done'

# Shapes: cross, square, triangles, diamond, circle; filled ones with a thin dark rim.
array shape[6] = [2, 5, 9, 11, 13, 7]
SHAPE(layer) = shape[(layer - 1) % 6 + 1]

set encoding utf8
set border linewidth 0.8 linecolor '#404040'
set grid back linecolor '#e6e6e6' linewidth 0.6 linetype 1
set tics nomirror scale 0.6
set xlabel 'I(X;T)  [bits]'
set ylabel 'I(T;Y)  [bits]'
set style line 1 linecolor '#bbbbbb' linewidth 0.7
set style line 2 linecolor '#202020'
set style line 3 linecolor '#505050'

do for [ending in 'png svg'] {
    if (ending eq 'png') {
        set terminal pngcairo size 1900,860 font 'Sans,18' linewidth 2
        size = 1.15
        title_size = 21
    } else {
        set terminal svg size 1270,575 font 'sans-serif,12' background 'white'
        title_size = 14
        size = 0.6 # this terminal draws larger markers
    }
    set output name.'.'.ending
    set multiplot title heading font ','.title_size
    set tmargin at screen 0.90
    set bmargin at screen 0.12

    # The whole plane.
    set lmargin at screen 0.065
    set rmargin at screen 0.475
    unset colorbox
    set key right bottom Left reverse samplen 0.5 spacing 1.1
    set xrange [0:12.4]
    set xtics 2
    set yrange [0:1.08]
    set ytics 0.2
    plot for [l=1:layers-1] data using (shown(X(l), joined)):(Y(l)):(X(l+1)-X(l)):(Y(l+1)-Y(l)) \
             with vectors nohead linestyle 1 notitle, \
         for [l=1:layers] data using (shown(X(l), density)):(Y(l)) \
             with points linestyle 2 pointtype SHAPE(l) pointsize 1.25 * size notitle, \
         for [l=1:layers] data using (shown(X(l), density)):(Y(l)):(done($1)) \
             with points linecolor palette pointtype SHAPE(l) pointsize size notitle, \
         $ends using 1:2:3 with labels right offset 0.7,0.9 notitle, \
         for [l=1:layers] NaN with points linestyle 3 pointtype SHAPE(l) pointsize 1.4 * size title sprintf('T%d', l)

    # Its upper right corner.
    set lmargin at screen 0.565
    set rmargin at screen 0.90
    set colorbox
    unset key
    set xrange [8:12.1]
    set xtics 1
    set yrange [0.98:1.0005]
    set ytics 0.005
    plot for [l=1:layers] data using (shown(X(l), density)):(Y(l)) \
             with points linestyle 2 pointtype SHAPE(l) pointsize 1.25 * size notitle, \
         for [l=1:layers] data using (shown(X(l), density)):(Y(l)):(done($1)) \
             with points linecolor palette pointtype SHAPE(l) pointsize size notitle, \
         $corner_ends using 1:2:3 with labels right offset 0.7,0.9 notitle
    unset multiplot
}
