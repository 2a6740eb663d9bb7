
# Change what you like above and below; `gnuplot FILE` in this folder draws the pictures again.
data = name.'.dat'

# Sizes in cm: a figure is as wide as a column of print, or as two.
width = columns > 1 ? 17.4 : 8.6
left = 1.55
right = colour_bar ? 2.1 : 0.55
between = columns > 2 ? 1.65 : 2.2
panel_width = (width - left - right - (columns - 1) * between) / columns
panel_height = rows > 1 && !colour_bar ? 0.75 * panel_width : 2.5 + 0.5 * panel_width
above = 0.35 + 0.45 * heading_lines + 0.45 * key_row + 0.35 * titles
below = 1.1
under = below + 0.5
height = above + rows * panel_height + (rows - 1) * under + below
heading_y = 1 - (0.19 + 0.17 * heading_lines) / height
key_y = 1 - (0.25 + 0.45 * heading_lines) / height

# Where a panel is: its column and its row.
PLACE(i, j) = sprintf('set lmargin at screen %f; set rmargin at screen %f; set tmargin at screen %f; ' \
    .'set bmargin at screen %f', (left + i * (panel_width + between)) / width, \
    (left + i * (panel_width + between) + panel_width) / width, \
    1 - (above + j * (panel_height + under)) / height, \
    1 - (above + j * (panel_height + under) + panel_height) / height)

# What is drawn on: the same picture in three formats, each with units of its own. Letters are 8 points high in all of
# them, those of the heading a little higher if there is room; S is the size of a marker.
SVG = 56.7  # units in a cm
PNG = 118.1 # 300 dots in an inch
big = columns > 1 ? 1.17 : 1.0
SIZES(font, marker, title) = \
    sprintf('HEADING_FONT = ",%.1f"; S = %g; set title offset 0,%g', big * font, marker, title)
pdf = sprintf("set terminal pdfcairo noenhanced size %fcm,%fcm font 'Sans,6' fontscale 1 linewidth 1.4; ", \
    width, height).SIZES(6, 0.4, -0.5)
svg = sprintf("set terminal svg noenhanced size %.0f,%.0f font 'sans-serif,16' linewidth 1.6 background 'white'; ", \
    SVG * width, SVG * height).SIZES(16, 0.45, -0.9)
png = sprintf("set terminal pngcairo noenhanced size %.0f,%.0f font 'Sans,25' linewidth 4; ", \
    PNG * width, PNG * height).SIZES(25, 1.5, -0.5)
CANVAS(ending) = ending eq 'pdf' ? pdf : ending eq 'svg' ? svg : png

# Layers differ by shape (cross, square, triangles, diamond, circle), lines also by colour (Okabe and Ito).
array shape[6] = [2, 5, 9, 11, 13, 7]
array colour[6] = ['#d55e00', '#e69f00', '#56b4e9', '#009e73', '#cc79a7', '#0072b2']
SHAPE(layer) = shape[(layer - 1) % 6 + 1]
COLOUR(layer) = colour[(layer - 1) % 6 + 1]
# Of many layers a key has each shape once.
KEYS(layers, many) = many ? 6 : layers
KEY(layer, many) = many ? sprintf('T%d, T%d..', layer, layer + 6) : sprintf('T%d', layer)
PAIR(q) = q == 1 ? '#0072b2' : '#d55e00'
PAIR_SHAPE(q) = q == 1 ? 7 : 9

# Epochs as colours: viridis without its lightest end, which is hard to see on paper. Epoch 0 has the colour of epoch 1.
set palette defined (0 '#440154', 1 '#482878', 2 '#3e4a89', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', 6 '#35b779', \
    7 '#6ece58', 8 '#b5de2b')
done(epoch) = epoch < 1 ? 1 : epoch
decade(epochs) = 10 ** floor(log10(epochs))
set logscale cb
set cbrange [1:(most_epochs > 10 ? most_epochs : 10)]
set cbtics 10
if (most_epochs >= 2 * decade(most_epochs)) { set cbtics add (most_epochs) }
set cblabel 'epochs done'
COLOUR_BAR = sprintf('set colorbox user origin screen %f, screen %f size screen %f, screen %f', \
    1 - (right - 0.25) / width, below / height, 0.3 / width, (height - above - below) / height)

# Epochs as an axis: logarithmic, and epoch 0 to the left of it, since it has no logarithm.
zero = 0.4
EPOCH(epoch) = epoch < 1 ? zero : epoch
TRAINED(epoch) = epoch < 1 ? NaN : epoch
UNTRAINED(epoch) = epoch < 1 ? zero : NaN
AXIS(epochs) = sprintf('set logscale x; set xrange [0.3:%f]; set xtics ("0" zero); ', 1.1 * epochs) \
    .'set xlabel "epochs done" offset 0,0.3; ' \
    .'set arrow from 0.64, graph 0 to 0.64, graph 1 nohead linestyle 1 dashtype 2; ' \
    .'do for [d=0:ceil(log10(epochs))] { if (10**d <= 1.1 * epochs) { set xtics add (sprintf("%d", 10**d) 10**d) }; ' \
    .'do for [k=2:9] { if (k * 10**d <= 1.1 * epochs) { set xtics add ("" k * 10**d 1) } } }'

# Names of lines in a row above all panels.
KEY_ABOVE = sprintf('set key at screen 0.5, screen %f center top vertical maxrows 1 Left reverse samplen 2', key_y)

set encoding utf8
set border linewidth 0.8 linecolor '#404040'
set grid back linecolor '#e6e6e6' linewidth 0.6 linetype 1
set tics nomirror scale 0.6
set style line 1 linecolor '#bbbbbb' linewidth 0.7
set style line 2 linecolor '#202020'
set style line 3 linecolor '#505050'
