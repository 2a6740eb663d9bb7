#include "matrix.h"

#include "delimited.h"
#include "npy.h"
#include "say.h"
#include "temporary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A piece is no larger, but for a row that is. */
#define PIECE_BYTES ((size_t)1 << 23)

struct matrix_reader {
    FILE *stream;
    char *name;
    delimited *text; /* or NULL: NPY */
    npy array;
    int how;
    unsigned char *uses; /* NPY, [columns] of MATRIX_*; NULL: all are given */
    int part;            /* what of them is given */
    size_t width;        /* how many these are */
    size_t row;          /* rows given so far */
    void *piece;
    size_t piece_size;
};

static const struct {
    const char *magic;
    const char *name;
} others[] = {
    {"PK\x03\x04", "a ZIP archive (.npz); unpack it"},
    {"\x1f\x8b", "a gzip file; unpack it: gzip -dc FILE | ib ... -"},
    {"\x89HDF", "an HDF5 file"},
    {"\x80\x04", "a Python pickle"},
    {"MATLAB", "a MATLAB file"},
};

/* Files that are mistaken for ours: what they are helps more than where they are not numbers. */
static int refuse_others(const matrix_reader *r)
{
    char start[8] = {0};
    const size_t n = fread(start, 1, sizeof start, r->stream);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (n >= strlen(others[i].magic) && memcmp(start, others[i].magic, strlen(others[i].magic)) == 0) {
            say("%s: expected an NPY file or numbers as text, got %s", r->name, others[i].name);
            return -1;
        }
    return 0;
}

const char *matrix_hint(int how)
{
    return how & MATRIX_NO_HINT ? "" : "; is it missing (--missing nan)?";
}

/* What is read twice is kept in a file if it is a pipe. */
static int keep(matrix_reader *r)
{
    if (temporary_is_needless(r->stream))
        return 0;
    FILE *copy = temporary_copy(r->stream, r->name);
    if (!copy)
        return -1;
    fclose(r->stream);
    r->stream = copy;
    return 0;
}

static int open_text(matrix_reader *r)
{
    return refuse_others(r) || delimited_open(&r->text, r->stream, r->name, r->how) ? -1 : 0;
}

static int open_any(matrix_reader *r)
{
    errno = 0;
    const int first = getc(r->stream);
    if (ferror(r->stream)) {
        say("%s: %s", r->name, strerror(errno ? errno : EIO));
        return -1;
    }
    ungetc(first, r->stream);
    /* Text is looked at before it is read. */
    if ((first != NPY_FIRST || r->how & MATRIX_TWICE) && keep(r))
        return -1;
    return first == NPY_FIRST ? npy_open(&r->array, r->stream, r->name) : open_text(r);
}

int matrix_open_stream(matrix_reader **reader, FILE *stream, const char *name, int how)
{
    matrix_reader *r = calloc(1, sizeof *r);
    *reader = NULL;
    if (!r || !(r->name = strdup(name))) {
        say("out of memory");
        free(r);
        fclose(stream);
        return -1;
    }
    r->stream = stream;
    r->how = how;
    if (open_any(r)) {
        matrix_close(r);
        return -1;
    }
    *reader = r;
    return 0;
}

int matrix_open_as(matrix_reader **reader, const char *path, int how)
{
    const int is_input = strcmp(path, "-") == 0;
    FILE *stream = is_input ? stdin : fopen(path, "rb");
    *reader = NULL;
    if (stream)
        return matrix_open_stream(reader, stream, is_input ? "standard input" : path, how);
    say("%s: %s", path, strerror(errno));
    return -1;
}

int matrix_open(matrix_reader **reader, const char *path)
{
    return matrix_open_as(reader, path, MATRIX_NO_HINT);
}

uint32_t matrix_type(const matrix_reader *reader)
{
    return reader->text ? delimited_type(reader->text) : reader->array.type;
}

size_t matrix_columns(const matrix_reader *reader)
{
    if (reader->text)
        return delimited_columns(reader->text);
    return reader->uses ? reader->width : reader->array.header.columns;
}

size_t matrix_rows(const matrix_reader *reader)
{
    return reader->text ? delimited_rows(reader->text) : reader->array.header.rows;
}

const char *matrix_name(const matrix_reader *reader)
{
    return reader->name;
}

double matrix_part(const matrix_reader *reader)
{
    struct stat status;
    const size_t rows = matrix_rows(reader);
    const int descriptor = fileno(reader->stream);
    if (rows > 0)
        return (double)reader->row / (double)rows;
    const off_t at = ftello(reader->stream);
    if (at < 0 || descriptor < 0 || fstat(descriptor, &status) || status.st_size <= 0)
        return -1;
    return (double)at / (double)status.st_size;
}

