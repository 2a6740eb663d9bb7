#include "figure.h"

#include "file.h"
#include "panel.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child says by its exit status, as shells do: gnuplot cannot be started, there is no gnuplot. */
#define NOT_STARTED 126
#define NOT_FOUND 127

#define NAME_SIZE 96

/* The look that all figures share, line by line; made by the build. */
static const char *const style[] = {
#include "style.gp.inc"
};

static const struct {
    uint32_t format;
    const char *name;
} formats[] = {{FIGURE_PDF, "pdf"}, {FIGURE_SVG, "svg"}, {FIGURE_PNG, "png"}};

#define FORMAT_COUNT (sizeof formats / sizeof formats[0])

/* --- data and script -----------------------------------------------------------------------------------------------*/

/* A figure with its data. */
typedef struct drawing {
    const figure *which;
    view *views; /* one for each panel */
    box whole;   /* of all panels that show a whole plane */
} drawing;

static void put_away(drawing *d)
{
    for (size_t i = 0; d->views && i < d->which->n_panels; i++)
        view_clear(&d->views[i]);
    free(d->views);
}

/* The first block of a panel: that of an earlier panel with the same data, or the next. */
static size_t find_block(const drawing *d, size_t i, size_t next)
{
    for (size_t j = 0; j < i; j++)
        if (view_shares(&d->views[j], &d->views[i]))
            return d->views[j].block;
    return next;
}

static int load(drawing *d, const figure *which)
{
    size_t next = 0;
    *d = (drawing){.which = which, .whole = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}}};
    d->views = calloc(which->n_panels, sizeof *d->views);
    if (!d->views) {
        say("out of memory");
        return -1;
    }
    for (size_t i = 0; i < which->n_panels; i++) {
        view *v = &d->views[i];
        if (view_load(v, &which->panels[i]))
            return -1;
        v->block = find_block(d, i, next);
        if (v->block == next)
            next += view_blocks(v);
        if (which->panels[i].kind == PANEL_PLANE)
            view_extend(v, &d->whole);
    }
    return 0;
}

static void write_data(const drawing *d, FILE *stream)
{
    fputs(
        "# In bits, but for accuracies and outputs; half: of the 95% interval; epoch 0: the weights before training.\n"
        "# Where not all runs were measured there is no mean.\n",
        stream);
    for (size_t i = 0, next = 0; i < d->which->n_panels; i++)
        if (d->views[i].block == next) {
            view_write_data(&d->views[i], stream);
            next += view_blocks(&d->views[i]);
        }
}

static void write_formats(uint32_t wanted, FILE *stream)
{
    const char *separator = "";
    fputs("formats = '", stream);
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (wanted & formats[i].format) {
            fprintf(stream, "%s%s", separator, formats[i].name);
            separator = " ";
        }
    fputs("'\n", stream);
}

/* What the style depends on. */
static void write_head(const drawing *d, uint32_t wanted, FILE *stream)
{
    const figure *f = d->which;
    uint32_t most = 1;
    int planes = 0, key_row = 0, titles = 0;
    size_t lines = 1;
    for (size_t i = 0; i < f->n_panels; i++) {
        const uint32_t epochs = view_epochs(&d->views[i]);
        const panel_kind kind = f->panels[i].kind;
        most = epochs > most ? epochs : most;
        planes |= view_is_plane(&d->views[i]);
        /* Narrow planes have no room for it. */
        key_row |= view_is_plane(&d->views[i]) && f->columns > 2;
        key_row |= kind == PANEL_I_XT || kind == PANEL_I_TY || kind == PANEL_RANGE;
        titles |= f->panels[i].title != NULL;
    }
    for (const char *c = f->heading; *c; c++)
        lines += *c == '\n';
    fprintf(stream, "name = '%s'\nheading = ", f->name);
    script_quote(f->heading, stream);
    fprintf(stream, "\nheading_lines = %zu\ncolumns = %zu\nrows = %zu\n", lines, f->columns,
            (f->n_panels + f->columns - 1) / f->columns);
    fprintf(stream, "most_epochs = %u\ncolour_bar = %d\nkey_row = %d\ntitles = %d\n", (unsigned)most, planes, key_row,
            titles);
    write_formats(wanted ? wanted : FIGURE_ALL, stream);
}

