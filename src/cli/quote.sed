# Turns each line of a text into a string literal of C, followed by a comma.
s/[\\"]/\\&/g
s/^/"/
s/$/\\n",/
