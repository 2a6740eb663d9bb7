/* Counting alone: H(T), H(T|Y) and I(T;Y) of a matrix of bytes and its labels, all memory taken and given back in the
 * time that counts.
 *
 * make: draws rows from a pool of random rows, each with a label of its own that is kept in 8 of 10 rows, and writes
 *       T.bin (row-major), y.bin (a byte each) and meta.txt ("N D CLASSES") into a folder
 * count: "count" seconds, "distinct" rows and "mutual" bits, by the library
 * again: the same with a counter that has its memory already
 * sort: the same as a program writes it that has only qsort()
 * none: nothing, for the memory that a program needs that only holds the data */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct data {
    ib_context *context;
    size_t rows, columns;
    uint32_t classes;
    uint8_t *codes;   /* [rows][columns] */
    uint32_t *labels; /* [rows] */
    ib_counter *counter;
    double distinct, mutual;
} data;

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, mode) : NULL;
    if (!file) {
        fprintf(stderr, "bench_counting: cannot open %s in %s\n", name, folder);
        exit(EXIT_FAILURE);
    }
    return file;
}

static void require_io(int good)
{
    if (good)
        return;
    fputs("bench_counting: cannot read or write all of a file\n", stderr);
    exit(EXIT_FAILURE);
}

/* --- data -------------------------------------------------------------------------------------------------------- */

/* rows uniformly from a pool of random rows */
static void draw(const data *d, ib_rng *rng, uint32_t pool, FILE *codes, FILE *labels)
{
    uint8_t *row = bench_allocate(pool, d->columns), *label = bench_allocate(pool, 1);
    for (size_t i = 0; i < pool * d->columns; i++)
        row[i] = (uint8_t)ib_rng_get_below(rng, 256);
    for (size_t i = 0; i < pool; i++)
        label[i] = (uint8_t)ib_rng_get_below(rng, d->classes);
    for (size_t i = 0; i < d->rows; i++) {
        const uint32_t drawn = ib_rng_get_below(rng, pool);
        const int kept = ib_rng_get_below(rng, 10) < 8;
        require_io(fwrite(row + drawn * d->columns, d->columns, 1, codes) == 1);
        require_io(fputc(kept ? label[drawn] : (int)ib_rng_get_below(rng, d->classes), labels) != EOF);
    }
    free(row);
    free(label);
}

static void make(const data *d, const char *folder, uint32_t pool)
{
    ib_rng *rng;
    bench_require(ib_rng_create(d->context, 1, 0, &rng), d->context);
    FILE *codes = open_in(folder, "T.bin", "wb"), *labels = open_in(folder, "y.bin", "wb"),
         *meta = open_in(folder, "meta.txt", "w");
    draw(d, rng, pool, codes, labels);
    fprintf(meta, "%zu %zu %u\n", d->rows, d->columns, d->classes);
    require_io(fclose(codes) == 0);
    require_io(fclose(labels) == 0);
    require_io(fclose(meta) == 0);
    ib_rng_destroy(rng);
}

static void read_data(data *d, const char *folder)
{
    FILE *meta = open_in(folder, "meta.txt", "r");
    require_io(fscanf(meta, "%zu %zu %u", &d->rows, &d->columns, &d->classes) == 3);
    fclose(meta);
    d->codes = bench_allocate(d->rows, d->columns);
    d->labels = bench_allocate(d->rows, sizeof d->labels[0]);
    FILE *codes = open_in(folder, "T.bin", "rb");
    require_io(fread(d->codes, d->columns, d->rows, codes) == d->rows);
    fclose(codes);
    FILE *labels = open_in(folder, "y.bin", "rb");
    for (size_t i = 0; i < d->rows; i++) {
        const int label = fgetc(labels);
        require_io(label != EOF);
        d->labels[i] = (uint32_t)label;
    }
    fclose(labels);
}

/* --- ways to count ----------------------------------------------------------------------------------------------- */

static void create_counter(data *d)
{
    bench_require(ib_counter_create(d->context, IB_CODE_UINT8, d->columns, d->classes, &d->counter), d->context);
}

