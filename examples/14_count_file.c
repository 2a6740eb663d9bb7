/* 14: the entropy of a file of any size, in bounded memory. Its bytes are taken WIDTH at a time as rows; what does not
 * fit into MEBIBYTES goes to temporary files, and is counted part by part to the same bits.
 *
 * New: ib_spool, and what a profile says beside the number: how far it can be trusted.
 *
 * 14_count_file FILE [WIDTH [MEBIBYTES]] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>

enum { PARTITIONS = 16, PIECE = 1 << 16 };

/* Files of the partitions, made when they are needed; they go with the program. */
static int32_t append(uint32_t partition, const void *data, size_t size, void *user_data)
{
    FILE **files = user_data;
    if (!files[partition])
        files[partition] = tmpfile();
    if (!files[partition] || fseek(files[partition], 0, SEEK_END))
        return -1;
    return fwrite(data, 1, size, files[partition]) == size ? 0 : -1;
}

static int32_t give(uint32_t partition, uint64_t offset, void *data, size_t size, size_t *count, void *user_data)
{
    FILE *file = ((FILE **)user_data)[partition];
    *count = 0;
    if (!file)
        return 0;
    if (fseek(file, (long)offset, SEEK_SET))
        return -1;
    *count = fread(data, 1, size, file);
    return ferror(file) ? -1 : 0;
}

/* Rows of `width` bytes; what is left over at the end is no row. */
static int count(ib_spool *spool, FILE *file, size_t width)
{
    unsigned char *bytes = malloc(PIECE * width);
    int failed = !bytes;
    size_t rows = PIECE;
    while (!failed && rows == PIECE) {
        ib_codes codes;
        rows = fread(bytes, width, PIECE, file);
        ib_codes_init(&codes, IB_CODE_UINT8, bytes, rows, width);
        failed = ferror(file) || ib_spool_add(spool, &codes, NULL);
    }
    free(bytes);
    return failed;
}

static int show(ib_spool *spool, ib_profile *profile)
{
    ib_spool_result all = {.struct_size = sizeof all};
    ib_coverage coverage = {.struct_size = sizeof coverage};
    if (ib_spool_measure(spool, &all, profile, NULL, NULL) || ib_profile_coverage(profile, &coverage))
        return 1;
    printf("%llu rows, %llu distinct, %llu of them once; coverage %.3f%s\n", (unsigned long long)all.rows,
           (unsigned long long)all.distinct, (unsigned long long)coverage.singletons, coverage.coverage,
           all.spilled ? "; did not fit into memory" : "");
    for (uint32_t entropy = 0; entropy < IB_ENTROPY_COUNT; entropy++) {
        double bits;
        if (ib_profile_entropy(profile, entropy, 0, &bits))
            return 1;
        printf("  %-14s %9.4f bits\n", ib_profile_entropy_name(entropy), bits);
    }
    return 0;
}

int main(int argc, char **argv)
{
    FILE *files[PARTITIONS] = {NULL};
    ib_context *context = NULL;
    ib_spool *spool = NULL;
    ib_profile *profile = NULL;
    const size_t width = argc > 2 ? strtoul(argv[2], NULL, 10) : 2;
    ib_spool_options options;
    ib_spool_options_init(&options);
    options.partitions = PARTITIONS;
    options.memory = (argc > 3 ? strtoul(argv[3], NULL, 10) : 256) << 20;
    options.write = append;
    options.read = give;
    options.user_data = files;

    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fputs("usage: 14_count_file FILE [WIDTH [MEBIBYTES]]\n", stderr);
        return EXIT_FAILURE;
    }
    const int failed = ib_context_create(NULL, &context) ||
                       ib_spool_create(context, IB_CODE_UINT8, width, 0, &options, &spool) ||
                       ib_profile_create(context, &profile) || count(spool, file, width) || show(spool, profile);
    if (failed)
        fprintf(stderr, "%s\n", ib_context_message(context));
    ib_profile_destroy(profile);
    ib_spool_destroy(spool);
    ib_context_destroy(context);
    fclose(file);
    for (size_t p = 0; p < PARTITIONS; p++)
        if (files[p])
            fclose(files[p]);
    return failed;
}
