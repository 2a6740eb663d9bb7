/* ib export: the finished runs of a study in a form that other programs read. */
#include "command.h"
#include "look.h"
#include "results.h"
#include "say.h"
#include "table.h"

#include <stdio.h>

#define OPTION_COUNT 4

typedef struct wanted {
    const char *folder;
    int csv;
    int netcdf;
    uint32_t table;
} wanted;

static void describe_options(wanted *target, option options[OPTION_COUNT])
{
    options[0] = look_operand(&target->folder);
    options[1] =
        (option){.kind = OPTION_FLAG, .name = "csv", .help = "a table to standard output", .target = &target->csv};
    options[2] = (option){.kind = OPTION_CHOICE,
                          .name = "table",
                          .value = "NAME",
                          .help = "which",
                          .target = &target->table,
                          .max = TABLE_COUNT - 1,
                          .choice_name = table_name};
    options[3] = (option){
        .kind = OPTION_FLAG, .name = "netcdf", .help = "writes DIR/" RESULTS_NAME " anew", .target = &target->netcdf};
}

static void print_help(void)
{
    wanted defaults = {0};
    option options[OPTION_COUNT];
    describe_options(&defaults, options);
    fputs("usage: ib export DIR --csv [--table NAME]\n"
          "       ib export DIR --netcdf\n\n"
          "Hands over the runs of a study that are finished, also while it goes on or is stopped.\n\n",
          stdout);
    options_print(options, OPTION_COUNT, stdout);
    fputs("  --help                this text\n\n"
          "tables, in the order of runs; epoch 0 is the network as it was initialised:\n",
          stdout);
    for (uint32_t i = 0; i < TABLE_COUNT; i++)
        printf("  %-10s%s\n", table_name(i), table_columns(i));
    fputs(
        "\nNumbers have as many digits as it takes to read back the same bits. Of the measures binned, estimated and\n"
        "quantised, estimator says which: 30-layer, kde-upper, post-8. What an estimator does not say is nan, and it\n"
        "counts no states; nan is also what the test says where there are no test rows.\n\n"
        "examples:\n"
        "  ib export first-plane --csv > points.csv\n"
        "  ib export first-plane --csv --table runs | column -s, -t\n\n",
        stdout);
    look_print_statuses("something cannot be read or written");
}

/* What it takes to write the rows of a run. */
typedef struct rows {
    uint32_t table;
    const settings *asked;
} rows;

static int write_rows(uint64_t run, ib_record *record, void *user_data)
{
    const rows *r = user_data;
    (void)run;
    table_write(r->table, record, r->asked, stdout);
    return ferror(stdout) ? say_output_done() : 0; /* a full disk needs no more */
}

static int write_csv(const folder *f, ib_context *context, uint32_t table)
{
    rows r = {table, &f->asked};
    printf("%s\n", table_columns(table));
    return folder_each(f, context, write_rows, &r) || say_output_done() ? -1 : 0;
}

static int write_netcdf(const folder *f, ib_context *context)
{
    size_t n;
    if (!results_are_written()) {
        say("--netcdf: expected a program that is built with NetCDF, but this one is not");
        return -1;
    }
    if (folder_count(f, 1, &n))
        return -1;
    if (n == 0) {
        say("%s: no run is finished yet", f->path);
        return -1;
    }
    return results_write(f, context);
}

static int act(const wanted *w)
{
    folder f;
    ib_context *context;
    if (w->csv == w->netcdf) {
        say("expected one of --csv and --netcdf");
        return EXIT_USAGE;
    }
    if (look_open(&f, &context, w->folder))
        return EXIT_FAILED;
    const int failed = w->csv ? write_csv(&f, context, w->table) : write_netcdf(&f, context);
    look_close(&f, context);
    return failed ? EXIT_FAILED : EXIT_OK;
}

int command_export(int argc, char **argv)
{
    wanted w = {0};
    option options[OPTION_COUNT];
    describe_options(&w, options);
    const int status = look_parse(options, OPTION_COUNT, argc, argv, print_help);
    return status == LOOK_ON ? act(&w) : status;
}