/* With a counter that has been used before, as by whoever counts many matrices. */
static void count_again(void *user_data)
{
    data *d = user_data;
    ib_codes codes;
    ib_codes_init(&codes, IB_CODE_UINT8, d->codes, d->rows, d->columns);
    ib_counter_reset(d->counter);
    bench_require(ib_counter_add(d->counter, &codes, d->labels, NULL), d->context);
    ib_entropies found;
    ib_entropy_measure(d->counter, &found);
    d->mutual = found.mutual;
    d->distinct = (double)ib_counter_distinct(d->counter);
}

static void count(void *user_data)
{
    data *d = user_data;
    create_counter(d);
    count_again(d);
    ib_counter_destroy(d->counter);
    d->counter = NULL;
}

static const data *sorted; /* what qsort() cannot pass on */

static int by_row(const uint32_t a, const uint32_t b)
{
    return memcmp(sorted->codes + a * sorted->columns, sorted->codes + b * sorted->columns, sorted->columns);
}

static int by_row_and_label(const void *a, const void *b)
{
    const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const int order = by_row(i, j);
    const uint32_t x = sorted->labels[i], y = sorted->labels[j];
    return order ? order : (x > y) - (x < y);
}

static double plogp(size_t n)
{
    return (double)n * log2((double)n);
}

/* Sums of c log c over the runs of equal rows, and of equal rows with equal labels. */
static void add_runs(data *d, const uint32_t *order, double *of_rows, double *of_pairs)
{
    size_t row = 0, pair = 0; /* where the run began */
    d->distinct = 0.0;
    for (size_t i = 1; i <= d->rows; i++) {
        const int row_ends = i == d->rows || by_row(order[i - 1], order[i]) != 0;
        if (row_ends || d->labels[order[i - 1]] != d->labels[order[i]]) {
            *of_pairs += plogp(i - pair);
            pair = i;
        }
        if (row_ends) {
            *of_rows += plogp(i - row);
            row = i;
            d->distinct += 1.0;
        }
    }
}

static void sort(void *user_data)
{
    data *d = user_data;
    uint32_t *order = bench_allocate(d->rows, sizeof order[0]);
    size_t *labels = bench_allocate(d->classes, sizeof labels[0]);
    double of_rows = 0.0, of_pairs = 0.0, of_labels = 0.0;
    for (size_t i = 0; i < d->rows; i++) {
        order[i] = (uint32_t)i;
        labels[d->labels[i]]++;
    }
    sorted = d;
    qsort(order, d->rows, sizeof order[0], by_row_and_label);
    add_runs(d, order, &of_rows, &of_pairs);
    for (uint32_t y = 0; y < d->classes; y++)
        if (labels[y])
            of_labels += plogp(labels[y]);
    const double n = (double)d->rows; /* I(T;Y) = H(T) + H(Y) - H(T,Y) */
    d->mutual = log2(n) + (of_pairs - of_rows - of_labels) / n;
    free(order);
    free(labels);
}

static void print_time(data *d, void (*way)(void *), const char *name)
{
    bench_print(name, bench_time(way, d));
    bench_print("distinct", d->distinct);
    bench_print("mutual", d->mutual);
}

int main(int argc, char **argv)
{
    static const char usage[] = "bench_counting make DIR N D POOL CLASSES, or bench_counting count|again|sort|none DIR";
    data d = {0};
    if (argc < 3)
        bench_usage(usage);
    bench_require(ib_context_create(NULL, &d.context), NULL);
    if (argc == 7 && strcmp(argv[1], "make") == 0) {
        d.rows = bench_number(argv[3]);
        d.columns = bench_number(argv[4]);
        d.classes = (uint32_t)bench_number(argv[6]);
        make(&d, argv[2], (uint32_t)bench_number(argv[5]));
    } else if (argc == 3) {
        read_data(&d, argv[2]);
        if (strcmp(argv[1], "count") == 0)
            print_time(&d, count, "count");
        else if (strcmp(argv[1], "again") == 0)
            create_counter(&d), print_time(&d, count_again, "again");
        else if (strcmp(argv[1], "sort") == 0)
            print_time(&d, sort, "sort");
        else if (strcmp(argv[1], "none") != 0)
            bench_usage(usage);
    } else {
        bench_usage(usage);
    }
    ib_counter_destroy(d.counter);
    free(d.codes);
    free(d.labels);
    ib_context_destroy(d.context);
    return EXIT_SUCCESS;
}