size_t matrix_value_size(uint32_t type)
{
    switch (type) {
    case IB_CODE_UINT8:
        return 1;
    case IB_CODE_UINT16:
        return 2;
    case IB_CODE_INT32:
    case IB_CODE_UINT32:
    case IB_CODE_FLOAT32:
        return 4;
    default:
        return 8;
    }
}

static int make_room(matrix_reader *r, size_t rows, size_t row_size)
{
    if (rows * row_size <= r->piece_size)
        return 0;
    void *piece = realloc(r->piece, rows * row_size);
    if (!piece) {
        say("%s: out of memory for %zu rows of %zu bytes", r->name, rows, row_size);
        return -1;
    }
    r->piece = piece;
    r->piece_size = rows * row_size;
    return 0;
}

/* The place of the first NaN; n if there is none. */
static size_t find_nan(uint32_t type, const void *values, size_t n)
{
    size_t i = 0;
    if (type == IB_CODE_FLOAT32)
        while (i < n && ((const float *)values)[i] == ((const float *)values)[i])
            i++;
    else if (type == IB_CODE_FLOAT64)
        while (i < n && ((const double *)values)[i] == ((const double *)values)[i])
            i++;
    else
        i = n;
    return i;
}

/* Column i of those that are given, in the file. */
static size_t place_of(const matrix_reader *r, size_t i)
{
    size_t place = 0;
    if (!r->uses)
        return i;
    for (;; place++)
        if (r->uses[place] == r->part && i-- == 0)
            return place;
}

/* Puts the columns that are given together, of NPY. */
static void pick(const matrix_reader *r, size_t n)
{
    const size_t size = matrix_value_size(r->array.type), columns = r->array.header.columns;
    const unsigned char *from = r->piece;
    unsigned char *to = r->piece;
    if (!r->uses || r->width == columns)
        return;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++, from += size)
            if (r->uses[c] == r->part) {
                memmove(to, from, size);
                to += size;
            }
}

static int check_nan(const matrix_reader *r, size_t n)
{
    const size_t columns = matrix_columns(r), at = find_nan(matrix_type(r), r->piece, n * columns);
    if (r->how & MATRIX_GAPS || at == n * columns)
        return 0;
    say("%s: row %zu, column %zu: expected a number, got NaN%s", r->name, r->row + at / columns + 1,
        place_of(r, at % columns) + 1, matrix_hint(r->how));
    return -1;
}

/* At most so many rows are to come: there is room for them, and not for what is never there. */
static size_t rows_left(const matrix_reader *r)
{
    const size_t known = matrix_rows(r);
    if (r->text && known == 0)
        return SIZE_MAX;
    return known > r->row ? known - r->row : 0;
}

int matrix_next(matrix_reader *reader, size_t most, const void **data, size_t *n)
{
    const size_t columns = reader->text ? matrix_columns(reader) : reader->array.header.columns;
    const size_t row_size = columns * matrix_value_size(matrix_type(reader));
    *data = NULL;
    *n = 0;
    if (row_size == 0) /* no column is used for values */
        return 0;
    const size_t fits = PIECE_BYTES / row_size > 0 ? PIECE_BYTES / row_size : 1, left = rows_left(reader);
    size_t rows = most < fits ? most : fits;
    rows = rows < left ? rows : left;
    if (make_room(reader, rows, row_size))
        return -1;
    if (reader->text ? delimited_next(reader->text, rows, reader->piece, n)
                     : npy_next(&reader->array, rows, reader->piece, n))
        return -1;
    if (*n == 0 && rows > 0 && left < SIZE_MAX) {
        say("%s: expected %zu rows, as when the file was looked at, got %zu; has it changed?", reader->name,
            matrix_rows(reader), reader->row);
        return -1;
    }
    if (!reader->text)
        pick(reader, *n);
    if (check_nan(reader, *n))
        return -1;
    reader->row += *n;
    *data = reader->piece;
    return 0;
}

int matrix_rewind(matrix_reader *reader)
{
    reader->row = 0;
    return reader->text ? delimited_rewind(reader->text) : npy_rewind(&reader->array);
}

static size_t count_uses(const unsigned char *uses, size_t columns, int use)
{
    size_t n = 0;
    for (size_t i = 0; i < columns; i++)
        n += uses[i] == use;
    return n;
}

