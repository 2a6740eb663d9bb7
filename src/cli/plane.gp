    set xlabel 'I(X;T)  [bits]' offset 0,0.3
    set ylabel 'I(T;Y)  [bits]'
    if (first) { eval COLOUR_BAR } else { unset colorbox }
    set key right bottom Left reverse samplen 0.5 spacing 1.05 width 1
    if (key_row) { eval KEY_ABOVE }
    if (!first || !whole && !key_row) { unset key }
    plot for [b=1:whole] data index block+layers using 2:3 with lines linestyle 1 notitle, \
         for [l=1:layers] data index block+l-1 using 2:4 \
             with points linestyle 2 pointtype SHAPE(l) pointsize 1.25 * S notitle, \
         for [l=1:layers] data index block+l-1 using 2:4:(done($1)) \
             with points linecolor palette pointtype SHAPE(l) pointsize S notitle, \
         for [l=1:KEYS(layers, many)] NaN with points linestyle 3 pointtype SHAPE(l) pointsize 1.4 * S title KEY(l, many)