static void write_script(const drawing *d, uint32_t wanted, FILE *stream)
{
    const figure *f = d->which;
    write_head(d, wanted, stream);
    for (size_t i = 0; i < sizeof style / sizeof style[0]; i++)
        fputs(style[i], stream);
    fputs("\ndo for [ending in formats] {\n    eval CANVAS(ending)\n    set output name.'.'.ending\n"
          "    set multiplot\n    set label 1 heading at screen 0.5, screen heading_y center font HEADING_FONT\n",
          stream);
    for (size_t i = 0; i < f->n_panels; i++) {
        fprintf(stream, "\n    # Panel %zu\n    eval PLACE(%zu, %zu)\n    first = %d\n", i + 1, i % f->columns,
                i / f->columns, i == 0);
        view_write_script(&d->views[i], &d->whole, f->columns, stream);
        fputs("    unset label\n    unset arrow\n", stream);
    }
    fputs("    unset multiplot\n}\nset output\n", stream);
}

/* Creates path/NAME and its ending. */
static int create(file *f, const char *path, const char *name, const char *ending)
{
    char full[NAME_SIZE];
    snprintf(full, sizeof full, "%s%s", name, ending);
    return file_create(f, path, full);
}

static int write_files(const easel *e, const drawing *d)
{
    file data, script;
    if (create(&data, e->folder, d->which->name, ".dat"))
        return -1;
    write_data(d, data.stream);
    if (file_close(&data) || create(&script, e->folder, d->which->name, ".gp"))
        return -1;
    write_script(d, e->formats, script.stream);
    return file_close(&script);
}

/* --- gnuplot -------------------------------------------------------------------------------------------------------*/

/* In the child: becomes gnuplot. Its standard input is empty, since gnuplot reads commands from there at times. In a
 * locale without UTF-8 it complains that it cannot write a degree sign, which nobody asked for. */
static void become_gnuplot(const char *path, char *script_name)
{
    char *arguments[] = {"gnuplot", script_name, NULL};
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || chdir(path) || setenv("LC_ALL", "C.UTF-8", 1))
        _exit(NOT_STARTED);
    execvp(arguments[0], arguments);
    _exit(errno == ENOENT ? NOT_FOUND : NOT_STARTED);
}

/* 0, or -1 after saying why. */
static int draw(easel *e, const char *name)
{
    char script_name[NAME_SIZE];
    int status;
    snprintf(script_name, sizeof script_name, "%s.gp", name);
    pid_t child = fork();
    if (child == 0)
        become_gnuplot(e->folder, script_name);
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        say("gnuplot: %s", strerror(errno));
        return -1;
    }
    e->no_gnuplot = WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND;
    if (e->no_gnuplot)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        e->drawn++;
        return 0;
    }
    say("gnuplot failed on %s/%s", e->folder, script_name);
    return -1;
}

/* The format whose name is the next `length` letters; 0: none. */
static uint32_t find_format(const char *name, size_t length)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strlen(formats[i].name) == length && memcmp(formats[i].name, name, length) == 0)
            return formats[i].format;
    return 0;
}

int figure_formats(const char *list, uint32_t *wanted)
{
    uint32_t found = 0;
    for (const char *name = list; name;) {
        const size_t length = strcspn(name, ",");
        const uint32_t format = find_format(name, length);
        if (!format)
            return -1;
        found |= format;
        name = name[length] ? name + length + 1 : NULL;
    }
    *wanted = found;
    return 0;
}

int figure_make(easel *e, const figure *which)
{
    drawing d = {0};
    int failed = file_make_folder(e->folder) || load(&d, which);
    if (!failed) {
        failed = write_files(e, &d);
        if (!failed && e->formats && !e->no_gnuplot && !e->failed)
            failed = draw(e, which->name);
    }
    put_away(&d);
    e->failed |= failed != 0;
    return failed ? -1 : 0;
}

int figure_end(const easel *e)
{
    if (e->failed)
        return -1;
    if (e->no_gnuplot)
        say("not drawn, since there is no gnuplot: %s/*.gp and *.dat", e->folder);
    else if (!e->quiet && !e->formats)
        say("not drawn, as asked: %s/*.gp and *.dat", e->folder);
    else if (!e->quiet)
        say("%zu figure%s in %s", e->drawn, e->drawn == 1 ? "" : "s", e->folder);
    return 0;
}