/* Goes back to the beginning, if there is a way to go, to give values or labels. */
static int take(matrix_reader *r, int part)
{
    const int is_begun = r->row > 0;
    r->row = 0;
    if (r->text)
        return delimited_take(r->text, part);
    r->part = part;
    r->width = count_uses(r->uses, r->array.header.columns, part);
    return is_begun && r->width ? npy_rewind(&r->array) : 0;
}

int matrix_use(matrix_reader *reader, const unsigned char *uses)
{
    const size_t columns = reader->array.header.columns;
    if (reader->text)
        return delimited_use(reader->text, uses);
    free(reader->uses);
    reader->uses = malloc(columns);
    if (!reader->uses) {
        say("out of memory");
        return -1;
    }
    memcpy(reader->uses, uses, columns);
    return take(reader, MATRIX_VALUES);
}

void matrix_close(matrix_reader *reader)
{
    if (!reader)
        return;
    delimited_close(reader->text);
    npy_close(&reader->array);
    fclose(reader->stream);
    free(reader->uses);
    free(reader->piece);
    free(reader->name);
    free(reader);
}

/* Room for rows more, for as many as there are so far at least: memory follows what is there, not what is claimed. */
static int grow(matrix *all, size_t *room, size_t more)
{
    const size_t row_size = all->columns * matrix_value_size(all->type);
    if (more <= *room - all->rows)
        return 0;
    const size_t wanted = all->rows + (more > all->rows ? more : all->rows);
    const int is_possible = wanted > 0 && row_size > 0 && wanted <= PTRDIFF_MAX / row_size;
    void *data = is_possible ? realloc(all->data, wanted * row_size) : NULL;
    if (!data) {
        say("out of memory");
        return -1;
    }
    all->data = data;
    *room = wanted;
    return 0;
}

int matrix_read_rest(matrix *all, matrix_reader *reader)
{
    const void *piece;
    size_t n, room = 0;
    *all = (matrix){.type = matrix_type(reader), .columns = matrix_columns(reader)};
    const size_t row_size = all->columns * matrix_value_size(all->type);
    int failed;
    while ((failed = matrix_next(reader, SIZE_MAX, &piece, &n)) == 0 && n > 0) {
        failed = grow(all, &room, n);
        if (failed)
            break;
        memcpy((char *)all->data + all->rows * row_size, piece, n * row_size);
        all->rows += n;
    }
    if (failed)
        matrix_free(all);
    return failed ? -1 : 0;
}

/* Numbers in the order in which words came become those of their ascending order. */
static int sort(matrix *column, words *texts)
{
    double *values = column->data;
    uint32_t *numbers = words_sort(texts);
    if (!numbers) {
        say("out of memory");
        return -1;
    }
    for (size_t i = 0; i < column->rows; i++)
        if (values[i] == values[i]) /* NOLINT(clang-analyzer-unix.Malloc): as below */
            values[i] = numbers[(size_t)values[i]];
    free(numbers);
    return 0;
}

int matrix_read_labels(matrix_reader *reader, matrix *column, words *texts)
{
    int failed;
    *texts = (words){0};
    do {
        *column = (matrix){0};
        failed = take(reader, MATRIX_LABELS) || matrix_read_rest(column, reader);
    } while (failed && reader->text && delimited_wants_again(reader->text));
    words *found = !failed && reader->text ? delimited_words(reader->text) : NULL;
    if (found) {
        *texts = *found;
        *found = (words){0};
        failed = sort(column, texts);
    }
    failed = failed || take(reader, MATRIX_VALUES);
    if (failed) {
        matrix_free(column);
        words_clear(texts);
    }
    return failed ? -1 : 0;
}

int matrix_read_label_file(const char *path, int how, matrix *column, words *texts)
{
    static const unsigned char uses[] = {MATRIX_LABELS};
    matrix_reader *reader;
    *texts = (words){0};
    *column = (matrix){0};
    if (matrix_open_as(&reader, path, how | MATRIX_CHOSEN))
        return -1;
    int failed = matrix_columns(reader) != 1;
    if (failed)
        say("%s: expected labels in one column, got %zu columns", matrix_name(reader), matrix_columns(reader));
    failed = failed || matrix_use(reader, uses) || matrix_read_labels(reader, column, texts);
    matrix_close(reader);
    return failed ? -1 : 0;
}

int matrix_read(matrix *all, const char *path)
{
    matrix_reader *reader;
    *all = (matrix){0};
    if (matrix_open(&reader, path))
        return -1;
    const int failed = matrix_read_rest(all, reader);
    matrix_close(reader);
    return failed;
}

void matrix_free(matrix *all)
{
    free(all->data); /* NOLINT(clang-analyzer-unix.Malloc): what was freed is forgotten */
    *all = (matrix){0};
}
