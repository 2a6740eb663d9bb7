#include "report.h"

#include "figures.h"
#include "file.h"
#include "means.h"
#include "results.h"
#include "say.h"
#include "summary.h"

#include <stdlib.h>
#include <unistd.h>

/* The last file that is written: where it is, all the others are. */
#define SUMMARY_NAME "summary.txt"

static int is_there(const folder *f, const char *name)
{
    char *path = path_join(f->path, name);
    const int found = path && access(path, F_OK) == 0;
    free(path);
    return found;
}

int report_is_there(const folder *f, int numbers_only)
{
    return is_there(f, SUMMARY_NAME) && (numbers_only || is_there(f, FIGURES_NAME)) &&
           (!results_are_written() || is_there(f, RESULTS_NAME));
}

int report_begin(const folder *f)
{
    return file_remove(f->path, SUMMARY_NAME);
}

static int write_summary(const folder *f, const means *m, const ib_dataset *dataset)
{
    file out;
    if (file_create(&out, f->path, SUMMARY_NAME))
        return -1;
    int failed = summary_print(m, &f->asked, dataset, out.stream);
    if (failed)
        file_drop(&out);
    return failed ? -1 : file_close(&out);
}

/* Whatever of it fails, the rest is tried; but summary.txt says that all the others are there. */
static int write_all(const folder *f, ib_context *context, const means *m, const ib_dataset *dataset,
                     report_options how)
{
    int failed = results_write(f, context) != 0;
    if (!how.numbers_only)
        failed |= figures_make(f, m, NULL, how.no_figures ? 0 : FIGURE_ALL, how.quiet) != 0;
    if (!failed)
        failed = write_summary(f, m, dataset) != 0;
    if (!how.quiet && !how.numbers_only)
        failed |= summary_print(m, &f->asked, dataset, stdout) || say_output_done();
    return failed ? -1 : 0;
}

int report_write(const folder *f, ib_context *context, const ib_dataset *dataset, report_options how)
{
    means m;
    if (means_read(&m, f, context, UINT64_MAX))
        return -1;
    const int failed = m.n_runs ? write_all(f, context, &m, dataset, how) : 0;
    means_clear(&m);
    return failed;
}
