#include "figure.h"

#include "file.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child says by its exit status, as shells do: gnuplot cannot be started, there is no gnuplot. */
#define NOT_STARTED 126
#define NOT_FOUND 127

/* plane.gp, line by line; made by the build. */
static const char *const script[] = {
#include "plane.gp.inc"
};

static void write_columns(const figure *which, const summary *mean, FILE *stream)
{
    uint32_t layers = summary_layers(mean);
    fprintf(stream, "# Mean and standard deviation over %" PRIu64 " runs, in bits; epoch 0: initial weights\n# epoch",
            mean->runs);
    for (uint32_t layer = 1; layer <= layers; layer++)
        fprintf(stream, " I_XT_%u sd I_TY_%u sd", (unsigned)layer, (unsigned)layer);
    fputc('\n', stream);
    for (size_t i = 0; i < mean->n_points; i += summary_epoch_points(mean, i)) {
        fprintf(stream, "%u", (unsigned)mean->points[i].epoch);
        for (uint32_t layer = 1; layer <= layers; layer++) {
            const mean_point *point = summary_find(mean, i, layer, which->measure, which->estimator);
            fprintf(stream, " %.9g %.3g %.9g %.3g", point->i_xt.mean, ib_moments_deviation(&point->i_xt),
                    point->i_ty.mean, ib_moments_deviation(&point->i_ty));
        }
        fputc('\n', stream);
    }
}

/* Names of the curves and where these end. Neighbouring layers that end within (x, y) of each other share a name, since
 * two would be printed one over the other. */
static void write_ends(const char *name, const figure *which, const summary *mean, double x, double y, FILE *stream)
{
    uint32_t layers = summary_layers(mean);
    size_t last = mean->n_points - summary_epoch_points(mean, 0);
    fprintf(stream, "$%s << EOD\n", name);
    for (uint32_t first = 1, next; first <= layers; first = next) {
        const mean_point *end = summary_find(mean, last, first, which->measure, which->estimator);
        for (next = first + 1; next <= layers; next++) {
            const mean_point *other = summary_find(mean, last, next, which->measure, which->estimator);
            if (fabs(other->i_xt.mean - end->i_xt.mean) > x || fabs(other->i_ty.mean - end->i_ty.mean) > y)
                break;
        }
        fprintf(stream, "%.4f %.5f T%u", end->i_xt.mean, end->i_ty.mean, (unsigned)first);
        if (next > first + 1)
            fprintf(stream, "-T%u", (unsigned)(next - 1));
        fputc('\n', stream);
    }
    fputs("EOD\n", stream);
}

/* What was counted, at the end of the heading. */
static void describe(const figure *which, const settings *asked, char *text, size_t size)
{
    char name[32];
    settings_estimator(asked, which->estimator, name, sizeof name);
    if (which->measure == IB_MEASURE_BINNED)
        snprintf(text, size, ", bins %s", name);
    else
        snprintf(text, size, "%s", which->measure == IB_MEASURE_REBINNED ? ", outputs rebinned" : "");
}

static void write_script(const figure *which, const summary *mean, const settings *asked, FILE *stream)
{
    char network[64], counted[64];
    describe(which, asked, counted, sizeof counted);
    settings_network(asked, network, sizeof network);
    fprintf(stream, "name = '%s'\n", which->name);
    fprintf(stream, "heading = 'Information plane: preset %s, %s, %s%" PRIu64 " run%s%s'\n",
            ib_preset_name(asked->preset), network, mean->runs == 1 ? "" : "mean of ", mean->runs,
            mean->runs == 1 ? "" : "s", counted);
    fprintf(stream, "layers = %u\n", (unsigned)summary_layers(mean));
    fprintf(stream, "epochs = %" PRIu64 "\n", asked->epochs);
    fprintf(stream, "# Names of the layers, where their curves end: in the whole plane, and in its corner.\n");
    write_ends("ends", which, mean, 1.0, 0.05, stream);
    write_ends("corner_ends", which, mean, 0.4, 0.001, stream);
    for (size_t i = 0; i < sizeof script / sizeof script[0]; i++)
        fputs(script[i], stream);
}

/* Creates folder/NAME and its ending. */
static int create(file *f, const char *folder, const char *name, const char *ending)
{
    char full[64];
    snprintf(full, sizeof full, "%s%s", name, ending);
    return file_create(f, folder, full);
}

int figure_write(const char *folder, const figure *which, const summary *mean, const settings *asked)
{
    file data, commands;
    if (create(&data, folder, which->name, ".dat"))
        return -1;
    write_columns(which, mean, data.stream);
    if (file_close(&data) || create(&commands, folder, which->name, ".gp"))
        return -1;
    write_script(which, mean, asked, commands.stream);
    return file_close(&commands);
}

/* In the child: becomes gnuplot. Its standard input is empty, since gnuplot reads commands from there at times. In a
 * locale without UTF-8 it complains that it cannot write a degree sign, which nobody asked for. */
static void become_gnuplot(const char *folder, char *script_name)
{
    char *arguments[] = {"gnuplot", script_name, NULL};
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || chdir(folder) || setenv("LC_ALL", "C.UTF-8", 1))
        _exit(NOT_STARTED);
    execvp(arguments[0], arguments);
    _exit(errno == ENOENT ? NOT_FOUND : NOT_STARTED);
}

figure_outcome figure_draw(const char *folder, const char *name)
{
    char script_name[64];
    int status;
    snprintf(script_name, sizeof script_name, "%s.gp", name);
    pid_t child = fork();
    if (child == 0)
        become_gnuplot(folder, script_name);
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        say("gnuplot: %s", strerror(errno));
        return FIGURE_FAILED;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return FIGURE_DRAWN;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        return FIGURE_NO_GNUPLOT;
    say("gnuplot failed on %s/%s", folder, script_name);
    return FIGURE_FAILED;
}
