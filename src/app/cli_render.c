/* render: the page drawn into a file, the same marks as in the window. */
#include <string.h>

#include "app/app.h"
#include "app/cli.h"
#include "app/files.h"
#include "paint/export.h"

static const double DPI_OF_POINTS = 96;

static bool fonts_find(const CommandLine *line, Fonts **fonts)
{
    char fault[256] = "";
    *fonts = fonts_open(path_join(line->arena, line->resources, "fonts"), fault, sizeof fault);
    if (!*fonts) complain(line, "fonts.missing", fault, NULL);
    return *fonts;
}

/* A file cannot be scrolled: all of the model is on it. */
static void whole_show(App *app)
{
    View view;
    app_view(app, &view);
    app->zoom = picture_zoom_least(&view);
}

static bool focus_find(const CommandLine *line, App *app)
{
    View view;
    const char *unit = line->options.focus;
    look_clear(&app->gaze.focus);
    if (!unit) return true;
    app_view(app, &view);
    const Pick pick = picture_find_unit(&view, unit);
    if (pick.type != PICK_NONE) look_set(&app->gaze.focus, &pick);
    else complain(line, "focus.unknown", unit, NULL);
    return pick.type != PICK_NONE;
}

static bool options_fit(const CommandLine *line, const Exporter **exporter, unsigned *panels)
{
    const Options *options = &line->options;
    *exporter = exporter_find(options->output);
    if (!*exporter) complain(line, "export.form", options->output, NULL);
    else if (!panels_read(options->panels, panels)) complain(line, "usage.value_bad", "--panels", "all|none|bar,code,summary,inspector", options->panels, NULL);
    else return true;
    return false;
}

static ExitCode page_write(const CommandLine *line, const App *app, Fonts *fonts, const Exporter *exporter)
{
    const Options *options = &line->options;
    const double dpi = options->dpi > 0 ? options->dpi : DPI_OF_POINTS * options->scale;
    Scene scene;
    Text bytes = {.arena = line->arena};
    scene_open(&scene, line->arena, app->page.all, app_theme(app)->ground);
    app_draw(app, &scene);
    if (exporter->write(&bytes, &scene, fonts, &(ExportOptions){.scale = (float)options->scale, .dpi = dpi})) return cli_put(line, &bytes);
    complain(line, "export.failed", options->output, NULL);
    return EXIT_UNREADABLE;
}

static ExitCode draw(CommandLine *line, const Document *document, Fonts *fonts, const Exporter *exporter, unsigned panels)
{
    App app;
    const Options *options = &line->options;
    Settings settings = SETTINGS_DEFAULT;
    if (options->theme) strcpy(settings.theme, options->theme);
    app_open(&app, &(AppOptions){.resources = line->resources, .strings = &line->strings, .measure = fonts_measure(fonts), .settings = &settings,
                                 .panels = panels, .size = {(float)options->width, (float)options->height}, .model = options->model}, document);
    app.printed = true;
    app.compare = options->flatten == FLATTEN_BOTH;
    whole_show(&app);
    ExitCode code = EXIT_USAGE;
    if (focus_find(line, &app)) code = page_write(line, &app, fonts, exporter);
    app_close(&app);
    return code;
}

/* The document as the page shows it: the text with the switch where the options say. */
static Document document_of(const Document *document, const Snapshot *snapshot)
{
    Document shown = *document;
    shown.text = snapshot->text;
    shown.length = snapshot->length;
    return shown;
}

ExitCode cli_render(CommandLine *line)
{
    Document document;
    Snapshot snapshot;
    Fonts *fonts;
    ExitCode code;
    const Exporter *exporter;
    unsigned panels;
    if (!options_fit(line, &exporter, &panels)) return EXIT_USAGE;
    if (!cli_open(line, &document, &snapshot, &code)) return code;
    const bool good = snapshot_good(&snapshot);
    const Document shown = document_of(&document, &snapshot);
    if (!good) cli_report(line, &document, &snapshot);
    code = EXIT_UNREADABLE;
    if (fonts_find(line, &fonts)) {
        code = draw(line, &shown, fonts, exporter, panels);
        fonts_close(fonts);
    }
    snapshot_close(&snapshot);
    return code == EXIT_DONE && !good ? EXIT_REFUSED : code;
}
